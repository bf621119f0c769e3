import Foundation
import Testing

@Suite("weir diff across databases", .serialized, .timeLimit(.minutes(15)))
struct DiffDatabaseTests {
    /// Two databases, one for each side.
    struct Sides: Sendable, CustomTestStringConvertible {
        let a: DiffServer
        let b: DiffServer
        var testDescription: String { "\(a.engine) and \(b.engine)" }
    }

    static let all = [
        Sides(a: .postgres, b: .postgres), Sides(a: .postgres, b: .mysql), Sides(a: .mysql, b: .mysql),
        Sides(a: .postgres, b: .duckdb), Sides(a: .sqlite, b: .postgres), Sides(a: .duckdb, b: .mysql),
        Sides(a: .sqlite, b: .duckdb),
    ].filter { $0.a.isExpected && $0.b.isExpected }
    static let withPostgres = all.filter { $0.a.engine == "postgres" }
    static var hasPostgres: Bool { DiffServer.postgres.isExpected }

    private func diff(
        _ sides: Sides, _ project: TempProject, _ more: String...,
        tables: (String, String) = ("weir_diff_a", "weir_diff_b")
    ) async throws -> (code: Int32, diff: DiffReport) {
        let words = ["diff", try sides.a.target(tables.0, in: project), try sides.b.target(tables.1, in: project)]
        let done = try await Turns.shared.take { try await project.start(words + more + ["-o", "json"]).finish() }
        return (done.code, try #require(try? done.diff, "\(done)"))
    }

    private func create(
        _ sides: Sides, _ columns: [(name: String, type: String)], _ a: String?, _ b: String?, in project: TempProject
    ) async throws {
        try await sides.a.create("weir_diff_a", columns, a, in: project)
        try await sides.b.create("weir_diff_b", columns, b, in: project)
    }

    // MARK: Values

    static let portable: [(name: String, type: String)] = [
        ("select", "integer"), ("a\"b", "varchar"), ("exact", "decimal(38,10)"), ("wide", "numeric"),
        ("f", "double precision"), ("d", "date"), ("ts", "timestamp"), ("t", "time"), ("c", "char(5)"),
        ("u", "uuid"), ("bo", "boolean"), ("big", "bigint"), ("huge", "text"),
    ]

    private static func rows(_ huge: String) -> String {
        """
        VALUES (1, 'ü☃ é', 1234567890123456789012345678.0123456789, 12345678901234567890123456789012345678901234567890.5, 1.5, '2024-02-29',
        '2024-01-01 00:00:00.5', '10:00:00.5', 'ab', '6f9619ff-8b86-d011-b42d-00c04fc964ff', true, 9223372036854775807, \(huge)),
        (1, '', -0.5, 0, 0.1, '0101-01-01', '9999-12-31 23:59:59.999999', '00:00:00', '', NULL, false, -9223372036854775807, 'a|b~'),
        (2, '''"`;--', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
        """
    }

    @Test("the same rows of every type are the same, and no row travels", arguments: all)
    func same(sides: Sides) async throws {
        let project = try TempProject()
        let text = String(repeating: "x", count: 100_000)
        // Texts for engines that keep numbers of any length as such.
        let rows = Self.rows("'\(text)'")
        let quoted = rows.replacing(
            "12345678901234567890123456789012345678901234567890.5",
            with: "'12345678901234567890123456789012345678901234567890.5'")
        func values(_ server: DiffServer) -> String { ["sqlite", "duckdb"].contains(server.engine) ? quoted : rows }
        try await create(sides, Self.portable, values(sides.a), values(sides.b), in: project)
        let (code, diff) = try await diff(sides, project, "--key", "select,a\"b")
        #expect(diff.rows == .init(same: 3, added: 0, removed: 0, changed: 0), "\(diff)")
        #expect(code == 0)
        if let moved = diff.moved, sides.a.engine == sides.b.engine { #expect(moved.rows == 0) }
    }

    @Test("a few rows among many: only their segments travel", arguments: all)
    func few(sides: Sides) async throws {
        let project = try TempProject()
        let rows = { (change: Bool) -> String in
            let numbers = (0..<3000).filter { !change || $0 != 7 }.map { number in
                "(\(number), 'name \(change && number == 1234 ? -1 : number)', \(change && number % 1000 == 5 ? "NULL" : "\(number).25"))"
            }
            return "VALUES " + (numbers + (change ? ["(5000, 'new', 1)"] : [])).joined(separator: ", ")
        }
        try await create(
            sides, [("id", "integer primary key"), ("name", "varchar"), ("v", "decimal(12,2)")], rows(false),
            rows(true),
            in: project)
        let (code, diff) = try await diff(sides, project)
        #expect(code == 1)
        #expect(diff.rows == .init(same: 2995, added: 1, removed: 1, changed: 4), "\(diff)")
        #expect(diff.key.columns == ["id"] && diff.key.origin == "primary_key")
        #expect(diff.columns.map(\.changed) == [1, 3])
        if let moved = diff.moved {
            #expect(moved.segments > 1 && moved.differingSegments < moved.segments)
            #expect(moved.rows < 6000 && moved.bytes > 0)
        }
    }

    @Test("every row differs, and empty tables", arguments: all)
    func extremes(sides: Sides) async throws {
        let project = try TempProject()
        let columns = [(name: "id", type: "integer"), (name: "v", type: "varchar")]
        let rows = { (text: String) in "VALUES " + (0..<700).map { "(\($0), '\(text) \($0)')" }.joined(separator: ", ")
        }
        try await create(sides, columns, rows("old"), rows("new"), in: project)
        let every = try await diff(sides, project, "--key", "id").diff
        #expect(every.rows == .init(same: 0, added: 0, removed: 0, changed: 700))
        try await create(sides, columns, nil, rows("new"), in: project)
        let added = try await diff(sides, project, "--key", "id").diff
        #expect(added.rows == .init(same: 0, added: 700, removed: 0, changed: 0))
        try await create(sides, columns, nil, nil, in: project)
        let none = try await diff(sides, project, "--key", "id")
        #expect(none.code == 0 && none.diff.rows == .init(same: 0, added: 0, removed: 0, changed: 0))
    }

    @Test("rows with null and repeated keys are told and compared", arguments: all)
    func odd(sides: Sides) async throws {
        let project = try TempProject()
        try await create(
            sides, [("id", "integer"), ("v", "varchar")],
            "VALUES (1, 'a'), (1, 'b'), (2, 'c'), (NULL, 'n'), (NULL, 'n'), (3, 'x')",
            "VALUES (1, 'b'), (1, 'a'), (1, 'z'), (2, 'c'), (2, 'cc'), (NULL, 'n'), (3, 'y'), (4, 'q')", in: project)
        let diff = try await diff(sides, project, "--key", "id").diff
        #expect(diff.rows == .init(same: 4, added: 3, removed: 1, changed: 1), "\(diff)")
        #expect(diff.a.nullKeys == 2 && diff.a.duplicateKeys == 1 && diff.a.duplicateRows == 2)
        #expect(diff.b.nullKeys == 1 && diff.b.duplicateKeys == 2 && diff.b.duplicateRows == 5)
    }

    @Test("keys that differ in case, accents and blanks only are different keys", arguments: all)
    func textKeys(sides: Sides) async throws {
        let project = try TempProject()
        let columns = [(name: "code", type: "varchar"), (name: "v", type: "integer")]
        try await create(
            sides, columns, "VALUES ('a', 1), ('A', 2), ('ä', 3), ('a ', 4), ('☃', 5)",
            "VALUES ('☃', 5), ('a ', 4), ('ä', 3), ('A', 2), ('a', 9)", in: project)
        let diff = try await diff(sides, project, "--key", "code").diff
        #expect(diff.rows == .init(same: 4, added: 0, removed: 0, changed: 1), "\(diff)")
        #expect(diff.a.duplicateKeys == 0 && diff.b.duplicateKeys == 0)
    }

    @Test("without a key in it, rows are compared as a whole", arguments: all)
    func whole(sides: Sides) async throws {
        let project = try TempProject()
        let columns = [(name: "x", type: "integer"), (name: "y", type: "varchar")]
        try await create(
            sides, columns, "VALUES (1, 'a'), (1, 'a'), (2, NULL)", "VALUES (2, NULL), (1, 'a'), (3, 'c')", in: project)
        let diff = try await diff(sides, project).diff
        #expect(diff.key.columns.isEmpty)
        #expect(diff.rows == .init(same: 2, added: 1, removed: 1, changed: 0), "\(diff)")
    }

    // MARK: PostgreSQL

    @Test(
        "what only PostgreSQL has: NaN, infinity, dates before Christ, numbers without bounds, arrays, jsonb, domains",
        .enabled(if: hasPostgres, "needs WEIR_TEST_POSTGRES"))
    func postgresTypes() async throws {
        let project = try TempProject()
        let columns =
            "id int primary key, n numeric, f float8, d date, ts timestamp, tz timestamptz, j jsonb, l int[], i inet, iv interval"
        let values = """
            (1, 'NaN', 'NaN', '0044-03-15 BC', 'infinity', '2024-01-01 00:00+02', '{"b": 1, "a": [1]}', '{1,NULL}', '10.0.0.1', '1 month'),
            (2, 1.50, '-0', '-infinity', '0001-01-01', '-infinity', 'null', '{}', NULL, '30 days'),
            (3, \(String(repeating: "9", count: 60)).5, '-Infinity', '12345-01-01', '12345-01-01', NULL, '{}', NULL, '::1', NULL)
            """
        try await DiffServer.postgres.execute(
            [
                "DROP TABLE IF EXISTS weir_diff_a", "DROP TABLE IF EXISTS weir_diff_b",
                "CREATE TABLE weir_diff_a (\(columns))", "INSERT INTO weir_diff_a VALUES \(values)",
                "CREATE TABLE weir_diff_b (\(columns.replacing("n numeric", with: "n numeric(80,3)")))",
                "INSERT INTO weir_diff_b VALUES \(values.replacing("1.50", with: "1.500").replacing("'-0'", with: "0"))",
            ], in: project)
        let sides = Sides(a: .postgres, b: .postgres)
        let same = try await diff(sides, project)
        #expect(same.code == 0, "\(same.diff)")
        #expect(same.diff.moved?.rows == 0)
        try await DiffServer.postgres.execute(
            [
                "UPDATE weir_diff_b SET f = 1, iv = '31 days' WHERE id = 1",
                "UPDATE weir_diff_b SET d = NULL, n = 1.501 WHERE id = 2",
                "UPDATE weir_diff_b SET n = n - 0.1, l = '{1}', i = '::2' WHERE id = 3",
            ], in: project)
        let other = try await diff(sides, project).diff
        let counts = Dictionary(uniqueKeysWithValues: other.columns.map { ($0.name, $0.changed) })
        #expect(counts == ["n": 2, "f": 1, "d": 1, "ts": 0, "tz": 0, "j": 0, "l": 1, "i": 1, "iv": 1], "\(other)")
        // The same through DuckDB's eyes.
        let copy = try await diff(
            sides, project, tables: ("SELECT * FROM weir_diff_a", "SELECT * FROM weir_diff_a WHERE id > 0"))
        #expect(copy.code == 0, "\(copy.diff)")
    }

    @Test("JSON in two databases is the same whatever the order of its keys", arguments: withPostgres)
    func json(sides: Sides) async throws {
        let project = try TempProject()
        func create(_ server: DiffServer, _ table: String, _ type: String, _ rows: String) async throws {
            try await server.create(table, [("id", "integer primary key"), ("j", type)], rows, in: project)
        }
        try await create(
            sides.a, "weir_diff_a", "jsonb",
            """
            VALUES (1, '{"b": [1, {"y": 2, "x": null}], "a": "ü"}'), (2, '{"a": 1, "b": 2}'), (3, NULL), (4, '[1, 2]')
            """)
        try await create(
            sides.b, "weir_diff_b", sides.b.engine == "postgres" ? "json" : "text",
            """
            VALUES (1, '{ "a":"ü","b":[1.0,{"x":null,"y":2}] }'), (2, '{"b": 2, "a": "1"}'), (3, NULL), (4, '[2,1]')
            """)
        let (code, diff) = try await diff(sides, project)
        #expect(code == 1)
        #expect(diff.rows == .init(same: 2, added: 0, removed: 0, changed: 2), "\(diff)")
        #expect(diff.samples.changed.map { $0.key.first?.value } == ["2", "4"], "\(diff.samples)")
    }

    @Test("columns of other types: compared by value, and told", .enabled(if: hasPostgres, "needs WEIR_TEST_POSTGRES"))
    func types() async throws {
        let project = try TempProject()
        let postgres = DiffServer.postgres
        try await postgres.create(
            "weir_diff_a", [("id", "integer"), ("n", "integer"), ("d", "date"), ("t", "text"), ("s", "char(9)")],
            "VALUES (1, 5, '2024-01-01', '7.50', 'ab'), (2, NULL, NULL, 'x', NULL)", in: project)
        try await postgres.create(
            "weir_diff_b", [("s", "text"), ("id", "bigint"), ("n", "numeric"), ("d", "timestamp"), ("t", "numeric")],
            "VALUES ('ab', 1, 5.00, '2024-01-01', 7.5), (NULL, 2, NULL, NULL, NULL)", in: project)
        let (code, diff) = try await diff(Sides(a: postgres, b: postgres), project, "--key", "id")
        #expect(code == 1)
        #expect(diff.rows == .init(same: 1, added: 0, removed: 0, changed: 1), "\(diff)")
        #expect(diff.types.map(\.name) == ["id", "n", "d", "t"])
        #expect(diff.samples.changed.first?.changes.map(\.column) == ["t"])
    }

    @Test("FLOAT beside DOUBLE, in the coarser of the two", arguments: withPostgres)
    func floats(sides: Sides) async throws {
        let project = try TempProject()
        try await sides.a.create(
            "weir_diff_a", [("id", "integer"), ("f", "double precision")],
            "VALUES (1, 0.1), (2, 1e300), (3, 1e-300), (4, 123456.789), (5, NULL)", in: project)
        let float = sides.b.engine == "postgres" ? "real" : "float"
        try await sides.b.create(
            "weir_diff_b", [("id", "integer"), ("f", float)],
            "VALUES (1, 0.1), (2, 1e30), (3, 0), (4, 123456.789), (5, NULL)",
            in: project)
        let diff = try await diff(sides, project, "--key", "id").diff
        #expect(diff.samples.changed.map { $0.key[0].value } == ["2"], "\(diff)")
        #expect(diff.rows.same == 4)
    }

    @Test("keys that crowd, negative keys and one far away", arguments: withPostgres)
    func skew(sides: Sides) async throws {
        let project = try TempProject()
        let rows = { (v: Int) in
            "VALUES "
                + (0..<6000).map { "(\($0 - 3000), \($0 == 4321 ? v : 0))" }.joined(separator: ", ")
                + ", (2305843009213693951, 0)"
        }
        try await create(sides, [("id", "bigint"), ("v", "integer")], rows(0), rows(1), in: project)
        let diff = try await diff(sides, project).diff
        #expect(diff.rows == .init(same: 6000, added: 0, removed: 0, changed: 1), "\(diff)")
        #expect(diff.samples.changed.first?.key.first?.value == "1321")
    }

    @Test("a connection by its name, a query, a condition", .enabled(if: hasPostgres, "needs WEIR_TEST_POSTGRES"))
    func named() async throws {
        let project = try TempProject()
        let postgres = DiffServer.postgres
        try project.write(
            "weir.yaml",
            "weir: 1\nname: t\nconnections: { shop: { type: postgres, url: \"\(try postgres.address(in: project))\" } }\n"
        )
        try await postgres.create(
            "weir_diff_a", [("id", "integer primary key"), ("v", "varchar")], "VALUES (1, 'a'), (2, 'b')", in: project)
        try project.write("a.csv", "v,id\na,1\nB,2\n")
        let done = try await project.weir("diff", "shop#public.weir_diff_a", "a.csv", "-o", "json")
        #expect(try done.diff.rows == .init(same: 1, added: 0, removed: 0, changed: 1), "\(done)")
        #expect(try done.diff.b.engine == "file")
        let one = try await project.weir(
            "diff", "shop#SELECT * FROM weir_diff_a;", "a.csv", "--where", "id = 1", "--key", "id")
        #expect(one.code == 0, "\(one)")
        #expect(one.out.contains("Same: 1 row."))
        let schema = try await project.weir("diff", "--schema", "shop#weir_diff_a", "a.csv", "-o", "json")
        #expect(schema.code == 1 && schema.out.contains("\"is_reordered\" : true"), "\(schema)")
    }

    @Test("mistakes are told, and no password with them", .enabled(if: hasPostgres, "needs WEIR_TEST_POSTGRES"))
    func mistakes() async throws {
        let project = try TempProject()
        let postgres = DiffServer.postgres
        try await postgres.create("weir_diff_a", [("id", "integer")], "VALUES (1)", in: project)
        let address = try postgres.address(in: project)
        let table = "\(address)#weir_diff_a"
        let wrong = address.replacing(/:\/\/[^@]*@/, with: "://weir:hunter22@") + "#weir_diff_a"
        for (words, code, exit) in [
            ([table, "\(address)#weir_dif_a"], "diff.unknown-table", 2), ([table, address], "diff.no-table", 2),
            ([table, "nowhere#x"], "diff.unknown-connection", 2),
            ([table, table, "--where", "nope = 1"], "diff.bad-where", 2),
            ([table, table, "--key", "idd"], "diff.unknown-column", 2), ([table, wrong], "connection.failed", 3),
            ([table, "postgres://127.0.0.1:1/x#t"], "connection.failed", 3),
        ] as [([String], String, Int32)] {
            let done = try await Turns.shared.take {
                try await project.start(["diff"] + words + ["-o", "json"]).finish()
            }
            #expect(done.failure?.code == code && done.code == exit, "\(done)")
            #expect(!(done.out + done.err).contains("hunter22") && !(done.out + done.err).contains(address), "\(done)")
        }
    }
}
