import Foundation
internal import GRDB
import WeirCore

/// One measured number.
public struct Metric: Sendable, Hashable, Codable {
    /// What was measured, with its unit: `rows`, `duration_ms`, `null_percent.email`.
    public var name: String
    /// `schema.table`, or empty for the project.
    public var node: String
    public var value: Double
    public var at: Date

    public init(_ name: String, node: String = "", value: Double, at: Date = Date()) {
        self.name = name
        self.node = node
        self.value = value
        self.at = UTC.rounded(at)
    }
}

extension StateStore {
    /// Records numbers, all in one transaction. Those that are not finite are left out: SQLite has no word for them.
    public func record(metrics: [Metric]) async throws {
        let finite = metrics.filter(\.value.isFinite)
        if finite.isEmpty { return }
        try await write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT INTO metrics (name, node, value, at_ms) VALUES (?, ?, ?, ?)")
            for metric in finite {
                try insert.execute(
                    arguments: [metric.name, metric.node, metric.value, UTC.milliseconds(metric.at)])
            }
        }
    }

    /// The newest values of a metric, newest first.
    public func metrics(_ name: String, node: String = "", limit: Int = 100) async throws -> [Metric] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM metrics WHERE name = ? AND node = ? ORDER BY at_ms DESC, seq DESC LIMIT ?",
                arguments: [name, node, max(0, limit)]
            ).map {
                Metric(
                    $0["name"], node: $0["node"], value: $0["value"], at: UTC.date(milliseconds: $0["at_ms"]))
            }
        }
    }
}
