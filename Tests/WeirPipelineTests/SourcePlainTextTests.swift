import Testing
import WeirCore
import WeirEngine

@testable import WeirPipeline

/// The short cut must never say of a text that it fits where the full check says it does not.
@Suite("Texts that are written plainly", .timeLimit(.minutes(5)))
struct SourcePlainTextTests {
    static let types = [
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL(12,2)", "DECIMAL(38,10)", "DECIMAL(4,0)", "DATE", "TIME", "TIMESTAMP",
        "TIMESTAMP WITH TIME ZONE", "BOOLEAN", "UUID",
    ]

    static let samples = [
        "0", "-0", "7", "007", "42", "-42", "127", "128", "-129", "255", "256", "32768", "65536", "2147483648",
        "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1.5", "-1.25", "1.005",
        "0.1", ".5", "5.", "1e3", "1_000", "0x1F", "+5", " 5", "5 ", "-", "", "1,5", "12345678901.25",
        "99999999999999999999999999999999999999", "2013-01-02", "2013-02-29", "2012-02-29", "1900-02-29", "2000-02-29",
        "2013-04-31", "2013-12-31", "0000-01-01", "0001-01-01", "9999-12-31", "2013-1-2", "2013-13-01", "2013-01-00",
        "2013-01-02 10:11:12", "2013-01-02T10:11:12Z", "2013-01-02 24:00:00", "2013-01-02 23:60:00",
        "2013-01-02 23:59:60", "2013-01-02 10:11:12.123456", "2013-01-02 10:11:12.1234567", "2013-01-02 10:11:12+02",
        "10:11:12", "10:11", "23:59:59.999999", "24:00:00", "true", "false", "TRUE", "t", "yes", "inf", "nan", "1e400",
        "123456789012345", "1234567890123456", "0.000000000000001", "9007199254740993", "ünï", "日本", "\u{7F}",
        "6f1ed002-ab5c-4e3c-9d2a-0a1b2c3d4e5f", "6F1ED002-AB5C-4E3C-9D2A-0A1B2C3D4E5F",
        "6f1ed002ab5c4e3c9d2a0a1b2c3d4e5f", "6f1ed002-ab5c-4e3c-9d2a-0a1b2c3d4e5g",
    ]

    /// The samples and what becomes of them when a character is changed, taken out or added.
    private static func texts(seed: UInt64) -> [String] {
        var random = SplitMix(state: seed)
        let characters = Array("0123456789-+.:eE_ TZxtrue,/")
        var texts = samples
        for sample in samples {
            for _ in 0..<8 {
                var changed = Array(sample)
                let at = Int(random.next() % UInt64(changed.count + 1))
                let new = characters[Int(random.next() % UInt64(characters.count))]
                switch random.next() % 3 {
                case 0 where at < changed.count: changed[at] = new
                case 1 where at < changed.count: changed.remove(at: at)
                default: changed.insert(new, at: at)
                }
                texts.append(String(changed))
            }
        }
        return texts
    }

    private struct SplitMix {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    @Test("are values of the type, whatever is changed in them", arguments: types)
    func fit(type: String) async throws {
        let form = try #require(PlainForm(type: type))
        let texts = Self.texts(seed: 11)
        let wrong = try await Self.query(
            "SELECT t FROM texts WHERE \(PlainTexts.sql([("t", form)])) AND NOT \(Self.check(type).fits("t"))", texts)
        #expect(wrong.isEmpty)
        let lost = try await Self.query(
            "SELECT t FROM texts WHERE \(PlainTexts.sql([("t", form)])) AND \(Self.check(type).value("t")) IS NULL",
            texts)
        #expect(lost.isEmpty)
    }

    private static func check(_ type: String) -> TextCast {
        var cast = TextCast(type: type)
        cast.keepsDigits = true
        return cast
    }

    @Test("the usual spellings are plain, so that the short cut is one")
    func areSeen() async throws {
        let usual: [(String, String)] = [
            ("INTEGER", "123456789"), ("INTEGER", "-5"), ("BIGINT", "123456789012345678"), ("DECIMAL(12,2)", "9999.99"),
            ("DOUBLE", "0.25"), ("DATE", "2012-02-29"), ("TIMESTAMP", "2013-01-02 10:11:12"),
            ("TIMESTAMP", "2013-01-02T10:11:12.5Z"), ("TIME", "10:11:12"), ("BOOLEAN", "true"),
            ("UUID", "6f1ed002-ab5c-4e3c-9d2a-0a1b2c3d4e5f"),
        ]
        for (type, text) in usual {
            let form = try #require(PlainForm(type: type))
            let found = try await Self.query("SELECT t FROM texts WHERE \(PlainTexts.sql([("t", form)]))", [text])
            #expect(found == [text], "\(type)")
        }
    }

    @Test("a row is plain when all its texts are; NULL and more rows than one vector do no harm")
    func rows() async throws {
        let integer = try #require(PlainForm(type: "INTEGER"))
        let day = try #require(PlainForm(type: "DATE"))
        let sql = PlainTexts.sql([("a", integer), ("b", day)])
        let database = try await Database.open()
        let counts = try await database.withConnection { connection in
            try await connection.query(
                """
                SELECT count(*) FILTER (\(sql)), count(*) FILTER (NOT \(sql)), count(*) FILTER (\(sql) IS NULL) FROM (
                    SELECT CASE WHEN i % 5 = 0 THEN NULL WHEN i % 1000 = 1 THEN '1.5' ELSE i::VARCHAR END AS a,
                        CASE WHEN i % 7 = 0 THEN NULL ELSE '2013-01-02' END AS b FROM range(100000) t(i))
                """
            ).map { $0.map(\.display) }
        }
        #expect(counts == [["99900", "100", "0"]])
    }

    private static func query(_ sql: String, _ texts: [String]) async throws -> [String] {
        let database = try await Database.open()
        return try await database.withConnection { connection in
            try await connection.execute("CREATE TABLE texts (t VARCHAR)")
            try await connection.perform { connection in
                try connection.append(
                    to: TableName(schema: "main", table: "texts"), rows: texts.map { [Value.text($0)] })
            }
            return try await connection.query(sql).map { $0[0].display }
        }
    }
}
