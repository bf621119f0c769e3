import Foundation
import WeirAI
import WeirCore

/// One line of a session's file.
///
/// The file is all that there is of a session: it is resumed, shown and replayed from it, and the answers in it are
/// what a recorded model says in tests.
public struct SessionRecord: Sendable, Hashable {
    public enum Event: Sendable, Hashable {
        case began(SessionHead)
        /// What a person asks for.
        case task(String)
        /// What the agent remembered before it began, a line each.
        case memory([String])
        case answer(RecordedAnswer)
        case result(RecordedResult)
        /// What Weir tells the model: a refused memory, missing proof.
        case note(String)
        /// What stands in place of the first `through` pieces of the conversation.
        case summary(String, through: Int)
        case ended(SessionEnd)
    }

    public var at: Date
    public var event: Event

    public init(at: Date = Date(), _ event: Event) {
        self.at = at
        self.event = event
    }
}

/// What a session is.
public struct SessionHead: Sendable, Hashable {
    public var id: String
    public var agent: String
    public var model: String
    public var isDryRun: Bool
    public var weir: String

    public init(id: String, agent: String, model: String, isDryRun: Bool = false, weir: String = Weir.version) {
        self.id = id
        self.agent = agent
        self.model = model
        self.isDryRun = isDryRun
        self.weir = weir
    }
}

/// What a model said.
public struct RecordedAnswer: Sendable, Hashable {
    public var content: [AIContent]
    public var finish: AIFinish
    public var model: String
    public var provider: String
    public var inputTokens: Int64
    public var outputTokens: Int64
    public var cost: Money?

    public init(_ answer: AIResponse) {
        content = answer.content
        finish = answer.finish
        model = answer.model
        provider = answer.provider
        inputTokens = answer.usage.inputTotal
        outputTokens = answer.usage.outputTotal
        cost = answer.cost
    }

    init(
        content: [AIContent], finish: AIFinish, model: String, provider: String, inputTokens: Int64,
        outputTokens: Int64, cost: Money?
    ) {
        self.content = content
        self.finish = finish
        self.model = model
        self.provider = provider
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cost = cost
    }

    public var text: String { content.reduce(into: "") { if case .text(let text, _) = $1 { $0 += text } } }

    public var calls: [AIToolCall] {
        content.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    /// The answer as a model would give it again.
    var response: AIResponse {
        var usage = AIUsage()
        usage.inputUncached = inputTokens
        usage.outputTotal = outputTokens
        var response = AIResponse(id: "recorded", model: model, content: content, finish: finish, usage: usage)
        response.provider = provider
        response.cost = cost
        return response
    }
}

/// What a tool answered.
public struct RecordedResult: Sendable, Hashable {
    /// The id that the model gave its call.
    public var call: String
    public var tool: String
    public var arguments: JSONValue
    /// What the model was shown.
    public var text: String
    /// The structured answer, for judging; cut away where it is large.
    public var content: JSONValue?
    public var isError: Bool
    /// The file of the whole text, where the model was shown its head only.
    public var file: String?
    public var milliseconds: Int64

    public init(
        call: String, tool: String, arguments: JSONValue, text: String, content: JSONValue?, isError: Bool,
        file: String? = nil, milliseconds: Int64 = 0
    ) {
        self.call = call
        self.tool = tool
        self.arguments = arguments
        self.text = text
        self.content = content
        self.isError = isError
        self.file = file
        self.milliseconds = milliseconds
    }
}

/// How a task ended.
public struct SessionEnd: Sendable, Hashable {
    public enum Status: String, Sendable, Hashable, CaseIterable, Encodable {
        /// Finished, and what had to be shown was shown.
        case done
        /// Finished by the model's word; some of what had to be shown was not.
        case unproven
        /// The model or its provider refused.
        case refused
        /// A limit of money, turns or time, or a loop without end.
        case stopped
        case cancelled
        case failed
    }

    public var status: Status
    /// A stable word for why, like `agent.turns`; nil where it is done.
    public var code: String?
    public var reason: String?
    public var missing: [String]

    public init(_ status: Status, code: String? = nil, reason: String? = nil, missing: [String] = []) {
        self.status = status
        self.code = code
        self.reason = reason
        self.missing = missing
    }
}
