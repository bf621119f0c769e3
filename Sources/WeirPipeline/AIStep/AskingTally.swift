import Synchronization
import WeirAI
import WeirCore

/// What asking a table's rows took.
public struct AskingReport: Sendable, Hashable, Encodable {
    public var rows = 0
    /// Rows that had nothing to ask about.
    public var blank = 0
    /// Questions, equal rows being one, whose answers were there already.
    public var known = 0
    /// Questions that were asked now.
    public var asked = 0
    /// Of those, the ones without a valid answer.
    public var invalid = 0
    public var calls = 0
    public var inputTokens: Int64 = 0
    public var outputTokens: Int64 = 0
    public var cost = Money.zero
    /// Calls whose price is not known.
    public var unpriced = 0
    public var model = ""

    public init() {}
}

/// How far the asking is.
public struct AskingProgress: Sendable, Hashable {
    public var done: Int
    public var total: Int
    public var tokensPerSecond: Double
    public var spent: Money
    /// What the rest will cost if it is like what was answered so far.
    public var toCome: Money
    /// Questions that a provider's batch service works on.
    public var inBatches = 0
}

/// Counts while several calls are under way.
final class AskingTally: Sendable {
    private struct State {
        var report = AskingReport()
        var inBatches = 0
        var hasAnswers = false
    }

    private let state: Mutex<State>
    private let total: Int
    private let began = ContinuousClock.now

    init(_ report: AskingReport, total: Int, hasAnswers: Bool) {
        var first = State()
        first.report = report
        first.hasAnswers = hasAnswers
        state = Mutex(first)
        self.total = total
    }

    var report: AskingReport { state.withLock { $0.report } }

    func took(_ usage: AIUsage, cost: Money?) {
        state.withLock { state in
            state.report.calls += 1
            state.report.inputTokens += usage.inputTotal
            state.report.outputTokens += usage.outputTotal
            if let cost { state.report.cost += cost } else { state.report.unpriced += 1 }
        }
    }

    func stored(_ answers: [KeptAnswer]) {
        state.withLock { state in
            state.report.asked += answers.count
            state.report.invalid += answers.count { $0.status != .answered }
            if answers.contains(where: { $0.status == .answered }) { state.hasAnswers = true }
            if let served = answers.compactMap(\.served).last { state.report.model = served }
        }
    }

    func waiting(_ questions: Int) { state.withLock { $0.inBatches = questions } }

    /// Whether a row was ever answered: where none was, a refusal may mean that the question itself is wrong.
    var hasAnswers: Bool { state.withLock { $0.hasAnswers } }

    var progress: AskingProgress {
        state.withLock { state in
            let report = state.report
            let seconds = Double((ContinuousClock.now - began).milliseconds) / 1000
            let rest = max(0, total - report.asked)
            let each = report.asked > 0 ? Double(report.cost.pico) / Double(report.asked) : 0
            return AskingProgress(
                done: report.asked, total: total,
                tokensPerSecond: seconds > 0 ? Double(report.inputTokens + report.outputTokens) / seconds : 0,
                spent: report.cost, toCome: Money(pico: Int64(min(each * Double(rest), 9e18))),
                inBatches: state.inBatches)
        }
    }
}
