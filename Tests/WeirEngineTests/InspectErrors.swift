import Testing
import WeirCore
import WeirEngine

@Suite("Mistakes in SQL")
struct InspectErrors {
    struct Mistake: Sendable, CustomStringConvertible {
        let sql: String
        let code: String
        let line: Int?
        let column: Int?
        var hint: String?
        var description: String { sql }

        init(_ sql: String, _ code: String, _ line: Int?, _ column: Int?, _ hint: String? = nil) {
            (self.sql, self.code, self.line, self.column, self.hint) = (sql, code, line, column, hint)
        }
    }

    static let mistakes: [Mistake] = [
        .init("SELECT zz FROM s.t", "sql.unknown-column", 1, 8, #"did you mean "a"?"#),
        .init("SELECT a,\n  'é' AS é, b\nFROM s.t\nWHERE cc > 1", "sql.unknown-column", 4, 7, #"did you mean "c"?"#),
        .init("SELECT u.q FROM s.u", "sql.unknown-column", 1, 8),
        .init("SELECT * EXCLUDE (zz) FROM s.t", "sql.unknown-column", 1, 19),
        .init("SELECT st.nope FROM s.t", "sql.unknown-column", 1, 11),
        .init("SELECT x.a FROM s.t", "sql.unknown-table", 1, 8, #"did you mean "t"?"#),
        .init("SELECT * FROM\ns.tt", "sql.unknown-table", 2, 1, #"did you mean "t"?"#),
        .init("SELECT * FROM nosuch.t", "sql.unknown-table", 1, 15),
        .init("SELECT * FROM nodb.s.t", "sql.unknown-table", 1, 15),
        .init("SELECT a FROM s.t, s.u", "sql.ambiguous-column", 1, 8, #"write "t.a" or "u.a""#),
        .init("SELECT sum(c) FROM s.t", "sql.type", 1, 8),
        .init("SELECT a + d FROM s.t", "sql.type", 1, 10),
        .init("SELECT foo(a) FROM s.t", "sql.unknown-function", 1, 8, #"did you mean "floor"?"#),
        .init("SELECT a::footype FROM s.t", "sql.unknown-type", 1, 11, #"did you mean "float"?"#),
        .init("SELECT a, count(*) FROM s.t", "sql.binding", 1, 8),
        .init("SELECT a FROM s.t UNION SELECT 1, 2", "sql.binding", nil, nil),
        .init("SELECT a FROM s.t WHERE c = 5 AND\n", "sql.syntax", 1, 34),
        .init("SELECT FROM s.t", "sql.syntax", 1, 1),
        .init("SELECT a /* b\nFROM s.t", "sql.syntax", 1, 10),
        .init("SELECT * FROM s.database_lis", "sql.unknown-table", 1, 15),
        .init(
            #"SELECT "große", 'ü', "select" FROM "Ünï"."a""b.c""#, "sql.unknown-column", 1, 8,
            #"did you mean "größe x"?"#),
    ]

    @Test("a mistake has a code, a place and a hint", arguments: mistakes)
    func bound(_ mistake: Mistake) async throws {
        let source = SourceText(path: "m.sql", text: mistake.sql)
        let error = await #expect(throws: WeirError.self) {
            try await InspectWarehouse.run { try OutputColumns.of(mistake.sql, source: source, on: $0) }
        }
        check(error, mistake)
    }

    @Test("the text of an engine's error gives the same as its JSON", arguments: mistakes, [false, true])
    func fromText(_ mistake: Mistake, asJSON: Bool) async throws {
        let source = SourceText(path: "m.sql", text: mistake.sql)
        let message = try await InspectWarehouse.run { connection in
            _ = try connection.execute("SET errors_as_json = \(asJSON)")
            defer { _ = try? connection.execute("SET errors_as_json = false") }
            do { _ = try connection.query(mistake.sql) } catch let error as WeirError { return error.message }
            return "no error"
        }
        let error = SQLErrorMapper.map(message, sql: source)
        #expect(error.code == mistake.code)
        // Without JSON the end of the input has no place in DuckDB's message, and is found all the same.
        #expect(error.place?.line == mistake.line)
        #expect(error.place?.column == mistake.column)
    }

    @Test(
        "a drawing is found again behind a prefix, in a cut line, and after wide characters",
        arguments: [
            (
                "Binder Error: Referenced column \"zz\" not found in FROM clause!\n\nLINE 1: CREATE TABLE x AS SELECT zz FROM s.t\n                                 ^",
                "SELECT zz FROM s.t", 1, 8
            ),
            (
                "Binder Error: Referenced column \"k9\" not found in FROM clause!\n\nLINE 2: ...bbbbbbbbbbb, k9 FROM...\n                        ^",
                "SELECT\n aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbb, k9 FROM s.t", 2, 60
            ),
        ])
    func drawings(message: String, sql: String, line: Int, column: Int) {
        let error = SQLErrorMapper.map(message, sql: SourceText(path: "m.sql", text: sql))
        #expect(error.code == "sql.unknown-column")
        #expect(error.place?.line == line)
        #expect(error.place?.column == column)
    }

    @Test(
        "a message that is no drawing, no JSON or nothing at all is kept",
        arguments: [
            "", "Binder Error: ", "x", "Binder Error: {", "LINE 1: x\n^", "Binder Error: x\n\nLINE 99: y\n   ^",
        ])
    func odd(message: String) {
        let error = SQLErrorMapper.map(message, sql: SourceText(path: "m.sql", text: "SELECT 1"))
        #expect(error.place?.line == nil)
    }

    @Test(
        "every unknown column of a statement is told, in the order of the text",
        arguments: [
            ("SELECT aa, b, bb\nFROM s.t\nWHERE cc > 1 AND c = 'x'", ["1:8 aa", "1:15 bb", "3:7 cc"]),
            (
                "SELECT 'é' AS é, x.aa, x.\"b b\"\nFROM s.t x JOIN s.u ON x.a = u.aaa",
                ["1:18 aa", "1:24 b b", "2:30 aaa"]
            ),
            (
                "SELECT lower(aa), coalesce(bb, cc, 1) + dd FROM s.t GROUP BY ALL",
                ["1:14 aa", "1:28 bb", "1:32 cc", "1:41 dd"]
            ),
            // What reads the column further on is right as it is.
            ("WITH q AS (SELECT aa, bb AS b2 FROM s.t) SELECT aa, b2, dd FROM q", ["1:19 aa", "1:23 bb", "1:57 dd"]),
            ("SELECT aa FROM s.t UNION ALL SELECT bb FROM s.t", ["1:8 aa", "1:37 bb"]),
            ("SELECT a FROM s.t WHERE (SELECT max(zz) FROM s.u WHERE yy = a) > 1", ["1:37 zz", "1:56 yy"]),
            // A name that no NULL can stand for ends the search.
            ("SELECT * EXCLUDE (zz) FROM s.t", ["1:19 zz"]),
        ])
    func unknownColumns(sql: String, expected: [String]) async throws {
        let source = SourceText(path: "m.sql", text: sql)
        let error = await #expect(throws: WeirError.self) {
            try await InspectWarehouse.run { try OutputColumns.of(sql, source: source, on: $0) }
        }
        let all = error.map { $0.causes.isEmpty ? [$0] : $0.causes } ?? []
        #expect(all.allSatisfy { $0.code == "sql.unknown-column" && $0.frame != nil })
        let found = all.map { error in
            let name = error.message.split(separator: "\"", omittingEmptySubsequences: false)
            return
                "\(error.place?.line ?? 0):\(error.place?.column ?? 0) \(name.count > 2 ? String(name[name.count - 2]) : "")"
        }
        #expect(found == expected, "\(all)")
    }

    @Test("the columns a statement returns")
    func columns() async throws {
        let columns = try await InspectWarehouse.run {
            try OutputColumns.of("-- c\nSELECT a, sum(f) AS \"q\"\"r\", [1] AS l FROM s.u GROUP BY a;\n-- end", on: $0)
        }
        #expect(
            columns == [
                Column(name: "a", type: "INTEGER"), Column(name: "q\"r", type: "DOUBLE"),
                Column(name: "l", type: "INTEGER[]"),
            ])
    }

    @Test("a second statement is never run by asking for columns")
    func second() async throws {
        _ = try? await InspectWarehouse.run { try OutputColumns.of("SELECT 1; CREATE TABLE s.oops(i INT)", on: $0) }
        let count = try await InspectWarehouse.run {
            try $0.query("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'oops'").first?.first?.int
        }
        #expect(count == 0)
    }

    private func check(_ error: WeirError?, _ mistake: Mistake) {
        #expect(error?.code == mistake.code, "\(error?.message ?? "")")
        #expect(error?.place?.line == mistake.line)
        #expect(error?.place?.column == mistake.column)
        if let hint = mistake.hint { #expect(error?.hint == hint) }
        #expect(error?.outcome == .wrongUsage)
    }
}
