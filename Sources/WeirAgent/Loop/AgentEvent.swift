import WeirAI
import WeirCore

/// What happens while an agent works, for whoever watches.
public enum AgentEvent: Sendable, Hashable {
    case memory([String])
    case text(String)
    /// The model's answer is whole.
    case textEnded
    case thinking(String)
    case call(tool: String, arguments: JSONValue)
    case progress(tool: String, share: Double?, text: String)
    case result(RecordedResult)
    /// What Weir says to the model.
    case note(String)
    case remembered([String])
    case summed
    case warning(AIWarning)
}

/// What the agent remembers, as far as the loop needs it.
public struct AgentMemory: Sendable {
    /// The lines that a task should begin with.
    public var review: @Sendable (_ task: String) async throws -> [String]
    /// Takes the memory blocks of a text: those that were kept, and the reasons of those that were refused.
    public var take: @Sendable (_ text: String, _ session: String) async throws -> (kept: [String], refused: [String])

    public init(
        review: @escaping @Sendable (String) async throws -> [String],
        take: @escaping @Sendable (String, String) async throws -> (kept: [String], refused: [String])
    ) {
        self.review = review
        self.take = take
    }

    public static let none = AgentMemory(review: { _ in [] }, take: { _, _ in ([], []) })
}

/// What a task came to.
public struct AgentOutcome: Sendable, Hashable {
    public var session: String
    public var end: SessionEnd
    /// The agent's last word.
    public var answer: String
    public var turns: Int
    public var calls: Int
    public var cost: Money
    /// Answers whose cost is not known.
    public var unpriced: Int
    public var inputTokens: Int64
    public var outputTokens: Int64
    public var milliseconds: Int64
    public var changedFiles: [String]
    public var patch: String
    public var remembered: [String]

    public var outcome: Outcome {
        switch end.status {
        case .done: .done
        case .unproven, .refused, .stopped: .gateFailed
        case .cancelled, .failed: .systemFailed
        }
    }
}
