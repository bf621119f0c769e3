import WeirCore
import WeirEngine

/// The extension pgvector as one database has it. Its names are written with their schema, which need not be on the path.
struct PgVector: Sendable {
    let schema: String
    /// Like `0.8.5`.
    let version: String

    /// Vectors longer than this have no graph.
    static let longestGraph = 2000

    func type(_ dimensions: Int) -> String { "\(SQL.quote(schema)).vector(\(dimensions))" }

    /// Less where the product of two vectors is greater.
    var negativeProduct: String { "OPERATOR(\(SQL.quote(schema)).<#>)" }

    var graphClass: String { "\(SQL.quote(schema)).vector_ip_ops" }

    /// Whether a question may go on through a graph until it has as many rows as it wants (from 0.8 on).
    var goesOn: Bool {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        return (parts.first ?? 0, parts.dropFirst().first ?? 0) >= (0, 8)
    }

    static func literal(_ vector: [Float]) -> String { "[" + vector.map(\.description).joined(separator: ",") + "]" }

    /// The extension, if the database has it.
    ///
    /// - Throws: `search.escaped-texts` for a server that takes a backslash in a text for more than that.
    static func find(in database: PostgresDatabase, on connection: isolated Connection) throws -> PgVector? {
        let row =
            try database.query(
                """
                SELECT current_setting('standard_conforming_strings') AS strings, (SELECT extversion::text FROM pg_extension \
                WHERE extname = 'vector') AS version, (SELECT n.nspname::text FROM pg_extension e JOIN pg_namespace n \
                ON n.oid = e.extnamespace WHERE e.extname = 'vector') AS schema
                """, on: connection
            ).first ?? []
        guard row.first?.text == "on" else {
            throw WeirError(
                "search.escaped-texts",
                "the server of \(database.name) takes a backslash in a text for an escape, in which no text is safe",
                hint: "set standard_conforming_strings = on, which has been the default since 2011")
        }
        guard let version = row[1].text, let schema = row[2].text else { return nil }
        return PgVector(schema: schema, version: version)
    }

    /// - Throws: `search.no-pgvector`.
    static func require(in database: PostgresDatabase, on connection: isolated Connection) throws -> PgVector {
        if let found = try find(in: database, on: connection) { return found }
        throw try missing(in: database, on: connection)
    }

    /// The extension, made in the database where it is missing.
    ///
    /// - Throws: `search.no-pgvector`.
    static func make(in database: PostgresDatabase, on connection: isolated Connection) throws -> PgVector {
        if let found = try find(in: database, on: connection) { return found }
        let reason = try missing(in: database, on: connection)
        guard try isInstalled(on: database, connection) else { throw reason }
        do {
            try database.execute(["CREATE EXTENSION IF NOT EXISTS vector"], on: connection)
        } catch let error as WeirError where error.code == "search.busy" {
            // Another process makes it at this moment; then it is there.
        } catch let error as WeirError {
            throw WeirError(
                reason.code, "\(reason.message), and making it failed: \(error.message)", hint: reason.hint)
        }
        return try require(in: database, on: connection)
    }

    private static func isInstalled(on database: PostgresDatabase, _ connection: isolated Connection) throws -> Bool {
        try database.query(
            "SELECT count(*) AS n FROM pg_available_extensions WHERE name = 'vector'", on: connection
        ).scalar.int == 1
    }

    private static func missing(
        in database: PostgresDatabase, on connection: isolated Connection
    ) throws -> WeirError {
        if try isInstalled(on: database, connection) {
            return WeirError(
                "search.no-pgvector", "the database of the connection \(database.name) has no extension \"vector\" yet",
                hint: "`weir search index` makes it where it may; else its owner runs CREATE EXTENSION vector")
        }
        let major =
            try database.query(
                "SELECT current_setting('server_version_num')::int / 10000 AS v", on: connection
            ).scalar.int ?? 0
        return WeirError(
            "search.no-pgvector", "the server of the connection \(database.name) does not have pgvector",
            hint: """
                install it beside the server (Debian and Ubuntu: postgresql-\(major)-pgvector), then let the owner of the database \
                run CREATE EXTENSION vector; or load the table with a source, and search it in the warehouse
                """)
    }
}
