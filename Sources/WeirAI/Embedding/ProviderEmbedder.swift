import WeirCore

/// Makes vectors with a provider's model, within the client's limits and budgets.
public struct ProviderEmbedder: TextEmbedder {
    public let space: String
    public let dimensions: Int
    /// What the vectors are for; some models make others for a question than for a document.
    public var purpose: AIEmbeddingRequest.Purpose?
    public var options: AICallOptions
    private let client: AIClient
    private let model: String
    private let shortened: Int?

    /// - Parameter settings: the model, and the length of its vectors where it is not the model's own.
    /// - Throws: `ai.unknown-model` and the like. A model whose length no table knows is asked for one vector, and may
    ///   then throw whatever a call throws.
    public static func make(
        _ settings: AISettings.EmbeddingSettings, client: AIClient, options: AICallOptions = AICallOptions()
    ) async throws -> ProviderEmbedder {
        let endpoint = try client.router.endpoint(settings.model)
        let length: Int
        if let known = settings.dimensions ?? endpoint.price?.dimensions {
            length = known
        } else {
            let request = AIEmbeddingRequest(model: settings.model, texts: ["length"])
            length = try await client.embed(request, options: options).vectors.first?.count ?? 0
        }
        let short = settings.dimensions.map { "@\($0)" } ?? ""
        return ProviderEmbedder(
            space: "\(endpoint.provider.type.rawValue):\(endpoint.model)\(short)", dimensions: length,
            options: options, client: client, model: settings.model, shortened: settings.dimensions)
    }

    private init(
        space: String, dimensions: Int, options: AICallOptions, client: AIClient, model: String, shortened: Int?
    ) {
        self.space = space
        self.dimensions = dimensions
        self.options = options
        self.client = client
        self.model = model
        self.shortened = shortened
    }

    public func embed(_ texts: [String]) async throws -> [[Float]] {
        // Services refuse an empty text; it has no meaning, and so a vector of zeros.
        let wanted = texts.indices.filter { !texts[$0].allSatisfy(\.isWhitespace) }
        var request = AIEmbeddingRequest(model: model, texts: wanted.map { texts[$0] }, dimensions: shortened)
        request.purpose = purpose
        let found = try await client.embed(request, options: options).vectors
        guard found.count == wanted.count, found.allSatisfy({ $0.count == dimensions }) else {
            throw WeirError(
                "ai.vector-length",
                "\(model) made vectors of \(found.first?.count ?? 0) numbers, and \(dimensions) were expected",
                hint: "write `dimensions:` under `ai: embeddings:`", outcome: .systemFailed)
        }
        var vectors = [[Float]](repeating: [Float](repeating: 0, count: dimensions), count: texts.count)
        for (index, vector) in zip(wanted, found) { vectors[index] = vector }
        return vectors
    }
}

extension AISettings {
    /// The embedder that the settings choose: the built-in one, or a provider's model.
    ///
    /// - Parameter client: asked for only where a provider is to be called.
    public func embedder(
        for purpose: AIEmbeddingRequest.Purpose? = nil, options: AICallOptions = AICallOptions(),
        client: () async throws -> AIClient
    ) async throws -> any TextEmbedder {
        guard let embeddings else { return try BuiltinEmbedder.shared() }
        var embedder = try await ProviderEmbedder.make(embeddings, client: try await client(), options: options)
        embedder.purpose = purpose
        return embedder
    }
}
