import Foundation
import WeirCore

extension AIClient {
    /// Vectors for texts, in their order. As many requests are sent as the provider's size of one demands.
    public func embed(
        _ request: AIEmbeddingRequest, options: AICallOptions = AICallOptions()
    ) async throws -> AIEmbeddings {
        let endpoint = await detected(try router.endpoint(request.model))
        if request.texts.isEmpty { return AIEmbeddings(model: endpoint.model, vectors: [], usage: AIUsage()) }
        var whole = AIEmbeddings(model: endpoint.model, vectors: [], usage: AIUsage())
        whole.provider = endpoint.provider.name
        whole.cost = .zero
        let step = EmbeddingWire.limit(endpoint.provider.type)
        for start in stride(from: 0, to: request.texts.count, by: step) {
            var piece = request
            piece.texts = Array(request.texts[start..<min(start + step, request.texts.count)])
            let found = try await embed(piece, endpoint, options)
            whole.vectors += found.vectors
            whole.usage.inputUncached += found.usage.inputUncached
            whole.usage.isMissing = whole.usage.isMissing || found.usage.isMissing
            whole.requestID = found.requestID
            whole.cost = whole.cost.flatMap { sum in found.cost.map { sum + $0 } }
            if !found.model.isEmpty { whole.model = found.model }
        }
        return whole
    }

    private func embed(
        _ request: AIEmbeddingRequest, _ endpoint: Endpoint, _ options: AICallOptions
    ) async throws -> AIEmbeddings {
        let encoded = try EmbeddingWire.encode(request, to: endpoint.target)
        let outgoing = WireRequest.json(encoded.body, to: encoded.url)
        let meter = Meter(
            endpoint: endpoint, endpointName: "embeddings", options: options,
            inputTokens: TokenEstimate.tokens(request))
        return try await retrying(endpoint, options) { attempt in
            let (found, cost) = try await self.metered(meter, attempt: attempt) { limiter in
                let body = try await self.ask(outgoing, endpoint, limiter)
                var found = try EmbeddingWire.decode(
                    body.value, count: request.texts.count, type: endpoint.provider.type,
                    shortened: request.dimensions != nil)
                if found.usage.isMissing { found.usage.inputUncached = meter.inputTokens }
                found.requestID = body.head.requestID
                return (
                    found,
                    Reading(
                        usage: found.usage, served: found.model, requestID: found.requestID, status: body.head.status)
                )
            }
            var priced = found
            priced.cost = cost
            return priced
        }
    }
}
