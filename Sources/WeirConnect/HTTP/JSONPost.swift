import WeirCore

/// One JSON document to be posted to one address.
public struct JSONPost: Sendable {
    /// `http://` or `https://`. It may hold credentials; messages never show them.
    public var url: String
    /// The document in UTF-8.
    public var body: [UInt8]
    /// Headers that may be seen.
    public var headers: [String: String]
    /// Sent as `Authorization: Bearer …`.
    public var apiKey: Secret?
    /// Limit of one try, from connecting to the last byte of the answer.
    public var timeout: Duration
    public var backoff: Backoff

    public init(
        url: String, body: [UInt8], headers: [String: String] = [:], apiKey: Secret? = nil,
        timeout: Duration = .seconds(10), backoff: Backoff = Backoff()
    ) {
        self.url = url
        self.body = body
        self.headers = headers
        self.apiKey = apiKey
        self.timeout = timeout
        self.backoff = backoff
    }

    /// The address as messages show it: without user, query and fragment, where secrets hide.
    var shownURL: String {
        let bare = url.prefix { $0 != "?" && $0 != "#" }
        return clean(String(bare))
    }

    /// A text from the other side without the secrets of this post.
    func clean(_ text: String) -> String {
        Redaction.clean(text, secrets: [apiKey].compactMap(\.self))
    }
}

/// What a server answered to a post that it accepted.
public struct HTTPReply: Sendable, Hashable {
    public let status: Int
    /// The beginning of the answer, at most 64 KiB.
    public let body: [UInt8]
    /// How many tries it took.
    public let attempts: Int

    public init(status: Int, body: [UInt8], attempts: Int) {
        self.status = status
        self.body = body
        self.attempts = attempts
    }
}

/// Something that posts JSON: the network, or a stand-in for it in a test.
public protocol JSONPoster: Sendable {
    /// Posts the document and returns the answer, trying again after faults that pass.
    /// - Throws: a `WeirError` (`http.…`), or `CancellationError`.
    func post(_ post: JSONPost) async throws -> HTTPReply
}
