import WeirCore

/// One HTTP request to a provider, before it is signed with a key.
public struct WireRequest: Sendable, Hashable {
    public var method: String
    /// In full.
    public var url: String
    public var headers: [String: String]
    public var body: [UInt8]
    /// An answer that comes in pieces over a long time.
    public var isStream: Bool

    public init(
        _ method: String = "POST", url: String, headers: [String: String] = [:], body: [UInt8] = [],
        isStream: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.isStream = isStream
    }

    public static func json(_ value: JSONValue, to url: String, isStream: Bool = false) -> WireRequest {
        WireRequest(
            url: url, headers: ["content-type": "application/json"], body: value.bytes, isStream: isStream)
    }
}

/// Status and headers of an answer. Names of headers are in lower case.
public struct WireHead: Sendable, Hashable {
    public var status: Int
    public var headers: [String: String]

    public init(status: Int, headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
    }

    /// The provider's id of the request, whatever it calls it.
    public var requestID: String? { headers["request-id"] ?? headers["x-request-id"] }
}

/// An answer that was read to its end.
public struct WireReply: Sendable, Hashable {
    public var head: WireHead
    public var body: [UInt8]

    public init(head: WireHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}

/// Something that carries requests to a provider: the network, or recorded answers in its place.
public protocol Exchanger: Sendable {
    /// Sends the request and hands on the answer as it comes.
    ///
    /// - Parameters:
    ///   - timeout: the longest time until the last byte.
    ///   - take: gets the head with no bytes first, then each piece of the body.
    /// - Throws: an `AIFault` of kind `unreachable`, `timedOut` or `cut`, whatever `take` throws, or `CancellationError`.
    func exchange(
        _ request: WireRequest, timeout: Duration, take: (WireHead, [UInt8]) async throws -> Void
    ) async throws
}

extension Exchanger {
    /// Reads an answer to its end, or to a bound that no honest answer reaches.
    func reply(to request: WireRequest, timeout: Duration, limit: Int = 512 << 20) async throws -> WireReply {
        var head = WireHead(status: 0)
        var body: [UInt8] = []
        try await exchange(request, timeout: timeout) { found, bytes in
            head = found
            if body.count + bytes.count > limit {
                throw AIFault(.garbled, "the answer is longer than \(Figures.bytes(Int64(limit)))")
            }
            body += bytes
        }
        return WireReply(head: head, body: body)
    }
}
