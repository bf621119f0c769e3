import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// A PostgreSQL in which columns are searched, attached to a DuckDB in memory.
///
/// It is attached for reading, where every transaction is one that cannot change anything, whatever a condition of a user
/// calls. Indexing attaches it once more for writing, and writes nothing outside of the schema `weir_search`.
struct PostgresDatabase: Sendable {
    /// Of the project's connection.
    let name: String
    private let settings: ConnectionSettings

    /// Opens the database of a connection for reading, and closes it at the end.
    static func with<R: Sendable>(
        _ name: String, in project: Project, _ body: @Sendable (PostgresDatabase, Connection) async throws -> R
    ) async throws -> R {
        let settings = try SearchTarget.settings(of: name, project)
        let scratch = FileManager.default.temporaryDirectory.appending(path: "weir-search-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let engine = SideOpener(project: project, environment: nil, folder: project.root, scratch: scratch)
        return try await engine.engine(memoryLimit: nil).withConnection { connection in
            try await connection.perform { try settings.open(as: name, on: $0) }
            return try await body(PostgresDatabase(name: name, settings: settings), connection)
        }
    }

    /// What can only be read of it, as DuckDB calls it.
    var catalog: String { ConnectionSettings.catalog(name) }

    /// Runs a query of PostgreSQL's. What it returns are texts, numbers, truth values and lists of these.
    func query(_ sql: String, on connection: isolated Connection) throws -> Rows {
        do { return try connection.query("SELECT * FROM postgres_query(?, ?)", [.text(catalog), .text(sql)]) } catch {
            throw explained(error)
        }
    }

    /// Keeps the rows of a query of PostgreSQL's as a table of DuckDB's.
    func keep(_ sql: String, as table: String, on connection: isolated Connection) throws {
        do {
            try connection.execute(
                "CREATE OR REPLACE TEMP TABLE \(SQL.quote(table)) AS SELECT * FROM postgres_query(?, ?)",
                [.text(catalog), .text(sql)])
        } catch { throw explained(error) }
    }

    /// Runs statements in one transaction: all of them happen, or nothing.
    func execute(_ statements: [String], on connection: isolated Connection) throws {
        try settings.open(as: name, isWritable: true, on: connection)
        do {
            _ = try connection.query(
                "CALL postgres_execute(?, ?)",
                [.text(ConnectionSettings.writableCatalog(name)), .text(statements.joined(separator: ";\n"))])
        } catch { throw explained(error) }
    }

    // MARK: Errors

    /// A server's error without the statement, which the scanner repeats and which may be megabytes of texts.
    static func message(_ error: WeirError) -> String {
        let text = error.message
        let mark = "ERROR:  "
        let start = text.range(of: "\": \(mark)", options: .backwards) ?? text.range(of: mark)
        let tail = start.map { String(text[$0.upperBound...]) } ?? text
        let lines = tail.split(separator: "\n").map(String.init)
        let hint = lines.first { $0.hasPrefix("HINT:") }.map {
            " (\($0.dropFirst(5).trimmingCharacters(in: .whitespaces)))"
        }
        return (lines.first ?? text) + (hint ?? "")
    }

    /// - Returns: `search.no-permission`, `search.busy`, or the server's words.
    private func explained(_ error: any Error) -> any Error {
        guard let error = error as? WeirError else { return error }
        let message = Redaction.clean(Self.message(error), secrets: settings.secrets)
        func has(_ parts: String...) -> Bool { parts.contains { message.contains($0) } }
        if has("permission denied", "must be owner of") {
            return WeirError(
                "search.no-permission", "the user of the connection \(name) may not do that: \(message)",
                hint: """
                    to index it needs to read the table and CREATE on the database; to search, USAGE on the schema weir_search and \
                    SELECT on its tables
                    """)
        }
        if has("in a read-only transaction", "cannot execute") {
            return WeirError(
                "search.no-permission", "the database of the connection \(name) cannot be written to: \(message)",
                hint: "is it a standby server, or a user whose transactions only read?")
        }
        if has(
            PostgresStore.changedMark, "could not serialize", "duplicate key value", "concurrently", "deadlock",
            "already exists")
        {
            return WeirError(
                "search.busy", "another process changed the vectors in \(name) at the same time",
                hint: "run it again: what is stored stays, and is not embedded again", isTransient: true,
                outcome: .systemFailed)
        }
        return WeirError(
            "search.database", "the database of the connection \(name) says: \(message)",
            isTransient: has("connection to server", "the connection unexpectedly", "terminating connection"),
            outcome: .systemFailed)
    }
}
