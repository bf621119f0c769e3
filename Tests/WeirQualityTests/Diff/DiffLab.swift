import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

/// Two tables `a` and `b` in memory, compared.
enum DiffLab {
    static func diff(
        _ setup: String, key: [String] = ["id"], _ change: (inout DiffOptions) -> Void = { _ in }
    ) async throws -> TableDiff {
        var options = DiffOptions()
        options.key = key
        change(&options)
        let settled = options
        let database = try await open()
        let (plan, a, b) = try await database.withConnection { connection in
            try await connection.execute(setup)
            return try await connection.perform { connection in
                let a = try side("a", on: connection)
                let b = try side("b", on: connection)
                return (try KeyFinder(a: a, b: b, options: settled).plan(on: connection), a, b)
            }
        }
        return try await TableDiffer(a: a, b: b, plan: plan, options: settled).run(on: database)
    }

    static func open() async throws -> Database {
        var settings = Database.Options()
        settings.extensions = ["icu", "json"]
        settings.sessionSetup = ["SET TimeZone = 'UTC'"]
        return try await Database.open(settings)
    }

    static func side(_ table: String, on connection: isolated Connection) throws -> DiffSide {
        let columns = try connection.columns(of: "SELECT * FROM memory.main.\(table)")
        return side(table, columns)
    }

    static func side(_ table: String, _ columns: [Column]) -> DiffSide {
        DiffSide(
            label: table, engine: "duckdb", relation: "memory.main.\(table)",
            columns: columns.map { DiffColumn(name: $0.name, type: $0.type, family: DiffFamily(duckdb: $0.type)) })
    }
}
