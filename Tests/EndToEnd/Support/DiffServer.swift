import Foundation
import Testing
import WeirEngine

/// A database that `weir diff` is tried on: a real server, or a file in the project's folder.
struct DiffServer: Sendable, CustomTestStringConvertible {
    /// `postgres`, `mysql`, `sqlite` or `duckdb`.
    let engine: String

    static let postgres = DiffServer(engine: "postgres")
    static let mysql = DiffServer(engine: "mysql")
    static let sqlite = DiffServer(engine: "sqlite")
    static let duckdb = DiffServer(engine: "duckdb")

    var testDescription: String { engine }

    private var variable: String? { ["postgres": "WEIR_TEST_POSTGRES", "mysql": "WEIR_TEST_MYSQL"][engine] }

    /// False skips a test. Where services are required a missing one must fail instead.
    var isExpected: Bool {
        guard let variable else { return true }
        let environment = ProcessInfo.processInfo.environment
        return environment[variable] != nil || environment["CI"] != nil || environment["WEIR_REQUIRE_SERVICES"] != nil
    }

    func address(in project: TempProject) throws -> String {
        guard let variable else { return project.path("other.\(engine)") }
        return try #require(
            ProcessInfo.processInfo.environment[variable],
            "\(variable) is not set: run the tests with scripts/test, which starts the servers")
    }

    func target(_ table: String, in project: TempProject) throws -> String {
        variable == nil ? "other.\(engine)#\(table)" : "\(try address(in: project))#\(table)"
    }

    func quote(_ name: String) -> String {
        engine == "mysql" ? "`\(name)`" : "\"\(name.replacing("\"", with: "\"\""))\""
    }

    /// Runs statements of the engine's own SQL, one by one.
    func execute(_ statements: [String], in project: TempProject) async throws {
        var options = Database.Options()
        options.extensions = engine == "duckdb" ? ["icu"] : ["\(engine)_scanner", "icu"]
        options.sessionSetup = ["SET TimeZone = 'UTC'"]
        let address = try address(in: project)
        try await Database.open(options).withConnection { connection in
            let type = engine == "duckdb" ? "" : " (TYPE \(engine))"
            try await connection.execute("ATTACH '\(address)' AS s\(type)")
            for statement in statements {
                if variable == nil {
                    try await connection.execute("USE s; \(statement)")
                } else {
                    let text = statement.replacing("'", with: "''")
                    _ = try await connection.query("CALL \(engine)_execute('s', '\(text)')")
                }
            }
        }
    }

    /// Makes a table of columns whose types every engine knows.
    func create(_ table: String, _ columns: [(name: String, type: String)], _ rows: String?, in project: TempProject)
        async throws
    {
        let list = columns.map { "\(quote($0.name)) \(type($0.type))" }.joined(separator: ", ")
        let charset = engine == "mysql" ? " CHARACTER SET utf8mb4" : ""
        var statements = ["DROP TABLE IF EXISTS \(table)", "CREATE TABLE \(table) (\(list))\(charset)"]
        if let rows { statements.append("INSERT INTO \(table) \(rows)") }
        try await execute(statements, in: project)
    }

    /// A type of this engine for one of PostgreSQL.
    private func type(_ name: String) -> String {
        let mysql = [
            "text": "longtext", "varchar": "varchar(60)", "numeric": "decimal(65,10)", "timestamp": "datetime(6)",
            "timestamptz": "timestamp(6) NULL", "time": "time(6)", "uuid": "char(36)", "bytea": "blob",
            "boolean": "tinyint(1)", "double precision": "double",
        ]
        let duckdb = [
            "bytea": "BLOB", "numeric": "VARCHAR", "double precision": "DOUBLE", "timestamptz": "TIMESTAMPTZ",
        ]
        let plain = name.replacing(" primary key", with: "")
        let other = engine == "mysql" ? mysql[plain] : engine == "postgres" ? nil : duckdb[plain]
        return (other ?? plain) + (plain == name ? "" : " primary key")
    }
}
