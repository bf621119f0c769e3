import Foundation
internal import GRDB
import WeirCore

/// One call of a tool by a model or its client.
public struct AuditEntry: Sendable, Hashable, Encodable {
    public var at: Date
    /// The agent's session, or that of an MCP client.
    public var session: String?
    /// The agent's name, or the client's.
    public var actor: String
    public var tool: String
    /// `read`, `propose`, `write` or `run`.
    public var level: String
    /// `allowed`, `approved` (somebody was asked), `refused` or `denied` (by a rule).
    public var decision: String
    /// JSON, cut where it is long.
    public var arguments: String
    /// The code of the error that it came to.
    public var error: String?
    public var microseconds: Int64

    public init(
        at: Date, session: String?, actor: String, tool: String, level: String, decision: String, arguments: String,
        error: String? = nil, microseconds: Int64
    ) {
        self.at = at
        self.session = session
        self.actor = actor
        self.tool = tool
        self.level = level
        self.decision = decision
        self.arguments = arguments
        self.error = error
        self.microseconds = microseconds
    }
}

extension StateStore {
    /// Most bytes of arguments that are kept of one call.
    static let auditedBytes = 4_000

    /// Most calls that are kept, about 100 MB of them; the oldest go first.
    static let auditedCalls = 500_000

    /// Writes calls down.
    public func record(_ entries: [AuditEntry]) async throws {
        let entries = entries.map { entry in
            var entry = entry
            if entry.arguments.utf8.count > Self.auditedBytes {
                entry.arguments = String(entry.arguments.prefix(Self.auditedBytes)) + "…"
            }
            entry.arguments = clean(entry.arguments) ?? ""
            return entry
        }
        try await write { database in
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO audit (at_ms, session, actor, tool, level, decision, arguments, error, took_us)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for entry in entries {
                try insert.execute(
                    arguments: [
                        UTC.milliseconds(entry.at), entry.session, entry.actor, entry.tool, entry.level,
                        entry.decision, entry.arguments, entry.error, entry.microseconds,
                    ])
            }
            try database.execute(
                sql: "DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?", arguments: [Self.auditedCalls])
        }
    }

    /// The last calls, the latest first.
    ///
    /// - Parameter session: only those of one session.
    public func audit(session: String? = nil, limit: Int = 100) async throws -> [AuditEntry] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM audit WHERE ?1 IS NULL OR session = ?1 ORDER BY id DESC LIMIT ?2",
                arguments: [session, limit]
            ).map { row in
                AuditEntry(
                    at: UTC.date(milliseconds: row["at_ms"]), session: row["session"], actor: row["actor"],
                    tool: row["tool"], level: row["level"], decision: row["decision"], arguments: row["arguments"],
                    error: row["error"], microseconds: row["took_us"])
            }
        }
    }
}
