import WeirCore

/// Texts to vectors: three wires, one meaning.
enum EmbeddingWire {
    /// Most texts in one request.
    static func limit(_ type: ProviderType) -> Int {
        switch type {
        case .gemini: 100
        case .vertex: 250
        case .anthropic, .openAI, .openAICompatible: 2048
        }
    }

    static func encode(_ request: AIEmbeddingRequest, to target: WireTarget) throws -> EncodedRequest {
        switch target.provider.type {
        case .anthropic:
            throw WeirError(
                "ai.unsupported", "Anthropic has no embeddings", hint: "use a model of another provider to embed")
        case .openAI, .openAICompatible:
            var body: [String: JSONValue] = [
                "model": .string(target.model), "input": .array(request.texts.map { .string($0) }),
            ]
            if target.profile.server.embedsAsBase64 { body["encoding_format"] = "base64" }
            if let dimensions = request.dimensions { body["dimensions"] = .int(Int64(dimensions)) }
            return EncodedRequest(url: "\(target.baseURL)/embeddings", body: .object(body))
        case .gemini:
            return EncodedRequest(
                url: "\(GeminiWire.path(target.model, target))batchEmbedContents",
                body: ["requests": .array(request.texts.map { gemini($0, request, target) })])
        case .vertex:
            let instances = request.texts.map { text in
                var one: [String: JSONValue] = ["content": .string(text)]
                if let type = taskType(request.purpose) { one["task_type"] = .string(type) }
                return JSONValue.object(one)
            }
            // A text that is too long is refused, not cut without a word.
            var parameters: [String: JSONValue] = ["autoTruncate": false]
            if let dimensions = request.dimensions { parameters["outputDimensionality"] = .int(Int64(dimensions)) }
            return EncodedRequest(
                url: "\(GeminiWire.path(target.model, target))predict",
                body: ["instances": .array(instances), "parameters": .object(parameters)])
        }
    }

    private static func gemini(_ text: String, _ request: AIEmbeddingRequest, _ target: WireTarget) -> JSONValue {
        var one: [String: JSONValue] = [
            "model": .string("models/\(target.model)"), "content": ["parts": [["text": .string(text)]]],
        ]
        if let type = taskType(request.purpose) { one["taskType"] = .string(type) }
        if let dimensions = request.dimensions { one["outputDimensionality"] = .int(Int64(dimensions)) }
        return .object(one)
    }

    /// The one text of a batch's line.
    static func encodeOne(_ request: AIEmbeddingRequest, to target: WireTarget) throws -> EncodedRequest {
        guard target.provider.type == .gemini else { return try encode(request, to: target) }
        return EncodedRequest(
            url: "\(GeminiWire.path(target.model, target))embedContent",
            body: gemini(request.texts.first ?? "", request, target))
    }

    /// What stands under `request` of a line of a batch of Vertex AI's, which has names of its own for the same.
    static func vertexLine(_ request: AIEmbeddingRequest) -> JSONValue {
        var config: [String: JSONValue] = [:]
        if let type = taskType(request.purpose) { config["task_type"] = .string(type) }
        if let dimensions = request.dimensions { config["output_dimensionality"] = .int(Int64(dimensions)) }
        return [
            "content": ["parts": [["text": .string(request.texts.first ?? "")]]],
            "embed_content_config": .object(config),
        ]
    }

    private static func taskType(_ purpose: AIEmbeddingRequest.Purpose?) -> String? {
        switch purpose {
        case nil: nil
        case .document: "RETRIEVAL_DOCUMENT"
        case .query: "RETRIEVAL_QUERY"
        case .similarity: "SEMANTIC_SIMILARITY"
        case .classification: "CLASSIFICATION"
        case .clustering: "CLUSTERING"
        }
    }

    static func decode(_ body: JSONValue, count: Int, type: ProviderType, shortened: Bool) throws -> AIEmbeddings {
        var usage = AIUsage()
        var vectors: [[Float]?]
        switch type {
        case .openAI, .openAICompatible, .anthropic:
            vectors = Array(repeating: nil, count: count)
            // Their order is told, and is not that of the list.
            for (position, item) in (body["data"]?.items ?? []).enumerated() {
                let index = Int(item["index"]?.integer ?? Int64(position))
                if vectors.indices.contains(index) { vectors[index] = vector(item["embedding"]) }
            }
            usage = ChatWire.usage(body["usage"], tier: nil)
        case .gemini:
            vectors = (body["embeddings"]?.items ?? []).map { vector($0["values"]) }
            usage.isMissing = true
        case .vertex:
            let found = (body["predictions"]?.items ?? []).map { $0["embeddings"] }
            vectors = found.map { vector($0?["values"]) }
            usage.inputUncached = found.reduce(0) { $0 + ($1?["statistics"]?["token_count"]?.integer ?? 0) }
            usage.isMissing = usage.inputUncached == 0
        }
        let whole = vectors.compactMap(\.self)
        guard whole.count == count, Set(whole.map(\.count)).count <= 1, whole.allSatisfy({ !$0.isEmpty }) else {
            throw AIFault(.garbled, "\(count) texts were sent and \(whole.count) vectors of one length came back")
        }
        return AIEmbeddings(
            model: body["model"]?.text ?? "", vectors: shortened ? whole.map(normalised) : whole, usage: usage)
    }

    /// The one vector of a batch's line.
    static func decodeOne(_ body: JSONValue, type: ProviderType, shortened: Bool) throws -> AIEmbeddings {
        guard type == .gemini || type == .vertex else {
            return try decode(body, count: 1, type: type, shortened: shortened)
        }
        guard let vector = vector(body["embedding"]?["values"]), !vector.isEmpty else {
            throw AIFault(.garbled, "a line of the batch has no vector")
        }
        var usage = AIUsage()
        // Whole numbers of 64 bits are texts in Google's JSON.
        let told = body["usageMetadata"]?["promptTokenCount"] ?? body["tokenCount"]
        let count = told?.integer ?? told?.text.flatMap { Int64($0) }
        usage.inputUncached = max(0, count ?? 0)
        usage.isMissing = count == nil
        return AIEmbeddings(model: "", vectors: [shortened ? normalised(vector) : vector], usage: usage)
    }

    private static func vector(_ value: JSONValue?) -> [Float]? {
        if let text = value?.text { return Base64.floats(text) }
        guard case .array(let items)? = value else { return nil }
        let numbers = items.compactMap(\.number).map { Float($0) }
        return numbers.count == items.count ? numbers : nil
    }

    /// A vector that was cut shorter has lost its length of one.
    static func normalised(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? vector.map { Float(Double($0) / length) } : vector
    }
}
