import WeirCore

extension AIClient {
    /// Why the questions of a model cannot go to a batch service; nil where they can.
    public func batchObstacle(_ model: String, embeddings: Bool) throws -> WeirError? {
        let endpoint = try router.endpoint(model)
        let provider = endpoint.provider
        switch provider.type {
        case .anthropic where embeddings:
            return WeirError(
                "ai.unsupported", "Anthropic has no embeddings", hint: "use a model of another provider to embed")
        case .vertex where provider.batchFolder == nil:
            return WeirError(
                "ai.no-bucket",
                "batches of Vertex AI go through Cloud Storage, and the provider \(provider.name) names no bucket",
                hint: "write `batch_bucket: gs://my-bucket/weir` under `ai: providers: \(provider.name)`")
        // The older models of vectors have another form of batch.
        case .vertex where embeddings && !endpoint.model.hasPrefix("gemini-"):
            return WeirError(
                "ai.unsupported", "batches of \(endpoint.model) at Vertex AI are not supported",
                hint: "use gemini-embedding-001, or leave `batch:` out")
        default: return nil
        }
    }

    /// Questions in portions that a batch service takes at once, in their order.
    public func batchPortions(_ items: [AIBatchItem]) throws -> [[AIBatchItem]] {
        guard let first = items.first else { return [] }
        let target = try router.endpoint(first.model).target
        let most = Self.most(target.provider.type, isEmbeddings: first.kind.isEmbeddings)
        var portions: [[AIBatchItem]] = []
        var bytes = 0
        for item in items {
            let size = try BatchWire.encoded(item, target).body.bytes.count + 200
            if let count = portions.last?.count, count < most.questions, bytes + size <= most.bytes {
                portions[portions.count - 1].append(item)
                bytes += size
            } else {
                portions.append([item])
                bytes = size
            }
        }
        return portions
    }

    /// Below the providers' own limits, and what their answers may fill of this machine's memory.
    private static func most(_ type: ProviderType, isEmbeddings: Bool) -> (questions: Int, bytes: Int) {
        switch type {
        // The whole batch is one request, and its answers are one answer.
        case .gemini: (isEmbeddings ? 2_000 : 10_000, 15_000_000)
        case .vertex: (isEmbeddings ? 2_000 : 10_000, 100_000_000)
        case .anthropic, .openAI, .openAICompatible: (10_000, 100_000_000)
        }
    }
}
