import Foundation
import Testing

@Suite("weir check in other databases", .serialized, .timeLimit(.minutes(15)))
struct CheckDatabaseTests {
    static let all = [DiffServer.postgres, .mysql, .sqlite].filter(\.isExpected)

    private struct Report: Decodable {
        struct Table: Decodable {
            let engine: String
            let rows: Int?
            let checks: [Check]
            let segments: [Segment]
            let failing: [Row]
            let error: Failure?
        }
        struct Failure: Decodable {
            let code: String
            let message: String
        }
        struct Check: Decodable {
            let rule: String
            let status: String
            let violating: Int?
            let affected: Int?
            let measured: Double?
            let fetched: String?
            let sql: String?
            let samples: [Sample]
        }
        struct Sample: Decodable { let values: [Cell] }
        struct Cell: Decodable, Equatable {
            let column: String
            let value: String?
        }
        struct Segment: Decodable, Equatable {
            struct Count: Decodable, Equatable {
                let rule: String
                let violating: Int
            }
            let values: [Cell]
            let rows: Int
            let violating: Int
            let rules: [Count]
        }
        struct Row: Decodable {
            let rules: [String]
            let values: [Cell]
        }
        let tables: [Table]
    }

    private func check(
        _ server: DiffServer, _ project: TempProject, _ more: String..., table: String = "weir_check_rows",
        contract: String = "nasty.yaml"
    ) async throws -> (done: Invocation, table: Report.Table) {
        let words = ["check", try server.target(table, in: project), "--contract", contract, "-o", "json"] + more
        let done = try await project.command(words)
        let report = try #require(
            try? JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8)), "\(done)")
        return (done, try #require(report.tables.first))
    }

    private static func literal(_ server: DiffServer) -> (String) -> String {
        { text in
            let quoted = "'\(text.replacing("'", with: "''"))'"
            return server.engine == "mysql" ? quoted.replacing("\\", with: "\\\\") : quoted
        }
    }

    private func create(
        _ server: DiffServer, _ table: String, _ columns: [(name: String, type: String)], _ rows: String,
        _ project: TempProject
    ) async throws {
        guard server.engine == "sqlite" else { return try await server.create(table, columns, rows, in: project) }
        let list = columns.map { "\"\($0.name)\" \($0.type)" }.joined(separator: ", ")
        try SQLiteFile.execute(
            ["DROP TABLE IF EXISTS \(table)", "CREATE TABLE \(table) (\(list))", "INSERT INTO \(table) \(rows)"],
            at: server.address(in: project))
    }

    private func fill(_ server: DiffServer, _ project: TempProject, rows: Int, seed: UInt64) async throws {
        let parents = [(name: "id", type: "integer"), (name: "label", type: "varchar")]
        try await create(
            server, "weir_check_parents", parents, "VALUES (1, 'a'), (2, 'b'), (3, NULL), (NULL, 'c')", project)
        try await create(
            server, "weir_check_rows", NastyRows.columns,
            NastyRows.values(rows, seed: seed, text: Self.literal(server)), project)
    }

    private func expectSame(_ found: Report.Table, _ wanted: Report.Table, _ server: DiffServer) {
        #expect(found.error == nil && found.rows == wanted.rows, "\(String(describing: found.error))")
        #expect(found.checks.map(\.rule) == wanted.checks.map(\.rule))
        for (mine, theirs) in zip(found.checks, wanted.checks) {
            #expect(
                mine.status == theirs.status && mine.violating == theirs.violating && mine.affected == theirs.affected
                    && mine.measured == theirs.measured, "\(server.engine): \(mine) instead of \(theirs)")
            // The key of each row shown; numbers may be written in another way.
            #expect(
                mine.samples.map { $0.values.first } == theirs.samples.map { $0.values.first },
                "\(server.engine): \(mine.rule)")
        }
    }

    @Test("hundreds of nasty rows: the same outcomes as in DuckDB", arguments: all, [1, 2, 3])
    func conformance(server: DiffServer, seed: UInt64) async throws {
        let project = try TempProject(["nasty.yaml": NastyRows.contract])
        try await fill(.duckdb, project, rows: 400, seed: seed)
        try await fill(server, project, rows: 400, seed: seed)
        let wanted = try await check(.duckdb, project).table
        let (done, found) = try await check(server, project)
        #expect(done.code == 1)
        #expect(found.engine.hasPrefix("\(server.engine) ") && wanted.engine.hasPrefix("duckdb "))
        expectSame(found, wanted, server)
        // Something holds, something does not, and most of it was decided in the database.
        #expect(wanted.checks.contains { $0.status == "passed" } && wanted.checks.count { $0.status == "failed" } > 15)
        #expect(wanted.checks.allSatisfy { $0.fetched == nil })
        let there = found.checks.filter { check in check.fetched == nil }.map { check in check.rule }
        let here = found.checks.compactMap(\.fetched)
        for rule in ["unique(name)", "length(name)", "range(amount)", "foreign_key", "row_count", "unique(id)"] {
            #expect(there.contains { $0.hasPrefix(rule) }, "\(server.engine) did not decide \(rule): \(here)")
        }
        if server.engine != "sqlite" { #expect(there.contains("pattern(code)")) }
    }

    @Test("failing rows and segments are the same as in DuckDB", arguments: all)
    func rows(server: DiffServer) async throws {
        let project = try TempProject(["nasty.yaml": NastyRows.contract])
        try await fill(.duckdb, project, rows: 300, seed: 9)
        try await fill(server, project, rows: 300, seed: 9)
        for more in [["--rules", "not_null*,length*,unique(name),foreign_key*,range(amount)"], []] {
            let words = more + ["--by", "parent", "--failed", "400"]
            let wanted = try await check(words, .duckdb, project)
            let found = try await check(words, server, project)
            expectSame(found, wanted, server)
            #expect(found.segments == wanted.segments)
            #expect(found.failing.map { $0.values.first } == wanted.failing.map { $0.values.first })
            #expect(found.failing.map { Set($0.rules) } == wanted.failing.map { Set($0.rules) })
            #expect(wanted.failing.count > 100 && wanted.segments.count == 6)
            #expect(found.checks.contains { $0.fetched != nil } == more.isEmpty)
        }
    }

    private func check(_ words: [String], _ server: DiffServer, _ project: TempProject) async throws -> Report.Table {
        let all = [
            "check", try server.target("weir_check_rows", in: project), "--contract", "nasty.yaml", "-o", "json",
        ]
        let done = try await project.command(all + words)
        let report = try #require(
            try? JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8)), "\(done)")
        return try #require(report.tables.first)
    }

    // MARK: Values that only some databases know

    private static func contract(_ properties: String, quality: String = "") -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: c
        version: 1.0.0
        status: active
        schema:
          - name: weir_check_rows
        \(quality)
            properties:
        \(properties)
        """
    }

    @Test("numbers of 38 digits compare exactly", arguments: all.filter { $0.engine != "sqlite" })
    func wide(server: DiffServer) async throws {
        let project = try TempProject([
            "c.yaml": Self.contract(
                """
                      - { name: id, logicalType: integer, primaryKey: true }
                      - { name: n, logicalType: number, physicalType: "decimal(38,10)", unique: true,
                          logicalTypeOptions: { maximum: 1234567890123456789012345678.0123456788 } }
                """)
        ])
        let columns = [(name: "id", type: "integer"), (name: "n", type: "decimal(38,10)")]
        let rows =
            "VALUES (1, 1234567890123456789012345678.0123456788), (2, 1234567890123456789012345678.0123456789), (3, NULL), (4, -1)"
        for one in [server, .duckdb] {
            try await create(one, "weir_check_rows", columns, rows, project)
            let table = try await check(one, project, contract: "c.yaml").table
            #expect(table.checks.first { $0.rule == "range(n)" }?.violating == 1, "\(table)")
            #expect(table.checks.first { $0.rule == "unique(n)" }?.violating == 0)
            #expect(table.checks.allSatisfy { $0.fetched == nil })
        }
    }

    @Test(
        "NaN is larger than every number, and equal to itself",
        .enabled(if: DiffServer.postgres.isExpected))
    func notANumber() async throws {
        let project = try TempProject([
            "c.yaml": Self.contract(
                """
                      - { name: id, logicalType: integer, primaryKey: true }
                      - { name: n, logicalType: number, unique: true, logicalTypeOptions: { maximum: 10, multipleOf: 0.5 } }
                """)
        ])
        let columns = [(name: "id", type: "integer"), (name: "n", type: "double precision")]
        let rows = ["NaN", "NaN", "Infinity", "-Infinity", "0", "-0", "9.5"].enumerated().map {
            "(\($0), '\($1)'::float8)"
        }
        var found: [[Int?]] = []
        for one in [DiffServer.postgres, .duckdb] {
            try await create(one, "weir_check_rows", columns, "VALUES \(rows.joined(separator: ", "))", project)
            let table = try await check(one, project, contract: "c.yaml").table
            found.append(table.checks.map(\.violating))
        }
        #expect(found[0] == found[1])
        #expect(found[0].contains(3))
    }

    @Test("blanks at the end of CHAR(n) say nothing", .enabled(if: DiffServer.postgres.isExpected))
    func padded() async throws {
        let project = try TempProject([
            "c.yaml": Self.contract(
                """
                      - name: c
                        logicalType: string
                        logicalTypeOptions: { maxLength: 3 }
                        quality: [{ metric: invalidValues, arguments: { validValues: [ab] }, mustBe: 0 }]
                      - { name: n, logicalType: integer }
                """,
                quality:
                    "    quality: [{ type: custom, engine: weir, name: q, implementation: { check: \"length(c) <= 3\" } }]"
            )
        ])
        try await create(
            DiffServer.postgres, "weir_check_rows", [("c", "char(5)"), ("n", "integer")],
            "VALUES ('ab', 1), (NULL, 2), ('abc', 3)", project)
        let table = try await check(.postgres, project, contract: "c.yaml").table
        #expect(table.checks.map(\.violating) == [0, 1, 0], "\(table)")
        // The last was decided by DuckDB, which sees the same.
        #expect(table.checks.map { $0.fetched == nil } == [true, true, false])
    }

    @Test("a connection of the project, spelt with points, and a view without row ids", arguments: all)
    func connection(server: DiffServer) async throws {
        let project = try TempProject()
        let address = try server.address(in: project)
        let settings = server.engine == "sqlite" ? "path: other.sqlite" : "url: \"${DB}\""
        try project.write(
            "weir.yaml",
            "weir: 1\nname: t\nconnections:\n  shop: { type: \(server.engine), \(settings) }\n")
        try project.write(
            "c.yaml", Self.contract("      - { name: c, logicalType: string, required: true, unique: true }"))
        try await create(
            server, "weir_check_base", [("c", "varchar")], "VALUES ('a'), ('A'), ('a '), (NULL), ('a')", project)
        let view = [
            "DROP VIEW IF EXISTS weir_check_view", "CREATE VIEW weir_check_view AS SELECT c FROM weir_check_base",
        ]
        if server.engine == "sqlite" {
            try SQLiteFile.execute(view, at: address)
        } else {
            try await server.execute(view, in: project)
        }
        let schema = server.engine == "sqlite" ? "main" : server.engine == "postgres" ? "public" : nil
        let target = schema.map { "shop.\($0).weir_check_view" } ?? "shop#weir_check_view"
        let done = try await project.command(
            ["check", target, "--contract", "c.yaml", "-o", "json"], environment: ["DB": address])
        let report = try #require(try? JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8)), "\(done)")
        let table = try #require(report.tables.first)
        #expect(done.code == 1 && table.rows == 5, "\(done)")
        #expect(table.checks.map(\.violating) == [1, 1] && table.checks[1].affected == 2, "\(done)")
        #expect(table.engine.hasPrefix(server.engine))
        if server.engine != "sqlite" { try await server.execute(["DROP VIEW weir_check_view"], in: project) }
    }

    @Test("a rule's own SQL is the database's, and cannot write", arguments: all)
    func ownSQL(server: DiffServer) async throws {
        let project = try TempProject()
        let column = server.quote("c")
        func rule(_ query: String) -> String {
            Self.contract(
                "      - { name: c, logicalType: string }",
                quality: "    quality: [{ type: sql, name: q, query: \"\(query)\", mustBe: 2 }]")
        }
        try await create(server, "weir_check_rows", [("c", "varchar")], "VALUES ('a'), ('b')", project)
        for (query, code) in [
            ("SELECT count(*) FROM {object} WHERE \(column.replacing("\"", with: "\\\"")) IS NOT NULL", 0 as Int32),
            ("SELECT 2) AS x; DELETE FROM {object}; SELECT * FROM (SELECT 2", 2), ("DELETE FROM {object}", 2),
            ("SELECT count(*) FROM nowhere", 2),
        ] {
            try project.write("c.yaml", rule(query))
            let (done, table) = try await check(server, project, contract: "c.yaml")
            #expect(done.code == code, "\(query): \(done)")
            #expect(table.error?.code == (code == 0 ? nil : "contract.bad-query"))
        }
        try project.write("c.yaml", rule("SELECT count(*) FROM {object}"))
        #expect(try await check(server, project, contract: "c.yaml").done.code == 0)
    }

    @Test("texts hidden by the contract do not leave the database", arguments: all)
    func hidden(server: DiffServer) async throws {
        let project = try TempProject([
            "c.yaml": Self.contract(
                "      - { name: c, logicalType: string, classification: restricted, logicalTypeOptions: { maxLength: 1 } }"
            )
        ])
        try await create(server, "weir_check_rows", [("c", "varchar")], "VALUES ('secret'), (NULL)", project)
        let (done, table) = try await check(server, project, "--failed", "5", "--by", "c", contract: "c.yaml")
        #expect(table.checks.first?.samples.first?.values.first?.value == "•••", "\(done)")
        #expect(!done.out.contains("secret") && table.failing.count == 1 && table.segments.count == 2)
    }
}
