import Foundation
import WeirCore
import WeirEngine

/// A graph of vectors (HNSW) in a file of its own, for tables so large that looking at each vector takes long.
///
/// DuckDB's `vss` can keep its graphs in a database file, but does not replay them from a write-ahead log; a warehouse
/// with one could not be trusted after a crash, nor opened without the extension. So the graph has a copy of the vectors
/// in a file beside, which is made whole, renamed into place and never written again. What came later is looked at
/// vector by vector; what left meanwhile is left out of the answers.
public struct SearchGraph: Sendable {
    let database: Database
    private let dimensions: Int
    /// The highest id in it.
    public let covered: Int64
    /// Vectors in it.
    public let count: Int

    /// Vectors from which the graph answers sooner than a look at each.
    public static let usualStart = 50_000
    /// Candidates that a question keeps in mind. More find more of the true neighbours, and take longer.
    public static let usualBreadth = 256

    /// Opens a graph; nil where the file is missing, broken or another's.
    public static func open(_ path: String, mark: String, breadth: Int = usualBreadth) async -> SearchGraph? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        var options = Database.Options(path: path)
        options.readOnly = true
        options.maxConnections = 1
        options.extensions = ["vss"]
        guard let database = try? await Database.open(options),
            let stamp = try? await database.withConnection({ connection in
                // Else DuckDB reads the whole table again for the rows that the graph found.
                try await connection.execute("SET disabled_optimizers = 'late_materialization'")
                try await connection.execute("SET hnsw_ef_search = \(breadth)")
                return try await SearchStamp.read(on: connection)
            }),
            stamp.mark == mark, let dimensions = stamp.dimensions
        else { return nil }
        return SearchGraph(database: database, dimensions: dimensions, covered: stamp.covered, count: stamp.rows)
    }

    /// Makes the file from a table of `id` and `vector`.
    public static func build(
        _ path: String, mark: String, covered: Int64, from table: TableName, dimensions: Int,
        memoryLimit: String? = nil, on connection: Connection
    ) async throws {
        try await SearchStamp.make(
            path, extensions: ["vss"], setup: ["SET hnsw_enable_experimental_persistence = true"],
            rows: "SELECT id, vector FROM \(table.sql) WHERE vector IS NOT NULL", memoryLimit: memoryLimit,
            on: connection
        ) { rows in
            [
                "CREATE TABLE vectors AS SELECT id, CAST(vector AS FLOAT[\(dimensions)]) AS vector FROM \(rows)",
                "CREATE INDEX graph ON vectors USING HNSW (vector) WITH (metric = 'ip')",
                SearchStamp.sql(mark: mark, changes: 0, covered: covered, dimensions: dimensions, of: "vectors"),
            ]
        }
    }

    /// - Parameter vector: of length one, as the stored ones are.
    public func nearest(_ vector: [Float], limit: Int) async throws -> [VectorHit] {
        let question = question(limit: limit)
        return try await database.withConnection { connection in
            try await connection.query(question, [VectorText.value(vector)])
                .map { VectorHit(id: $0[0].int ?? 0, score: -($0[1].double ?? 0)) }
        }
    }

    /// DuckDB takes the graph only where the distance itself is what is sorted by and shown, and nothing is made of it:
    /// `SELECT -distance` would look at every vector.
    func question(limit: Int) -> String {
        """
        SELECT id, array_negative_inner_product(vector, CAST(? AS FLOAT[\(dimensions)])) AS distance FROM vectors
        ORDER BY distance LIMIT \(limit)
        """
    }
}
