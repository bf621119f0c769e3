/// A text that a person types, of one line or several, with its cursor: what keys do to it, and how it is drawn.
///
/// It knows no terminal. Bytes go in, and what to write comes out, so that it is tested without one.
public struct LineBuffer: Sendable {
    public enum Outcome: Sendable, Hashable {
        case editing
        case entered(String)
        /// Ctrl-C: the line is dropped.
        case interrupted
        /// Ctrl-D on an empty line.
        case ended
    }

    public private(set) var text: [Character] = []
    public private(set) var cursor = 0
    private var history: [String]
    /// Where in the history the person is; its count for the line of their own.
    private var position: Int
    private var draft: [Character] = []
    private var pending: [UInt8] = []
    private var isPasting = false
    /// Rows below the first on which the cursor stands, as it was drawn last.
    private var drawnRow = 0

    public init(history: [String] = []) {
        self.history = history
        position = history.count
    }

    /// Takes a byte of the keyboard.
    public mutating func take(_ byte: UInt8) -> Outcome {
        pending.append(byte)
        if pending[0] == 0x1B { return escape() }
        if byte < 0x20 || byte == 0x7F {
            pending = []
            return control(byte)
        }
        // A character of several bytes is taken when it is whole.
        let length: Int =
            switch pending[0] {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        if pending.count < length { return .editing }
        if let whole = String(validating: pending, as: UTF8.self) { insert(whole) }
        pending = []
        return .editing
    }

    // MARK: Keys

    private mutating func control(_ byte: UInt8) -> Outcome {
        if isPasting {
            if byte == 0x0D || byte == 0x0A { insert("\n") } else if byte == 0x09 { insert("    ") }
            return .editing
        }
        switch byte {
        case 0x0D, 0x0A:
            // A backslash at the end goes on with another line.
            if cursor == text.count, text.last == "\\" {
                text.removeLast()
                cursor -= 1
                insert("\n")
                return .editing
            }
            return .entered(String(text))
        case 0x03: return .interrupted
        case 0x04:
            if text.isEmpty { return .ended }
            if cursor < text.count { text.remove(at: cursor) }
        case 0x7F, 0x08:
            if cursor > 0 {
                cursor -= 1
                text.remove(at: cursor)
            }
        case 0x01: cursor = lineStart
        case 0x05: cursor = lineEnd
        case 0x0B: text.removeSubrange(cursor..<lineEnd)
        case 0x15:
            let start = lineStart
            text.removeSubrange(start..<cursor)
            cursor = start
        case 0x17:
            let start = wordStart
            text.removeSubrange(start..<cursor)
            cursor = start
        case 0x10: older()
        case 0x0E: newer()
        case 0x02: cursor = max(0, cursor - 1)
        case 0x06: cursor = min(text.count, cursor + 1)
        default: break
        }
        return .editing
    }

    private mutating func escape() -> Outcome {
        // Alt-Enter, and sequences that end in a letter or a tilde.
        if pending.count == 1 { return .editing }
        if pending.count == 2 {
            switch pending[1] {
            case UInt8(ascii: "["), UInt8(ascii: "O"): return .editing
            case 0x0D, 0x0A: insert("\n")
            case UInt8(ascii: "b"): cursor = wordStart
            default: break
            }
            pending = []
            return .editing
        }
        guard let last = pending.last, (0x40...0x7E).contains(last) else {
            if pending.count > 16 { pending = [] }
            return .editing
        }
        let sequence = String(decoding: pending.dropFirst(2), as: UTF8.self)
        pending = []
        switch sequence {
        case "A": if let up = sameColumn(lineStart - 1) { cursor = up } else { older() }
        case "B": if lineEnd < text.count { cursor = sameColumn(lineEnd + 1) ?? text.count } else { newer() }
        case "C": cursor = min(text.count, cursor + 1)
        case "D": cursor = max(0, cursor - 1)
        case "H", "1~": cursor = lineStart
        case "F", "4~": cursor = lineEnd
        case "3~": if cursor < text.count { text.remove(at: cursor) }
        case "200~": isPasting = true
        case "201~": isPasting = false
        default: break
        }
        return .editing
    }

    private mutating func insert(_ new: String) {
        text.insert(contentsOf: Array(new), at: cursor)
        // Characters join: a letter and its accent are one.
        let joined = Array(String(text))
        cursor = min(joined.count, max(0, cursor + new.count - (text.count - joined.count)))
        text = joined
    }

    // MARK: Places

    private var lineStart: Int { text[..<cursor].lastIndex(of: "\n").map { $0 + 1 } ?? 0 }
    private var lineEnd: Int { text[cursor...].firstIndex(of: "\n") ?? text.count }

    private var wordStart: Int {
        var index = cursor
        while index > 0, text[index - 1].isWhitespace { index -= 1 }
        while index > 0, !text[index - 1].isWhitespace { index -= 1 }
        return index
    }

    /// The cursor's column in the line that holds a place; nil where there is no such line.
    private func sameColumn(_ place: Int) -> Int? {
        guard place >= 0, place <= text.count else { return nil }
        let column = cursor - lineStart
        let start = text[..<place].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let end = text[start...].firstIndex(of: "\n") ?? text.count
        return min(end, start + column)
    }

    private mutating func older() {
        if position == 0 { return }
        if position == history.count { draft = text }
        show(position - 1)
    }

    private mutating func newer() {
        if position < history.count { show(position + 1) }
    }

    private mutating func show(_ new: Int) {
        position = new
        text = new == history.count ? draft : Array(history[new])
        cursor = text.count
    }

    // MARK: Drawing

    /// What to write to a terminal so that it shows the text with its cursor, over what was drawn before.
    public mutating func draw(prompt: String, width: Int) -> String {
        let width = max(8, width)
        let indent = DisplayWidth.of(prompt)
        var out = drawnRow > 0 ? "\u{1B}[\(drawnRow)A\r" : "\r"
        out += "\u{1B}[J" + prompt
        var row = 0
        var column = indent
        var place = (row: 0, column: indent)
        for (index, character) in text.enumerated() {
            if index == cursor { place = (row, column) }
            if character == "\n" {
                out += "\r\n" + String(repeating: " ", count: indent)
                row += 1
                column = indent
                continue
            }
            let shown = Cell.visible(String(character))
            let wide = DisplayWidth.of(shown)
            if column + wide > width {
                out += "\r\n"
                row += 1
                column = 0
            }
            out += shown
            column += wide
        }
        if cursor == text.count { place = (row, column) }
        if place.column >= width {
            out += "\r\n"
            place = (row + 1, 0)
            row += 1
        }
        if row > place.row { out += "\u{1B}[\(row - place.row)A" }
        out += "\r" + (place.column > 0 ? "\u{1B}[\(place.column)C" : "")
        drawnRow = place.row
        return out
    }

    /// Moves below the text, before anything else is written.
    public mutating func leave(prompt: String, width: Int) -> String {
        cursor = text.count
        let out = draw(prompt: prompt, width: width) + "\r\n"
        drawnRow = 0
        return out
    }
}
