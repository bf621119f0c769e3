import Testing
import WeirCore

@Suite("Typing a line")
struct LineBufferTests {
    private func type(_ keys: String, history: [String] = []) -> (LineBuffer, LineBuffer.Outcome) {
        var buffer = LineBuffer(history: history)
        var outcome = LineBuffer.Outcome.editing
        for byte in keys.utf8 { outcome = buffer.take(byte) }
        return (buffer, outcome)
    }

    @Test(
        "keys do what they do everywhere",
        arguments: [
            ("héllo 🙂\r", "héllo 🙂"), ("abc\u{7F}\r", "ab"), ("ac\u{1B}[Db\r", "abc"), ("b\u{01}a\u{05}c\r", "abc"),
            ("one two\u{17}x\r", "one x"), ("abc\u{15}\r", ""), ("abc\u{1B}[D\u{1B}[D\u{0B}\r", "a"),
            ("abc\u{1B}[H\u{1B}[3~\r", "bc"),
            ("a\\\rb\r", "a\nb"), ("a\u{1B}\rb\r", "a\nb"), ("\u{1B}[200~x\ry\n\u{1B}[201~z\r", "x\ny\nz"),
            ("\u{1B}[200~x\r\ny\u{1B}[Az\u{3}\tw\u{1B}[201~\r", "x\ny[Az    w"),
            ("one two\u{1B}[1;5DX\u{1B}[1;5C!\r", "one Xtwo!"), ("one two\u{1B}\u{7F}x\r", "one x"),
            ("one two\u{01}\u{1B}f!\u{1B}d.\r", "one!."), ("a\u{1B}\u{1B}[Db\r", "ba"),
            ("e\u{301}\u{7F}\r", ""), ("a\u{1B}[Zb\u{1B}[1;5Cc\r", "abc"), ("\u{04}", ""),
        ])
    func keys(keys: String, expected: String) {
        let (buffer, outcome) = type(keys)
        if keys == "\u{04}" {
            #expect(outcome == .ended)
        } else {
            #expect(outcome == .entered(expected), "\(buffer.text)")
        }
    }

    @Test("the history keeps what was begun; lines are walked before it")
    func history() {
        #expect(type("new\u{1B}[A\u{1B}[A\u{1B}[B\r", history: ["one", "two"]).1 == .entered("two"))
        #expect(type("new\u{1B}[A\u{1B}[B!\r", history: ["one"]).1 == .entered("new!"))
        #expect(type("ab\u{1B}\rcd\u{1B}[AX\r", history: ["one"]).1 == .entered("abX\ncd"))
        #expect(type("\u{03}").1 == .interrupted)
    }

    @Test("a paste whose end never comes can be ended, and is text until then")
    func endlessPaste() {
        var (buffer, _) = type("a\u{1B}[200~b\rc\u{3}\r")
        #expect(buffer.isPasting && buffer.text == ["a"])
        buffer.endPaste()
        #expect(!buffer.isPasting && String(buffer.text) == "ab\nc\n")
        // What comes next are keys.
        #expect(buffer.take(0x03) == .interrupted)
        buffer.endPaste()
        #expect(String(buffer.text) == "ab\nc\n")
        var (cut, _) = type("\u{1B}[200~é\u{1B}[20")
        cut.endPaste()
        #expect(String(cut.text) == "é[20")
    }

    @Test("of a text that is longer than the screen the part around the cursor is drawn, and in the end all of it")
    func window() {
        var (buffer, _) = type("\u{1B}[200~" + (1...50).map { "line \($0)" }.joined(separator: "\n") + "\u{1B}[201~")
        let drawn = buffer.draw(prompt: "› ", width: 40, height: 10)
        #expect(drawn.hasSuffix("line 50\r\u{1B}[9C") && !drawn.contains("line 40") && drawn.contains("line 41"))
        // From the tenth row to the first of those that are drawn.
        #expect(buffer.draw(prompt: "› ", width: 40, height: 10).hasPrefix("\u{1B}[9A\r\u{1B}[J"))
        #expect(buffer.leave(prompt: "› ", width: 40).contains("line 1\r\n"))
    }

    @Test("a row that is full leaves the cursor where the next character goes")
    func full() {
        var (buffer, _) = type("abcdefgh")
        #expect(buffer.draw(prompt: "", width: 8).hasSuffix("abcdefgh\r\n\r"))
        _ = buffer.take(0x02)
        #expect(buffer.draw(prompt: "", width: 8).hasSuffix("abcdefgh\r\u{1B}[7C"))
    }

    @Test("bytes of any kind neither crash it nor reach the terminal as they are")
    func fuzz() {
        var state: UInt64 = 88
        var buffer = LineBuffer(history: ["é\n🙂", ""])
        for _ in 0..<50_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let byte = UInt8(truncatingIfNeeded: state >> 33)
            if case .entered = buffer.take(byte) { buffer = LineBuffer(history: ["x"]) }
            #expect(buffer.cursor >= 0 && buffer.cursor <= buffer.text.count)
            if state.isMultiple(of: 97) { _ = buffer.draw(prompt: "› ", width: Int(state % 50)) }
        }
        var drawn = LineBuffer()
        for byte in "a\u{9B}31m".utf8 { _ = drawn.take(byte) }
        #expect(!drawn.draw(prompt: "", width: 80).contains("\u{9B}"))
    }
}
