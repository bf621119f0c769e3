import Foundation
import WeirCore

/// One question of a batch.
public struct AIBatchItem: Sendable, Hashable {
    /// What is asked.
    public enum Question: Sendable, Hashable {
        case conversation(AIRequest)
        /// The vector of one text.
        case embedding(AIEmbeddingRequest)
    }

    /// Tells the answers apart, which come in any order. Letters, digits, `-` and `_`.
    public var id: String
    public var question: Question

    public init(id: String, request: AIRequest) {
        self.id = id
        question = .conversation(request)
    }

    /// - Parameter embedding: of one text.
    public init(id: String, embedding: AIEmbeddingRequest) {
        self.id = id
        question = .embedding(embedding)
    }

    var model: String {
        switch question {
        case .conversation(let request): request.model
        case .embedding(let request): request.model
        }
    }

    var inputTokens: Int64 {
        switch question {
        case .conversation(let request): TokenEstimate.tokens(request)
        case .embedding(let request): TokenEstimate.tokens(request)
        }
    }

    /// The most that may be answered.
    var outputTokens: Int64 {
        switch question {
        case .conversation(let request): Int64(request.maxTokens)
        case .embedding: 0
        }
    }

    var kind: AIBatchTicket.Kind {
        switch question {
        case .conversation: .conversations
        case .embedding(let request): request.dimensions == nil ? .embeddings : .shortenedEmbeddings
        }
    }
}

/// What is needed to come back to a batch, perhaps tomorrow and in another process.
public struct AIBatchTicket: Sendable, Hashable, Codable {
    /// What its questions are.
    public enum Kind: String, Sendable, Hashable, Codable {
        case conversations, embeddings
        /// Vectors that are cut to a length of one's own: they have lost their length of one.
        case shortenedEmbeddings

        var isEmbeddings: Bool { self != .conversations }
    }

    /// The provider's name in the configuration, and the model.
    public var provider: String
    public var model: String
    /// The provider's id of the batch; empty while it is handed over.
    public var id: String
    /// The name of what was set aside for it.
    public var reservation: String
    /// A name of our own by which the provider can be asked for it, should nobody have heard its id.
    public var name: String?
    public var questions: Int?
    /// When it was handed over, in milliseconds since 1970.
    public var at: Int64?
    /// Conversations where nil, as in tickets of older versions.
    public var kind: Kind?
    /// Input tokens that all its questions were estimated to have.
    public var inputTokens: Int64?
    /// The folder of its own in Cloud Storage where Vertex AI finds the questions and leaves the answers.
    public var folder: String?
    /// Who handed it over: its answers are accounted to them, whoever fetches them.
    public var runID: String?
    public var node: String?
    public var step: String?

    /// About what one of its questions takes.
    var inputTokensEach: Int64 { (inputTokens ?? 0) / Int64(max(1, questions ?? 1)) }

    var submittedAt: Date? { at.map(UTC.date(milliseconds:)) }

    /// The options of whoever fetches it, with the tag of whoever handed it over.
    func tagged(_ options: AICallOptions) -> AICallOptions {
        var options = options
        // Tickets of older versions do not tell.
        if runID != nil || node != nil || step != nil {
            options.tag = AICallTag(runID: runID, node: node, step: step)
        }
        return options
    }
}

extension AIBatchTicket {
    /// As a text that is kept until the batch is over.
    public func kept() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    /// Nil where the text is no ticket.
    public init?(kept text: String) {
        guard let ticket = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = ticket
    }
}

/// How far a batch is.
public struct AIBatchStatus: Sendable, Hashable {
    public enum State: String, Sendable, Hashable, Codable { case pending, ended, failed, cancelled, expired }
    public var state: State
    /// Where the answers are, once it has ended.
    var answers: [String] = []
    public var message: String?
    /// Answers that come with the status itself.
    var inline: JSONValue?

    /// Whatever there is to fetch can be fetched.
    public var isOver: Bool { state != .pending }
}

/// What a batch that is over brought.
public struct AIBatchOutcome: Sendable, Hashable {
    /// By the ids of the questions.
    public var results: [String: AIBatchResult]
    /// What lies in Cloud Storage is all in ``results``: once they are stored, it may be deleted.
    public var mayClear = true
}

/// What became of one question of a batch.
public enum AIBatchResult: Sendable, Hashable {
    case answered(AIResponse)
    /// The vector of the one text.
    case embedded(AIEmbeddings)
    /// Refused or failed. Nothing was paid, but for an answer that cannot be read: then the fault tells its usage.
    case failed(AIFault)
    /// Not asked before the batch ended.
    case skipped
}
