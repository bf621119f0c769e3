import CryptoExtras
import Foundation
import NIOConcurrencyHelpers
import WeirCore

/// A server that speaks the wire of every provider, and does everything that the real ones do to a client.
///
/// Without a script it answers each question with a text that begins with `echo:`. Replies that are put in line are
/// given first, in their order.
public final class StandIn: Sendable {
    public static let key = "test-key-0123456789"

    /// Limits that the server enforces over any time of that length, and tells in its headers.
    public struct Limits: Sendable {
        public var requests: Int
        public var tokens: Int
        public var window: Duration
        public init(requests: Int, tokens: Int, window: Duration = .seconds(60)) {
            self.requests = requests
            self.tokens = tokens
            self.window = window
        }
    }

    struct State {
        var line: [Reply] = []
        var received: [Received] = []
        var keepsRequests = true
        var count = 0
        var refused = 0
        var underWay = 0
        var mostUnderWay = 0
        var limits: Limits?
        var uses: [(at: ContinuousClock.Instant, tokens: Int)] = []
        var firstUse = 0
        var usedTokens = 0
        var style = StreamStyle()
        var delay = Duration.zero
        var batches: [String: Batch] = [:]
        /// Ends of addresses whose next answer gets lost.
        var losses: [String] = []
        var files: [String: String] = [:]
        var fate = BatchFate.done
        /// Cloud Storage: buckets and whether they may be used, and objects by `bucket/name`.
        var buckets: [String: Bool] = [:]
        var objects: [String: [UInt8]] = [:]
        var usage: String?
        var publicKey: String?
        var tokens: Set<String> = []
        var issued = 0
        var recordings: [Recording] = []
    }

    let state = NIOLockedValueBox(State())
    private let server = NIOLockedValueBox<HTTPServer?>(nil)
    public let port: Int

    public init(port: Int = 0) async throws {
        let state = state
        let found = try await HTTPServer(port: port) { received in await Self.answer(received, state) }
        self.port = found.port
        server.withLockedValue { $0 = found }
    }

    public var url: String { "http://127.0.0.1:\(port)" }
    public func stop() async { await server.withLockedValue { $0 }?.stop() }

    // MARK: Script

    public func next(_ replies: Reply...) { state.withLockedValue { $0.line += replies } }
    public func set(style: StreamStyle) { state.withLockedValue { $0.style = style } }
    public func set(limits: Limits?) { state.withLockedValue { $0.limits = limits } }
    /// The `usage` object of every answer, in the provider's words.
    public func set(usage: String?) { state.withLockedValue { $0.usage = usage } }
    public func set(delay: Duration) { state.withLockedValue { $0.delay = delay } }
    /// Tokens of Google's are given to who signs with the key that belongs to this one, and are good for one name each.
    public func set(publicKey: String) { state.withLockedValue { $0.publicKey = publicKey } }
    /// The key file of a new service account, whose tokens are given from now on.
    public func serviceAccount() throws -> String {
        let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        set(publicKey: key.publicKey.pemRepresentation)
        let file: JSONValue = [
            "type": "service_account", "client_email": "weir@example.iam", "private_key_id": "key-1",
            "private_key": .string(key.pkcs8PEMRepresentation), "token_uri": .string("\(url)/token"),
            "project_id": "p",
        ]
        return file.line
    }
    public func expireTokens() { state.withLockedValue { $0.tokens = [] } }
    /// What is asked next of an address that ends so is done, and the connection breaks before anybody hears of it.
    public func loseAnswer(to end: String) { state.withLockedValue { $0.losses.append(end) } }
    /// How batches end that are handed over from now on.
    public func set(fate: BatchFate) { state.withLockedValue { $0.fate = fate } }
    /// A bucket of Cloud Storage; one that is not open to the account answers 403.
    public func makeBucket(_ name: String, isOpen: Bool = true) { state.withLockedValue { $0.buckets[name] = isOpen } }
    /// An object that somebody left there, by `bucket/name`.
    public func put(_ object: String, _ text: String) {
        state.withLockedValue { $0.objects[object] = Array(text.utf8) }
    }
    public func forgetRequests() {
        state.withLockedValue {
            $0.keepsRequests = false
            $0.received = []
        }
    }

    // MARK: What happened

    public var received: [Received] { state.withLockedValue { $0.received } }
    public var count: Int { state.withLockedValue { $0.count } }
    /// Requests that were refused for too many.
    public var refused: Int { state.withLockedValue { $0.refused } }
    public var mostUnderWay: Int { state.withLockedValue { $0.mostUnderWay } }
    /// `bucket/name` of each object.
    public var objects: [String] { state.withLockedValue { $0.objects.keys.sorted() } }
    /// Batches that were handed over.
    public var batches: Int { state.withLockedValue { $0.batches.count } }
    public var issuedTokens: Int { state.withLockedValue { $0.issued } }

    private static func answer(_ received: Received, _ state: NIOLockedValueBox<State>) async -> Reply {
        // What a client looks up of its own accord is no question of the script.
        if received.method == "GET", received.path == "/v1/models" { return Answers.answer(received, state) }
        let scripted: Reply? = state.withLockedValue { state in
            state.count += 1
            state.underWay += 1
            state.mostUnderWay = max(state.mostUnderWay, state.underWay)
            if state.keepsRequests { state.received.append(received) }
            return state.line.isEmpty ? nil : state.line.removeFirst()
        }
        defer { state.withLockedValue { $0.underWay -= 1 } }
        if let scripted { return scripted }
        let delay = state.withLockedValue { $0.delay }
        if delay > .zero { try? await Task.sleep(for: delay) }
        var reply = Answers.answer(received, state)
        let isLost = state.withLockedValue { state in
            guard let index = state.losses.firstIndex(where: received.path.hasSuffix) else { return false }
            state.losses.remove(at: index)
            return true
        }
        if isLost {
            reply.isCut = true
            let bytes = Array(reply.pieces.joined())
            reply.pieces = [Array(bytes.prefix(max(1, bytes.count / 2)))]
        }
        return reply
    }
}

/// How a stream is laid out in bytes.
public struct StreamStyle: Sendable {
    public var lineEnd = "\n"
    public var isByteByByte = false
    public var hasComments = false
    /// Events and blocks that no client knows.
    public var hasUnknown = false
    public var tellsUsage = true
    /// Drops everything from the last event on, and the connection with it.
    public var isCut = false
    public init() {}

    func reply(_ events: [String], named: Bool, headers: [String: String]) -> Reply {
        var events = events
        if isCut { events.removeLast(min(2, events.count)) }
        var text = hasComments ? ": keep-alive\(lineEnd)\(lineEnd)" : ""
        for event in events {
            if hasComments { text += ": ping\(lineEnd)" }
            if named, let type = JSONValue(parsing: event)?["type"]?.text { text += "event: \(type)\(lineEnd)" }
            text += "data: \(event)\(lineEnd)\(lineEnd)"
        }
        let bytes = Array(text.utf8)
        let pieces = isByteByByte ? bytes.map { [$0] } : [bytes]
        var reply = Reply(
            headers: ["content-type": "text/event-stream; charset=utf-8"].merging(headers) { $1 }, pieces: pieces)
        reply.isCut = isCut
        return reply
    }
}
