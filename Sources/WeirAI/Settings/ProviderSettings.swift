import WeirCore

/// The kinds of providers.
public enum ProviderType: String, Sendable, Hashable, Codable, CaseIterable {
    case anthropic
    case openAI = "openai"
    case gemini
    case vertex
    /// llama.cpp, Ollama, vLLM and whatever else resembles OpenAI.
    case openAICompatible = "openai-compatible"

    var baseURL: String? {
        switch self {
        case .anthropic: "https://api.anthropic.com"
        case .openAI: "https://api.openai.com/v1"
        case .gemini: "https://generativelanguage.googleapis.com/v1beta"
        case .vertex, .openAICompatible: nil
        }
    }

    /// The environment variables that usually hold its key.
    var usualVariables: [String] {
        switch self {
        case .anthropic: ["ANTHROPIC_API_KEY"]
        case .openAI: ["OPENAI_API_KEY"]
        case .gemini: ["GEMINI_API_KEY", "GOOGLE_API_KEY"]
        case .vertex: ["GOOGLE_APPLICATION_CREDENTIALS"]
        case .openAICompatible: []
        }
    }
}

/// Limits of one provider's key, for each model. What is nil is learnt from the provider's answers.
public struct RateLimits: Sendable, Hashable {
    public var requestsPerMinute: Int?
    public var inputTokensPerMinute: Int?
    public var outputTokensPerMinute: Int?
    /// Input and output together, as OpenAI counts.
    public var tokensPerMinute: Int?
    /// Calls under way at once.
    public var inFlight = 64

    public init() {}
}

/// One entry of `ai: providers:`.
public struct ProviderSettings: Sendable, Hashable {
    /// The name in the configuration.
    public var name: String
    public var type: ProviderType
    public var key: Secret?
    /// Without a slash at its end.
    public var baseURL: String
    /// `anthropic-version`.
    public var version: String?
    /// `anthropic-beta`.
    public var betas: [String] = []
    /// Which of OpenAI's two languages is spoken.
    public var usesResponses = false
    public var organization: String?
    public var project: String?
    public var location: String?
    /// Key file of a Google service account.
    public var credentialsPath: String?
    /// Where the questions and answers of Vertex AI's batches lie.
    public var batchFolder: CloudFolder?
    /// Of Cloud Storage, without a slash at its end.
    public var storageURL = "https://storage.googleapis.com"
    public var limits = RateLimits()
    /// Models that this provider offers beside those of the table, for servers of one's own.
    public var models: [String] = []
    public var server: ServerProfile
    /// The longest time of one attempt.
    public var timeout = Duration.seconds(600)

    public init(name: String, type: ProviderType, key: Secret? = nil, baseURL: String? = nil) {
        self.name = name
        self.type = type
        self.key = key
        self.baseURL = baseURL ?? type.baseURL ?? ""
        server = type == .openAICompatible ? .local : ServerProfile()
    }

    public var format: WireFormat {
        switch type {
        case .anthropic: .anthropic
        case .openAI: usesResponses ? .openAIResponses : .openAIChat
        case .openAICompatible: usesResponses ? .openAIResponses : .openAIChat
        case .gemini, .vertex: .gemini
        }
    }

    var wire: any Wire {
        switch format {
        case .anthropic: AnthropicWire()
        case .openAIChat: ChatWire()
        case .openAIResponses: ResponsesWire()
        case .gemini: GeminiWire()
        }
    }

    /// The host of Vertex AI for a location.
    static func vertexURL(location: String) -> String {
        switch location {
        case "global": "https://aiplatform.googleapis.com/v1"
        case "us", "eu": "https://aiplatform.\(location).rep.googleapis.com/v1"
        default: "https://\(location)-aiplatform.googleapis.com/v1"
        }
    }
}
