import Testing
import WeirCore
import WeirEngine

@Suite("Replacing tables in a statement")
struct InspectRewriting {
    @Test(
        "a schema is replaced where tables are read, and everything else stays as written",
        arguments: [
            ("SELECT t.a -- keep\nFROM  s.t", #"SELECT t.a -- keep\#nFROM  "dev__s"."t""#),
            ("SELECT s.t.a, s.t.st.y FROM s.t", #"SELECT "dev__s"."t".a, "dev__s"."t".st.y FROM "dev__s"."t""#),
            ("SELECT 's.t' FROM s . /* x */ t AS q", #"SELECT 's.t' FROM "dev__s"."t" AS q"#),
            (
                "WITH t AS (FROM s.t) FROM t JOIN S.U USING (a)",
                #"WITH t AS (FROM "dev__s"."t") FROM t JOIN "dev__S"."U" USING (a)"#
            ),
            (
                "SELECT * FROM s.t CROSS JOIN s.u NATURAL JOIN s.w",
                #"SELECT * FROM "dev__s"."t" CROSS JOIN "dev__s"."u" NATURAL JOIN "dev__s"."w""#
            ),
            (
                "SELECT é.a FROM s.t é, \"Ünï\".\"a\"\"b.c\"",
                "SELECT é.a FROM \"dev__s\".\"t\" é, \"dev__Ünï\".\"a\"\"b.c\""
            ),
            (
                "FROM s.t WHERE a IN (SELECT a FROM s.u);",
                #"FROM "dev__s"."t" WHERE a IN (SELECT a FROM "dev__s"."u");"#
            ),
        ])
    func schema(sql: String, expected: String) async throws {
        let rewritten = try await InspectWarehouse.parse(sql).rewritten { reference in
            reference.schema.map { ("dev__" + $0, reference.table) }
        }
        #expect(rewritten == expected)
        let again = try await InspectWarehouse.parse(rewritten)
        #expect(again.tables.allSatisfy { $0.schema?.hasPrefix("dev__") == true })
    }

    @Test(
        "a renamed table keeps its old name as an alias",
        arguments: [
            ("SELECT t.a FROM s.t", #"SELECT t.a FROM "x"."new t" AS "t""#),
            ("SELECT q.a FROM s.t q", #"SELECT q.a FROM "x"."new t" q"#),
            ("SELECT s.t.a FROM s.t", #"SELECT "t".a FROM "x"."new t" AS "t""#),
            ("SELECT t.a FROM s.t TABLESAMPLE 50%", #"SELECT t.a FROM "x"."new t" AS "t" TABLESAMPLE 50%"#),
        ])
    func renamed(sql: String, expected: String) async throws {
        let rewritten = try await InspectWarehouse.parse(sql).rewritten { $0.table == "t" ? ("x", "new t") : nil }
        #expect(rewritten == expected)
        _ = try await InspectWarehouse.parse(rewritten)
    }

    @Test("nothing to replace gives the statement back, byte for byte")
    func untouched() async throws {
        let sql = "\u{FEFF}SELECT\t'x' ,\r\n 1 -- ü\n;"
        #expect(
            try await InspectWarehouse.parse(String(sql.dropFirst())).rewritten { _ in nil } == String(sql.dropFirst()))
    }

    @Test("a place that a no-break space has shifted is never replaced blindly")
    func shifted() async throws {
        let query = try await InspectWarehouse.parse("SELECT\u{A0}a FROM s.t")
        let error = #expect(throws: WeirError.self) { try query.rewritten { _ in ("x", "y") } }
        #expect(error?.code == "sql.not-inspectable")
    }
}
