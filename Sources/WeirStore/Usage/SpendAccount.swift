import Foundation
internal import GRDB
import WeirCore

/// Where the spending of one budget in one day, month or run is counted.
public struct SpendAccount: Sendable, Hashable, Codable {
    /// What is counted, without the limit: raising it keeps what was spent.
    public var key: String
    /// `2026-11-25`, `2026-11`, a run, or empty.
    public var window: String
    /// Units of 1e-12 USD.
    public var limit: Int64
    /// The window's beginning.
    public var since: Date?
    public var runID: String?
    public var model: String?
    public var node: String?

    public init(
        key: String, window: String, limit: Int64, since: Date? = nil, runID: String? = nil, model: String? = nil,
        node: String? = nil
    ) {
        self.key = key
        self.window = window
        self.limit = limit
        self.since = since
        self.runID = runID
        self.model = model
        self.node = node
    }
}

/// The state of an account.
public struct SpendState: Sendable, Hashable {
    /// Units of 1e-12 USD.
    public var spent: Int64
    /// Set aside for calls under way.
    public var reserved: Int64
}

/// What became of asking for money.
public enum ReserveOutcome: Sendable, Hashable {
    /// States of the accounts with the amount set aside, in their order.
    case granted([SpendState])
    /// The account, by its place in the list, that has not enough left.
    case refused(Int, SpendState)
}

extension SpendAccount {
    /// The account's state. It is begun from the ledger where it is new: a budget that is set today counts what was
    /// spent before.
    func state(in database: Database) throws -> SpendState {
        let select = try database.cachedStatement(
            sql: "SELECT spent, reserved FROM ai_spend WHERE account = ? AND period = ?")
        if let row = try Row.fetchOne(select, arguments: [key, window]) {
            return SpendState(spent: row["spent"], reserved: row["reserved"])
        }
        let spent =
            try Int64.fetchOne(
                database,
                sql: """
                    SELECT coalesce(sum(cost), 0) FROM ai_calls
                    WHERE (?1 IS NULL OR at_ms >= ?1) AND (?2 IS NULL OR run_id = ?2) AND (?3 IS NULL OR model = ?3)
                    AND (?4 IS NULL OR node = ?4)
                    """, arguments: [since.map(UTC.milliseconds), runID, model, node]) ?? 0
        try database.execute(
            sql: "INSERT INTO ai_spend (account, period, spent, reserved) VALUES (?, ?, ?, 0)",
            arguments: [key, window, spent])
        return SpendState(spent: spent, reserved: 0)
    }

    func change(spent: Int64, reserved: Int64, in database: Database) throws {
        try database.cachedStatement(
            sql:
                "UPDATE ai_spend SET spent = spent + ?, reserved = max(0, reserved + ?) WHERE account = ? AND period = ?"
        ).execute(arguments: [spent, reserved, key, window])
    }
}
