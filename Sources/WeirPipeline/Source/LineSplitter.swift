import Foundation

/// Walks over the lines of a text; `\n`, `\r\n` and `\r` end one.
struct LineSplitter {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position = 0
    private var feeds: ByteSearch
    private var returns: ByteSearch

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        feeds = ByteSearch(for: 0x0A, in: bytes)
        returns = ByteSearch(for: 0x0D, in: bytes)
    }

    mutating func next() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        let start = position
        let end = end(from: start)
        position = min(end + 1, bytes.count)
        if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { position = end + 2 }
        return start..<end
    }

    /// Where the line ends that begins at `start`.
    private mutating func end(from start: Int) -> Int {
        var limit = start
        repeat {
            limit = min(limit + ByteSearch.step, bytes.count)
            let feed = feeds.first(from: start, before: limit)
            if let end = returns.first(from: start, before: feed ?? limit) ?? feed { return end }
        } while limit < bytes.count
        return bytes.count
    }

    /// Passes over lines that end before the next of `stops`: at most `filled` that are not empty, and `most` in all.
    /// Lines that end with a carriage return are left to ``next()``.
    mutating func pass(filled: Int, lines most: Int, until stops: inout ByteSearch) -> (filled: Int, lines: Int) {
        guard let base = bytes.baseAddress else { return (0, 0) }
        var passed = (filled: 0, lines: 0)
        var limit = position
        while limit < bytes.count {
            limit = min(limit + ByteSearch.step, bytes.count)
            let stop = stops.first(from: position, before: limit)
            let end = returns.first(from: position, before: stop ?? limit) ?? stop
            while passed.filled < filled, passed.lines < most, position < end ?? limit,
                let found = memchr(base + position, 0x0A, (end ?? limit) - position)
            {
                let feed = base.distance(to: found)
                if feed > position { passed.filled += 1 }
                passed.lines += 1
                position = feed + 1
            }
            if end != nil || passed.filled >= filled || passed.lines >= most { break }
        }
        return passed
    }
}

/// Looks for a byte in a text from place to place, and at no part of it twice.
///
/// A file may be far larger than memory, so nobody looks further ahead than asked for.
struct ByteSearch {
    /// How far ahead a walk over the text looks at a time, in bytes.
    static let step = 1 << 20

    private let bytes: UnsafeRawBufferPointer
    private let byte: Int32
    /// The byte is nowhere between the last start and here.
    private var seen = 0
    /// Whether it is at `seen`.
    private var isThere = false

    init(for byte: UInt8, in bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        self.byte = Int32(byte)
    }

    /// The first place at or after `start` and before `limit`; a later call does not start before an earlier one.
    mutating func first(from start: Int, before limit: Int) -> Int? {
        if seen < start {
            seen = start
            isThere = false
        }
        if !isThere, seen < limit, let base = bytes.baseAddress {
            if let found = memchr(base + seen, byte, limit - seen) {
                seen = base.distance(to: found)
                isThere = true
            } else {
                seen = limit
            }
        }
        return isThere && seen < limit ? seen : nil
    }
}
