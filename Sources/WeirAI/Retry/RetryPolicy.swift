import WeirCore

/// How often and how long one logical call may be tried. All attempts of a call share it, those of fallbacks too.
public struct RetryPolicy: Sendable, Hashable {
    /// Tries in all.
    public var attempts: Int
    /// Wall time in all.
    public var limit: Duration
    /// A provider that asks to wait longer is not waited for.
    public var longestWait: Duration
    /// Asks a second time, the next model that may answer in its place where there is one, when no whole answer came
    /// by then; the first answer counts. Both may have to be paid. Nil never does so.
    public var hedgeAfter: Duration?

    public init(
        attempts: Int = 3, limit: Duration = .seconds(600), longestWait: Duration = .seconds(120),
        hedgeAfter: Duration? = nil
    ) {
        self.attempts = max(1, attempts)
        self.limit = limit
        self.longestWait = longestWait
        self.hedgeAfter = hedgeAfter
    }

    public enum Decision: Sendable, Hashable {
        case again(after: Duration)
        case giveUp
    }

    /// What to do after a failed attempt. Pure.
    ///
    /// - Parameters:
    ///   - attempt: its number, from 1.
    ///   - elapsed: time since the call began.
    ///   - random: in 0..<1.
    public func decide(
        _ fault: AIFault, attempt: Int, elapsed: Duration, random: Double = Double.random(in: 0..<1)
    ) -> Decision {
        guard fault.isTransient, attempt < attempts else { return .giveUp }
        // A conflict that stays after one more try is no accident.
        if fault.kind == .conflict, fault.shouldRetry == nil, attempt > 1 { return .giveUp }
        let wait: Duration
        if let asked = fault.retryAfter {
            if asked > longestWait { return .giveUp }
            wait = max(.zero, asked)
        } else {
            let doubled = min(0.5 * Double(1 << min(attempt - 1, 10)), 8)
            wait = .milliseconds(Int64(doubled * 1000 * (1 - 0.25 * random)))
        }
        return elapsed + wait > limit ? .giveUp : .again(after: wait)
    }
}
