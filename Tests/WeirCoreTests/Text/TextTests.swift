import Testing
import WeirCore

@Suite("Names, spans, secrets and quoting")
struct TextTests {
    @Test(
        "what was meant",
        arguments: [
            ("watermrak", "watermark"), ("KEY", "key"), ("strategi", "strategy"), ("xyzzy", nil), ("", nil),
        ] as [(String, String?)])
    func didYouMean(wrong: String, meant: String?) {
        #expect(DidYouMean.closest(to: wrong, among: ["watermark", "key", "strategy", "lookback"]) == meant)
        #expect(DidYouMean.closest(to: wrong, among: []) == nil)
    }

    @Test(
        "lengths of time",
        arguments: [
            ("3 days", 259_200), ("90m", 5400), ("2 weeks", 1_209_600), ("1h", 3600), ("0s", 0), ("10 SEC", 10),
            ("1 month", nil), ("days", nil), ("-1 day", nil), ("1.5h", nil), ("", nil), ("٣ days", nil),
            ("99999999999999999999 s", nil), ("9223372036854775807 w", nil),
        ] as [(String, Int64?)])
    func span(text: String, seconds: Int64?) {
        #expect(Span(text)?.seconds == seconds)
    }

    @Test(
        "a span reads back from its description",
        arguments: [0, 1, 59, 60, 3600, 5400, 86_400, 259_200, 604_800, 1_209_600] as [Int64])
    func spanDescription(seconds: Int64) {
        #expect(Span(Span(seconds: seconds).description)?.seconds == seconds)
    }

    @Test("a secret shows itself nowhere")
    func secret() {
        let secret = Secret("hunter22")
        #expect("\(secret)" == "***")
        #expect(String(reflecting: secret) == "***")
        #expect("\([secret])".contains("hunter22") == false)
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(dumped.contains("hunter22") == false)
        #expect(secret.wiped(from: "a hunter22 b hunter22") == "a *** b ***")
        #expect(Secret("ab").wiped(from: "about") == "about")
    }

    @Test(
        "names and texts are quoted, whatever is in them",
        arguments: [
            ("select", "\"select\"", "'select'"), ("a\"b", "\"a\"\"b\"", "'a\"b'"), ("a'b", "\"a'b\"", "'a''b'"),
            ("", "\"\"", "''"), ("Ünï 🦆\n", "\"Ünï 🦆\n\"", "'Ünï 🦆\n'"), ("'; DROP", "\"'; DROP\"", "'''; DROP'"),
            ("e\u{301}\"\u{301}", "\"e\u{301}\"\"\u{301}\"", "'e\u{301}\"\u{301}'"),
        ])
    func quoting(text: String, name: String, literal: String) {
        #expect(Array(SQL.quote(text).utf8) == Array(name.utf8))
        #expect(Array(SQL.literal(text).utf8) == Array(literal.utf8))
    }

    @Test("a combining mark behind a quote does not hide it")
    func combining() {
        // "'\u{301}" is one character to Swift and two to SQL.
        #expect(Array(SQL.literal("a'\u{301} OR 1=1").utf8) == Array("'a''\u{301} OR 1=1'".utf8))
    }

    @Test(
        "table names",
        arguments: [("a.b", "a", "b"), ("a.b.c", "a.b", "c"), ("Ü.x y", "Ü", "x y")] as [(String, String, String)])
    func tableName(text: String, schema: String, table: String) throws {
        let name = try #require(TableName(text))
        #expect(name.schema == schema)
        #expect(name.table == table)
        #expect(name.description == text)
        for bad in ["", ".", "a", "a.", ".b"] { #expect(TableName(bad) == nil) }
    }

    @Test("a place in a text is found by its bytes, and shown between its neighbours")
    func sourceText() {
        let source = SourceText(path: "m.sql", text: "SELECT é,\n  nöpe\nFROM t\n", lineOffset: 10)
        let offset = "SELECT é,\n  nö".utf8.count
        let position = source.position(utf8Offset: offset)
        #expect(position.line == 2)
        #expect(position.column == 5)
        #expect(source.position(utf8Offset: 10_000).line == 4)
        #expect(source.position(utf8Offset: -5).line == 1)
        let error = source.error("x", "no such column", line: 2, column: 3, length: 4)
        #expect(error.place?.line == 12)
        #expect(error.frame?.contains("> 12 |   nöpe") == true)
        #expect(error.frame?.contains("^^^^") == true)
    }

    @Test("a message from elsewhere loses its credentials")
    func redaction() {
        let text = Redaction.clean("cannot reach postgresql://joe:pw@h:1/db with password=abc and token: xyz")
        #expect(!text.contains("joe") && !text.contains("pw@") && !text.contains("abc") && !text.contains("xyz"))
        #expect(Redaction.clean("nothing to hide") == "nothing to hide")
    }
}

@Suite("Moments as databases write them")
struct MomentTests {
    @Test(
        "are read in UTC, to the millisecond",
        arguments: [
            ("2026-11-23 16:01:02.123456", "2026-11-23T16:01:02.123Z"), ("2026-11-23", "2026-11-23T00:00:00.000Z"),
            ("2026-11-23T16:01:02Z", "2026-11-23T16:01:02.000Z"),
            ("2026-11-23 16:01:02+02", "2026-11-23T14:01:02.000Z"),
            ("2026-11-23 16:01:02.5-05:30", "2026-11-23T21:31:02.500Z"),
        ])
    func read(text: String, expected: String) {
        #expect(UTC.moment(text).map(UTC.text) == expected)
    }

    @Test(
        "anything else is none",
        arguments: ["", "42", "20261123", "2026-13-45", "infinity", "2026-11-23 16:01", "x2026-11-23"])
    func none(text: String) {
        #expect(UTC.moment(text) == nil)
    }
}
