/// What a person sees on a terminal: as much of one as the commands here ask for, written apart from how they count
/// columns, so that it can find them wrong.
struct Screen: Sendable {
    let columns: Int
    let rows: Int
    private var cells: [[String]]
    private(set) var row = 0
    private(set) var column = 0
    /// Lines that left at the top.
    private(set) var gone: [String] = []
    private(set) var takesPastes = false
    private(set) var hasColour = false
    /// Sequences that it does not know.
    private(set) var unknown: [String] = []
    private var pending: [Unicode.Scalar] = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: [], count: rows)
    }

    /// Every line there was, from the first on.
    var lines: [String] { gone + cells.map(Self.text) }
    var text: String { lines.joined(separator: "\n") }
    /// The line of the cursor.
    var line: String { Self.text(cells[row]) }

    private static func text(_ cells: [String]) -> String {
        var text = cells.joined()
        while text.last == " " { text.removeLast() }
        return text
    }

    mutating func take(_ scalar: Unicode.Scalar) {
        if !pending.isEmpty || scalar == "\u{1B}" { return escape(scalar) }
        switch scalar {
        case "\r": column = 0
        case "\n": down()
        case "\u{8}": column = max(0, column - 1)
        case _ where scalar.value < 0x20: unknown.append("control \(scalar.value)")
        default: put(scalar)
        }
    }

    private mutating func down() {
        if row < rows - 1 {
            row += 1
        } else {
            gone.append(Self.text(cells.removeFirst()))
            cells.append([])
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let width = Self.width(scalar)
        if width == 0 {
            // It belongs to the character before, which may be the left half of a wide one.
            var place = column - 1
            while place > 0, cells[row].indices.contains(place), cells[row][place].isEmpty { place -= 1 }
            if cells[row].indices.contains(place) { cells[row][place].unicodeScalars.append(scalar) }
            return
        }
        if column + width > columns {
            column = 0
            down()
        }
        while cells[row].count < column + width { cells[row].append(" ") }
        cells[row][column] = String(scalar)
        if width == 2 { cells[row][column + 1] = "" }
        column += width
    }

    /// As terminals have it: by scalar.
    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x300...0x36F, 0x200D, 0xFE0F: 0
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0x1F300...0x1FAFF:
            2
        default: 1
        }
    }

    private mutating func escape(_ scalar: Unicode.Scalar) {
        pending.append(scalar)
        if pending.count < 3 { return }
        guard (0x40...0x7E).contains(scalar.value) else { return }
        let whole = String(String.UnicodeScalarView(pending.dropFirst(2)))
        pending = []
        let number = Int(whole.dropLast()) ?? 0
        switch whole.last {
        case "A": row = max(0, row - max(1, number))
        case "B": row = min(rows - 1, row + max(1, number))
        case "C": column = min(columns - 1, column + max(1, number))
        case "D": column = max(0, column - max(1, number))
        case "H" where number == 0: (row, column) = (0, 0)
        case "J" where number == 0:
            cells[row] = Array(cells[row].prefix(column))
            for below in (row + 1)..<max(row + 1, rows) { cells[below] = [] }
        case "J" where number == 2: cells = Array(repeating: [], count: rows)
        case "K" where number == 2: cells[row] = []
        case "m": hasColour = true
        case "h" where whole == "?2004h": takesPastes = true
        case "l" where whole == "?2004l": takesPastes = false
        default: unknown.append(whole)
        }
    }
}
