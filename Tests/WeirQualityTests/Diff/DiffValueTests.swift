import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Values that are compared", .timeLimit(.minutes(5)))
struct DiffValueTests {
    /// Two values in their types, as SQL.
    struct Pair: Sendable, CustomTestStringConvertible {
        let a: (type: String, value: String)
        let b: (type: String, value: String)
        var testDescription: String { "\(a.type) \(a.value), \(b.type) \(b.value)" }

        init(_ type: String, _ value: String, _ otherType: String, _ otherValue: String) {
            a = (type, value)
            b = (otherType, otherValue)
        }

        var setup: String {
            """
            CREATE TABLE a AS SELECT 1 AS id, CAST(\(a.value) AS \(a.type)) AS v;
            CREATE TABLE b AS SELECT 1 AS id, CAST(\(b.value) AS \(b.type)) AS v
            """
        }
    }

    static let equal = [
        Pair("DECIMAL(10,2)", "1.00", "DECIMAL(38,1)", "1.0"), Pair("INTEGER", "5", "DECIMAL(5,2)", "5.00"),
        Pair("DECIMAL(2,2)", "0.5", "DECIMAL(38,37)", "0.5"), Pair("DECIMAL(2,2)", "-0.5", "VARCHAR", "'-0.50'"),
        Pair(
            "HUGEINT", "'170141183460469231731687303715884105727'", "VARCHAR",
            "'170141183460469231731687303715884105727'"),
        Pair("DOUBLE", "'nan'", "DOUBLE", "'nan'"), Pair("DOUBLE", "'-0.0'", "DOUBLE", "0"),
        Pair("DOUBLE", "'inf'", "FLOAT", "'inf'"), Pair("FLOAT", "0.1", "DOUBLE", "0.1"),
        Pair("FLOAT", "0", "DOUBLE", "1e-300"),
        Pair("TIMESTAMPTZ", "'2024-01-01 00:00:00+02'", "TIMESTAMPTZ", "'2023-12-31 22:00:00+00'"),
        Pair("TIMESTAMPTZ", "'2024-01-01 00:00:00+02'", "TIMESTAMP", "'2023-12-31 22:00:00'"),
        Pair("DATE", "'2024-01-01'", "TIMESTAMP", "'2024-01-01 00:00:00'"),
        Pair("DATE", "'0044-03-15 (BC)'", "TIMESTAMP", "'0044-03-15 (BC) 00:00:00'"),
        Pair("DATE", "'infinity'", "TIMESTAMP", "'infinity'"),
        Pair("TIMESTAMP_S", "'2024-01-01'", "DATE", "'2024-01-01'"),
        Pair("VARCHAR", "'007.50'", "DECIMAL(4,2)", "7.5"), Pair("VARCHAR", "' +7 '", "INTEGER", "7"),
        Pair("VARCHAR", "'-0.00'", "INTEGER", "0"), Pair("VARCHAR", "'2024-01-01'", "DATE", "'2024-01-01'"),
        Pair("VARCHAR", "'2024-01-01T00:00:00Z'", "TIMESTAMPTZ", "'2024-01-01 01:00:00+01'"),
        Pair("VARCHAR", "'TRUE'", "BOOLEAN", "true"), Pair("BOOLEAN", "true", "INTEGER", "1"),
        Pair("VARCHAR", "'6F9619FF-8B86-D011-B42D-00C04FC964FF'", "UUID", "'6f9619ff-8b86-d011-b42d-00c04fc964ff'"),
        Pair("JSON", "'{\"a\": [1, 2]}'", "VARCHAR", "'{\"a\":[1,2]}'"), Pair("JSON", "'1'", "JSON", "' 1'"),
        Pair("VARCHAR", "'1e3'", "DOUBLE", "1000"), Pair("INTEGER[]", "[1, NULL]", "BIGINT[]", "[1, NULL]"),
        Pair("STRUCT(x INTEGER)", "{'x': NULL}", "STRUCT(x INTEGER)", "{'x': NULL}"),
        Pair("INTEGER", "NULL", "VARCHAR", "NULL"), Pair("BLOB", "''::BLOB", "BLOB", "''::BLOB"),
        Pair("VARCHAR", "'a' || chr(0) || 'b'", "VARCHAR", "'a' || chr(0) || 'b'"),
    ]

    @Test("are the same when they mean the same", arguments: equal)
    func same(pair: Pair) async throws {
        let diff = try await DiffLab.diff(pair.setup)
        #expect(diff.rows == .init(same: 1, added: 0, removed: 0, changed: 0), "\(diff.samples)")
    }

    static let equalJSON = [
        (
            #"{"b": 1, "a": {"y": [1, {"q": 2, "p": null}], "x": "é"}}"#,
            #"{"a":{"x":"\u00e9","y":[1.0,{"p":null,"q":2}]},"b":1e0}"#
        ),
        (#"{"a.b": {"c": 1}, "a": {}}"#, #"{"a": {}, "a.b": {"c": 1}}"#),
        (#"{"b": 1, "a": 1, "a": 2}"#, #"{"a": 1, "a": 2, "b": 1}"#),
        (#"[{"b": 12345678901234567890123, "a": -0.0}]"#, #"[{"a": 0, "b": 12345678901234567890123}]"#),
    ]
    static let unequalJSON = [
        (#"{"a.b": {"c": 1}, "a": {"b": {}}}"#, #"{"a.b": {}, "a": {"b": {"c": 1}}}"#), ("[1, 2]", "[2, 1]"),
        (#"{"a": 1, "a": 2}"#, #"{"a": 2, "a": 1}"#), (#"{"a": "1"}"#, #"{"a": 1}"#), (#"{"a": null}"#, "{}"),
        (#"[12345678901234567890123]"#, #"[12345678901234567890124]"#), (#"{"é": 1}"#, #"{"e\u0301": 1}"#),
        ("1", "true"),
    ]

    @Test("JSON is the same whatever the order of its keys", arguments: [("JSON", "JSON"), ("JSON", "VARCHAR")])
    func json(types: (String, String)) async throws {
        for (documents, isSame) in [(Self.equalJSON, true), (Self.unequalJSON, false)] {
            for (a, b) in documents {
                let pair = Pair(types.0, SQL.literal(a), types.1, SQL.literal(b))
                let diff = try await DiffLab.diff(pair.setup)
                #expect(diff.isSame == isSame && diff.rows.changed == (isSame ? 0 : 1), "\(a) \(b)")
                #expect(diff.columns.map(\.changed) == [isSame ? 0 : 1], "\(a) \(b)")
            }
        }
    }

    @Test("JSON too deep to look into is compared as it is written")
    func deepJSON() async throws {
        func nested(_ keys: String) -> String {
            String(repeating: "[", count: 900) + keys + String(repeating: "]", count: 900)
        }
        let pair = Pair(
            "VARCHAR", SQL.literal(nested(#"{"a":1,"b":2}"#)), "JSON", SQL.literal(nested(#"{"b":2,"a":1}"#)))
        #expect(try await DiffLab.diff(pair.setup).rows.changed == 1)
    }

    static let unequal = [
        Pair("INTEGER", "5", "VARCHAR", "'5.5'"), Pair("VARCHAR", "'abc'", "INTEGER", "NULL"),
        Pair("VARCHAR", "'5x'", "INTEGER", "5"), Pair("VARCHAR", "'1.005'", "DECIMAL(3,2)", "1.00"),
        Pair("VARCHAR", "''", "VARCHAR", "NULL"), Pair("VARCHAR", "'NULL'", "VARCHAR", "NULL"),
        Pair("DECIMAL(3,1)", "1.0", "DECIMAL(4,2)", "1.01"), Pair("DOUBLE", "'nan'", "DOUBLE", "NULL"),
        Pair("DOUBLE", "'inf'", "DOUBLE", "'-inf'"), Pair("FLOAT", "'inf'", "DOUBLE", "1e300"),
        Pair("VARCHAR", "'a'", "VARCHAR", "'A'"),
        Pair("VARCHAR", "'a'", "VARCHAR", "'a '"), Pair("VARCHAR", "'e' || chr(769)", "VARCHAR", "chr(233)"),
        Pair("BIGINT", "9007199254740993", "DECIMAL(38,2)", "9007199254740992"),
        Pair("HUGEINT", "'170141183460469231731687303715884105727'", "DECIMAL(38,0)", "1"),
        Pair("TIMESTAMP", "'2024-01-01 00:00:00.000001'", "DATE", "'2024-01-01'"),
        Pair("VARCHAR", "'2024-01-01 10:00:00'", "DATE", "'2024-01-01'"),
        Pair("BOOLEAN", "true", "INTEGER", "2"), Pair("INTEGER[]", "[1, 2]", "INTEGER[]", "[2, 1]"),
        Pair("JSON", "'{\"a\": 1}'", "JSON", "'{\"a\": 2}'"), Pair("VARCHAR", "'maybe'", "BOOLEAN", "true"),
    ]

    @Test("differ when they do not", arguments: unequal)
    func differ(pair: Pair) async throws {
        let diff = try await DiffLab.diff(pair.setup)
        #expect(diff.rows == .init(same: 0, added: 0, removed: 0, changed: 1), "\(diff.samples)")
        #expect(!diff.isSame)
    }

    @Test(
        "are found by their key when the key is written in two ways", arguments: equal.filter { $0.a.value != "NULL" })
    func keys(pair: Pair) async throws {
        let diff = try await DiffLab.diff(pair.setup, key: ["v"]) { $0.columns = ["id"] }
        #expect(diff.rows.same == 1, "\(diff.rows)")
    }

    @Test(
        "numbers with a fraction may differ by what is tolerated",
        arguments: [
            ("DOUBLE", "1.0", "1.1", 0.1, true), ("DOUBLE", "1.0", "1.11", 0.1, false),
            ("DECIMAL(9,2)", "1.00", "1.01", 0.01, true), ("DECIMAL(9,2)", "1.00", "1.02", 0.01, false),
            ("INTEGER", "1", "2", 5, false), ("DOUBLE", "'inf'", "1", 5, false), ("DOUBLE", "'nan'", "1", 5, false),
            ("DOUBLE", "NULL", "1", 5, false), ("DOUBLE", "'inf'", "'inf'", 0, true),
        ])
    func tolerance(type: String, a: String, b: String, bound: Double, isSame: Bool) async throws {
        let pair = Pair(type, a, type, b)
        #expect(try await DiffLab.diff(pair.setup) { $0.tolerance = bound }.isSame == isSame)
    }

    @Test("a relative tolerance is a share of the larger number, and infinity is near nothing")
    func relative() async throws {
        func isSame(_ a: String, _ b: String) async throws -> Bool {
            try await DiffLab.diff(Pair("DOUBLE", a, "DOUBLE", b).setup) { $0.relativeTolerance = 0.01 }.isSame
        }
        #expect(try await isSame("1e12", "1.009e12"))
        #expect(try await !isSame("1e12", "1.02e12"))
        #expect(try await isSame("-100", "-99.5"))
        #expect(try await !isSame("'inf'", "1e300"))
        #expect(try await !isSame("0", "1e-300"))
    }

    @Test("case and blanks count unless they are ignored")
    func loose() async throws {
        let setup = Pair("VARCHAR", "' Straße  1'", "VARCHAR", "'STRAßE 1'").setup
        #expect(try await !DiffLab.diff(setup).isSame)
        #expect(try await !DiffLab.diff(setup) { $0.ignoresCase = true }.isSame)
        #expect(
            try await DiffLab.diff(setup) {
                $0.ignoresCase = true
                $0.ignoresBlanks = true
            }.isSame)
    }

    @Test("keys are exact, whatever is ignored in other columns")
    func exactKeys() async throws {
        let rows = { (last: String) in "SELECT * FROM (VALUES ('a', 'X'), ('A', 'y'), (' a', '\(last)')) t(id, v)" }
        let diff = try await DiffLab.diff("CREATE TABLE a AS \(rows("z")); CREATE TABLE b AS \(rows("Z "))") {
            $0.ignoresCase = true
            $0.ignoresBlanks = true
        }
        #expect(diff.rows == .init(same: 3, added: 0, removed: 0, changed: 0), "\(diff)")
    }

    @Test("the contents of two rows never make the same text for checksums")
    func canonical() async throws {
        let rows = [
            "('a|b', 'c')", "('a', 'b|c')", "('~', NULL)", "(NULL, '~')", "(NULL, NULL)", "('', '')", "('', NULL)",
            "('1:a', 'a')", "('1', 'a:a')", "('~|~', '')",
        ]
        let columns = ["x", "y"].map { DiffColumn(name: $0, type: "VARCHAR", family: .text(isPadded: false)) }
        let canonical = CanonicalText(dialect: .duckdb)
        let text = canonical.row(columns.map { ($0, .text(trimsEnd: false)) })
        let database = try await DiffLab.open()
        let counts = try await database.withConnection {
            try await $0.query(
                "SELECT count(DISTINCT \(text)), count(DISTINCT \(canonical.hash(text))), min(\(canonical.hash(text))) FROM (VALUES \(rows.joined(separator: ", "))) t(x, y)"
            )
        }
        #expect(counts[0, 0].int == Int64(rows.count))
        #expect(counts[0, 1].int == Int64(rows.count))
        #expect(try #require(counts[0, 2].int) >= 0)
    }
}
