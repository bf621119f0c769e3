/// Who goes first when calls have to wait.
public enum AIPriority: Int, Sendable, Hashable, CaseIterable {
    case interactive, normal, batch
}

/// What a call may use, taken before it is sent.
struct Reservation: Sendable {
    var inputTokens: Int64
    var outputTokens: Int64
}

/// Keeps the calls of one (provider, key, model) within its limits.
///
/// Waiters go in the order in which they came, those of a higher class first; every eighth place is for the lowest class
/// that waits, so that none waits for ever. A refusal for too many calls (429) stops all of them until the time that
/// the provider named.
actor Limiter {
    private struct Waiter {
        let id: UInt64
        let need: Reservation
        let resume: CheckedContinuation<Void, any Error>
    }

    private let clock: AIClock
    private let inFlight: Int
    private var running = 0
    private var requests: RateWindow
    private var input: RateWindow
    private var output: RateWindow
    private var tokens: RateWindow
    private var queues: [[Waiter]] = AIPriority.allCases.map { _ in [] }
    private var heads = AIPriority.allCases.map { _ in 0 }
    private var served = 0
    private var nextID: UInt64 = 0
    private var pausedUntil = Duration.zero
    private var alarm: (task: Task<Void, Never>, at: Duration)?

    /// A server sees a request no later than this after it was sent, by the world's clock, unless it is out of order.
    private static let transit = Duration.seconds(3)

    init(limits: RateLimits, clock: AIClock) {
        self.clock = clock
        inFlight = max(1, limits.inFlight)
        requests = RateWindow(limit: limits.requestsPerMinute)
        input = RateWindow(limit: limits.inputTokensPerMinute)
        output = RateWindow(limit: limits.outputTokensPerMinute)
        tokens = RateWindow(limit: limits.tokensPerMinute)
    }

    /// Waits for the call's turn.
    /// - Throws: `CancellationError`.
    func enter(_ need: Reservation, priority: AIPriority) async throws {
        try Task.checkCancellation()
        // Mostly nobody waits, and what does not wait need not be woken.
        if nextLevel() == nil, running < inFlight, let now = turn(need) {
            take(need, now)
            return
        }
        nextID += 1
        let id = nextID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queues[priority.rawValue].append(Waiter(id: id, need: need, resume: continuation))
                pump()
            }
        } onCancel: {
            Task { await self.cancel(id) }
        }
    }

    private func cancel(_ id: UInt64) {
        for level in queues.indices {
            for index in heads[level]..<queues[level].count where queues[level][index].id == id {
                let waiter = queues[level].remove(at: index)
                waiter.resume.resume(throwing: CancellationError())
                pump()
                return
            }
        }
        // Not found: its turn had come.
    }

    /// The call is over: what it took is given back and what it used is counted.
    ///
    /// - Parameter sentAt: the moment when it was sent, by the clock.
    func leave(_ need: Reservation, used: AIUsage?, sentAt: Duration, wasSent: Bool) {
        running -= 1
        let now = clock.now()
        let moment = min(now, sentAt + Self.transit * clock.pace)
        let one: Int64 = wasSent ? 1 : 0
        // What came from the provider's cache mostly does not count towards its limit.
        let input = wasSent ? used.map { $0.inputUncached + $0.cacheWrite5m + $0.cacheWrite1h } ?? need.inputTokens : 0
        let output = wasSent ? used?.outputTotal ?? 0 : 0
        requests.settle(taken: 1, used: one, moment: moment)
        self.input.settle(taken: need.inputTokens, used: input, moment: moment)
        self.output.settle(taken: need.outputTokens, used: output, moment: moment)
        tokens.settle(taken: need.inputTokens + need.outputTokens, used: input + output, moment: moment)
        pump()
    }

    /// Takes in what an answer's headers tell.
    func learn(_ headers: RateHeaders) {
        let now = clock.now()
        func learn(_ figure: RateHeaders.Figure?, _ window: inout RateWindow) {
            guard let figure else { return }
            window.learn(limit: figure.limit, remaining: figure.remaining, reset: figure.reset, now: now)
        }
        learn(headers.requests, &requests)
        learn(headers.inputTokens, &input)
        learn(headers.outputTokens, &output)
        learn(headers.tokens, &tokens)
        pump()
    }

    /// Stops all calls for a while.
    func pause(for wait: Duration) {
        pausedUntil = max(pausedUntil, clock.now() + wait)
        pump()
    }

    // MARK: Turns

    private func pump() {
        while let level = nextLevel(), running < inFlight {
            let waiter = queues[level][heads[level]]
            guard let now = turn(waiter.need) else { return }
            heads[level] += 1
            if heads[level] > 256 {
                queues[level].removeFirst(heads[level])
                heads[level] = 0
            }
            take(waiter.need, now)
            waiter.resume.resume()
        }
    }

    /// The time, if a call may go now. If not, something pumps when it may.
    private func turn(_ need: Reservation) -> Duration? {
        let now = clock.now()
        if pausedUntil > now {
            wake(at: pausedUntil)
            return nil
        }
        var longest = Duration.zero
        for wait in [
            requests.wait(for: 1, now: now), input.wait(for: need.inputTokens, now: now),
            output.wait(for: need.outputTokens, now: now),
            tokens.wait(for: need.inputTokens + need.outputTokens, now: now),
        ] {
            // Where only the end of a call under way can tell, that end pumps again.
            guard let wait else { return nil }
            longest = max(longest, wait)
        }
        if longest > .zero {
            wake(at: now + longest)
            return nil
        }
        return now
    }

    private func take(_ need: Reservation, _ now: Duration) {
        served += 1
        running += 1
        requests.take(1, now: now)
        input.take(need.inputTokens, now: now)
        output.take(need.outputTokens, now: now)
        tokens.take(need.inputTokens + need.outputTokens, now: now)
    }

    private func nextLevel() -> Int? {
        let waiting = queues.indices.filter { heads[$0] < queues[$0].count }
        return served % 8 == 7 ? waiting.last : waiting.first
    }

    private func wake(at time: Duration) {
        if let alarm, alarm.at <= time { return }
        alarm?.task.cancel()
        let wait = time - clock.now()
        let sleep = clock.sleep
        alarm = (
            Task {
                do { try await sleep(max(wait, .milliseconds(1))) } catch { return }
                self.ring()
            }, time
        )
    }

    private func ring() {
        alarm = nil
        pump()
    }

    /// Calls that wait.
    var waiting: Int { queues.indices.reduce(0) { $0 + queues[$1].count - heads[$1] } }
}
