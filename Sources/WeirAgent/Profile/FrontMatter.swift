import WeirCore

/// The head of a Markdown file between two lines of `---`, cut out so that the pieces make the very same file again.
struct FrontMatter: Sendable, Hashable {
    /// Everything up to and with the first `---` line; empty where there is no front matter.
    let opening: String
    /// The lines between.
    let head: String
    /// The second `---` line.
    let closing: String
    let body: String

    /// The file, byte by byte as it was.
    var text: String { opening + head + closing + body }

    var hasHead: Bool { !opening.isEmpty }

    init(_ text: String) {
        let bytes = text.utf8
        var start = bytes.startIndex
        // A byte order mark is no content.
        if text.unicodeScalars.first == "\u{FEFF}" { start = text.unicodeScalars.index(after: start) }
        guard let first = Self.line(text, from: start), Self.isMark(text[start..<first]) else {
            self.init(opening: "", head: "", closing: "", body: text)
            return
        }
        var index = first
        while index < bytes.endIndex, let end = Self.line(text, from: index) {
            if Self.isMark(text[index..<end]) {
                self.init(
                    opening: String(text[..<first]), head: String(text[first..<index]),
                    closing: String(text[index..<end]), body: String(text[end...]))
                return
            }
            index = end
        }
        self.init(opening: "", head: "", closing: "", body: text)
    }

    private init(opening: String, head: String, closing: String, body: String) {
        self.opening = opening
        self.head = head
        self.closing = closing
        self.body = body
    }

    /// The end of the line that starts here, its line feed included.
    private static func line(_ text: String, from start: String.Index) -> String.Index? {
        if start == text.utf8.endIndex { return nil }
        guard let feed = text.utf8[start...].firstIndex(of: UInt8(ascii: "\n")) else { return text.utf8.endIndex }
        return text.utf8.index(after: feed)
    }

    private static func isMark(_ line: Substring) -> Bool {
        let bytes = line.utf8
        guard bytes.starts(with: "---".utf8) else { return false }
        return bytes.dropFirst(3).allSatisfy { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
    }
}

/// Reads a head that is no YAML although it looks like it: `description: Use this: always` is in many files that other
/// tools take, who read line by line.
enum LooseHead {
    struct Entry: Hashable {
        var key: String
        var value: String
        /// Of the head, from 1.
        var line: Int
    }

    /// Nil when the lines are not of that kind either.
    static func read(_ head: String) -> [Entry]? {
        var entries: [Entry] = []
        for (index, line) in head.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let bare = line.drop(while: \.isWhitespace)
            if bare.isEmpty || bare.hasPrefix("#") { continue }
            if line.first?.isWhitespace == true || bare.hasPrefix("- ") {
                // It goes on with what the key before began.
                guard !entries.isEmpty else { return nil }
                let item = bare.hasPrefix("- ") ? bare.dropFirst(2) : bare
                entries[entries.count - 1].value += (entries[entries.count - 1].value.isEmpty ? "" : "\n") + item
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let key = line[..<colon]
            guard !key.isEmpty, key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
                return nil
            }
            let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            entries.append(Entry(key: String(key), value: unquoted(String(value)), line: index + 1))
        }
        return entries
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count > 1, let mark = text.first, mark == text.last, mark == "\"" || mark == "'" else { return text }
        return String(text.dropFirst().dropLast())
    }
}
