/// One event of a `text/event-stream`.
public struct SSEEvent: Sendable, Hashable {
    /// The `event:` field; empty where the sender names none.
    public var name: String
    /// All `data:` lines, joined with line feeds.
    public var data: String

    public init(name: String = "", data: String) {
        self.name = name
        self.data = data
    }
}

/// Cuts a stream of bytes into server-sent events (WHATWG HTML, "Server-sent events").
///
/// It works on bytes and not on texts: a character, or the two bytes of a line's end, may be split across reads. An
/// event that is still open when the stream ends is discarded, as the standard demands.
public struct SSEParser: Sendable {
    private var line: [UInt8] = []
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var lastWasReturn = false
    private var isFirstLine = true

    public init() {}

    /// The events that these bytes complete.
    public mutating func take(_ bytes: some Sequence<UInt8>) -> [SSEEvent] {
        var events: [SSEEvent] = []
        for byte in bytes {
            if byte == 0x0A, lastWasReturn {
                lastWasReturn = false
                continue
            }
            lastWasReturn = byte == 0x0D
            if byte == 0x0A || byte == 0x0D {
                if let event = endLine() { events.append(event) }
            } else {
                line.append(byte)
            }
        }
        return events
    }

    private mutating func endLine() -> SSEEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { return dispatch() }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            field(line[...], [])
            return nil
        }
        // A line that begins with a colon is a comment, sent to keep the connection open.
        if colon == 0 { return nil }
        var value = line[(colon + 1)...]
        if value.first == 0x20 { value = value.dropFirst() }
        field(line[..<colon], value)
        return nil
    }

    private mutating func field(_ field: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) {
        if field.elementsEqual("data".utf8) {
            if hasData { data.append(0x0A) }
            hasData = true
            data += value
        } else if field.elementsEqual("event".utf8) {
            name = String(decoding: value, as: UTF8.self)
        }
        // `id` and `retry` serve a browser that connects again; a paid answer cannot be resumed.
    }

    private mutating func dispatch() -> SSEEvent? {
        defer {
            name = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        return hasData ? SSEEvent(name: name, data: String(decoding: data, as: UTF8.self)) : nil
    }
}
