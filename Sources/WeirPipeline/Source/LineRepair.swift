import Foundation
import WeirCore

/// Finds the lines of a delimited file whose quotes do not close, so that the lines after them can be read.
///
/// A CSV parser that meets a lone quote must take everything up to the next quote for one value; DuckDB's then
/// drops what it swallowed. Here a quoted value may only run over several lines when it opens at the start of a
/// field and closes at the end of one; a line that breaks this rule is set aside alone.
struct LineRepair {
    let delimiter: UInt8
    let quote: UInt8
    let escape: UInt8

    struct BrokenLine: Sendable, Hashable {
        /// 1-based line of the file.
        let number: Int
        /// The same, where a value over several lines counts as one line: so DuckDB counts.
        let record: Int
        let text: String
    }

    /// Most lines that one quoted value may span.
    static let longestValue = 1000

    /// Leaves broken lines out instead of leaving them empty: in a file of one column an empty line is a row.
    var leavesOut = false
    /// Lines before the header, which are no records.
    var skip = 0
    /// Lines that begin with it are no records.
    var comment: UInt8?

    init(delimiter: String, quote: String, escape: String) {
        self.delimiter = delimiter.utf8.first ?? UInt8(ascii: ",")
        self.quote = quote.utf8.first ?? UInt8(ascii: "\"")
        self.escape = escape.utf8.first ?? UInt8(ascii: "\"")
    }

    /// Copies the file, each broken line left empty so that the numbers of the others stay (or left out, where
    /// ``leavesOut`` says so), and returns those lines. Line ends become `\n`.
    func run(from path: String, to copy: String) throws -> [BrokenLine] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        let out = try CopyFile(copy)
        defer { out.close() }
        var broken: [BrokenLine] = []
        try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            var lines = LineSplitter(bytes: bytes)
            var number = 0
            var records = 0
            while let line = lines.next() {
                number += 1
                records += 1
                let first = number
                var record = [line]
                var isBroken = false
                if number > skip, comment == nil || bytes[line].first != comment {
                    switch end(of: line, in: bytes) {
                    case .closed: break
                    case .invalid: isBroken = true
                    case .open:
                        if let rest = continuation(after: line, lines, bytes) {
                            record += rest.lines
                            lines = rest.after
                            number += rest.lines.count
                        } else {
                            isBroken = true
                        }
                    }
                }
                if isBroken {
                    broken.append(
                        BrokenLine(number: first, record: records, text: String(decoding: bytes[line], as: UTF8.self)))
                    if leavesOut { continue }
                    record = [line.lowerBound..<line.lowerBound]
                }
                for part in record { try out.write(line: bytes[part]) }
            }
        }
        try out.flush()
        return broken
    }

    private enum LineEnd { case closed, open, invalid }

    /// How a line ends when it starts outside of quotes.
    private func end(of line: Range<Int>, in bytes: UnsafeRawBufferPointer) -> LineEnd {
        var position = line.lowerBound
        var atFieldStart = true
        while position < line.upperBound {
            let byte = bytes[position]
            if byte == quote, atFieldStart {
                guard let close = closing(from: position + 1, line.upperBound, bytes) else { return .open }
                position = close + 1
                if position < line.upperBound, bytes[position] != delimiter { return .invalid }
                atFieldStart = false
                continue
            }
            atFieldStart = byte == delimiter
            position += 1
        }
        return .closed
    }

    /// The quote that closes a value; nil when the line ends first.
    private func closing(from start: Int, _ end: Int, _ bytes: UnsafeRawBufferPointer) -> Int? {
        var position = start
        while position < end {
            if bytes[position] == escape, escape != quote {
                position += 2
                continue
            }
            if bytes[position] == quote {
                if escape == quote, position + 1 < end, bytes[position + 1] == quote {
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
    private func continuation(
        after line: Range<Int>, _ rest: LineSplitter, _ bytes: UnsafeRawBufferPointer
    ) -> (lines: [Range<Int>], after: LineSplitter)? {
        var lines = rest
        var taken: [Range<Int>] = []
        while taken.count < Self.longestValue, let next = lines.next() {
            taken.append(next)
            guard let close = closing(from: next.lowerBound, next.upperBound, bytes) else { continue }
            let after = close + 1
            if after < next.upperBound, bytes[after] != delimiter { return nil }
            if after >= next.upperBound { return (taken, lines) }
            switch end(of: after + 1..<next.upperBound, in: bytes) {
            case .closed: return (taken, lines)
            case .open: continue
            case .invalid: return nil
            }
        }
        return nil
    }
}

/// Walks over the lines of a text; `\n`, `\r\n` and `\r` end one.
struct LineSplitter {
    let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let start = position
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: "\r") { end += 1 }
        position = end + 1
        if end < bytes.count, bytes[end] == UInt8(ascii: "\r"), position < bytes.count,
            bytes[position] == UInt8(ascii: "\n")
        {
            position += 1
        }
        return start..<end
    }
}
