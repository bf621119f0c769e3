import Synchronization
import WeirCore

/// Tells a client how far a call is: rising numbers, not too many of them, and none once the call is answered.
final class ProgressTeller: Sendable {
    private struct State {
        var last = 0.0
        var at: ContinuousClock.Instant?
        var isOver = false
    }

    private let state = Mutex(State())
    private let token: JSONValue
    private let send: @Sendable (JSONValue) -> Void

    private static let pause = Duration.milliseconds(100)

    /// Nil where the request asks for none.
    init?(_ params: JSONValue, send: @escaping @Sendable (JSONValue) -> Void) {
        guard let token = params["_meta"]?["progressToken"], RPCID(token) != nil else { return nil }
        self.token = token
        self.send = send
    }

    func tell(_ share: Double?, _ words: String) {
        // Sent inside of the lock: the answer must not overtake a number, nor a number another.
        state.withLock { state in
            let now = ContinuousClock.now
            if state.isOver { return }
            if let at = state.at, now - at < Self.pause, share != 1 { return }
            // The protocol wants every number larger than the one before.
            let next = share.map { max($0, state.last + 0.000_001) } ?? state.last + 1
            state.last = next
            state.at = now
            var params: [String: JSONValue] = [
                "progressToken": token, "progress": .double(next), "message": .string(words),
            ]
            if share != nil { params["total"] = .int(1) }
            send(RPCWriter.notification("notifications/progress", .object(params)))
        }
    }

    func finish() { state.withLock { $0.isOver = true } }
}
