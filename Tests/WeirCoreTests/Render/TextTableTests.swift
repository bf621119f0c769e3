import Testing

@testable import WeirCore

@Suite("Tables of text")
struct TextTableTests {
    private static let narrow = Terminal(isTerminal: true, width: 30, usesColor: false)

    @Test("numbers stand to the right, texts to the left, and no line ends in a space")
    func alignment() {
        var table = TextTable(["table", "rows", "note"])
        table.add(["mart.delays", "336,776", "x"])
        table.add(["raw.a", "–", ""])
        table.add(["raw.b", "-5", "12"])
        #expect(
            table.render() == """
                table           rows  note
                ───────────  ───────  ────
                mart.delays  336,776  x
                raw.a              –
                raw.b             -5  12
                """)
    }

    @Test("columns stay in line beside wide, combined and joined characters")
    func unicode() {
        var table = TextTable(["name", "n"])
        for name in ["日本語", "e\u{301}te\u{301}", "👩‍👩‍👧‍👦 x", "🇩🇪🇫🇷", "한국", "❤️", "ｆｕｌｌ", "a\u{200B}b", "नमस्ते"] {
            table.add([name, "1"])
        }
        let lines = table.render().split(separator: "\n")
        let ends = Set(lines.dropFirst().map { DisplayWidth.of($0) })
        #expect(ends.count == 1, "\(lines.map { DisplayWidth.of($0) })")
    }

    @Test(
        "widths",
        arguments: [
            ("", 0), ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("✓", 1), ("…", 1),
            ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("\u{AD}", 0), ("\u{200D}", 0), ("👍🏽", 2), ("1️⃣", 2), ("─", 1),
            ("é", 1),
            ("ﬀ", 1), ("𠀀", 2), ("\u{FE0F}", 0), ("①", 1),
        ])
    func width(_ text: String, _ expected: Int) {
        #expect(DisplayWidth.of(text) == expected)
    }

    @Test("a terminal gets lines that fit, the widest columns giving first")
    func fits() {
        var table = TextTable(["id", "text", "more"])
        table.add(["1", String(repeating: "x", count: 200), "short"])
        table.add(["2", String(repeating: "日", count: 100), "short"])
        let lines = table.render(on: Self.narrow).split(separator: "\n")
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 30 })
        #expect(lines[2].contains("…") && lines[2].hasSuffix("short"))
        #expect(table.render().contains(String(repeating: "x", count: 200)))
    }

    @Test("a row cannot move the cursor, colour the screen, break the line or turn the direction")
    func hostile() {
        var table = TextTable(["a\u{1B}[31m"])
        table.add(["x\u{1B}]0;title\u{07}\ny\tz\r\n\u{202E}abc\0"])
        let text = table.render(on: Self.narrow) + table.render()
        #expect(
            text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x202E && $0.value != 0x7F })
        #expect(table.render().split(separator: "\n").count == 3)
        #expect(table.render().contains(#"\ny\tz\r\n\u{202E}abc\u{0}"#))
    }

    @Test("colours wrap the text and not the space beside it")
    func colours() {
        var table = TextTable(["status", "x"])
        table.add([.init("ok", .good), "1"])
        let terminal = Terminal(isTerminal: true, width: 80, usesColor: true)
        #expect(table.render(on: terminal).contains("\u{1B}[32mok\u{1B}[0m      1"))
        #expect(!table.render().contains("\u{1B}"))
    }

    @Test("no columns, no rows, rows that are too short or too long")
    func ragged() {
        #expect(TextTable([]).render() == "")
        #expect(TextTable(["a"]).render() == "a\n─")
        var table = TextTable(["a", "b"])
        table.add(["1"])
        table.add(["1", "2", "3"])
        table.add([] as [String])
        #expect(table.render() == "a  b\n─  ─\n1\n1  2\n")
    }

    @Test("100,000 rows and 5,000 columns are no trouble")
    func huge() {
        var long = TextTable(["n", "text"])
        for number in 0..<100_000 { long.add(["\(number)", "row"]) }
        #expect(long.render(on: Self.narrow).split(separator: "\n").count == 100_002)
        var wide = TextTable((0..<5_000).map { "column \($0)" })
        wide.add((0..<5_000).map { "\($0)" })
        #expect(wide.render(on: Self.narrow).split(separator: "\n").count == 3)
    }

    @Test(
        "numbers",
        arguments: [
            ("12", true), ("-1,234.5", true), ("1e9", true), ("12.5 %", true), ("340 ms", true), ("2013-01-01", false),
            ("", false), ("-", false), ("1.5x", false), ("1.2×", true), ("10.0.0.1/8", false), ("12 monkeys", false),
            ("1e", false),
        ])
    func number(_ text: String, _ expected: Bool) {
        #expect(TextTable.isNumber(text) == expected)
    }
}
