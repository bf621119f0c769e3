/// How long to wait before trying again: exponential, bounded, with full jitter.
///
/// A value and not a loop, so that every retry in Weir waits by the same rule and a test needs no clock.
///
/// ```swift
/// let backoff = Backoff(attempts: 4)
/// for attempt in 1...backoff.attempts {
///     …
///     guard let wait = backoff.wait(after: attempt) else { break }
///     try await Task.sleep(for: wait)
/// }
/// ```
public struct Backoff: Sendable, Hashable {
    /// Tries in all, the first one included; at least 1.
    public var attempts: Int
    /// The longest first wait.
    public var base: Duration
    /// No wait is longer.
    public var cap: Duration

    public init(attempts: Int = 3, base: Duration = .milliseconds(200), cap: Duration = .seconds(10)) {
        self.attempts = max(1, attempts)
        self.base = base
        self.cap = cap
    }

    /// The wait after the given attempt (from 1) failed, or nil when no try is left.
    ///
    /// - Parameters:
    ///   - asked: what the other side asked for (`Retry-After`); it is honoured up to ``cap``.
    ///   - random: a number in 0..<1. Full jitter spreads many clients that failed together.
    public func wait(
        after attempt: Int, asked: Duration? = nil, random: Double = Double.random(in: 0..<1)
    ) -> Duration? {
        if attempt >= attempts { return nil }
        if let asked { return min(max(asked, .zero), cap) }
        let doubled = base * (1 << min(max(attempt - 1, 0), 20))
        return min(doubled, cap) * random
    }
}
