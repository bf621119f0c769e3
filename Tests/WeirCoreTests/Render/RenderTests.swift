import Foundation
import Testing

@testable import WeirCore

@Suite("What a person and a program are shown")
struct RenderTests {
    @Test("colours need a terminal, no NO_COLOR and one that can show them")
    func colours() {
        func color(_ isTerminal: Bool, _ environment: [String: String]) -> Bool {
            Terminal.decide(isTerminal: isTerminal, columns: 100, environment: environment).usesColor
        }
        #expect(color(true, [:]))
        #expect(color(true, ["NO_COLOR": ""]))
        #expect(!color(true, ["NO_COLOR": "0"]))
        #expect(!color(true, ["TERM": "dumb"]))
        #expect(!color(false, [:]))
    }

    @Test("the width is the terminal's, else COLUMNS, else 80, and none for a pipe")
    func width() {
        func width(_ isTerminal: Bool, _ columns: Int?, _ told: String?) -> Int? {
            Terminal.decide(isTerminal: isTerminal, columns: columns, environment: told.map { ["COLUMNS": $0] } ?? [:])
                .width
        }
        #expect(width(true, 120, "60") == 120)
        #expect(width(true, 0, "60") == 60)
        #expect(width(true, nil, "x") == 80)
        #expect(width(true, 3, nil) == 20)
        #expect(width(false, 120, "60") == nil)
    }

    static let nested = WeirError(
        "project.invalid", "2 mistakes in this project", outcome: .wrongUsage,
        causes: [
            WeirError(
                "yaml.unknown-key", "a project has no key \"nmae\"", hint: "did you mean \"name\"?",
                at: Place(file: "weir.yaml", line: 3, column: 1), frame: "> 3 | nmae: flights\n    | ^^^^"),
            WeirError("sql.syntax", "no \u{1B}[31mcolumn\nsecond line", at: Place(table: "mart.delays", row: 3)),
        ])

    @Test("an error shows its place, frame, hint and every cause")
    func errorText() {
        #expect(
            ErrorText.render(Self.nested) == """
                error: 2 mistakes in this project [project.invalid]

                  error: weir.yaml:3:1: a project has no key "nmae" [yaml.unknown-key]
                    > 3 | nmae: flights
                        | ^^^^
                    hint: did you mean "name"?

                  error: mart.delays, row 3: no \\u{1B}[31mcolumn [sql.syntax]
                    second line
                """)
    }

    @Test("of very many causes the first are shown and the rest counted")
    func manyCauses() {
        let error = WeirError("a.b", "many", causes: (0..<500).map { WeirError("c.d", "cause \($0)") })
        let text = ErrorText.render(error)
        #expect(text.contains("cause 99 ") && !text.contains("cause 100 "))
        #expect(text.hasSuffix("… and 400 more; --output json has them all"))
    }

    @Test("a failure is one JSON object with all causes and the exit code")
    func errorJSON() throws {
        let value = try #require(JSONValue(parsing: JSONOutput.failure(Self.nested)))
        #expect(value["exit_code"] == 2)
        #expect(value["error"]?["code"] == "project.invalid")
        #expect(value["error"]?["errors"]?[0]?["place"]?["line"] == 3)
    }

    @Test("JSON has sorted keys, snake case, UTC times, and dictionary keys as they are")
    func json() throws {
        struct Sample: Encodable {
            let rowsIn = 3
            let aDate = Date(timeIntervalSince1970: 0.1234)
            let byName = ["someTable": Double.nan]
            let path = "a/b"
        }
        #expect(
            try JSONOutput.line(Sample())
                == #"{"a_date":"1970-01-01T00:00:00.123Z","by_name":{"someTable":"NaN"},"path":"a/b","rows_in":3}"#)
    }

    @Test("progress is quiet for a second, then bounded in rate and width, and leaves nothing behind")
    func progress() {
        var line = ProgressLine(on: Terminal(isTerminal: true, width: 20, usesColor: false))
        #expect(line.update("a", elapsed: .milliseconds(999)) == nil)
        #expect(line.clear() == nil)
        #expect(line.update(String(repeating: "日", count: 50), elapsed: .seconds(1)) == "\r\u{1B}[2K日日日日日日日日日…")
        #expect(line.update("b", elapsed: .milliseconds(1050)) == nil)
        #expect(line.update("b\u{1B}", elapsed: .milliseconds(1100)) == "\r\u{1B}[2Kb\\u{1B}")
        #expect(line.clear() == "\r\u{1B}[2K")
        #expect(line.clear() == nil)
        var file = ProgressLine(on: .plain)
        #expect(file.update("a", elapsed: .seconds(9)) == nil)
    }

    @Test(
        "times are written to the millisecond and read back",
        arguments: [
            ("1970-01-01T00:00:00.000Z", 0), ("2000-02-29T23:59:59.999Z", 951_868_799_999),
            ("1969-12-31T23:59:59.999Z", -1),
            ("2026-11-23T16:01:02.123Z", 1_795_449_662_123), ("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
            ("2400-12-31T00:00:00.000Z", 13_601_001_600_000),
        ])
    func times(_ text: String, _ milliseconds: Int64) {
        #expect(UTC.text(UTC.date(milliseconds: milliseconds)) == text)
        #expect(UTC.date(text).map(UTC.milliseconds) == milliseconds)
    }

    @Test(
        "lengths of time and counts",
        arguments: [
            (0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (2549, "2.5 s"), (59_949, "59.9 s"), (59_950, "1 min"),
            (200_000, "3 min 20 s"), (3_600_000, "1 h"), (7_500_000, "2 h 5 min"),
        ])
    func durations(_ milliseconds: Int64, _ text: String) {
        #expect(Figures.duration(milliseconds: milliseconds) == text)
    }

    @Test("counts have separators")
    func counts() {
        #expect(
            [0, 999, 1000, -336_776, Int64.min].map { Figures.count($0) } == [
                "0", "999", "1,000", "-336,776", "-9,223,372,036,854,775,808",
            ])
        #expect(
            [0, 999, 1000, 999_950, 1_500_000].map { Figures.bytes($0) } == [
                "0 B", "999 B", "1.0 kB", "1.0 MB", "1.5 MB",
            ])
        #expect(Figures.count(1, "row") == "1 row" && Figures.count(2, "row") == "2 rows")
    }

    @Test("waits double, stay under the cap, honour what was asked and end")
    func backoff() {
        let backoff = Backoff(attempts: 5, base: .milliseconds(100), cap: .seconds(1))
        #expect(
            (1...5).map { backoff.wait(after: $0, random: 1) } == [
                .milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800), nil,
            ])
        #expect(backoff.wait(after: 1, asked: .seconds(60)) == .seconds(1))
        #expect(backoff.wait(after: 1, asked: .seconds(-60)) == .zero)
        #expect(Backoff(attempts: 1000).wait(after: 900, random: 0.5) == .seconds(5))
        #expect(Backoff(attempts: 0).wait(after: 1) == nil)
    }

    @Test(
        "credentials are taken out of texts",
        arguments: [
            ("postgres://ana:pw@db:5432/x", "postgres://***@db:5432/x"), ("password=abc host=x", "password=*** host=x"),
            (#"{"api_key": "abc", "a": 1}"#, #"{"api_key": "***", "a": 1}"#),
            ("https://x/y?sig=abc&b=1", "https://x/y?sig=***&b=1"),
            ("mail ana@example.org", "mail ana@example.org"), ("the primary key a = 3", "the primary key a = 3"),
            ("s3://key:with@two@host/p", "s3://***@host/p"), ("", ""),
        ])
    func redaction(_ text: String, _ expected: String) {
        #expect(Redaction.clean(text) == expected)
    }
}
