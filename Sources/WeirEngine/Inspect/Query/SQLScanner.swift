/// Finds where the words of a SQL text begin and end.
///
/// It understands nothing of SQL but its quotes and comments. DuckDB's parser says what a statement means and where
/// its names start; this says where such a name ends, so that it can be replaced in place.
struct SQLScanner {
    let bytes: [UInt8]

    init(_ sql: String) {
        bytes = Array(sql.utf8)
    }

    /// A dotted name, part by part, without its quotes.
    struct NameChain: Equatable {
        var parts: [String]
        /// The bytes of each part, quotes included.
        var ranges: [Range<Int>]
    }

    /// The name that starts at a byte, as long as `limit` parts at most. Nil where no name starts.
    func nameChain(at start: Int, limit: Int) -> NameChain? {
        guard let first = namePart(at: start) else { return nil }
        var chain = NameChain(parts: [first.text], ranges: [first.range])
        while chain.parts.count < limit {
            let dot = skippingBlanks(from: chain.ranges[chain.ranges.count - 1].upperBound)
            guard dot < bytes.count, bytes[dot] == UInt8(ascii: "."),
                let next = namePart(at: skippingBlanks(from: dot + 1))
            else { break }
            chain.parts.append(next.text)
            chain.ranges.append(next.range)
        }
        return chain
    }

    /// The words outside quotes and comments, in lower case, with the byte each starts at.
    func words() -> [(text: String, start: Int)] {
        var out: [(String, Int)] = []
        var position = skippingBlanks(from: 0)
        while position < bytes.count {
            if Self.isWord(bytes[position]) {
                let start = position
                while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
                out.append((String(decoding: bytes[start..<position], as: UTF8.self).lowercased(), start))
            } else {
                position = endOfToken(at: position)
            }
            position = skippingBlanks(from: position)
        }
        return out
    }

    /// The statement without what follows it: semicolons, blanks and comments.
    var statement: String {
        var end = 0
        var position = skippingBlanks(from: 0)
        while position < bytes.count {
            let next = endOfToken(at: position)
            if bytes[position] != UInt8(ascii: ";") { end = next }
            position = skippingBlanks(from: next)
        }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    /// The first byte of the second statement; the end of the text where there is none.
    var startOfSecondStatement: Int {
        var position = skippingBlanks(from: 0)
        var hasFirst = false
        var isPastFirst = false
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: ";") {
                isPastFirst = hasFirst
            } else if isPastFirst {
                return position
            } else {
                hasFirst = true
            }
            position = skippingBlanks(from: endOfToken(at: position))
        }
        return bytes.count
    }

    /// The first byte from `start` on that is neither blank nor comment.
    func skippingBlanks(from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09...0x0D: position += 1
            case UInt8(ascii: "-") where follows(position, UInt8(ascii: "-")):
                while position < bytes.count, bytes[position] != 0x0A, bytes[position] != 0x0D { position += 1 }
            case UInt8(ascii: "/") where follows(position, UInt8(ascii: "*")):
                position = endOfBlockComment(at: position)
            default: return position
            }
        }
        return position
    }

    private func follows(_ position: Int, _ byte: UInt8) -> Bool {
        position + 1 < bytes.count && bytes[position + 1] == byte
    }

    /// Block comments nest in DuckDB as they do in PostgreSQL.
    private func endOfBlockComment(at start: Int) -> Int {
        var depth = 0
        var position = start
        while position + 1 < bytes.count {
            if bytes[position] == UInt8(ascii: "/"), bytes[position + 1] == UInt8(ascii: "*") {
                depth += 1
                position += 2
            } else if bytes[position] == UInt8(ascii: "*"), bytes[position + 1] == UInt8(ascii: "/") {
                depth -= 1
                position += 2
                if depth == 0 { return position }
            } else {
                position += 1
            }
        }
        return bytes.count
    }

    private func endOfToken(at start: Int) -> Int {
        switch bytes[start] {
        case UInt8(ascii: "\""): return endOfQuoted(at: start, quote: UInt8(ascii: "\""))
        case UInt8(ascii: "'"):
            let escapes = start > 0 && bytes[start - 1] | 0x20 == UInt8(ascii: "e") && !isWordBefore(start - 1)
            return endOfQuoted(at: start, quote: UInt8(ascii: "'"), escapes: escapes)
        case UInt8(ascii: "$"): return endOfDollarQuoted(at: start) ?? start + 1
        default: return start + 1
        }
    }

    private func isWordBefore(_ position: Int) -> Bool {
        position > 0 && Self.isWord(bytes[position - 1])
    }

    private func endOfQuoted(at start: Int, quote: UInt8, escapes: Bool = false) -> Int {
        var position = start + 1
        while position < bytes.count {
            if escapes, bytes[position] == UInt8(ascii: "\\") {
                position += 2
            } else if bytes[position] == quote {
                if !follows(position, quote) { return position + 1 }
                position += 2
            } else {
                position += 1
            }
        }
        return bytes.count
    }

    /// `$$text$$` and `$tag$text$tag$`.
    private func endOfDollarQuoted(at start: Int) -> Int? {
        var close = start + 1
        while close < bytes.count, Self.isWord(bytes[close]), bytes[close] != UInt8(ascii: "$") { close += 1 }
        guard close < bytes.count, bytes[close] == UInt8(ascii: "$") else { return nil }
        let tag = bytes[start...close]
        var position = close + 1
        while position + tag.count <= bytes.count {
            if bytes[position..<(position + tag.count)].elementsEqual(tag) { return position + tag.count }
            position += 1
        }
        return nil
    }

    private func namePart(at start: Int) -> (text: String, range: Range<Int>)? {
        guard start < bytes.count else { return nil }
        // DuckDB takes a table name in single quotes too.
        if bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
            let quote = bytes[start]
            let end = endOfQuoted(at: start, quote: quote)
            guard end > start + 1, bytes[end - 1] == quote else { return nil }
            let mark = String(decoding: [quote], as: UTF8.self)
            let inner = String(decoding: bytes[(start + 1)..<(end - 1)], as: UTF8.self)
            return (inner.replacing(mark + mark, with: mark), start..<end)
        }
        var end = start
        while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
        guard end > start else { return nil }
        return (String(decoding: bytes[start..<end], as: UTF8.self), start..<end)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...0xFF:
            true
        default: false
        }
    }
}
