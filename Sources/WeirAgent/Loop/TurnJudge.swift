import WeirAI
import WeirCore

/// What an answer asks for.
enum TurnStep: Sendable, Hashable {
    case calls([AIToolCall])
    /// The agent takes itself for finished; the text is its last word.
    case finished(String)
    /// Say this to the model and let it go on; nil lets it go on without a word. It counts as a slip where it is one.
    case goOn(String?, isSlip: Bool)
    /// The answer was cut inside of calls: they are answered, and not made.
    case cut([AIToolCall])
    case refused(String)
    /// The question was too long.
    case overflow
}

enum TurnJudge {
    static func judge(_ answer: AIResponse, usesSchema: Bool, number: Int) -> TurnStep {
        switch answer.finish.kind {
        case .refused: return .refused(answer.finish.detail ?? answer.finish.raw)
        case .contextOverflow: return .overflow
        case .paused: return .goOn(nil, isSlip: false)
        case .length:
            if !answer.toolCalls.isEmpty { return .cut(answer.toolCalls) }
            return .goOn(
                "Your answer was cut at the limit of its length. Go on in smaller steps; write large files in parts.",
                isSlip: true)
        case .stop, .toolCalls, .other: break
        }
        if usesSchema {
            switch SchemaCalls.read(answer.text, number: number) {
            case .call(let call): return .calls([call])
            case .finished(let text): return .finished(text)
            case .malformed(let reason): return .goOn("Your answer cannot be used: \(reason).", isSlip: true)
            }
        }
        if !answer.toolCalls.isEmpty { return .calls(answer.toolCalls) }
        if answer.text.allSatisfy(\.isWhitespace) {
            return .goOn(
                "Your answer was empty. Go on with the task, or say that it is finished and how that shows.",
                isSlip: true)
        }
        return .finished(answer.text)
    }
}

/// What one task may use.
public struct AgentLimits: Sendable, Hashable {
    public var turns = 60
    public var time: Duration = .seconds(3600)
    /// Nil: no limit but the project's budgets.
    public var money: Money?
    public var contextTokens = 100_000
    /// Slips in a row: empty, cut and malformed answers.
    public var slips = 4

    public init() {}

    /// Why a task must stop now; nil while it may go on.
    func exceeded(turns: Int, took: Duration, spent: Money) -> SessionEnd? {
        if turns >= self.turns {
            return SessionEnd(
                .stopped, code: "agent.turns",
                reason: "the limit of \(self.turns) turns is reached; --max-turns sets it")
        }
        if took >= time { return SessionEnd(.stopped, code: "agent.time", reason: "the time for one task is used up") }
        if let money, spent >= money {
            return SessionEnd(
                .stopped, code: "agent.budget", reason: "\(spent) of the budget of \(money) is spent; --budget sets it")
        }
        return nil
    }
}
