import Foundation
import Testing
import WeirCore
import WeirEngine

/// Expectations are written `column<-inputs; … | what decides about rows`; `*` marks a transformation, `#` an
/// aggregation, nothing an identity.
@Suite("Column lineage")
struct InspectLineage {
    @Test(
        "plain selects, stars and expressions",
        arguments: [
            ("SELECT a, b AS q FROM s.t", "a<-t.a; q<-t.b"),
            ("SELECT * FROM s.u", "a<-u.a; e<-u.e; f<-u.f"),
            ("FROM s.u SELECT f, a", "f<-u.f; a<-u.a"),
            ("SELECT * EXCLUDE (a) REPLACE (f * 2 AS f) FROM s.u", "e<-u.e; f<-u.f*"),
            ("SELECT * RENAME (e AS z) FROM s.u", "a<-u.a; z<-u.e; f<-u.f"),
            ("SELECT COLUMNS('e|f') FROM s.u", "e<-u.e; f<-u.f"),
            ("SELECT max(COLUMNS(*)) FROM s.w", "k<-w.k#; v<-w.v#"),
            ("SELECT a + b AS q, 1 AS one, now() AS n FROM s.t", "q<-t.a*,t.b*; one<-; n<-"),
            ("SELECT CASE WHEN a > 1 THEN b ELSE 0 END AS q FROM s.t", "q<-t.a*,t.b*"),
            ("SELECT a::VARCHAR AS q, try_cast(c AS INT) AS r FROM s.t", "q<-t.a*; r<-t.c*"),
            ("SELECT st.y.z AS q, st['x'] AS r FROM s.t", "q<-t.st*; r<-t.st*"),
            ("SELECT [x + a FOR x IN l IF x > b] AS q FROM s.t", "q<-t.a*,t.b*,t.l*"),
            ("SELECT a FROM s.t WHERE b > 1 ORDER BY c LIMIT 3", "a<-t.a | filter t.b,sort t.c"),
            ("SELECT a FROM s.t USING SAMPLE 10%", "a<-t.a"),
            ("SELECT a1, c FROM s.v", "a1<-t.a*; c<-t.c | filter t.b"),
            (
                #"SELECT "select", "größe x" + 1 AS "q""r" FROM "Ünï"."a""b.c""#,
                #"select<-Ünï.a"b.c.select; q"r<-Ünï.a"b.c.größe x*"#
            ),
            ("SELECT rowid AS q FROM s.t", "q<-"),
            ("VALUES (1, 'a')", "col0<-; col1<-"),
        ])
    func plain(sql: String, expected: String) async throws { try await check(sql, expected) }

    @Test(
        "aggregates, groups and windows",
        arguments: [
            ("SELECT a, sum(b) AS n FROM s.t GROUP BY a", "a<-t.a; n<-t.b# | groupBy t.a"),
            ("SELECT count(*) AS n FROM s.t", "n<-"),
            ("SELECT count(*) FILTER (WHERE b > 1) AS n FROM s.t", "n<-t.b#"),
            ("SELECT string_agg(c, ',' ORDER BY d) AS n FROM s.t", "n<-t.c#,t.d#"),
            ("SELECT a, count(*) AS n FROM s.t GROUP BY ALL HAVING max(b) > 1", "a<-t.a; n<- | groupBy t.a,filter t.b"),
            (
                "SELECT a, b, grouping(a) AS g, sum(b) AS n FROM s.t GROUP BY ROLLUP (a, b)",
                "a<-t.a; b<-t.b; g<-; n<-t.b# | groupBy t.a,groupBy t.b"
            ),
            ("SELECT sum(v) AS n FROM s.w GROUP BY GROUPING SETS ((k), ())", "n<-w.v# | groupBy w.k"),
            ("SELECT DISTINCT a, b FROM s.t", "a<-t.a; b<-t.b"),
            ("SELECT DISTINCT ON (a) b FROM s.t ORDER BY a, c", "b<-t.b | groupBy t.a,sort t.a,sort t.c"),
            ("SELECT sum(b) OVER (PARTITION BY a ORDER BY d) AS n FROM s.t", "n<-t.a*,t.b#,t.d*"),
            ("SELECT lag(b, a) OVER (ORDER BY d) AS n FROM s.t", "n<-t.a*,t.b*,t.d*"),
            ("SELECT row_number() OVER (ORDER BY d) AS n FROM s.t", "n<-t.d*"),
            (
                "SELECT a FROM s.t QUALIFY row_number() OVER (PARTITION BY b ORDER BY d) = 1",
                "a<-t.a | filter t.b,filter t.d"
            ),
            ("SELECT sum(sum(b)) OVER () AS n FROM s.t GROUP BY a", "n<-t.b# | groupBy t.a"),
        ])
    func aggregates(sql: String, expected: String) async throws { try await check(sql, expected) }

    @Test(
        "joins",
        arguments: [
            ("SELECT t.a, u.f FROM s.t LEFT JOIN s.u USING (a)", "a<-t.a; f<-u.f | join t.a,join u.a"),
            ("SELECT a, f FROM s.t FULL JOIN s.u USING (a)", "a<-t.a*,u.a*; f<-u.f | join t.a,join u.a"),
            ("SELECT a FROM s.t RIGHT JOIN s.u USING (a)", "a<-u.a | join t.a,join u.a"),
            ("SELECT b, f FROM s.t CROSS JOIN s.u", "b<-t.b; f<-u.f"),
            ("SELECT b, f FROM s.t, s.u WHERE t.a = u.a", "b<-t.b; f<-u.f | filter t.a,filter u.a"),
            (
                "SELECT b, f FROM s.t JOIN s.u ON t.a > u.a OR t.b = u.e",
                "b<-t.b; f<-u.f | join t.a,join t.b,join u.a,join u.e"
            ),
            ("SELECT b, f FROM s.t JOIN s.u ON t.a = u.a + 1", "b<-t.b; f<-u.f | join t.a,join u.a"),
            ("SELECT c FROM s.t SEMI JOIN s.u ON t.a = u.e", "c<-t.c | join t.a,join u.e"),
            ("SELECT c FROM s.t ANTI JOIN s.u USING (a)", "c<-t.c | join t.a,join u.a"),
            (
                "SELECT c, f FROM s.t ASOF JOIN s.u ON t.a = u.a AND t.b >= u.e",
                "c<-t.c; f<-u.f | join t.a,join t.b,join u.a,join u.e"
            ),
            ("SELECT c, f FROM s.t POSITIONAL JOIN s.u", "c<-t.c; f<-u.f"),
            (
                "SELECT b, e, v FROM s.t NATURAL JOIN s.u JOIN s.w ON k = e",
                "b<-t.b; e<-u.e; v<-w.v | join t.a,join u.a,join u.e,join w.k"
            ),
            ("SELECT x.v, y.v AS z FROM s.w x JOIN s.w y ON x.k = y.v", "v<-w.v; z<-w.v | join w.k,join w.v"),
        ])
    func joins(sql: String, expected: String) async throws { try await check(sql, expected) }

    @Test(
        "set operations and common table expressions",
        arguments: [
            ("SELECT a FROM s.t UNION ALL SELECT e FROM s.u", "a<-t.a,u.e"),
            ("SELECT a, b FROM s.t UNION SELECT e, f FROM s.u", "a<-t.a,u.e; b<-t.b*,u.f"),
            ("SELECT a FROM s.t UNION ALL SELECT k FROM s.w UNION ALL SELECT e FROM s.u", "a<-t.a,u.e,w.k"),
            ("SELECT a FROM s.t UNION ALL BY NAME SELECT f, a FROM s.u", "a<-t.a,u.a; f<-u.f"),
            ("SELECT a FROM s.t EXCEPT SELECT e FROM s.u", "a<-t.a | filter t.a,filter u.e"),
            ("SELECT a FROM s.t INTERSECT ALL SELECT e FROM s.u", "a<-t.a | filter t.a,filter u.e"),
            (
                "WITH x AS (SELECT a + 1 AS q, b FROM s.t WHERE c = 'k') SELECT b, q FROM x",
                "b<-t.b; q<-t.a* | filter t.c"
            ),
            (
                "WITH x AS MATERIALIZED (SELECT a FROM s.t), y AS (SELECT a AS q FROM x) SELECT q, x.a FROM y, x",
                "q<-t.a; a<-t.a"
            ),
            ("WITH x AS (WITH y AS (SELECT max(b) AS m FROM s.t) SELECT m + 1 AS m FROM y) FROM x", "m<-t.b#"),
            ("WITH t AS (SELECT e AS a FROM s.u) SELECT a FROM t", "a<-u.e"),
            ("WITH x AS (SELECT a FROM s.t WHERE b = 1), z AS (SELECT a FROM s.u) SELECT a FROM z", "a<-u.a"),
            (
                """
                WITH RECURSIVE r(p, q) AS (SELECT a, b FROM s.t UNION ALL SELECT q, p FROM r WHERE p < 5)
                SELECT p FROM r
                """, "p<-t.a,t.b | filter t.a,filter t.b"
            ),
            (
                """
                WITH RECURSIVE r AS (SELECT k, v FROM s.w UNION SELECT w.k, r.v + 1 FROM r JOIN s.w ON w.v = r.k)
                SELECT * FROM r
                """, "k<-w.k; v<-w.v* | join w.k,join w.v"
            ),
            (
                """
                WITH RECURSIVE r(x, y) USING KEY (x) AS (
                  SELECT a, b FROM s.t UNION SELECT q.x + 1, r.y FROM r JOIN recurring.r q ON q.x = r.x)
                SELECT * FROM r
                """, "x<-t.a*; y<-t.b | join t.a"
            ),
        ])
    func sets(sql: String, expected: String) async throws { try await check(sql, expected) }

    @Test(
        "subqueries",
        arguments: [
            ("SELECT (SELECT max(f) FROM s.u) AS m FROM s.t", "m<-u.f#"),
            (
                "SELECT (SELECT max(f) FROM s.u WHERE u.a = t.a) AS m FROM s.t",
                "m<-u.f# | filter t.a,groupBy t.a,join t.a,filter u.a"
            ),
            ("SELECT b FROM s.t WHERE a IN (SELECT e FROM s.u)", "b<-t.b | filter t.a,filter u.e"),
            ("SELECT a IN (SELECT e FROM s.u) AS q FROM s.t", "q<-t.a*,u.e*"),
            ("SELECT b FROM s.t WHERE NOT EXISTS (FROM s.u WHERE u.a = t.a)", "b<-t.b | filter t.a,filter u.a"),
            ("SELECT b FROM s.t WHERE a > ALL (SELECT e FROM s.u)", "b<-t.b | filter t.a,filter u.e"),
            (
                "SELECT q.k FROM s.t, LATERAL (SELECT t.a + e AS k FROM s.u WHERE u.a = t.b) q",
                "k<-t.a*,u.e* | filter t.b,filter u.a"
            ),
            (
                "SELECT (SELECT (SELECT max(v) FROM s.w WHERE w.k = t.b) FROM s.u WHERE u.a = t.a LIMIT 1) AS m FROM s.t",
                nil
            ),
            ("SELECT q FROM (SELECT a AS q FROM (SELECT * FROM s.t))", "q<-t.a"),
            ("SELECT a FROM s.t ORDER BY (SELECT max(e) FROM s.u)", "a<-t.a | sort u.e"),
        ] as [(String, String?)])
    func subqueries(sql: String, expected: String?) async throws {
        guard let expected else {
            let lineage = try await InspectWarehouse.lineage(sql)
            #expect(lineage.columns[0].inputs.map(\.column).contains("v"))
            #expect(Set(lineage.indirect.map(\.column)).isSuperset(of: ["a", "b", "k"]))
            #expect(!lineage.isApproximate)
            return
        }
        try await check(sql, expected)
    }

    @Test(
        "unnest, pivots and table functions",
        arguments: [
            ("SELECT a, unnest(l) AS x FROM s.t", "a<-t.a; x<-t.l*"),
            ("SELECT unnest(st) FROM s.t", "x<-t.st*; y<-t.st*"),
            ("SELECT a, v FROM s.t, unnest(l) q(v)", "a<-t.a; v<-t.l*"),
            ("SELECT v, o, b FROM s.t, unnest(l) WITH ORDINALITY q(v, o)", "v<-t.l*; o<-t.l*; b<-t.b"),
            ("SELECT c, v FROM s.t, range(t.a) q(v)", "c<-t.c; v<-t.a*"),
            (
                "FROM (SELECT a, b, c FROM s.t) PIVOT (sum(b) FOR a IN (1, 2) GROUP BY c)",
                "c<-t.c; 1<-t.a#,t.b#; 2<-t.a#,t.b# | groupBy t.c"
            ),
            ("PIVOT s.w ON k IN (1, 2) USING max(v)", "1<-w.k#,w.v#; 2<-w.k#,w.v#"),
            ("FROM s.u UNPIVOT (v FOR n IN (a, e))", "f<-u.f; n<-; v<-u.a*,u.e* | filter u.a,filter u.e"),
            ("SELECT r.range AS i, k FROM range(3) r, s.w", "i<-; k<-w.k"),
            ("SELECT x.p, k FROM (VALUES (1), (2)) x(p), s.w", "p<-; k<-w.k"),
        ])
    func shapes(sql: String, expected: String) async throws { try await check(sql, expected) }

    @Test("a pivot of many values, which DuckDB plans in another way")
    func widePivot() async throws {
        let values = (0..<30).map(String.init).joined(separator: ", ")
        let lineage = try await InspectWarehouse.lineage(
            "FROM s.t PIVOT (sum(b) AS x, max(d) AS y FOR a IN (\(values)) GROUP BY c)")
        #expect(lineage.columns.count == 61)
        #expect(lineage.columns[0].inputs.map(\.column) == ["c"])
        #expect(lineage.columns[1].inputs.map(\.column) == ["a", "b"])
        #expect(lineage.columns[60].inputs.map(\.column) == ["a", "d"])
        #expect(!lineage.isApproximate)
    }

    @Test("types come with the columns")
    func types() async throws {
        let lineage = try await InspectWarehouse.lineage("SELECT sum(b) AS n, c, st FROM s.t GROUP BY ALL")
        #expect(lineage.columns.map(\.type).prefix(2) == ["HUGEINT", "VARCHAR"])
        #expect(lineage.columns[2].type.hasPrefix("STRUCT("))
    }

    @Test("a plan that DuckDB cannot describe gives every column of every table, and says so")
    func coarse() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "weir-inspect-\(UUID().uuidString).csv")
        try Data("k,z\n1,2\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let lineage = try await InspectWarehouse.lineage(
            "SELECT z, v FROM s.w JOIN read_csv('\(file.path)') USING (k)")
        #expect(lineage.isApproximate)
        #expect(lineage.columns[0].inputs.map(\.column) == ["k", "v"])
    }

    @Test("a long chain of operators does not exhaust the stack")
    func deep() async throws {
        let sum = Array(repeating: "a", count: 900).joined(separator: " + ")
        let lineage = try await InspectWarehouse.lineage("SELECT \(sum) AS q FROM s.t")
        #expect(lineage.summary == "q<-t.a*")
    }

    private func check(_ sql: String, _ expected: String) async throws {
        let lineage = try await InspectWarehouse.lineage(sql)
        #expect(lineage.summary == expected, "\(sql)")
        #expect(!lineage.isApproximate, "\(sql)")
    }
}
