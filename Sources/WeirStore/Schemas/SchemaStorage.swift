import Foundation
internal import GRDB
import WeirCore

extension StateStore {
    /// Records the columns of tables. A table whose columns are as last recorded gets no new version.
    /// - Returns: the versions that are new.
    @discardableResult
    public func saveSchemas(
        _ schemas: [(table: String, columns: [WeirCore.Column])], run: String? = nil, at date: Date = Date()
    ) async throws -> [SchemaVersion] {
        if schemas.isEmpty { return [] }
        return try await write { database in
            var added: [SchemaVersion] = []
            for schema in schemas {
                let last = try Self.newest(schema.table, in: database)
                if last?.columns == schema.columns { continue }
                let next = SchemaVersion(
                    table: schema.table, version: (last?.version ?? 0) + 1, columns: schema.columns, runID: run,
                    at: date)
                try database.execute(
                    sql: "INSERT INTO schemas (table_name, version, columns, run_id, at_ms) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        next.table, next.version, try JSONOutput.line(next.columns), run, UTC.milliseconds(next.at),
                    ])
                added.append(next)
            }
            return added
        }
    }

    /// ``saveSchemas(_:run:at:)`` for one table.
    @discardableResult
    public func saveSchema(
        _ table: String, columns: [WeirCore.Column], run: String? = nil, at date: Date = Date()
    ) async throws -> SchemaVersion? {
        try await saveSchemas([(table, columns)], run: run, at: date).first
    }

    /// All versions of a table's columns, newest first.
    public func schemas(of table: String) async throws -> [SchemaVersion] {
        try await read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM schemas WHERE table_name = ? ORDER BY version DESC", arguments: [table]
            ).map(SchemaVersion.init(row:))
        }
    }

    private static func newest(_ table: String, in database: Database) throws -> SchemaVersion? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM schemas WHERE table_name = ? ORDER BY version DESC LIMIT 1",
            arguments: [table]
        ).map(SchemaVersion.init(row:))
    }
}

extension SchemaVersion {
    fileprivate init(row: Row) throws {
        let text: String = row["columns"]
        self.init(
            table: row["table_name"], version: row["version"],
            columns: try JSONDecoder().decode([WeirCore.Column].self, from: Data(text.utf8)), runID: row["run_id"],
            at: UTC.date(milliseconds: row["at_ms"]))
    }
}
