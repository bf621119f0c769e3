import Foundation
import Testing
import WeirCore

@Suite("JSON on one line")
struct JSONTextTests {
    @Test(
        "comes back as it was",
        arguments: [
            JSONValue.null, .bool(true), .int(.min), .int(.max), .double(0.1), .double(1e300), .double(-1.5e-9),
            .string(""),
            .string("a\"b\\c\n\r\t\u{0}\u{1F}\u{7F}ü€🛫\u{2028}</script>"), .array([]), .array([.int(1), .null]),
            .object([:]),
            .object(["b": .array([.object(["": .string("x")])]), "a\"": .bool(false)]),
        ])
    func roundTrip(value: JSONValue) {
        #expect(JSONValue(parsing: value.line) == value)
        #expect(!value.line.contains("\n"))
    }

    @Test("keys are sorted, whole numbers have no fraction, what JSON cannot say is null")
    func details() {
        #expect(JSONValue.object(["b": 2, "a": .double(2), "c": .double(.nan)]).line == #"{"a":2,"b":2,"c":null}"#)
    }
}
