/// Cuts a stream of bytes into messages, one a line.
///
/// A line that is longer than the limit is left out as a whole: its first bytes would be no message, and keeping all
/// of it could take all memory.
public struct MessageLines: Sendable {
    public enum Line: Sendable, Hashable {
        case message([UInt8])
        /// It was longer than the limit.
        case tooLong
    }

    public static let usualLimit = 16 << 20

    private let limit: Int
    private var begun: [UInt8] = []
    private var isSkipping = false

    public init(limit: Int = MessageLines.usualLimit) { self.limit = limit }

    /// The lines that end in these bytes; empty ones are left out.
    public mutating func take(_ bytes: some Collection<UInt8>) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            add(rest[..<end])
            if let line = finish() { lines.append(line) }
            rest = rest[rest.index(after: end)...]
        }
        add(rest)
        return lines
    }

    /// What is left at the end of the stream.
    public mutating func finish() -> Line? {
        defer {
            begun.removeAll(keepingCapacity: begun.capacity < 1 << 16)
            isSkipping = false
        }
        if isSkipping { return .tooLong }
        if begun.last == UInt8(ascii: "\r") { begun.removeLast() }
        return begun.allSatisfy { $0 == UInt8(ascii: " ") } ? nil : .message(begun)
    }

    private mutating func add(_ bytes: some Collection<UInt8>) {
        if isSkipping { return }
        if begun.count + bytes.count > limit {
            isSkipping = true
            begun = []
        } else {
            begun += bytes
        }
    }
}
