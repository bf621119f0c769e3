import Foundation
import Testing
import WeirConnect
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite("Graph of vectors", .timeLimit(.minutes(5)))
struct SearchGraphTests {
    @Test("a question is answered by the graph, and not by a look at every vector")
    func usesGraph() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-graph-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/graph.duckdb"
        let database = try await Database.open(Database.Options())
        try await database.withConnection { connection in
            try await connection.execute(
                """
                CREATE TABLE vectors AS SELECT i AS id, [cos(i / 500), sin(i / 500), 0, 0]::FLOAT[4] AS vector
                FROM range(3000) t(i)
                """)
            try await SearchGraph.build(
                path, mark: "m", covered: 3000, from: TableName(schema: "main", table: "vectors"), dimensions: 4,
                on: connection)
        }
        let graph = try #require(await SearchGraph.open(path, mark: "m"))
        let wanted: [Float] = [Float(cos(2.0)), Float(sin(2.0)), 0, 0]
        let found = try await graph.nearest(wanted, limit: 5)
        #expect(found.first?.id == 1000 && found.allSatisfy { abs($0.id - 1000) <= 3 }, "\(found)")
        #expect(abs((found.first?.score ?? 0) - 1) < 1e-5)
        let question = graph.question(limit: 5)
        let plan = try await graph.database.withConnection { connection in
            try await connection.query("EXPLAIN \(question)", [VectorText.value(wanted)]).map { $0[1].display }
        }
        #expect(plan.joined().contains("HNSW_INDEX_SCAN"), "\(plan)")
        #expect(await SearchGraph.open(path, mark: "another") == nil)
    }
}
