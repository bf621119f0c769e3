/// A text file that errors can point into.
public struct SourceText: Sendable {
    /// Path as shown to the user.
    public let path: String
    public let text: String
    /// Line of the user's file on which `text` starts (a header inside a SQL file starts later), 0-based.
    public let lineOffset: Int
    private let lines: [Substring]

    public init(path: String, text: String, lineOffset: Int = 0) {
        self.path = path
        self.text = text
        self.lineOffset = lineOffset
        self.lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    /// An error at a 1-based line and column of `text`, with its code frame.
    public func error(
        _ code: String, _ message: String, hint: String? = nil,
        line: Int, column: Int? = nil, length: Int = 1
    ) -> WeirError {
        WeirError(
            code, message, hint: hint,
            at: Place(file: path, line: line + lineOffset, column: column),
            frame: frame(line: line, column: column, length: length))
    }

    /// Line and column (1-based) of a byte offset into the UTF-8 text, as parsers report positions.
    public func position(utf8Offset offset: Int) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        let bytes = text.utf8
        let end = bytes.index(bytes.startIndex, offsetBy: max(0, min(offset, bytes.count)))
        for character in text[..<end] {
            if character.isNewline {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        return (line, column)
    }

    /// The offending line between its neighbours, with a marker under the place.
    func frame(line: Int, column: Int?, length: Int) -> String? {
        guard line >= 1, line <= lines.count else { return nil }
        let first = max(1, line - 1)
        let last = min(lines.count, line + 1)
        let width = String(last + lineOffset).count
        var out: [String] = []
        for number in first...last {
            let label = String(number + lineOffset).leftPadded(to: width)
            let content = Self.shorten(lines[number - 1])
            out.append("\(number == line ? ">" : " ") \(label) | \(content)")
            if number == line, let column, column <= 160 {
                let marker = String(repeating: "^", count: max(1, min(length, 60)))
                out.append(
                    "  \(String(repeating: " ", count: width)) | \(String(repeating: " ", count: column - 1))\(marker)")
            }
        }
        return out.joined(separator: "\n")
    }

    private static func shorten(_ line: Substring) -> String {
        // Tabs would move the marker away from the text it marks.
        let flat = line.prefix(160).map { $0 == "\t" ? " " : String($0) }.joined()
        return line.count > 160 ? flat + "…" : flat
    }
}

extension String {
    public func leftPadded(to width: Int) -> String {
        count >= width ? self : String(repeating: " ", count: width - count) + self
    }

    public func rightPadded(to width: Int) -> String {
        count >= width ? self : self + String(repeating: " ", count: width - count)
    }
}
