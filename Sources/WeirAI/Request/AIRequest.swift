import WeirCore

/// The four languages that providers speak.
public enum WireFormat: String, Sendable, Hashable, Codable, CaseIterable {
    case anthropic
    case openAIChat = "openai-chat"
    case openAIResponses = "openai-responses"
    case gemini
}

/// A function that the model may ask to have called.
public struct AITool: Sendable, Hashable {
    public var name: String
    public var description: String
    /// JSON Schema of the arguments; an object. `.literal` keeps the order of its keys.
    public var schema: JSONValue
    /// The provider forces the arguments to fit the schema, where it can.
    public var isStrict: Bool

    public init(name: String, description: String, schema: JSONValue, isStrict: Bool = false) {
        self.name = name
        self.description = description
        self.schema = schema
        self.isStrict = isStrict
    }
}

public enum AIToolChoice: Sendable, Hashable {
    case auto
    /// Some tool must be called.
    case required
    case none
    case tool(String)
}

/// JSON Schema that the answer must fit.
public struct AIOutputSchema: Sendable, Hashable {
    public var name: String
    public var schema: JSONValue

    public init(name: String = "answer", schema: JSONValue) {
        self.name = name
        self.schema = schema
    }
}

/// How much a model should think.
public enum AIEffort: String, Sendable, Hashable, CaseIterable { case none, minimal, low, medium, high, xhigh, max }

/// A question to a model, in no provider's own words.
///
/// ```swift
/// var request = AIRequest(model: "claude-haiku-5-5", messages: [.user("Which of these are names?")])
/// request.output = AIOutputSchema(schema: ["type": "object"])
/// let answer = try await client.complete(request)
/// ```
public struct AIRequest: Sendable, Hashable {
    /// `model`, or `provider/model` where several providers offer it.
    public var model: String
    public var system: String?
    /// Caches the system text and the tools.
    public var systemCache: AICacheHint?
    public var messages: [AIMessage]
    public var tools: [AITool] = []
    public var toolChoice = AIToolChoice.auto
    public var allowsParallelTools = true
    public var output: AIOutputSchema?
    /// The most tokens of the answer, thinking included.
    public var maxTokens: Int
    public var effort: AIEffort?
    public var temperature: Double?
    public var topP: Double?
    public var topK: Int?
    public var seed: Int?
    public var stop: [String] = []
    /// Members for the provider's body that this model has no word for.
    public var extra: [String: JSONValue] = [:]

    public init(model: String, system: String? = nil, messages: [AIMessage], maxTokens: Int = 4096) {
        self.model = model
        self.system = system
        self.messages = messages
        self.maxTokens = maxTokens
    }
}
