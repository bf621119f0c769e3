import Foundation
internal import GRDB
import WeirCore

extension StateStore {
    /// The newest runs first.
    public func runs(limit: Int = 20) async throws -> [RunRecord] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT \(RunRecord.columns) FROM runs ORDER BY started_ms DESC, seq DESC LIMIT ?",
                arguments: [max(0, limit)]
            ).map(RunRecord.init(row:))
        }
    }

    /// One run and what became of its tables, in the order in which they were recorded.
    ///
    /// - Parameter id: the id, its beginning, its last four digits, or `latest`.
    /// - Throws: `run.unknown` when there is none, `run.ambiguous` when several are meant.
    public func run(_ id: String) async throws -> (RunRecord, [NodeRecord]) {
        try await read { database in
            let run = try Self.find(id, in: database)
            let nodes = try Row.fetchAll(
                database, sql: "SELECT \(NodeRecord.columns) FROM nodes WHERE run_id = ? ORDER BY seq",
                arguments: [run.id]
            ).map(NodeRecord.init(row:))
            return (run, nodes)
        }
    }

    /// The newest result of every table in an environment (nil is production), by name.
    public func lastNodes(environment: String? = nil) async throws -> [NodeRecord] {
        try await read { database in
            let columns = NodeRecord.columns.split(separator: ", ").map { "nodes.\($0)" }.joined(separator: ", ")
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(columns) FROM last_nodes
                    JOIN nodes ON nodes.run_id = last_nodes.run_id AND nodes.name = last_nodes.name
                    WHERE last_nodes.environment = ? ORDER BY last_nodes.name
                    """, arguments: [environment ?? ""]
            ).map(NodeRecord.init(row:))
        }
    }

    /// The newest results of one table in an environment, newest first.
    public func history(
        of name: String, environment: String? = nil, limit: Int = 20
    ) async throws -> [NodeRecord] {
        try await read { database in
            let columns = NodeRecord.columns.split(separator: ", ").map { "nodes.\($0)" }.joined(separator: ", ")
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT \(columns) FROM nodes JOIN runs ON runs.id = nodes.run_id
                    WHERE nodes.name = ? AND runs.environment IS ? ORDER BY nodes.seq DESC LIMIT ?
                    """, arguments: [name, environment, max(0, limit)]
            ).map(NodeRecord.init(row:))
        }
    }

    private static func find(_ id: String, in database: Database) throws -> RunRecord {
        let select = "SELECT \(RunRecord.columns) FROM runs"
        let order = "ORDER BY started_ms DESC, seq DESC"
        let wanted = id.trimmingCharacters(in: .whitespaces).lowercased()
        var found: [RunRecord] = []
        if wanted == "latest" {
            found = try Row.fetchAll(database, sql: "\(select) \(order) LIMIT 1").map(RunRecord.init(row:))
        } else if !wanted.isEmpty {
            let exact = try Row.fetchOne(database, sql: "\(select) WHERE id = ?", arguments: [wanted])
            if let exact { return RunRecord(row: exact) }
            // substr and not LIKE or GLOB: a `%` or `*` that was typed means itself.
            found = try Row.fetchAll(
                database,
                sql: """
                    \(select) WHERE substr(id, 1, length(?1)) = ?1 OR (length(?1) = 4 AND substr(id, -4) = ?1) \(order)
                    LIMIT 6
                    """, arguments: [wanted]
            ).map(RunRecord.init(row:))
        }
        if found.count == 1 { return found[0] }
        if found.isEmpty {
            throw WeirError(
                "run.unknown", "there is no run \"\(id)\"",
                hint: "`weir runs` lists them; the beginning of an id is enough, and `latest` means the newest")
        }
        let names = found.prefix(5).map(\.id).joined(separator: ", ")
        throw WeirError(
            "run.ambiguous", "several runs are meant by \"\(id)\"",
            hint: "write more of the id: \(names)\(found.count > 5 ? ", …" : "")")
    }
}
