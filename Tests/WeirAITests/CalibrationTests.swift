import StandIn
import Testing
import WeirCore
import WeirStore

@testable import WeirAI

@Suite("Estimates by what earlier calls took")
struct CalibrationTests {
    private static func calls(_ change: (inout FinishedCalls) -> Void) -> FinishedCalls {
        var calls = FinishedCalls()
        calls.calls = 4
        change(&calls)
        return calls
    }

    @Test("input by its ratio, from the cache as before, and the mean answer")
    func usage() throws {
        let calibration = try #require(
            Calibration(
                Self.calls {
                    $0.inputExpected = 1000
                    $0.inputOfExpected = 500
                    $0.inputUncached = 100
                    $0.cacheRead = 300
                    $0.cacheWrite5m = 100
                    $0.outputTotal = 42
                    $0.outputReasoning = 8
                }))
        #expect(calibration.inputRatio == 0.5 && calibration.calls == 4)
        let usage = calibration.usage(estimatedInput: 200)
        #expect(usage.inputTotal == 100 && usage.cacheRead == 60 && usage.cacheWrite5m == 20)
        #expect(usage.outputTotal == 11 && usage.outputReasoning == 2)
    }

    @Test("nothing to learn from, nothing estimated before, and figures that are beyond all reason")
    func edges() throws {
        #expect(Calibration(FinishedCalls()) == nil)
        let plain = try #require(Calibration(Self.calls { $0.inputUncached = 80 }))
        #expect(plain.inputRatio == 1)
        #expect(plain.usage(estimatedInput: 30).inputTotal == 30)
        let silent = try #require(Calibration(Self.calls { $0.inputExpected = 5 }))
        #expect(silent.usage(estimatedInput: 30).inputTotal == 30)
        let huge = try #require(
            Calibration(
                Self.calls {
                    $0.inputExpected = 1
                    $0.inputOfExpected = .max
                    $0.inputUncached = .max
                    $0.outputTotal = .max
                }))
        #expect(huge.usage(estimatedInput: .max).inputTotal > 0)
    }

    @Test("the ledger of real calls teaches the next estimate; without any it is as before")
    func learnt() async throws {
        let lab = try await Lab()
        let request = AIRequest.asking("claude/claude-haiku-4-5", String(repeating: "word ", count: 200))
        let tag = AICallTag(runID: "r", node: "mart.a", step: "extract")
        let before = try lab.client.expectation(of: request, answeredIn: 50)
        #expect(
            try await lab.client.calibration(of: tag, model: request.model) == nil)
        lab.server.set(usage: #"{"input_tokens":100,"output_tokens":9}"#)
        var options = AICallOptions()
        options.tag = tag
        for _ in 0..<3 { _ = try await lab.client.complete(request, options: options) }
        let earlier = try await lab.client.calibration(of: tag, model: request.model)
        let after = try lab.client.expectation(of: request, answeredIn: 50, earlier: earlier)
        #expect(earlier?.calls == 3)
        #expect(before.outputTokens == 50 && before.inputTokens > 200)
        #expect(after.inputTokens == 100 && after.outputTokens == 9)
        var usage = AIUsage()
        usage.inputUncached = 100
        usage.outputTotal = 9
        #expect(after.cost == lab.client.prices.model("claude-haiku-4-5")?.cost(of: usage))
        // Another step's calls, and a step that is nobody's.
        let other = AICallTag(node: "mart.b", step: "extract")
        #expect(try await lab.client.calibration(of: other, model: request.model) == nil)
        #expect(
            try await lab.client.calibration(of: AICallTag(), model: request.model) == nil)
        await lab.server.stop()
    }

    @Test("is of a question, however many a call holds")
    func units() throws {
        // Two calls of twenty questions each, and four of a batch.
        let sums = Self.calls {
            $0.calls = 6
            $0.batchCalls = 4
            $0.outputTotal = 44 * 30
        }
        let earlier = try #require(Calibration(sums, unit: 20))
        #expect(earlier.outputTokens == 30)
        #expect(earlier.usage(estimatedInput: 0, questions: 20).outputTotal == 600)
        #expect(earlier.usage(estimatedInput: 0, questions: 1).outputTotal == 30)
    }
}
