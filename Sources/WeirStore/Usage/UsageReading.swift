import Foundation
internal import GRDB
import WeirCore

/// What may be asked of the ledger together.
public enum UsageGrouping: String, Sendable, Codable, CaseIterable {
    case day, provider, model, step, run

    var sql: String {
        switch self {
        case .day: "strftime('%Y-%m-%d', at_ms / 1000, 'unixepoch')"
        case .provider: "provider"
        case .model: "model"
        case .step: "coalesce(node || coalesce('/' || step, ''), step, '')"
        case .run: "coalesce(run_id, '')"
        }
    }
}

/// One line of a summary of the ledger.
public struct UsageSum: Sendable, Hashable {
    /// The day, provider, model, step or run.
    public var name: String
    /// Logical calls.
    public var calls: Int64
    public var attempts: Int64
    public var failed: Int64
    public var cached: Int64
    public var inputTokens: Int64
    public var cacheReadTokens: Int64
    public var outputTokens: Int64
    /// Units of 1e-12 USD.
    public var cost: Int64
    /// Attempts whose cost is not known.
    public var unpriced: Int64
}

extension StateStore {
    /// The ledger, summed up; days in their order, everything else by what it cost.
    public func usage(by grouping: UsageGrouping, since: Date? = nil) async throws -> [UsageSum] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(grouping.sql) AS name, count(DISTINCT call_id) AS calls, count(*) AS attempts,
                        sum(status IN ('failed', 'lost')) AS failed, sum(status = 'cached') AS cached,
                        sum(input_uncached + cache_write_5m + cache_write_1h) AS input, sum(cache_read) AS cache_read,
                        sum(output_total) AS output, sum(coalesce(cost, 0)) AS cost, sum(cost IS NULL) AS unpriced
                    FROM ai_calls WHERE ?1 IS NULL OR at_ms >= ?1
                    GROUP BY 1 ORDER BY \(grouping == .day ? "1" : "cost DESC, 1")
                    """, arguments: [since.map(UTC.milliseconds)]
            ).map { row in
                UsageSum(
                    name: row["name"], calls: row["calls"], attempts: row["attempts"], failed: row["failed"],
                    cached: row["cached"], inputTokens: row["input"], cacheReadTokens: row["cache_read"],
                    outputTokens: row["output"], cost: row["cost"], unpriced: row["unpriced"])
            }
        }
    }

    /// The newest attempts first.
    public func usageRows(limit: Int = 100) async throws -> [UsageRow] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT \(UsageRow.columns) FROM ai_calls ORDER BY seq DESC LIMIT ?",
                arguments: [max(0, limit)]
            ).map(UsageRow.init(row:))
        }
    }
}
