import Foundation
import WeirCore

/// One question of a batch.
public struct AIBatchItem: Sendable, Hashable {
    /// Tells the answers apart, which come in any order. Letters, digits, `-` and `_`.
    public var id: String
    public var request: AIRequest

    public init(id: String, request: AIRequest) {
        self.id = id
        self.request = request
    }
}

/// What is needed to come back to a batch, perhaps tomorrow and in another process.
public struct AIBatchTicket: Sendable, Hashable, Codable {
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

    var submittedAt: Date? { at.map(UTC.date(milliseconds:)) }
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

/// What became of one question of a batch.
public enum AIBatchResult: Sendable, Hashable {
    case answered(AIResponse)
    /// Refused or failed; nothing was paid.
    case failed(AIFault)
    /// Not asked before the batch ended.
    case skipped
}
