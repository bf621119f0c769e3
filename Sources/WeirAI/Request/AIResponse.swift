import WeirCore

/// Why an answer ended.
public struct AIFinish: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case stop
        /// The answer was cut at the limit of tokens.
        case length
        case toolCalls = "tool-calls"
        /// The provider or the model refused.
        case refused
        /// Send the answer back to let the model go on.
        case paused
        case contextOverflow = "context-overflow"
        case other
    }

    public var kind: Kind
    /// The provider's own word.
    public var raw: String
    /// What a provider said about a refusal.
    public var detail: String?

    public init(_ kind: Kind, raw: String, detail: String? = nil) {
        self.kind = kind
        self.raw = raw
        self.detail = detail
    }
}

/// Something that was asked for and could not be passed on.
public struct AIWarning: Sendable, Hashable, Codable {
    /// Stable, like `ai.dropped-parameter`.
    public var code: String
    public var message: String

    public init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// A model's whole answer.
public struct AIResponse: Sendable, Hashable {
    /// The provider's id of the answer.
    public var id: String
    /// The model that answered, as the provider names it.
    public var model: String
    public var content: [AIContent]
    public var finish: AIFinish
    public var usage: AIUsage
    public var warnings: [AIWarning] = []
    /// The name of the provider in the configuration.
    public var provider = ""
    /// The provider's id of the request, for its support.
    public var requestID: String?
    /// Nil where no price is known.
    public var cost: Money?
    public var isCached = false
    /// Tries that this answer took, those of fallbacks included.
    public var attempts = 1

    public init(id: String, model: String, content: [AIContent], finish: AIFinish, usage: AIUsage) {
        self.id = id
        self.model = model
        self.content = content
        self.finish = finish
        self.usage = usage
    }

    /// All text of the answer.
    public var text: String {
        content.reduce(into: "") { if case .text(let text, _) = $1 { $0 += text } }
    }

    public var toolCalls: [AIToolCall] {
        content.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    /// The answer as the turn to send back in a conversation.
    public var message: AIMessage { AIMessage(.assistant, content) }
}

/// What happens while an answer comes in.
public enum AIEvent: Sendable, Hashable {
    case started(model: String)
    case textDelta(String)
    /// The model's thinking, where the provider shows it.
    case thinkingDelta(String)
    case toolCallStarted(index: Int, id: String, name: String)
    case toolArgumentsDelta(index: Int, String)
    case toolCall(AIToolCall)
    /// Cumulative.
    case usage(AIUsage)
    case finish(AIResponse)
}

/// Vectors for texts, in the order of the texts.
public struct AIEmbeddings: Sendable, Hashable {
    public var model: String
    public var vectors: [[Float]]
    public var usage: AIUsage
    public var provider = ""
    public var requestID: String?
    public var cost: Money?

    public init(model: String, vectors: [[Float]], usage: AIUsage) {
        self.model = model
        self.vectors = vectors
        self.usage = usage
    }
}

/// Texts to be turned into vectors.
public struct AIEmbeddingRequest: Sendable, Hashable {
    /// What the vectors are for; Gemini makes others for a question than for a document.
    public enum Purpose: String, Sendable, Hashable { case document, query, similarity, classification, clustering }

    public var model: String
    public var texts: [String]
    public var dimensions: Int?
    public var purpose: Purpose?

    public init(model: String, texts: [String], dimensions: Int? = nil, purpose: Purpose? = nil) {
        self.model = model
        self.texts = texts
        self.dimensions = dimensions
        self.purpose = purpose
    }
}
