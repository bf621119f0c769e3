import Foundation
import WeirAI
import WeirCore
import WeirEngine
import WeirPipeline

// What `Benchmarks/run embed search` measures: weir-search-bench embed|search … Each prints one JSON object.

/// Chances that are the same each time (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// About normal: the sum of four even chances.
    mutating func deviation() -> Float {
        var bits = next()
        var sum: Float = 0
        for _ in 0..<4 {
            sum += Float(bits & 0xFFFF) / 65_536
            bits >>= 16
        }
        return (sum - 2) * 1.732
    }
}

func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let began = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - began) / .seconds(1)
}

/// Texts of a file, one a line, and the sum of what became of them, to be held against the original's.
func embed(_ path: String) async throws -> JSONValue {
    let texts = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    var embedder: BuiltinEmbedder?
    let load = try await seconds { embedder = try BuiltinEmbedder.shared() }
    guard let embedder else { return .null }
    _ = try await embedder.embed(Array(texts.prefix(2000)))
    var vectors: [[Float]] = []
    let took = try await seconds { vectors = try await embedder.embed(texts) }
    let sum = vectors.reduce(0.0) { $0 + Double($1[0]) + Double($1[255]) }
    return ["texts": .int(Int64(texts.count)), "seconds": .double(took), "load": .double(load), "sum": .double(sum)]
}

/// Vectors of length one around centres that are drawn at random, as texts lie around subjects.
struct Clusters {
    let centres: [[Float]]
    let dimensions: Int

    init(_ count: Int, dimensions: Int) {
        var dice = Dice(state: 4)
        self.dimensions = dimensions
        centres = (0..<count).map { _ in (0..<dimensions).map { _ in dice.deviation() } }
    }

    func vector(_ number: Int) -> [Float] {
        var dice = Dice(state: 1_000_003 &* UInt64(number) &+ 17)
        let centre = centres[Int(dice.next() % UInt64(centres.count))]
        let vector = centre.map { $0 + 0.6 * dice.deviation() }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / length }
    }
}

/// Recall and latency of the graph against a look at every vector.
func search(_ folder: String, count: Int, dimensions: Int, questions: Int) async throws -> JSONValue {
    let clusters = Clusters(1000, dimensions: dimensions)
    let database = try await Database.open(Database.Options(path: "\(folder)/vectors.duckdb"))
    let table = TableName(schema: "main", table: "vectors")
    return try await database.withConnection { connection in
        try await connection.execute("CREATE TABLE vectors (id BIGINT, vector FLOAT[\(dimensions)])")
        let stored = try await seconds {
            for start in stride(from: 0, to: count, by: 20_480) {
                let numbers = start..<min(start + 20_480, count)
                try await connection.append(
                    to: table, columns: [.numbers(numbers.map(Int64.init)), .vectors(numbers.map(clusters.vector))])
            }
        }
        let path = "\(folder)/graph.duckdb"
        let built = try await seconds {
            try await SearchGraph.build(
                path, mark: "bench", covered: Int64(count), from: table, dimensions: dimensions, on: connection)
        }
        var graph: SearchGraph?
        let asked = (0..<questions).map { clusters.vector(count + $0) }
        // The first question brings the graph from the disk.
        let opened = try await seconds {
            graph = await SearchGraph.open(path, mark: "bench")
            _ = try await graph?.nearest(asked[0], limit: 10)
        }
        guard let graph else { return .null }
        _ = try await NearestVectors.exact(asked[0], in: table, limit: 10, on: connection)
        var times: (graph: [Double], exact: [Double]) = ([], [])
        var found = 0
        for vector in asked {
            var near: [VectorHit] = []
            var exact: [VectorHit] = []
            times.graph.append(try await seconds { near = try await graph.nearest(vector, limit: 10) })
            times.exact.append(
                try await seconds {
                    exact = try await NearestVectors.exact(vector, in: table, limit: 10, on: connection)
                })
            found += Set(near.map(\.id)).intersection(exact.map(\.id)).count
        }
        return [
            "vectors": .int(Int64(count)), "recall": .double(Double(found) / Double(10 * questions)),
            "graph_ms": .double(1000 * times.graph.sorted()[questions / 2]),
            "exact_ms": .double(1000 * times.exact.sorted()[questions / 2]), "store_s": .double(stored),
            "build_s": .double(built), "open_s": .double(opened),
        ]
    }
}

let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "embed" where words.count == 2:
    print(try await embed(words[1]).line)
case "search" where words.count == 4:
    print(
        try await search(words[1], count: Int(words[2]) ?? 1000, dimensions: Int(words[3]) ?? 384, questions: 100).line)
default:
    print("weir-search-bench embed FILE | search FOLDER COUNT DIMENSIONS")
    exit(2)
}
