import Foundation
import Testing
import WeirCore

@Suite("Reading JSON")
struct JSONReaderTests {
    @Test(
        "numbers keep every digit",
        arguments: [
            "0", "-1", "9223372036854775807", "9223372036854775808", "-170141183460469231731687303715884105728", "1.5",
            "0.1234567890123456789", "123456789012345678.25",
        ])
    func numbers(_ text: String) { #expect(JSONValue(parsing: text)?.line == text) }

    @Test(
        "texts with escapes of all kinds",
        arguments: [
            (#""a\n\t\"\\\/\b\f\r""#, "a\n\t\"\\/\u{8}\u{C}\r"), (#""\u00fc\u6771""#, "ü東"),
            (#""\uD83D\uDE00""#, "😀"), (#""\uD83Dx""#, "\u{FFFD}x"), (#""ü東😀""#, "ü東😀"),
        ])
    func texts(_ json: String, _ expected: String) { #expect(JSONValue(parsing: json)?.text == expected) }

    @Test(
        "what is no JSON is none",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":}", "{a:1}", "01", "1.", ".5", "+1", "1e", "nul", "\"a", "\"\u{1}\"", "1 2",
            "\"\\x\"", "\"\\u12\"", "NaN", "[1}", "{\"a\" 1}",
        ])
    func none(_ text: String) { #expect(JSONValue(parsing: text) == nil) }

    @Test("bytes that are no UTF-8, and documents that are nested without end, are none")
    func bad() {
        #expect(JSONValue(parsing: [0x22, 0xFF, 0x22]) == nil)
        #expect(JSONValue(parsing: String(repeating: "[", count: 100_000)) == nil)
        #expect(JSONValue(parsing: String(repeating: "[", count: 400) + String(repeating: "]", count: 400)) != nil)
    }

    @Test("it reads what Foundation reads")
    func foundation() throws {
        let text = #" { "a" : [1, 2.5, -3e2, true, false, null, "x"], "b": {"c": {}}, "d": [] } "#
        let expected = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        let found = try #require(JSONValue(parsing: text))
        #expect(found["b"] == expected["b"] && found["d"] == expected["d"])
        #expect(found["a"]?.items.map(\.number) == expected["a"]?.items.map(\.number))
    }

    @Test("a literal is written as it is, and read as any other value")
    func literal() throws {
        let value: JSONValue = ["z": .literal(#"{"b":1,"a":2}"#)]
        #expect(value.line == #"{"z":{"b":1,"a":2}}"#)
        let encoded = try JSONOutput.line(value)
        #expect(JSONValue(parsing: encoded) == ["z": ["a": 2, "b": 1]])
    }
}
