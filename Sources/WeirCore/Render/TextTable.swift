/// An aligned table of text for people.
///
/// ```swift
/// var table = TextTable(["table", "rows"])
/// table.add(["mart.delays", "336776"])
/// print(table.render(on: .of(descriptor: 1)))
/// ```
///
/// A column whose cells are all numbers stands to the right. Cells are cut to the terminal's width only where
/// there is a terminal: a file or a pipe gets everything.
public struct TextTable: Sendable {
    public enum Alignment: Sendable { case automatic, left, right }

    /// A cell's text and the tone that it is painted in.
    public struct Item: Sendable, Hashable, ExpressibleByStringLiteral {
        public let text: String
        public let tone: Tone?

        public init(_ text: String, _ tone: Tone? = nil) {
            self.text = text
            self.tone = tone
        }

        public init(stringLiteral value: String) { self.init(value) }
    }

    private let titles: [String]
    private let alignments: [Alignment]
    private var rows: [[Item]] = []

    /// - Parameter alignments: one for each column; missing ones are automatic.
    public init(_ titles: [String], alignments: [Alignment] = []) {
        self.titles = titles.map(Cell.visible)
        self.alignments = alignments
    }

    public var count: Int { rows.count }

    /// Adds a row; missing cells are empty, surplus ones are dropped.
    public mutating func add(_ cells: [Item]) {
        rows.append(cells.prefix(titles.count).map { Item(Cell.visible($0.text), $0.tone) })
    }

    public mutating func add(_ cells: [String]) { add(cells.map { Item($0) }) }

    /// The table, without a line break at its end. Empty when it has no column.
    public func render(on terminal: Terminal = .plain) -> String {
        if titles.isEmpty { return "" }
        let sides = titles.indices.map(side)
        var widths = titles.indices.map { column in
            rows.reduce(DisplayWidth.of(titles[column])) { widest, row in
                column < row.count ? max(widest, DisplayWidth.of(row[column].text)) : widest
            }
        }
        if let limit = terminal.width { widths = Self.fitted(widths, into: limit) }
        let style = terminal.style
        var lines: [String] = []
        lines.reserveCapacity(rows.count + 2)
        lines.append(line(titles.map { Item($0, .strong) }, widths, sides, style))
        lines.append(style(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), .faint))
        for row in rows { lines.append(line(row, widths, sides, style)) }
        return lines.joined(separator: "\n")
    }

    private func line(_ cells: [Item], _ widths: [Int], _ sides: [Cell.Alignment], _ style: Style) -> String {
        var out = ""
        // Spaces are held back until something follows, so that no line ends in them.
        var gap = 0
        for column in widths.indices {
            let item = column < cells.count ? cells[column] : ""
            let text = Cell.cut(item.text, to: widths[column])
            let missing = max(0, widths[column] - DisplayWidth.of(text))
            let before = sides[column] == .right ? missing : 0
            if !text.isEmpty {
                out += String(repeating: " ", count: gap + before)
                out += item.tone.map { style(text, $0) } ?? text
                gap = missing - before
            } else {
                gap += missing
            }
            gap += 2
        }
        return out
    }

    private func side(_ column: Int) -> Cell.Alignment {
        switch column < alignments.count ? alignments[column] : .automatic {
        case .left: return .left
        case .right: return .right
        case .automatic:
            var hasNumber = false
            for row in rows where column < row.count {
                let text = row[column].text
                if text.isEmpty || text == "–" || text == "NULL" { continue }
                if !Self.isNumber(text) { return .left }
                hasNumber = true
            }
            return hasNumber ? .right : .left
        }
    }

    /// True for `12`, `-1,234.5`, `1e9`, `12.5 %`, `340 ms`, `1.2×`: a number, perhaps with its unit.
    static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text)
        if rest.first == "-" || rest.first == "+" || rest.first == "−" { rest = rest.dropFirst() }
        guard let first = rest.first, first.isASCII, first.isNumber else { return false }
        let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "," || $0 == "_") }
        rest = rest.dropFirst(digits.count)
        if let mark = rest.first, mark == "e" || mark == "E" {
            let exponent = rest.dropFirst().drop { $0 == "-" || $0 == "+" }
            return !exponent.isEmpty && exponent.allSatisfy { $0.isASCII && $0.isNumber }
        }
        if rest.first == " " { rest = rest.dropFirst() }
        return rest.isEmpty || units.contains(String(rest))
    }

    private static let units: Set<String> = [
        "%", "×", "ms", "s", "min", "h", "B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB",
    ]

    /// Widths that fit a line: the widest columns give first, none below six columns or what it needs.
    static func fitted(_ widths: [Int], into limit: Int) -> [Int] {
        var widths = widths
        let room = limit - 2 * (widths.count - 1)
        var excess = widths.reduce(0, +) - room
        while excess > 0 {
            guard let widest = widths.max(), widest > 6 else { break }
            let holders = widths.indices.filter { widths[$0] == widest }
            // Cut the widest ones down to the next width in one step, so that wide tables cost little.
            let next = max(6, widths.filter { $0 < widest }.max() ?? 6)
            let step = min(widest - next, max(1, excess / holders.count))
            for column in holders where excess > 0 {
                widths[column] -= step
                excess -= step
            }
        }
        return widths
    }
}
