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
        let text: String
    }

    /// Most lines that one quoted value may span.
    static let longestValue = 1000

    init(delimiter: String, quote: String, escape: String) {
        self.delimiter = delimiter.utf8.first ?? UInt8(ascii: ",")
        self.quote = quote.utf8.first ?? UInt8(ascii: "\"")
        self.escape = escape.utf8.first ?? UInt8(ascii: "\"")
    }

    /// Copies the file, each broken line left empty so that the numbers of the others stay, and returns those
    /// lines. Line ends become `\n`.
    func run(from path: String, to copy: String, headerLines: Int) throws -> [BrokenLine] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: copy).deletingLastPathComponent(), withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: copy, contents: nil), let out = FileHandle(forWritingAtPath: copy)
        else {
            throw WeirError("system.cannot-write", "\(copy) cannot be written", outcome: .systemFailed)
        }
        defer { try? out.close() }
        var broken: [BrokenLine] = []
        var buffer = Data(capacity: 1 << 20)
        try data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) in
            var lines = LineSplitter(bytes: bytes)
            var number = 0
            while let line = lines.next() {
                number += 1
                switch end(of: line, in: bytes) {
                case .closed:
                    buffer.append(contentsOf: bytes[line])
                case .open:
                    if let rest = continuation(after: line, lines, bytes) {
                        buffer.append(contentsOf: bytes[line])
                        for next in rest.lines {
                            buffer.append(UInt8(ascii: "\n"))
                            buffer.append(contentsOf: bytes[next])
                        }
                        lines = rest.after
                        number += rest.lines.count
                    } else {
                        broken.append(BrokenLine(number: number, text: String(decoding: bytes[line], as: UTF8.self)))
                    }
                case .invalid:
                    broken.append(BrokenLine(number: number, text: String(decoding: bytes[line], as: UTF8.self)))
                }
                buffer.append(UInt8(ascii: "\n"))
                if buffer.count > 1 << 20 {
                    try out.write(contentsOf: buffer)
                    buffer.removeAll(keepingCapacity: true)
                }
            }
            try out.write(contentsOf: buffer)
        }
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
