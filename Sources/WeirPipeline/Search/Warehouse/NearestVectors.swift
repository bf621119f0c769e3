import WeirCore
import WeirEngine

/// A stored vector that is near to a question's: 1 where they point the same way.
public struct VectorHit: Sendable, Hashable {
    public let id: Int64
    public let score: Double
}

/// Finds the nearest vectors by looking at every one.
public enum NearestVectors {
    /// - Parameters:
    ///   - vector: of length one, as the stored ones are.
    ///   - condition: SQL about the columns of the table, or nil.
    public static func exact(
        _ vector: [Float], in table: TableName, where condition: String? = nil, limit: Int,
        on connection: isolated Connection
    ) throws -> [VectorHit] {
        let filter = condition.map { " AND \($0)" } ?? ""
        return try connection.query(
            """
            SELECT id, array_inner_product(vector, CAST(? AS FLOAT[\(vector.count)])) AS score FROM \(table.sql)
            WHERE vector IS NOT NULL\(filter) ORDER BY score DESC, id LIMIT \(limit)
            """, [VectorText.value(vector)]
        ).map { VectorHit(id: $0[0].int ?? 0, score: $0[1].double ?? 0) }
    }

    /// The best of several lists, best first.
    static func merged(_ lists: [[VectorHit]], limit: Int) -> [VectorHit] {
        Array(lists.flatMap(\.self).sorted { ($1.score, $0.id) < ($0.score, $1.id) }.prefix(limit))
    }
}
