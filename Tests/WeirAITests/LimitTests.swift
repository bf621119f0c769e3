import Foundation
import StandIn
import Testing

@testable import WeirAI

@Suite("Limits")
struct LimitTests {
    @Test("no minute ever sees more than the limit, however requests come")
    func window() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            var window = RateWindow(limit: 50)
            var now = Duration.zero
            var arrived: [(Duration, Int64)] = []
            for _ in 0..<400 {
                let amount = Int64.random(in: 1...9, using: &random)
                let wait = window.wait(for: amount, now: now) ?? .zero
                now += wait + .milliseconds(Int64.random(in: 0...300, using: &random))
                guard window.wait(for: amount, now: now) == .zero else { continue }
                window.take(amount, now: now)
                // The server sees it somewhere between sending and answering.
                let sent = now
                now += .milliseconds(Int64.random(in: 0...1500, using: &random))
                let seen = sent + (now - sent) * Double.random(in: 0...1, using: &random)
                window.settle(taken: amount, used: amount, moment: now)
                arrived.append((seen, amount))
            }
            for (end, _) in arrived {
                let used = arrived.filter { $0.0 <= end && $0.0 > end - .seconds(60) }.reduce(0) { $0 + $1.1 }
                #expect(used <= 50)
            }
            #expect(arrived.count > 10)
        }
    }

    @Test("what was taken and not used is given back, and more than the limit goes alone")
    func settles() {
        var window = RateWindow(limit: 100)
        window.take(100, now: .zero)
        #expect(window.wait(for: 1, now: .zero) == nil)
        window.settle(taken: 100, used: 10, moment: .zero)
        #expect(window.used(.zero) == 10)
        var small = RateWindow(limit: 10)
        #expect(small.wait(for: 50, now: .zero) == .zero)
        small.take(50, now: .zero)
        small.settle(taken: 50, used: 50, moment: .zero)
        #expect(small.wait(for: 1, now: .zero) ?? .zero > .seconds(59))
    }

    @Test("headers tell limits and what others used, in all forms")
    func headers() {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        let openAI = RateHeaders(
            [
                "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59",
                "x-ratelimit-reset-requests": "6m0s", "x-ratelimit-limit-tokens": "1000",
                "x-ratelimit-remaining-tokens": "-1", "x-ratelimit-reset-tokens": "12ms",
            ], now: now)
        #expect(openAI.requests == .init(limit: 60, remaining: 59, reset: .seconds(360)))
        #expect(openAI.tokens == .init(limit: 1000, remaining: nil, reset: .milliseconds(12)))
        let anthropic = RateHeaders(
            [
                "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "49",
                "anthropic-ratelimit-requests-reset": "2023-11-14T22:13:30Z",
                "anthropic-ratelimit-output-tokens-limit": "garbage",
            ], now: now)
        #expect(anthropic.requests == .init(limit: 50, remaining: 49, reset: .seconds(10)))
        #expect(anthropic.outputTokens == nil)
        var window = RateWindow(limit: 100)
        window.learn(limit: 50, remaining: 20, reset: .seconds(30), now: .zero)
        #expect(window.used(.zero) == 30)
        #expect(window.used(.seconds(31)) == 0)
        // The server may lower what the user set, and not raise it.
        window.learn(limit: 5000, remaining: 4999, reset: nil, now: .seconds(40))
        #expect(window.limit == 100)
    }

    @Test("waiters go in their order, urgent ones first, and a cancelled one leaves no gap")
    func order() async throws {
        var limits = RateLimits()
        limits.inFlight = 1
        let limiter = Limiter(limits: limits, clock: .system)
        let need = Reservation(inputTokens: 1, outputTokens: 1)
        try await limiter.enter(need, priority: .normal)
        let order = Order()
        var tasks: [Task<Void, any Error>] = []
        for (name, priority) in [("b1", AIPriority.batch), ("gone", .batch), ("b2", .batch), ("i1", .interactive)] {
            let waiting = await limiter.waiting
            tasks.append(
                Task {
                    try await limiter.enter(need, priority: priority)
                    await order.add(name)
                    await limiter.leave(need, used: nil, sentAt: .zero, wasSent: true)
                })
            while await limiter.waiting == waiting { await Task.yield() }
        }
        tasks[1].cancel()
        while await limiter.waiting == 4 { await Task.yield() }
        await limiter.leave(need, used: nil, sentAt: .zero, wasSent: true)
        for task in tasks { _ = await task.result }
        #expect(await order.names == ["i1", "b1", "b2"])
    }

    actor Order {
        var names: [String] = []
        func add(_ name: String) { names.append(name) }
    }

    @Test("many calls against a server that enforces its limits: none is refused")
    func enforced() async throws {
        let lab = try await Lab(
            { settings in
                settings.providers[1].limits.requestsPerMinute = 600
                settings.providers[1].limits.inFlight = 64
            }, clock: .scaled(by: 20))
        lab.server.set(limits: .init(requests: 600, tokens: 1_000_000, window: .seconds(3)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1300 {
                group.addTask { _ = try await lab.client.complete(.asking("openai/gpt-4o-mini", "\(number)")) }
            }
            try await group.waitForAll()
        }
        #expect(lab.server.refused == 0)
        #expect(lab.server.count == 1300)
        #expect(lab.server.mostUnderWay <= 64)
    }
}
