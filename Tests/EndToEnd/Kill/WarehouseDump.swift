import WeirCore
import WeirEngine

/// Everything a warehouse holds, as sorted text, without what names the run.
enum WarehouseDump {
    static func of(_ path: String) async throws -> [String: String] {
        var options = Database.Options(path: path)
        options.readOnly = true
        options.threads = 1
        options.extensions = ["json", "icu"]
        let database = try await Database.open(options)
        return try await database.withConnection { connection in
            try await connection.perform { try dump($0) }
        }
    }

    private static let checkpoints = TableName(schema: "weir_meta", table: "checkpoints")

    /// Checkpoints, where a version counts for what it is compared with: a replay, a backfill and a load in pieces
    /// mix the run's id into it.
    private static let positions = """
        WITH marks AS (
            SELECT c.name, i.key AS input, i.value ->> '$' AS mark FROM \(checkpoints.sql) c, json_each(c.inputs) i),
        told AS (
            SELECT m.name, list(m.input || CASE WHEN o.version IS NULL THEN ' = ' || m.mark
                WHEN o.version = m.mark THEN ' as it is' ELSE ' as it was' END ORDER BY m.input) AS inputs
            FROM marks m LEFT JOIN \(checkpoints.sql) o ON lower(o.name) = lower(m.input) GROUP BY m.name)
        SELECT c.* EXCLUDE (version, inputs, run_id), t.inputs FROM \(checkpoints.sql) c
        LEFT JOIN told t USING (name) ORDER BY c.name
        """

    private static func dump(_ connection: isolated Connection) throws -> [String: String] {
        let tables = try connection.query(
            """
            SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database()
            UNION ALL SELECT schema_name, view_name FROM duckdb_views()
            WHERE database_name = current_database() AND NOT internal
            """
        ).map { TableName(schema: $0[0].display, table: $0[1].display) }
        var found: [String: String] = [:]
        for table in tables {
            let columns = try connection.columns(of: "SELECT * FROM \(table.sql)")
            let kept = columns.filter { !["_weir_run", "_weir_at", "run_id"].contains($0.name) }
            let rows =
                table == checkpoints
                ? try connection.query(positions)
                : try connection.query("SELECT \(SQL.list(kept.map(\.name))) FROM \(table.sql) ORDER BY ALL")
            found[table.description] =
                kept.map { "\($0.name) \($0.type)" }.joined(separator: ", ") + "\n"
                + rows.map { $0.map(\.display).joined(separator: "|") }.joined(separator: "\n")
        }
        // A quarantine that nothing is in is the same as none.
        return found.filter { name, text in
            !name.hasPrefix("weir_quarantine.") || text.contains("\n") && text.last != "\n"
        }
    }

    /// The first difference of two dumps, for a person; nil when there is none.
    static func difference(_ wanted: [String: String], _ found: [String: String]) -> String? {
        for name in Set(wanted.keys).union(found.keys).sorted() where wanted[name] != found[name] {
            guard let a = wanted[name] else { return "\(name) should not be there" }
            guard let b = found[name] else { return "\(name) is missing" }
            let old = a.split(separator: "\n")
            let new = b.split(separator: "\n")
            let lost = Set(old).subtracting(new).sorted().prefix(5).joined(separator: "\n  - ")
            let extra = Set(new).subtracting(old).sorted().prefix(5).joined(separator: "\n  + ")
            return "\(name): \(old.count - 1) rows wanted, \(new.count - 1) found\n  - \(lost)\n  + \(extra)"
        }
        return nil
    }
}
