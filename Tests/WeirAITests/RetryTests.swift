import Foundation
import Testing

@testable import WeirAI

@Suite("Trying again")
struct RetryTests {
    static let policy = RetryPolicy(attempts: 3, limit: .seconds(600))

    @Test("faults that pass are tried again, others are not")
    func table() {
        for kind in AIFault.Kind.allCases {
            let again = Self.policy.decide(AIFault(kind, ""), attempt: 1, elapsed: .zero, random: 0)
            let expected: Set<AIFault.Kind> = [
                .unreachable, .timedOut, .cut, .conflict, .rateLimited, .overloaded, .server,
            ]
            #expect((again != .giveUp) == expected.contains(kind), "\(kind)")
        }
    }

    @Test("the wait grows to eight seconds, less a quarter by chance")
    func backoff() {
        let fault = AIFault(.server, "")
        let many = RetryPolicy(attempts: 99)
        #expect(many.decide(fault, attempt: 1, elapsed: .zero, random: 0) == .again(after: .milliseconds(500)))
        #expect(many.decide(fault, attempt: 3, elapsed: .zero, random: 0) == .again(after: .seconds(2)))
        #expect(many.decide(fault, attempt: 50, elapsed: .zero, random: 0) == .again(after: .seconds(8)))
        #expect(many.decide(fault, attempt: 50, elapsed: .zero, random: 1) == .again(after: .seconds(6)))
    }

    @Test("what the provider says goes before the table")
    func told() {
        var fault = AIFault(.server, "")
        fault.shouldRetry = false
        #expect(Self.policy.decide(fault, attempt: 1, elapsed: .zero) == .giveUp)
        fault = AIFault(.badRequest, "")
        fault.shouldRetry = true
        #expect(Self.policy.decide(fault, attempt: 1, elapsed: .zero) != .giveUp)
        fault = AIFault(.rateLimited, "")
        fault.retryAfter = .seconds(7)
        #expect(Self.policy.decide(fault, attempt: 1, elapsed: .zero) == .again(after: .seconds(7)))
        fault.retryAfter = .seconds(600)
        #expect(Self.policy.decide(fault, attempt: 1, elapsed: .zero) == .giveUp)
    }

    @Test("attempts and time are one budget; a conflict is tried once more; what was delivered is not begun again")
    func bounds() {
        var fault = AIFault(.server, "")
        #expect(Self.policy.decide(fault, attempt: 3, elapsed: .zero) == .giveUp)
        #expect(Self.policy.decide(fault, attempt: 1, elapsed: .seconds(600)) == .giveUp)
        #expect(Self.policy.decide(AIFault(.conflict, ""), attempt: 2, elapsed: .zero) == .giveUp)
        fault.isDelivered = true
        #expect(Self.policy.decide(fault, attempt: 1, elapsed: .zero) == .giveUp)
        #expect(!fault.allowsFallback)
    }

    @Test("times to wait are read in every form")
    func retryAfter() {
        let now = Date(timeIntervalSince1970: 1_700_000_000)
        func read(_ headers: [String: String]) -> Duration? { RetryAfter.read(headers, now: now) }
        #expect(read(["retry-after": "1"]) == .seconds(1))
        #expect(read(["retry-after": "1.5"]) == .milliseconds(1500))
        #expect(read(["retry-after-ms": "250", "retry-after": "9"]) == .milliseconds(250))
        #expect(read(["retry-after": "Tue, 14 Nov 2023 22:13:30 GMT"]) == .seconds(10))
        #expect(read(["retry-after": "Tue, 14 Nov 2023 22:13:10 GMT"]) == .zero)
        #expect(read(["retry-after": "soon"]) == nil)
        #expect(read(["retry-after": "-3"]) == nil)
        #expect(read([:]) == nil)
        #expect(RetryAfter.span("6m0s") == .seconds(360))
        #expect(RetryAfter.span("12ms") == .milliseconds(12))
        #expect(RetryAfter.span("34s") == .seconds(34))
        #expect(RetryAfter.span("1h2m3.5s") == .milliseconds(3_723_500))
        #expect(RetryAfter.span("nonsense") == nil)
        #expect(RetryAfter.span("") == nil)
    }

    @Test("an endpoint that fails many times in a row is left alone, then asked once")
    func breaker() {
        var breaker = CircuitBreaker()
        for _ in 0..<8 {
            #expect(breaker.blocked(now: .zero) == nil)
            breaker.failed(.server, now: .zero)
        }
        #expect(breaker.blocked(now: .seconds(1)) == .seconds(29))
        #expect(breaker.blocked(now: .seconds(31)) == nil)
        // Only one call finds out.
        #expect(breaker.blocked(now: .seconds(31)) != nil)
        breaker.succeeded()
        #expect(breaker.blocked(now: .seconds(31)) == nil)
        // Wrong questions say nothing about its health.
        for _ in 0..<20 { breaker.failed(.badRequest, now: .zero) }
        #expect(breaker.blocked(now: .seconds(1)) == nil)
    }
}
