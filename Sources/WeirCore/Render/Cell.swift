/// A text made fit for one cell of a terminal.
public enum Cell {
    /// `text` with everything written out that would move the cursor, ring the bell or colour the screen.
    ///
    /// Data is not trusted: an escape sequence in a row must not reach the terminal. Characters that turn the
    /// reading direction are written out too, because they would reorder the cells beside them.
    public static func visible(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy({ !needsEscape($0) }) { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where needsEscape(scalar): out += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// The text cut to at most `width` columns, with `…` in place of what is gone.
    public static func cut(_ text: String, to width: Int) -> String {
        if DisplayWidth.of(text) <= width { return text }
        if width < 1 { return "" }
        var out = ""
        var used = 0
        for character in text {
            let next = DisplayWidth.of(character)
            if used + next > width - 1 { break }
            out.append(character)
            used += next
        }
        return out + "…"
    }

    /// The text filled up with spaces to `width` columns.
    public static func pad(_ text: String, to width: Int, alignment: Alignment) -> String {
        let missing = width - DisplayWidth.of(text)
        if missing <= 0 { return text }
        let space = String(repeating: " ", count: missing)
        return alignment == .right ? space + text : text + space
    }

    public enum Alignment: Sendable { case left, right }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }
}
