import Foundation
internal import GRDB
import WeirCore

/// What a check counted in one part of a table; its content is JSON that this module does not look into.
public struct CheckState: Sendable, Hashable {
    /// The part, by the values of the columns that divide the table.
    public var part: String
    /// A mark of the rows that were counted.
    public var version: String
    public var content: String

    public init(part: String, version: String, content: String) {
        self.part = part
        self.version = version
        self.content = content
    }
}

extension StateStore {
    /// Definitions that are kept of one table: those of its contract, of parts of it, and a few that came before.
    static let checkDefinitions = 8

    /// What checks counted in the parts of a table.
    ///
    /// - Parameter node: `schema.table`, with its environment in front.
    /// - Returns: by definition, a mark of what was counted.
    public func checkStates(of node: String) async throws -> [String: [CheckState]] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM check_states WHERE node = ?", arguments: [node])
                .reduce(into: [:]) { states, row in
                    states[row["definition"], default: []].append(
                        CheckState(part: row["part"], version: row["version"], content: row["content"]))
                }
        }
    }

    /// Remembers the parts of a table as they are now; what was known of them under this definition is forgotten.
    public func record(
        _ states: [CheckState], of node: String, definition: String, at date: Date = Date()
    ) async throws {
        let states = states.map { CheckState(part: $0.part, version: $0.version, content: clean($0.content) ?? "") }
        try await write { database in
            try database.execute(
                sql: "DELETE FROM check_states WHERE node = ? AND definition = ?", arguments: [node, definition])
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO check_states (node, definition, part, version, content, at_ms) VALUES (?, ?, ?, ?, ?, ?)
                    """)
            for state in states {
                try insert.execute(
                    arguments: [node, definition, state.part, state.version, state.content, UTC.milliseconds(date)])
            }
            try database.execute(
                sql: """
                    DELETE FROM check_states WHERE node = ?1 AND definition NOT IN (
                        SELECT definition FROM check_states WHERE node = ?1 GROUP BY definition
                        ORDER BY definition = ?2 DESC, max(at_ms) DESC LIMIT ?3)
                    """, arguments: [node, definition, Self.checkDefinitions])
        }
    }
}
