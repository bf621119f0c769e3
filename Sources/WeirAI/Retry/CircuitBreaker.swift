/// Stops asking an endpoint that has failed many times in a row, and lets one call through now and then to see whether
/// it is back. Pure; the caller tells the time.
struct CircuitBreaker: Sendable {
    /// Failures in a row that open it.
    var threshold = 8
    /// How long it stays open before one call may try.
    var rest = Duration.seconds(30)

    private var failures = 0
    private var openUntil: Duration?
    private var isProbing = false

    init() {}

    /// How long to leave the endpoint alone; nil when a call may go.
    mutating func blocked(now: Duration) -> Duration? {
        guard let until = openUntil else { return nil }
        if now < until { return until - now }
        if isProbing { return .seconds(1) }
        isProbing = true
        return nil
    }

    mutating func succeeded() {
        failures = 0
        openUntil = nil
        isProbing = false
    }

    /// Only faults of the endpoint count: a wrong question or a rate limit says nothing about its health.
    mutating func failed(_ kind: AIFault.Kind, now: Duration) {
        isProbing = false
        guard [.unreachable, .timedOut, .cut, .overloaded, .server, .garbled].contains(kind) else {
            succeeded()
            return
        }
        failures += 1
        if failures >= threshold { openUntil = now + rest }
    }

    /// The call that was let through ended without a word about the endpoint.
    mutating func abandoned() { isProbing = false }
}
