import WeirCore

/// What an OpenAI-compatible server says of itself: which program it is, and what its models can do.
///
/// Each tells it in its list of models (`GET /v1/models`): llama.cpp and vLLM by who owns a model, Ollama too. The
/// context of a llama.cpp server that runs is in `GET /props` alone.
public struct DetectedServer: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case llamaCpp = "llama.cpp"
        case ollama = "Ollama"
        case vLLM
        case other = "OpenAI-compatible server"
    }

    public struct Model: Sendable, Hashable {
        public var name: String
        /// Tokens that a question and its answer may have together.
        public var context: Int?
        public var supportsVision: Bool?
    }

    public var kind = Kind.other
    public var models: [Model] = []

    init() {}

    /// From the list of models.
    init(_ list: JSONValue) {
        let entries = list["data"]?.items ?? []
        let owners = Set(entries.compactMap { $0["owned_by"]?.text?.lowercased() })
        if owners.contains("llamacpp") {
            kind = .llamaCpp
        } else if owners.contains("vllm") {
            kind = .vLLM
        } else if owners.contains("library") {
            kind = .ollama
        }
        // llama.cpp has a second list beside the one that OpenAI defines.
        let abilities = (list["models"]?.items ?? []).reduce(into: [String: [String]]()) { found, entry in
            if let name = entry["name"]?.text { found[name] = entry["capabilities"]?.items.compactMap(\.text) }
        }
        models = entries.compactMap { entry in
            guard let name = entry["id"]?.text else { return nil }
            let context = entry["max_model_len"] ?? entry["max_input_tokens"]
            return Model(
                name: name, context: context?.integer.map { Int($0) },
                supportsVision: abilities[name].map { $0.contains("multimodal") })
        }
    }

    /// Takes over what a llama.cpp server says in `GET /props`: the context that one call has.
    mutating func take(props: JSONValue) {
        guard let context = props["default_generation_settings"]?["n_ctx"]?.integer else { return }
        for index in models.indices { models[index].context = Int(context) }
    }

    /// What is sent to a model of it.
    func adapt(_ profile: ModelProfile, for name: String) -> ModelProfile {
        var profile = profile
        // vLLM lets the model write nothing but a call where one is required; the others take it as a wish.
        if kind == .vLLM { profile.server.enforcesToolChoice = true }
        profile.server.truncatesSilently = kind == .ollama
        let model = models.first { $0.name == name } ?? (models.count == 1 ? models[0] : nil)
        profile.maxInputTokens = profile.maxInputTokens ?? model?.context
        profile.supportsVision = profile.supportsVision ?? model?.supportsVision
        return profile
    }
}

extension AIClient {
    /// What a server of one's own says of itself; nil for a cloud, and where it does not answer.
    ///
    /// It is asked once, and again after a minute where it says nothing; the call that follows will tell why.
    public func detectedServer(of name: String) async -> DetectedServer? {
        guard let provider = settings.providers.first(where: { $0.name == name }) else { return nil }
        return await registry.server(provider, signed: { try await self.sign($0, provider) })
    }

    /// The endpoint with what its server says of itself.
    func detected(_ endpoint: Endpoint) async -> Endpoint {
        guard endpoint.provider.type == .openAICompatible, let server = await detectedServer(of: endpoint.provider.name)
        else { return endpoint }
        var endpoint = endpoint
        endpoint.profile = server.adapt(endpoint.profile, for: endpoint.model)
        return endpoint
    }
}

extension Registry {
    /// How long a server may take to say what it is.
    private static let patience = Duration.seconds(5)
    /// A server that says nothing of itself may be starting, or may never do it: not every call should wait for it.
    private static let silence = Duration.seconds(60)

    func server(
        _ provider: ProviderSettings, signed: @escaping @Sendable (WireRequest) async throws -> WireRequest
    ) async -> DetectedServer? {
        guard provider.type == .openAICompatible else { return nil }
        if let known = servers[provider.name] { return await known.value }
        if let end = silences[provider.name], clock.now() < end { return nil }
        let exchanger = exchanger
        let task = Task { () -> DetectedServer? in
            func get(_ url: String) async -> JSONValue? {
                guard let request = try? await signed(WireRequest("GET", url: url)),
                    let reply = try? await exchanger.reply(to: request, timeout: Self.patience),
                    reply.head.status == 200
                else { return nil }
                return JSONValue(parsing: reply.body)
            }
            guard let list = await get("\(provider.baseURL)/models") else { return nil }
            var server = DetectedServer(list)
            let root = provider.baseURL.hasSuffix("/v1") ? String(provider.baseURL.dropLast(3)) : provider.baseURL
            if server.kind == .llamaCpp, let props = await get("\(root)/props") { server.take(props: props) }
            return server
        }
        servers[provider.name] = task
        let found = await task.value
        if found == nil {
            servers[provider.name] = nil
            silences[provider.name] = clock.now() + Self.silence
        }
        return found
    }
}
