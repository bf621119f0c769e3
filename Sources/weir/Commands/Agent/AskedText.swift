import WeirCore

/// What a person is asked about: all of it, or its two ends until they want to see the rest.
struct AskedText {
    /// Rows that are shown of a long one.
    private static let (head, tail) = (12, 6)

    /// Nothing of it moves the cursor or colours the screen.
    private let lines: [String]
    /// As a terminal breaks them: a line of any length must not hide its end.
    private let rows: [String]

    init(_ text: String, width: Int) {
        lines = text.split(whereSeparator: \.isNewline).map { Cell.visible(String($0)) }
        rows = lines.flatMap { Self.broken($0, width: max(20, width - 2)) }
    }

    var isLong: Bool { rows.count > Self.head + Self.tail + 2 }

    var whole: String { lines.joined(separator: "\n  ") }

    /// The first and the last rows, with what tells how many are missing between them.
    func ends(on terminal: Terminal) -> String {
        let missing = Figures.count(Int64(rows.count - Self.head - Self.tail), "more line")
        let shown =
            rows.prefix(Self.head) + [terminal.style("… \(missing), not shown here …", .warning)]
            + rows.suffix(Self.tail)
        return shown.joined(separator: "\n  ")
    }

    private static func broken(_ line: String, width: Int) -> [String] {
        var rows = [""]
        var used = 0
        for character in line {
            let next = DisplayWidth.of(character)
            if used + next > width {
                rows.append("")
                used = 0
            }
            rows[rows.count - 1].append(character)
            used += next
        }
        return rows
    }
}
