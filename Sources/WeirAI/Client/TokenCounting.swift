import WeirCore

extension AIClient {
    /// How many tokens a question has, counted by the provider where it offers that, free of charge; else our estimate.
    ///
    /// - Returns: the count, and whether it is the provider's.
    public func countTokens(
        _ request: AIRequest, options: AICallOptions = AICallOptions()
    ) async throws -> (tokens: Int64, isCounted: Bool) {
        let endpoint = try router.endpoint(request.model)
        let target = endpoint.target
        let outgoing: WireRequest
        switch endpoint.provider.format {
        case .anthropic:
            let (fitted, _) = Fitting.fit(request, to: target)
            var body = try AnthropicWire.content(of: fitted, model: endpoint.model)
            for name in ["temperature", "top_p", "top_k", "stop_sequences"] { body[name] = nil }
            var counting = WireRequest.json(.object(body), to: "\(target.baseURL)/v1/messages/count_tokens")
            counting.headers.merge(BatchWire.versioned(target)) { $1 }
            outgoing = counting
        case .gemini:
            let body = try GeminiWire.body(of: request)
            outgoing = .json(
                ["contents": body["contents"] ?? []], to: "\(GeminiWire.path(endpoint.model, target))countTokens")
        case .openAIChat, .openAIResponses:
            return (TokenEstimate.tokens(request), false)
        }
        let limiter = await registry.limiter(endpoint)
        let answer = try await retrying(endpoint, options) { _ in
            try await ask(outgoing, endpoint, limiter).value
        }
        guard let count = answer["input_tokens"]?.integer ?? answer["totalTokens"]?.integer else {
            return (TokenEstimate.tokens(request), false)
        }
        return (count, true)
    }
}
