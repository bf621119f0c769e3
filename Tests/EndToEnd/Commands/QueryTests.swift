import Foundation
import Testing
import WeirEngine

@Suite("weir query")
struct QueryTests {
    /// One value of each kind that a format may get wrong.
    static let nasty = """
        SELECT 1 AS a, 2 AS a, 'x,"y' || chr(10) || 'ü' AS t, NULL AS n, '' AS e, 'nan'::DOUBLE AS d, 0.5::REAL AS r,
        {'z': 1, 'a': [1, NULL]} AS s, 12345678901234567890::HUGEINT AS h, 1.50::DECIMAL(5, 2) AS m, DATE '2026-03-01' AS day
        """

    private func project() async throws -> TempProject {
        let project = try TempProject(["models/mart/m.sql": "SELECT range AS id FROM range(1000)"])
        try await project.run(expect: 0)
        return project
    }

    @Test("as a table: aligned, NULL told apart from an empty text, cut at the limit with a word about it")
    func table() async throws {
        let project = try await project()
        let shown = try await project.weir("query", Self.nasty)
        #expect(shown.code == 0, "\(shown)")
        let lines = shown.out.split(separator: "\n").map(String.init)
        let head = lines[0].split(separator: " ").joined(separator: " ")
        #expect(head == "a a t n e d r s h m day")
        #expect(lines[2].contains("NULL") && lines[2].contains("x,\"y\\nü"), "\(shown)")
        let cut = try await project.weir("query", "--limit", "3", "FROM mart.m ORDER BY id")
        #expect(cut.out.contains("the first 3 rows; --limit 0 shows all"), "\(cut)")
        let all = try await project.weir("query", "--limit", "0", "FROM mart.m")
        #expect(all.out.split(separator: "\n").count == 1002)
    }

    @Test("as CSV is what DuckDB writes to a file, and is appended to a log without harm")
    func csv() async throws {
        let project = try await project()
        let shown = try await project.weir("query", "-o", "csv", Self.nasty)
        let wanted = """
            a,a_1,t,n,e,d,r,s,h,m,day
            1,2,"x,""y
            ü",,"",nan,0.5,"{'z': 1, 'a': [1, NULL]}",12345678901234567890,1.50,2026-03-01

            """
        #expect(shown.out == wanted)
        #expect(try await project.weir("query", "--to", "x.csv", Self.nasty).code == 0)
        #expect(try String(contentsOfFile: project.path("x.csv"), encoding: .utf8) == shown.out)
        try project.write("log", "kept\n")
        let child = try Child(
            "/bin/sh", ["-c", "'\(Binary.path)' query -o csv 'SELECT 1 AS a' >> log"], in: project.root,
            environment: ProcessInfo.processInfo.environment, logs: project.root)
        #expect(await child.finish().code == 0)
        #expect(try String(contentsOfFile: project.path("log"), encoding: .utf8) == "kept\na\n1\n")
    }

    @Test("as JSON has every column in its order and nothing that is no JSON, on the screen and in a file")
    func json() async throws {
        let project = try await project()
        let shown = try await project.weir("query", "-o", "json", Self.nasty)
        let wanted = """
            [
              {"a": 1, "a_1": 2, "t": "x,\\"y\\nü", "n": null, "e": "", "d": "nan", "r": 0.5, \
            "s": {"z": 1, "a": [1, null]}, "h": "12345678901234567890", "m": "1.50", "day": "2026-03-01"}
            ]

            """
        #expect(shown.out == wanted)
        _ = try JSONShape.parse(shown.out)
        #expect(try await project.weir("query", "--to", "x.json", Self.nasty).code == 0)
        #expect(try String(contentsOfFile: project.path("x.json"), encoding: .utf8) == shown.out)
        #expect(try await project.weir("query", "-ojson", "FROM mart.m WHERE id < 0").out == "[]\n")
        let many = try JSONShape.parse(try await project.weir("query", "--output=json", "FROM mart.m").out)
        #expect((many as? [Any])?.count == 1000)
    }

    @Test("as Parquet goes to a file, which appears whole or not at all")
    func parquet() async throws {
        let project = try await project()
        #expect(try await project.weir("query", "--to", "x.parquet", "FROM mart.m").code == 0)
        #expect(try await project.rows("SELECT count(*) FROM '\(project.path("x.parquet"))'") == ["1000"])
        let failed = try await project.weir("query", "--to", "y.parquet", "SELECT error('no') FROM mart.m")
        #expect(failed.code == 2, "\(failed)")
        let left = try FileManager.default.contentsOfDirectory(atPath: project.root)
        #expect(!left.contains { $0.hasPrefix("y.parquet") }, "\(left)")
    }

    @Test(
        "a file's format is asked for or told by its name, and nothing else",
        arguments: [["-o", "table", "--to", "x.csv"], ["--to", "x.txt"], ["-o", "parquet"], ["--limit", "-1"]])
    func usage(arguments: [String]) async throws {
        let project = try await project()
        let child = try project.start(["query"] + arguments + ["SELECT 1"])
        #expect(await child.finish().code == 2)
        #expect(!FileManager.default.fileExists(atPath: project.path("x.csv")))
    }

    @Test("a query that fails midway prints the error alone")
    func midway() async throws {
        let project = try await project()
        let sql = "SELECT CASE WHEN i = 299999 THEN error('late') ELSE i END FROM range(300000) t(i)"
        let json = try await project.weir("query", "-o", "json", sql)
        #expect(json.code == 2 && json.failure?.message.contains("late") == true, "\(json)")
        let csv = try await project.weir("query", "-o", "csv", sql)
        #expect(csv.code == 2 && csv.out.isEmpty && csv.err.contains("late"))
    }

    @Test(
        "what does more than read is refused, and nothing is written",
        arguments: [
            "COPY (SELECT 1) TO 'evil.csv'", "EXPLAIN ANALYZE COPY (SELECT 1) TO 'evil.csv'", "ATTACH 'evil.db'",
            "EXPORT DATABASE 'evil'", "DROP TABLE mart.m", "CREATE TEMP TABLE t AS SELECT 1", "SET threads = 1",
            "CALL pragma_version()", "INSERT INTO mart.m VALUES (1)",
        ])
    func writing(sql: String) async throws {
        let project = try await project()
        let refused = try await project.weir("query", "-o", "json", sql)
        #expect(refused.code == 2 && refused.failure?.code == "query.reads-only", "\(refused)")
        let left = try FileManager.default.contentsOfDirectory(atPath: project.root)
        #expect(!left.contains { $0.hasPrefix("evil") }, "\(left)")
    }

    @Test(
        "more than one statement is an error, since the rows of one can be shown",
        arguments: [
            "SELECT 1; SELECT 2", "SELECT 1; COPY (SELECT 1) TO 'evil.csv'", "SELECT 1) TO 'evil.csv'; SELECT (2",
        ])
    func several(sql: String) async throws {
        let project = try await project()
        let refused = try await project.weir("query", "-o", "json", sql)
        #expect(refused.code == 2 && refused.failure?.code == "query.many-statements", "\(refused)")
        #expect(!FileManager.default.fileExists(atPath: project.path("evil.csv")))
    }

    @Test(
        "every statement that asks is answered",
        arguments: [
            "FROM mart.m LIMIT 1; -- the end", "DESCRIBE mart.m", "SUMMARIZE mart.m", "SHOW TABLES", "VALUES (1)",
            "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "PIVOT mart.m ON id % 2 USING count(*)",
            "WITH a AS (SELECT 1 AS b) FROM a",
        ])
    func asking(sql: String) async throws {
        let project = try await project()
        let answered = try await project.weir("query", sql)
        #expect(answered.code == 0, "\(answered)")
    }

    @Test("an environment that weir.yaml does not have is no other one")
    func unknownEnvironment() async throws {
        let project = try await project()
        let refused = try await project.weir("query", "--env", "prdo", "-o", "json", "FROM mart.m")
        #expect(refused.code == 2 && refused.failure?.code == "environment.unknown", "\(refused)")
    }
}
