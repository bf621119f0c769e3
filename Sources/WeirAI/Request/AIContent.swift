import WeirCore

/// A block of a provider's own, kept to be sent back unchanged: thinking with its signature, an encrypted reasoning
/// item, a part that carries a signature.
public struct AIEcho: Sendable, Hashable {
    /// The wire format that understands the block; others leave it out.
    public var wire: WireFormat
    public var block: JSONValue

    public init(wire: WireFormat, block: JSONValue) {
        self.wire = wire
        self.block = block
    }
}

/// Bytes of an image or a document, or where they are.
public struct AIMedia: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        case bytes([UInt8])
        case url(String)
        /// A file that was uploaded to the provider.
        case fileID(String)
    }

    public var source: Source
    /// `image/png`, `application/pdf`, `text/plain` …
    public var mediaType: String
    public var name: String?

    public init(_ source: Source, mediaType: String, name: String? = nil) {
        self.source = source
        self.mediaType = mediaType
        self.name = name
    }
}

/// A tool that the model wants called.
public struct AIToolCall: Sendable, Hashable {
    public var id: String
    public var name: String
    /// An object. What a model wrote that is no JSON stands here as a text, so that the caller can show it back.
    public var arguments: JSONValue
    public var echo: AIEcho?

    public init(id: String, name: String, arguments: JSONValue, echo: AIEcho? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.echo = echo
    }
}

/// What a tool answered.
public struct AIToolResult: Sendable, Hashable {
    public var id: String
    /// The tool's name; Gemini asks for it.
    public var name: String
    public var text: String
    public var isError: Bool

    public init(id: String, name: String, text: String, isError: Bool = false) {
        self.id = id
        self.name = name
        self.text = text
        self.isError = isError
    }
}

/// One piece of a message.
public enum AIContent: Sendable, Hashable {
    case text(String, echo: AIEcho? = nil)
    case image(AIMedia)
    case document(AIMedia)
    case toolCall(AIToolCall)
    case toolResult(AIToolResult)
    /// Only the provider that sent it knows what it is.
    case opaque(AIEcho)
}

/// How long a prefix should stay in the provider's prompt cache.
public enum AICacheHint: String, Sendable, Hashable, CaseIterable {
    case fiveMinutes = "5m"
    case oneHour = "1h"
}

/// One turn of a conversation.
public struct AIMessage: Sendable, Hashable {
    public enum Role: String, Sendable, Hashable { case user, assistant }

    public var role: Role
    public var content: [AIContent]
    /// Everything up to the end of this message should be cached, where the provider caches on request.
    public var cache: AICacheHint?

    public init(_ role: Role, _ content: [AIContent], cache: AICacheHint? = nil) {
        self.role = role
        self.content = content
        self.cache = cache
    }

    public static func user(_ text: String) -> AIMessage { AIMessage(.user, [.text(text)]) }
    public static func assistant(_ text: String) -> AIMessage { AIMessage(.assistant, [.text(text)]) }

    /// Answers to all calls of the turn before, in one message, as Anthropic demands.
    public static func results(_ results: [AIToolResult]) -> AIMessage {
        AIMessage(.user, results.map { .toolResult($0) })
    }
}
