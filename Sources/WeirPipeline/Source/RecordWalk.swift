import Foundation

/// Walks over the records of a delimited text and tells on which line of the file each begins.
///
/// A quoted value may run over several lines when it opens at the start of a field and closes at the end of one; a
/// line that breaks this rule is a broken record of its own.
struct RecordWalk {
    /// How the text is written.
    struct Dialect: Sendable, Hashable {
        /// At least one byte; `||` and `§` have two.
        var delimiter = [UInt8(ascii: ",")]
        var quote = UInt8(ascii: "\"")
        var escape = UInt8(ascii: "\"")
        /// Lines before the header, which are no records.
        var skip = 0
        /// Lines that begin with it are no records.
        var comment: UInt8?

        init(delimiter: String, quote: String, escape: String, skip: Int = 0, comment: String? = nil) {
            if !delimiter.isEmpty { self.delimiter = Array(delimiter.utf8) }
            self.quote = quote.utf8.first ?? self.quote
            self.escape = escape.utf8.first ?? self.escape
            self.skip = skip
            self.comment = comment?.utf8.first
        }
    }

    struct Record {
        enum Kind { case values, blank, comment, skipped, broken }

        /// 1-based line of the file on which it begins.
        let line: Int
        /// The same, where a record over several lines counts as one: so DuckDB counts.
        let number: Int
        let kind: Kind
        let first: Range<Int>
        /// The lines of the file after the first that belong to it.
        let rest: [Range<Int>]
    }

    /// Most lines that one quoted value may span.
    static let longestValue = 1000

    private let bytes: UnsafeRawBufferPointer
    private let dialect: Dialect
    private var lines: LineSplitter
    private var line = 0
    /// Records so far, as ``Record/number`` counts them.
    private(set) var number = 0
    /// Nothing before the next quote needs a look at its quotes.
    private var quotes: ByteSearch

    init(_ bytes: UnsafeRawBufferPointer, _ dialect: Dialect) {
        self.bytes = bytes
        self.dialect = dialect
        lines = LineSplitter(bytes: bytes)
        quotes = ByteSearch(for: dialect.quote, in: bytes)
    }

    /// Where the walk is in the text; it does not go back before it.
    var position: Int { lines.position }

    mutating func next() -> Record? {
        guard let range = lines.next() else { return nil }
        line += 1
        number += 1
        let start = line
        func record(_ kind: Record.Kind, _ rest: [Range<Int>] = []) -> Record {
            Record(line: start, number: number, kind: kind, first: range, rest: rest)
        }
        if start <= dialect.skip { return record(.skipped) }
        if range.isEmpty { return record(.blank) }
        if let comment = dialect.comment, bytes[range.lowerBound] == comment { return record(.comment) }
        if quotes.first(from: range.lowerBound, before: range.upperBound) == nil { return record(.values) }
        switch end(of: range) {
        case .closed: return record(.values)
        case .invalid: return record(.broken)
        case .open:
            guard let rest = continuation(lines) else { return record(.broken) }
            lines = rest.after
            line += rest.lines.count
            return record(.values, rest.lines)
        }
    }

    /// Passes over records of one line without a quote, quickly: at most `records` of them, and `lines` lines.
    ///
    /// - Returns: how many records were passed; empty lines are passed too, and are none.
    mutating func pass(records: Int, lines most: Int) -> Int {
        guard dialect.comment == nil, line >= dialect.skip else { return 0 }
        let passed = lines.pass(filled: records, lines: most, until: &quotes)
        line += passed.lines
        number += passed.lines
        return passed.filled
    }

    private enum LineEnd { case closed, open, invalid }

    /// How a line ends when it starts outside of quotes.
    private func end(of line: Range<Int>) -> LineEnd {
        var position = line.lowerBound
        var atFieldStart = true
        while position < line.upperBound {
            let byte = bytes[position]
            if byte == dialect.quote, atFieldStart {
                guard let close = closing(position + 1..<line.upperBound) else { return .open }
                position = close + 1
                if position < line.upperBound, !isDelimiter(at: position, in: line) { return .invalid }
                atFieldStart = false
                continue
            }
            atFieldStart = byte == dialect.delimiter[0] && isDelimiter(at: position, in: line)
            position += atFieldStart ? dialect.delimiter.count : 1
        }
        return .closed
    }

    private func isDelimiter(at position: Int, in line: Range<Int>) -> Bool {
        let delimiter = dialect.delimiter
        if delimiter.count == 1 { return bytes[position] == delimiter[0] }
        return position + delimiter.count <= line.upperBound
            && delimiter.indices.allSatisfy { bytes[position + $0] == delimiter[$0] }
    }

    /// The quote that closes a value; nil when the line ends first.
    private func closing(_ range: Range<Int>) -> Int? {
        var position = range.lowerBound
        while position < range.upperBound {
            if bytes[position] == dialect.escape, dialect.escape != dialect.quote {
                position += 2
                continue
            }
            if bytes[position] == dialect.quote {
                if dialect.escape == dialect.quote, position + 1 < range.upperBound,
                    bytes[position + 1] == dialect.quote
                {
                    position += 2
                    continue
                }
                return position
            }
            position += 1
        }
        return nil
    }

    /// The lines that finish a value left open, if they do it properly.
    private func continuation(_ rest: LineSplitter) -> (lines: [Range<Int>], after: LineSplitter)? {
        var lines = rest
        var taken: [Range<Int>] = []
        while taken.count < Self.longestValue, let next = lines.next() {
            taken.append(next)
            guard let close = closing(next) else { continue }
            let after = close + 1
            if after < next.upperBound, !isDelimiter(at: after, in: next) { return nil }
            if after >= next.upperBound { return (taken, lines) }
            switch end(of: after + dialect.delimiter.count..<next.upperBound) {
            case .closed: return (taken, lines)
            case .open: continue
            case .invalid: return nil
            }
        }
        return nil
    }
}
