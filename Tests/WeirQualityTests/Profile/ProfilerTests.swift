import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Profiles", .timeLimit(.minutes(5)))
struct ProfilerTests {
    private func profile(
        _ setup: String = "", of relation: String, isTable: Bool = false,
        _ change: (inout Profiler.Options) -> Void = { _ in }
    ) async throws -> DataProfile {
        try await ProfileLab.profile(setup, of: relation, isTable: isTable, change)
    }

    private func codes(_ profile: DataProfile) -> Set<String> { Set(profile.findings.map(\.code)) }

    @Test("counts are those that SQL by hand gives")
    func counts() async throws {
        let rows = "SELECT * FROM (VALUES (1, 'a', 1.5), (2, 'b', NULL), (3, 'a', -2.5), (NULL, '', 0)) t(i, s, d)"
        let profile = try await profile(of: rows)
        #expect(profile.rows == 4)
        let number = try #require(profile.column("i"))
        #expect(number.nulls == 1)
        #expect(number.distinct == .exact(3))
        #expect(number.minimum == "1")
        #expect(number.maximum == "3")
        #expect(number.numbers?.mean == 2)
        #expect(number.numbers?.quantile(0.5) == 2)
        let text = try #require(profile.column("s"))
        #expect(text.top.first == ColumnFacts.ValueCount(value: "a", count: 2))
        #expect(text.texts?.empty == 1)
        #expect(text.texts?.shortest == 0)
        let decimal = try #require(profile.column("d"))
        #expect(decimal.numbers?.zeros == 1)
        #expect(decimal.numbers?.negatives == 1)
        #expect(profile.table.missing.map(\.rows) == [1, 1])
        #expect(profile.table.duplicateRows == 0)
    }

    @Test("distinct values of large columns are exact: all different, a few doubles, few values")
    func largeDistinct() async throws {
        let profile = try await profile(
            "CREATE TABLE t AS SELECT i AS id, CASE WHEN i % 1000 = 1 THEN i - 1 ELSE i END AS nearly, i % 7 AS few, 'k' || i AS text FROM range(300000) r(i)",
            of: "t", isTable: true)
        #expect(profile.column("id")?.distinct == .exact(300_000))
        #expect(profile.column("nearly")?.distinct == .exact(299_700))
        #expect(profile.column("nearly")?.top.first?.count == 2)
        #expect(profile.column("few")?.distinct == .exact(7))
        #expect(profile.column("text")?.distinct == .exact(300_000))
        #expect(profile.column("id")?.order == .strictlyIncreasing)
        #expect(profile.table.keys.first?.columns == ["id"])
        #expect(profile.table.keys.first?.duplicates == 0)
    }

    @Test("two columns together are a key where none is alone")
    func compositeKey() async throws {
        let profile = try await profile(
            of: "SELECT a.i AS order_id, b.i AS line, (a.i * b.i) % 5 AS v FROM range(100) a(i), range(8) b(i)")
        #expect(profile.table.keys.first?.columns == ["order_id", "line"])
    }

    static let findings: [(String, String)] = [
        ("duplicate-rows", "SELECT i // 2 AS a, 'x' || (i // 2) AS b FROM range(100) t(i)"),
        ("broken-key", "SELECT CASE WHEN i = 5 THEN 4 ELSE i END AS order_id, i % 3 AS v FROM range(1000) t(i)"),
        ("constant", "SELECT 1 AS c, i FROM range(10) t(i)"),
        ("all-null", "SELECT NULL::INTEGER AS n, i FROM range(10) t(i)"),
        ("few-nulls", "SELECT CASE WHEN i <> 7 THEN i END AS n FROM range(1000) t(i)"),
        ("mostly-null", "SELECT CASE WHEN i % 9 = 0 THEN i END AS n, i FROM range(1000) t(i)"),
        ("stand-in", "SELECT CASE WHEN i % 50 = 0 THEN 'N/A' ELSE 'v' || i END AS s FROM range(1000) t(i)"),
        ("stand-in", "SELECT CASE WHEN i % 50 = 0 THEN -999 ELSE i END AS n FROM range(1000) t(i)"),
        (
            "stand-in",
            "SELECT CASE WHEN i % 9 = 0 THEN DATE '9999-12-31' ELSE DATE '2024-01-01' + i::INTEGER END AS d FROM range(300) t(i)"
        ),
        ("hidden-type", "SELECT (i * 3)::VARCHAR AS s FROM range(1000) t(i)"),
        ("personal-data", "SELECT 'user' || i || '@example.com' AS s FROM range(1000) t(i)"),
        ("broken-encoding", "SELECT CASE WHEN i = 3 THEN 'MÃ¼ller' ELSE 'Müller' END AS s FROM range(100) t(i)"),
        ("padded", "SELECT CASE WHEN i % 50 = 0 THEN ' x' ELSE 'x' || i END AS s FROM range(100) t(i)"),
        ("spellings", "SELECT CASE WHEN i % 9 = 0 THEN 'berlin' ELSE 'Berlin' END AS s FROM range(100) t(i)"),
        ("empty-text", "SELECT CASE WHEN i % 9 = 0 THEN '' ELSE 'x' END AS s FROM range(100) t(i)"),
        (
            "not-finite",
            "SELECT CASE WHEN i = 9 THEN 'nan'::DOUBLE WHEN i = 8 THEN 'inf'::DOUBLE ELSE i END AS n FROM range(100) t(i)"
        ),
        ("outliers", "SELECT CASE WHEN i = 9 THEN 1e9 ELSE i % 100 END AS n FROM range(1000) t(i)"),
        (
            "future",
            "SELECT CASE WHEN i = 9 THEN TIMESTAMP '2200-01-01' ELSE TIMESTAMP '2020-01-01' + to_days(i::INTEGER) END AS d FROM range(100) t(i)"
        ),
        (
            "missing-days",
            "SELECT DATE '2024-01-01' + (CASE WHEN i < 100 THEN i ELSE i + 30 END)::INTEGER AS d FROM range(200) t(i)"
        ),
        (
            "missing-together",
            "SELECT CASE WHEN i % 5 > 0 THEN i END AS a, CASE WHEN i % 5 > 0 THEN 'x' || i END AS b FROM range(100) t(i)"
        ),
        ("redundant-columns", "SELECT i AS a, i * 2.5 AS b, hash(i) % 100 AS c FROM range(1000) t(i)"),
        ("empty-table", "SELECT 1 AS a WHERE false"),
    ]

    @Test("each kind of trouble is found, with SQL that shows its rows", arguments: findings)
    func found(code: String, query: String) async throws {
        let profile = try await profile(of: query)
        let finding = try #require(profile.findings.first { $0.code == code }, "found \(codes(profile).sorted())")
        guard let sql = finding.sql else { return }
        let count = try await Database.open(Database.Options()).withConnection { connection in
            try await connection.query(sql.replacing("{table}", with: "(\(query))")).count
        }
        #expect(count > 0, "\(sql)")
        if let rows = finding.rows, !["duplicate-rows", "broken-key", "mostly-null"].contains(code) {
            #expect(count == rows, "\(sql)")
        }
    }

    @Test("healthy data has nothing to find fault with")
    func healthy() async throws {
        let profile = try await profile(
            of:
                "SELECT i AS id, ['new', 'paid', 'sent'][1 + i % 3] AS status, (hash(i) % 10000)::DECIMAL(9, 2) / 100 AS amount, DATE '2024-01-01' + (i % 90)::INTEGER AS day FROM range(2000) t(i)"
        )
        #expect(profile.findings.filter { $0.weight != .note }.map(\.message) == [])
    }

    static let hard: [(String, String)] = [
        ("one row", "SELECT 1 AS a, 'x' AS b"),
        (
            "nested",
            "SELECT [1, 2] AS l, {'a': 1, 'b': [2]} AS s, MAP {'k': 1} AS m, '{\"a\":1}'::JSON AS j FROM range(3)"
        ),
        (
            "huge numbers",
            "SELECT 1e308 * (i % 3 - 1) AS d, 170141183460469231731687303715884105727::HUGEINT - i AS h, ('9' || repeat('0', 37))::DECIMAL(38, 0) AS x FROM range(50) t(i)"
        ),
        ("nan and infinities only", "SELECT 'nan'::DOUBLE AS a, 'inf'::FLOAT AS b, '-inf'::DOUBLE AS c FROM range(5)"),
        (
            "far dates",
            "SELECT DATE '0044-03-15 (BC)' AS a, DATE '290000-12-31' AS b, 'infinity'::TIMESTAMP AS c, TIMESTAMPTZ '9999-12-31 23:59:59+00' AS d FROM range(5)"
        ),
        ("odd names", "SELECT 1 AS \"select\", 2 AS \"a\"\"b\", 3 AS \"Ünï\", 4 AS \"with space\", 5 AS \"t\""),
        (
            "intervals, blobs, bits",
            "SELECT INTERVAL 3 DAY AS i, '\\x00\\xFF'::BLOB AS b, '101'::BIT AS t, TIME '10:00' AS c, TIMETZ '10:00:00+02' AS z FROM range(5)"
        ),
        ("text of 10 MB", "SELECT repeat('x', 10000000 + i::INT) AS s, i FROM range(3) t(i)"),
        (
            "nothing but nulls",
            "SELECT NULL::INT AS a, NULL::VARCHAR AS b, NULL::DATE AS c, NULL::DOUBLE AS d FROM range(9)"
        ),
        (
            "decimals of 38 digits",
            "SELECT ('0.' || repeat('9', 37) || i % 3)::DECIMAL(38, 38) AS a, (repeat('9', 37) || i % 10)::DECIMAL(38, 0) AS b, -b AS c FROM range(30) t(i)"
        ),
        (
            "dates before 1 and after 9999",
            "SELECT DATE '0001-01-01' - (i * 300)::INT AS before, DATE '9999-12-31' + (i * 300)::INT AS behind, TIMESTAMP '9999-12-31 23:59:59' + to_days(i::INT) AS t FROM range(30) t(i)"
        ),
        (
            "lists in structures in lists",
            "SELECT [{'a': [i, NULL], 'b': {'c': MAP {i: [1.5]}}}] AS l, [[[]]]::INT[][][] AS e, to_json([i]) AS j FROM range(30) t(i)"
        ),
        (
            "numbers that are none among others",
            "SELECT CASE i % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN 'inf'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE ELSE i END AS a, i % 2 AS b FROM range(60) t(i)"
        ),
        (
            "texts that look like nothing",
            "SELECT ['', ' ', chr(10), chr(1), '😀', 'null'][1 + i % 6] AS s, i FROM range(60) t(i)"
        ),
        (
            "enum and uuid",
            "SELECT 'a'::ENUM('a', 'b') AS e, '6f1c5a3e-0b1d-4c89-9d55-2a6b0f3e4d11'::UUID AS u FROM range(5)"
        ),
    ]

    @Test("hard input gives a profile and never an error", arguments: hard)
    func hardInput(name: String, query: String) async throws {
        let profile = try await profile(of: query) { $0.dependencies = .always }
        #expect(profile.rows > 0)
        let json = try JSONOutput.pretty(profile)
        #expect(json.contains("\"columns\""))
        #expect(ProfilePage(profile: profile).html.contains("</html>"))
    }

    @Test("two thousand columns")
    func manyColumns() async throws {
        let columns = (0..<2000).map { "\($0) AS c\($0)" }.joined(separator: ", ")
        let profile = try await profile(of: "SELECT \(columns) FROM range(3)") { $0.dependencies = .always }
        #expect(profile.columns.count == 2000)
        #expect(profile.table.dependencies?.minimal == 2000)
    }

    @Test("no rows at all, of every kind of column")
    func noRows() async throws {
        let profile = try await profile(
            of: "SELECT 1 AS i, 'x' AS s, DATE '2024-01-01' AS d, [1] AS l, 1.5 AS n, true AS b WHERE false"
        ) { $0.dependencies = .always }
        #expect(profile.rows == 0)
        #expect(profile.columns.map(\.nulls) == [0, 0, 0, 0, 0, 0])
        #expect(profile.findings.map(\.code) == ["empty-table"])
        #expect(ProfilePage(profile: profile).html.contains("0 rows"))
    }

    @Test("a sample says so, and is the same each time; a budget reads no more than it may")
    func sampled() async throws {
        let query = "SELECT i, hash(i) AS h FROM range(100000) t(i)"
        let first = try await profile(of: query) { $0.sample = 1000 }
        let second = try await profile(of: query) { $0.sample = 1000 }
        #expect(first.rows == 1000)
        #expect(first.sample?.of == 100_000)
        #expect(first == second)
        let budget = try await profile(of: "SELECT i, hash(i) AS h FROM range(100000000) t(i)") { $0.budget = 0.5 }
        #expect(budget.rows < 100_000_000)
        #expect(budget.sample != nil)
    }

    @Test("only the columns and rows asked for")
    func chosen() async throws {
        let query = "SELECT i AS a, i * 2 AS b FROM range(100) t(i)"
        let profile = try await profile(of: query) {
            $0.columns = ["B"]
            $0.filter = "a < 10 -- small"
        }
        #expect(profile.columns.map(\.name) == ["b"])
        #expect(profile.rows == 10)
        await #expect {
            try await self.profile(of: query) { $0.columns = ["bb"] }
        } throws: { error in (error as? WeirError)?.code == "profile.unknown-column" }
    }

    @Test("columns that go together: linear, monotone, words")
    func correlations() async throws {
        let profile = try await profile(
            of:
                "SELECT i AS a, i * -3 + (hash(i) % 50) AS b, exp(i / 50.0) AS e, ['x', 'y', 'z'][1 + i % 3] AS w, ['p', 'q', 'r'][1 + i % 3] AS v, hash(i) % 1000 AS noise FROM range(1000) t(i)"
        )
        func relation(_ a: String, _ b: String) -> TableFacts.Correlation? {
            profile.table.correlations.first { Set([$0.first, $0.second]) == Set([a, b]) }
        }
        #expect(relation("a", "b").map { $0.kind == .pearson && $0.value < -0.99 } == true)
        #expect(relation("a", "e").map { $0.kind == .spearman && $0.value > 0.99 } == true)
        #expect(relation("w", "v").map { $0.kind == .cramersV && $0.value > 0.99 } == true)
        #expect(relation("a", "noise") == nil)
    }

    @Test("two profiles side by side tell what differs")
    func pair() async throws {
        let first = try await profile(of: "SELECT i AS a, 'x' AS s FROM range(100) t(i)")
        let second = try await profile(
            of: "SELECT i::VARCHAR AS a, CASE WHEN i < 50 THEN 'y' END AS s, 1 AS n FROM range(200) t(i)")
        let changes = ProfilePair(first: first, second: second).changes
        #expect(
            Set(changes.map { "\($0.column):\($0.what)" }).isSuperset(of: [
                ":rows", "a:type", "s:missing", "s:new values", "n:column",
            ]))
        #expect(ProfilePair(first: first, second: first).changes.isEmpty)
    }

    @Test("the page escapes what the data says, and asks the network for nothing")
    func page() async throws {
        let profile = try await profile(
            of:
                "SELECT '<script>alert(1)</script>' AS \"<b>\", 'user' || i || '@example.com' AS mail FROM range(100) t(i)"
        )
        let html = ProfilePage(profile: profile).html
        #expect(!html.contains("<script>alert"))
        #expect(!html.contains("<b>"))
        #expect(!html.contains("user1@example.com"))
        #expect(!html.contains("src=\"") && !html.contains("@import") && !html.contains("url("))
    }
}
