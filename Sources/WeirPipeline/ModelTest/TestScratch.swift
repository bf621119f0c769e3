import WeirCore
import WeirEngine

/// A database in memory that reads time as a run does. Tests run in it one after the other, each in an empty
/// catalog of its own: a catalog takes a millisecond, a database thirty.
struct TestScratch: Sendable {
    private let database: Database

    /// Quoted name of the catalog and of the schema that hold what a test needs beside its model's inputs.
    private static let catalog = "_weir_test"
    static let schema = "_weir"

    static func open() async throws -> TestScratch {
        var options = Database.Options()
        options.threads = 1
        options.maxConnections = 1
        options.extensions = ["json", "icu"]
        let database = try await Database.open(options)
        try await database.withConnection { _ = try await $0.execute("SET TimeZone = 'UTC'") }
        return TestScratch(database: database)
    }

    /// Runs `body` in an empty catalog, and throws the catalog away.
    func use<R: Sendable>(_ body: @Sendable (isolated Connection) throws -> R) async throws -> R {
        try await database.withConnection { connection in
            try await connection.perform { connection in
                try connection.execute(
                    """
                    ATTACH IF NOT EXISTS ':memory:' AS \(Self.catalog);
                    USE \(Self.catalog);
                    CREATE SCHEMA \(Self.schema);
                    """)
                defer { _ = try? connection.execute("USE memory; DETACH \(Self.catalog)") }
                return try body(connection)
            }
        }
    }

    /// A table for a test's own use, quoted for SQL.
    static func table(_ name: String) -> String { TableName(schema: schema, table: name).sql }
}
