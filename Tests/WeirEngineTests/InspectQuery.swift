import Testing
import WeirCore
import WeirEngine

@Suite("What a statement reads")
struct InspectQuery {
    @Test(
        "tables, wherever they are read, and not the names of common table expressions",
        arguments: [
            ("SELECT 1; -- done", ""),
            ("SELECT * FROM s.t", "s.t"),
            ("FROM t", "t"),
            ("SELECT * FROM db.s.t", "db.s.t"),
            ("TABLE s.t", "s.t"),
            (#"SELECT * FROM "Ünï" . /* here */ "a""b.c" AS q"#, #"Ünï.a"b.c"#),
            ("SELECT * FROM s.t x JOIN s.u USING (a), LATERAL (FROM s.w WHERE k = x.a) q", "s.t s.u s.w"),
            ("SELECT a, (SELECT max(e) FROM s.u) FROM s.t WHERE a IN (SELECT k FROM s.w)", "s.u s.t s.w"),
            (
                "FROM s.t WHERE EXISTS (FROM s.u) ORDER BY (SELECT 1 FROM s.w) LIMIT (SELECT 2 FROM s.x)",
                "s.t s.u s.w s.x"
            ),
            ("SELECT a FROM s.t UNION ALL (SELECT a FROM s.u EXCEPT SELECT k FROM s.w)", "s.t s.u s.w"),
            ("SELECT * FROM s.t PIVOT (sum(b) FOR a IN (1, 2))", "s.t"),
            ("PIVOT s.t ON a IN (1, 2) USING sum(b)", "s.t"),
            ("UNPIVOT s.t ON a, b INTO NAME n VALUE v", "s.t"),
            ("SUMMARIZE s.t", "s.t"),
            ("WITH c AS (SELECT * FROM s.t) SELECT * FROM c, C AS d", "s.t"),
            // A common table expression hides a table, but not inside itself.
            ("WITH t AS (SELECT * FROM t) SELECT * FROM t", "t"),
            ("WITH t AS (SELECT 1) SELECT * FROM main.t", "main.t"),
            // Each sees those before it only.
            ("WITH a AS (SELECT * FROM b), b AS (SELECT * FROM a) SELECT * FROM b", "b"),
            ("WITH RECURSIVE t AS (SELECT * FROM t) SELECT * FROM t", "t"),
            ("WITH RECURSIVE r AS (SELECT a FROM s.t UNION ALL SELECT a + 1 FROM r, s.u) FROM r", "s.t s.u"),
            (
                "WITH RECURSIVE r(x) USING KEY (x) AS (SELECT a FROM s.t UNION SELECT r.x FROM r JOIN recurring.r q USING (x)) FROM r",
                "s.t"
            ),
            ("SELECT * FROM recurring.r", "recurring.r"),
            ("SELECT * FROM (WITH c AS (FROM s.t) FROM c) q, c", "s.t c"),
            (
                "WITH c AS (SELECT 1 AS x) SELECT (SELECT x FROM c), (WITH c AS (FROM s.u) SELECT a FROM c) FROM s.t",
                "s.u s.t"
            ),
            ("WITH c AS (FROM s.t) (FROM c) UNION ALL FROM c", "s.t"),
            ("WITH unused AS (FROM s.u) SELECT 1 FROM s.t", "s.u s.t"),
            ("SELECT 'FROM s.u', $$ FROM s.w $$ FROM s.t -- FROM s.x", "s.t"),
        ])
    func tables(sql: String, expected: String) async throws {
        let query = try await InspectWarehouse.parse(sql)
        let found = query.tables.map { [$0.catalog, $0.schema, $0.table].compactMap(\.self).joined(separator: ".") }
        #expect(found.joined(separator: " ") == expected)
        for table in query.tables {
            let rest = sql.utf8.dropFirst(table.utf8Offset)
            let name = table.catalog ?? table.schema ?? table.table
            #expect(rest.starts(with: name.utf8) || rest.dropFirst().starts(with: name.utf8))
        }
    }

    @Test("table functions and files are listed apart")
    func functions() async throws {
        let query = try await InspectWarehouse.parse(
            "SELECT * FROM read_csv('in/*.csv', header = true) a, 'data/b.parquet', range(3), s.t, unnest([1])")
        #expect(query.functions.map(\.name) == ["read_csv", nil, "range", "unnest"])
        #expect(query.functions.map(\.text) == ["in/*.csv", "data/b.parquet", nil, nil])
        #expect(query.tables.map(\.table) == ["t"])
    }

    @Test(
        "formatting, comments and keyword case leave the normalised form alone",
        arguments: [
            ("SELECT a,b FROM s.t WHERE a>1", "select  a ,\n b -- c\nfrom s.t /* d */ where (a > 1);"),
            ("SELECT count(*) FROM s.t", "from s.t select COUNT(*)"),
        ])
    func same(one: String, other: String) async throws {
        let (a, b) = (try await InspectWarehouse.parse(one), try await InspectWarehouse.parse(other))
        #expect(a.normalised == b.normalised)
    }

    @Test(
        "any change of meaning changes the normalised form",
        arguments: [
            ("SELECT a FROM s.t", "SELECT b FROM s.t"),
            ("SELECT 'a' FROM s.t", "SELECT 'A' FROM s.t"),
            ("SELECT 1.0", "SELECT 1.00"),
            ("SELECT 170141183460469231731687303715884105727", "SELECT 170141183460469231731687303715884105726"),
            ("FROM s.t UNION FROM s.t", "FROM s.t UNION ALL FROM s.t"),
            // The SQL that DuckDB writes from these two trees is the same, although they are different joins.
            ("FROM s.t CROSS JOIN s.u u NATURAL JOIN s.u v", "FROM s.t, s.u u NATURAL JOIN s.u v"),
        ])
    func different(one: String, other: String) async throws {
        let (a, b) = (try await InspectWarehouse.parse(one), try await InspectWarehouse.parse(other))
        #expect(a.normalised != b.normalised)
    }

    @Test(
        "a statement that only filters and projects one table",
        arguments: [
            "SELECT a, b + 1 FROM s.t WHERE a > 1", "FROM s.t", "SELECT * FROM s.t ORDER BY a",
            "WITH c AS (SELECT * FROM s.t WHERE a > 1), d AS (SELECT a FROM c) SELECT a * 2 FROM d WHERE a IN (FROM s.u)",
            "SELECT * FROM (SELECT a FROM (FROM s.t))", "WITH t AS (SELECT * FROM s.t) FROM t",
            "SELECT row_number() OVER (), sum(b) OVER (PARTITION BY a) FROM s.t",
            "SELECT coalesce(a, 0), nullif(b, 1), lower(c), list_sum(l), CASE WHEN a = 1 THEN 2 END FROM s.t",
            "SELECT a, (SELECT max(f) FROM s.u WHERE u.a = t.a) FROM s.t", "SELECT [x + 1 FOR x IN l] FROM s.t",
        ])
    func filters(sql: String) async throws {
        let shape = try await InspectWarehouse.parse(sql).shape
        guard case .filter(let input) = shape else {
            Issue.record("\(shape)")
            return
        }
        #expect(input.name == TableName(schema: "s", table: "t"))
    }

    @Test(
        "a statement that joins, groups, multiplies, limits or makes up rows",
        arguments: [
            "SELECT 1", "VALUES (1)", "FROM s.t, s.u", "FROM s.t SEMI JOIN s.u USING (a)", "FROM range(3)",
            "FROM 'a.csv'", "SELECT DISTINCT a FROM s.t", "SELECT DISTINCT ON (a) a FROM s.t",
            "SELECT a FROM s.t GROUP BY a", "SELECT a FROM s.t GROUP BY ALL", "SELECT sum(b) FROM s.t",
            "SELECT SUM(b) + 1 FROM s.t", "SELECT 1 FROM s.t HAVING count(*) > 0", "SELECT unnest(l) FROM s.t",
            "SELECT 1 + unnest(l) FROM s.t", "SELECT a FROM s.t LIMIT 3", "SELECT a FROM s.t OFFSET 3",
            "SELECT a FROM s.t USING SAMPLE 10%", "SELECT a FROM s.t TABLESAMPLE 10%",
            "SELECT a FROM s.t QUALIFY row_number() OVER () = 1", "SELECT a FROM s.t UNION ALL SELECT a FROM s.u",
            "WITH c AS (SELECT a FROM s.t LIMIT 1) FROM c", "FROM (SELECT max(a) FROM s.t)",
            "SELECT (SELECT sum(t.a)) FROM s.t", "SELECT (SELECT sum(t.a) FROM s.u) FROM s.t",
            "SELECT sum(sum(a)) OVER () FROM s.t", "SELECT geometric_mean(a) FROM s.t", "PIVOT s.t ON a IN (1)",
            "SELECT no_such_function(a) FROM s.t",
            "SELECT generate_subscripts(l, 1) FROM s.t", "SELECT regexp_split_to_table(c, ',') FROM s.t",
            "WITH RECURSIVE r AS (SELECT a FROM s.t UNION ALL SELECT a FROM r) FROM r",
        ])
    func reshapes(sql: String) async throws {
        #expect(try await InspectWarehouse.parse(sql).shape == .reshape)
    }

    @Test(
        "functions that give another answer every time",
        arguments: [
            ("SELECT a FROM s.t", []), ("SELECT now(), a FROM s.t", ["now"]),
            ("SELECT * FROM s.t WHERE d < current_date", ["current_date"]),
            ("WITH c AS (SELECT RANDOM() AS r) SELECT uuid() FROM c", ["random", "uuid"]),
            ("SELECT today(), gen_random_uuid()", ["gen_random_uuid", "today"]),
            ("FROM s.t USING SAMPLE 3", ["sample"]), ("FROM s.t USING SAMPLE 10% (bernoulli, 3)", []),
            ("SELECT 'now()' AS x", []),
        ])
    func determinism(sql: String, expected: [String]) async throws {
        let query = try await InspectWarehouse.parse(sql)
        #expect(query.nondeterministicFunctions == expected)
        #expect(query.isDeterministic == expected.isEmpty)
    }

    @Test(
        "what is not one SELECT is refused, with its place",
        arguments: [
            ("", "sql.empty", 1, nil), (" \n-- nothing\n;", "sql.empty", 1, nil),
            ("SELECT a\nFROM WHERE", "sql.syntax", 2, 6), ("SELECT 'üüü😀', FROM FROM x", "sql.syntax", 1, 21),
            ("SELECT 1 FROM\n\n", "sql.syntax", 1, 14), ("SELECT 1;\n SELECT 2", "sql.many-statements", 2, 2),
            ("/* x; */ SELECT ';' ;; SELECT 2", "sql.many-statements", 1, 24),
            ("-- c\nCREATE TABLE x(i INT)", "sql.not-a-select", 2, 1), ("DROP TABLE s.t", "sql.not-a-select", 1, 1),
            ("INSERT INTO s.t SELECT 1", "sql.not-a-select", 1, 1), ("EXPLAIN SELECT 1", "sql.not-a-select", 1, 1),
            ("DESCRIBE s.t", "sql.not-a-select", 1, nil), ("SHOW TABLES", "sql.not-a-select", 1, nil),
            ("PIVOT s.t ON a USING sum(b)", "sql.not-inspectable", 1, 1),
            ("WITH c AS (PIVOT s.t ON a USING sum(b)) FROM c", "sql.not-inspectable", 1, 12),
        ] as [(String, String, Int, Int?)])
    func refused(sql: String, code: String, line: Int, column: Int?) async throws {
        let error = await #expect(throws: WeirError.self) { try await InspectWarehouse.parse(sql) }
        #expect(error?.code == code)
        #expect(error?.place?.line == line)
        #expect(error?.place?.column == column)
        #expect(error?.outcome == .wrongUsage)
    }

    @Test("places are in the user's file, below its header")
    func placed() async throws {
        let source = SourceText(path: "models/m/x.sql", text: "SELECT a\nFRM s.t x y", lineOffset: 4)
        let error = await #expect(throws: WeirError.self) {
            try await InspectWarehouse.run { try ParsedQuery.parse(source.text, source: source, on: $0) }
        }
        #expect(error?.place?.file == "models/m/x.sql")
        #expect(error?.place?.line == 6)
        #expect(error?.frame?.contains("FRM s.t") == true)
    }
}
