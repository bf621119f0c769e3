/// What a model and its server can do. It decides what is sent.
public struct ModelProfile: Sendable, Hashable {
    public var allowsSampling = true
    public var allowsPrefill = true
    public var isAlwaysThinking = false
    public var allowsForcedTool = true
    /// Nil where it is not known.
    public var supportsSchema: Bool?
    public var supportsVision: Bool?
    public var supportsTools: Bool?
    public var supportsEffort = true
    public var maxInputTokens: Int?
    public var maxOutputTokens: Int?
    /// The server's own ways, for servers that only resemble OpenAI.
    public var server = ServerProfile()

    public init() {}
}

/// The ways of an OpenAI-compatible server.
public struct ServerProfile: Sendable, Hashable {
    /// `max_tokens` for old models and local servers.
    public var maxTokensName = "max_completion_tokens"
    public var sendsStrict = true
    public var sendsStreamOptions = true
    public var embedsAsBase64 = true
    /// `tool_choice: required` is obeyed.
    public var enforcesToolChoice = true
    /// A prompt over the context loses its begin without a word (Ollama).
    public var truncatesSilently = false

    public init() {}

    /// What every local server understands (llama.cpp, Ollama, vLLM).
    public static var local: ServerProfile {
        var profile = ServerProfile()
        profile.maxTokensName = "max_tokens"
        profile.sendsStrict = false
        profile.enforcesToolChoice = false
        return profile
    }
}

/// Removes from a request what the model forbids, and says so.
enum Fitting {
    static func fit(_ request: AIRequest, to target: WireTarget) -> (AIRequest, [AIWarning]) {
        var request = request
        var warnings: [AIWarning] = []
        let profile = target.profile
        func dropped(_ what: String, _ reason: String = "does not take it") {
            warnings.append(AIWarning("ai.dropped-parameter", "\(what) was left out: \(target.model) \(reason)"))
        }
        if !profile.allowsSampling {
            if request.temperature != nil { dropped("temperature") }
            if request.topP != nil { dropped("top_p") }
            if request.topK != nil { dropped("top_k") }
            request.temperature = nil
            request.topP = nil
            request.topK = nil
        }
        if !profile.allowsForcedTool {
            switch request.toolChoice {
            case .required, .tool:
                dropped("the forced choice of a tool")
                request.toolChoice = .auto
            case .auto, .none: break
            }
        }
        if request.effort != nil, !profile.supportsEffort {
            dropped("effort")
            request.effort = nil
        }
        if !profile.allowsPrefill, request.messages.last?.role == .assistant {
            dropped("the beginning of the answer (a last message of the assistant)")
            request.messages.removeLast()
        }
        if let most = profile.maxOutputTokens, request.maxTokens > most {
            warnings.append(
                AIWarning("ai.lowered-parameter", "max_tokens was lowered to \(most), the most of \(target.model)"))
            request.maxTokens = most
        }
        return (request, warnings)
    }
}
