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
    /// Bytes of a paste that has not ended.
    private var pasted: [UInt8]?
    /// Rows below the first on which the cursor stands, as it was drawn last.
    private var drawnRow = 0
    private var wipesScreen = false

    public init(history: [String] = []) {
        self.history = history
        position = history.count
    }

    /// Takes a byte of the keyboard.
    public mutating func take(_ byte: UInt8) -> Outcome {
        if pasted != nil {
            paste(byte)
            return .editing
        }
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

    // MARK: Pasting

    private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    /// What is pasted is text and no keys: it is taken whole, when its end has come.
    private mutating func paste(_ byte: UInt8) {
        pasted?.append(byte)
        guard byte == Self.pasteEnd.last, let bytes = pasted, bytes.suffix(Self.pasteEnd.count) == Self.pasteEnd[...]
        else { return }
        pasted?.removeLast(Self.pasteEnd.count)
        endPaste()
    }

    /// A paste has begun, and its end has not come.
    public var isPasting: Bool { pasted != nil }

    /// Takes what was pasted until now; what comes next are keys again.
    public mutating func endPaste() {
        guard let bytes = pasted else { return }
        pasted = nil
        var text = ""
        var last: Unicode.Scalar?
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            // Line ends of any system are one.
            case "\n" where last == "\r": break
            case "\n", "\r": text += "\n"
            case "\t": text += "    "
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: break
            default: text.unicodeScalars.append(scalar)
            }
            last = scalar
        }
        insert(text)
    }

    // MARK: Keys

    private mutating func control(_ byte: UInt8) -> Outcome {
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
        case 0x17: removeWord()
        case 0x10: older()
        case 0x0E: newer()
        case 0x02: cursor = max(0, cursor - 1)
        case 0x06: cursor = min(text.count, cursor + 1)
        case 0x0C: wipesScreen = true
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
            case UInt8(ascii: "f"): cursor = wordEnd
            case UInt8(ascii: "d"): text.removeSubrange(cursor..<wordEnd)
            case 0x7F, 0x08: removeWord()
            // An escape that stands alone, before a key that sends one.
            case 0x1B:
                pending = [0x1B]
                return .editing
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
        case "1;5C", "1;3C": cursor = wordEnd
        case "1;5D", "1;3D": cursor = wordStart
        case "H", "1~": cursor = lineStart
        case "F", "4~": cursor = lineEnd
        case "3~": if cursor < text.count { text.remove(at: cursor) }
        case "200~": pasted = []
        default: break
        }
        return .editing
    }

    private mutating func removeWord() {
        let start = wordStart
        text.removeSubrange(start..<cursor)
        cursor = start
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

    private var wordEnd: Int {
        var index = cursor
        while index < text.count, text[index].isWhitespace { index += 1 }
        while index < text.count, !text[index].isWhitespace { index += 1 }
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
    ///
    /// - Parameter height: rows of the terminal; of a longer text those around the cursor are shown.
    public mutating func draw(prompt: String, width: Int, height: Int = .max) -> String {
        let (rows, place) = layout(prompt, max(8, width))
        let most = max(1, height)
        let first = rows.count > most ? min(max(0, place.row - most / 2), rows.count - most) : 0
        let shown = rows[first..<min(rows.count, first + most)]
        var out = drawnRow > 0 ? "\u{1B}[\(drawnRow)A\r" : "\r"
        if wipesScreen { out = "\u{1B}[H\u{1B}[2J" }
        wipesScreen = false
        out += "\u{1B}[J" + shown.joined(separator: "\r\n")
        let row = place.row - first
        if shown.count - 1 > row { out += "\u{1B}[\(shown.count - 1 - row)A" }
        out += "\r" + (place.column > 0 ? "\u{1B}[\(place.column)C" : "")
        drawnRow = row
        return out
    }

    /// The rows of a terminal that the text takes, and the cursor's place in them.
    private func layout(_ prompt: String, _ width: Int) -> (rows: [String], place: (row: Int, column: Int)) {
        let indent = DisplayWidth.of(prompt)
        var rows = [prompt]
        var column = indent
        var place: (row: Int, column: Int)?
        for (index, character) in text.enumerated() {
            let shown = character == "\n" ? "" : Cell.visible(String(character))
            let wide = DisplayWidth.of(shown)
            if character != "\n", column + wide > width {
                rows.append("")
                column = 0
            }
            if index == cursor, column < width { place = (rows.count - 1, column) }
            if character == "\n" {
                // The cursor behind a full row stands where the next character would.
                if index == cursor, place == nil {
                    rows.append("")
                    place = (rows.count - 1, 0)
                }
                rows.append(String(repeating: " ", count: indent))
                column = indent
                continue
            }
            rows[rows.count - 1] += shown
            column += wide
        }
        if place == nil, column >= width {
            rows.append("")
            column = 0
        }
        return (rows, place ?? (rows.count - 1, column))
    }

    /// Moves below the text, before anything else is written; the whole text stays on the screen.
    public mutating func leave(prompt: String, width: Int) -> String {
        cursor = text.count
        let out = draw(prompt: prompt, width: width) + "\r\n"
        drawnRow = 0
        return out
    }
}
