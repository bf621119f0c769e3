import Foundation
internal import GRDB
import WeirCore

/// A run and what it did, in figures. Tables that were unchanged are not counted: they are not recorded.
public struct RunOverview: Sendable, Hashable, Codable {
    public var run: RunRecord
    public var tablesPublished: Int
    /// Stopped by the gate, failed, blocked by another's failure, or skipped.
    public var tablesNotPublished: Int
    public var rowsPublished: Int64
    public var rowsQuarantined: Int64
}

extension StateStore {
    /// The newest runs first, each with its figures.
    public func overviews(limit: Int = 20) async throws -> [RunOverview] {
        try await read { database in
            let columns = RunRecord.columns.split(separator: ", ").map { "runs.\($0)" }.joined(separator: ", ")
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(columns),
                        count(*) FILTER (WHERE nodes.status = 'published') AS tables_published,
                        count(*) FILTER (WHERE nodes.status NOT IN ('published', 'unchanged')) AS tables_not_published,
                        coalesce(sum(nodes.rows_published), 0) AS published,
                        coalesce(sum(nodes.rows_quarantined), 0) AS quarantined
                    FROM (SELECT * FROM runs ORDER BY started_ms DESC, seq DESC LIMIT ?) AS runs
                    LEFT JOIN nodes ON nodes.run_id = runs.id
                    GROUP BY runs.seq ORDER BY runs.started_ms DESC, runs.seq DESC
                    """, arguments: [max(0, limit)]
            ).map { row in
                RunOverview(
                    run: RunRecord(row: row), tablesPublished: row["tables_published"],
                    tablesNotPublished: row["tables_not_published"], rowsPublished: row["published"],
                    rowsQuarantined: row["quarantined"])
            }
        }
    }
}
