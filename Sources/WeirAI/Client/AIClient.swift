import Foundation
import WeirCore
import WeirStore

/// Calls AI services: one client for all of them, that keeps within limits and budgets, tries again what may go better,
/// never pays twice for one answer, and accounts for every token.
///
/// ```swift
/// let client = try await AIClient(settings: .usual(), store: store)
/// let answer = try await client.complete(AIRequest(model: "claude-haiku-5-5", messages: [.user("Hello")]))
/// print(answer.text, answer.cost?.description ?? "no price known")
/// ```
///
/// It throws a `WeirError` (`ai.…`), or `CancellationError`; `ai.budget` is the one of a budget that is used up.
public final class AIClient: Sendable {
    public let settings: AISettings
    public let prices: PriceTable
    let store: StateStore?
    let book: UsageBook?
    let exchanger: any Exchanger
    let clock: AIClock
    let registry: Registry
    let router: Router
    private let flights = Flights()

    /// - Parameter store: the ledger, the budgets and the cache; without one nothing is recorded.
    /// - Throws: `ai.prices`, and what the store throws.
    public init(
        settings: AISettings, store: StateStore?, exchanger: any Exchanger = HTTPExchanger(), clock: AIClock = .system
    ) async throws {
        self.settings = settings
        self.store = store
        self.exchanger = exchanger
        self.clock = clock
        prices = try PriceTable.reading(settings.pricesPath)
        router = Router(settings: settings, prices: prices)
        registry = Registry(clock: clock, exchanger: exchanger)
        book = store.map { UsageBook(store: $0) }
        _ = try await book?.recover()
    }

    // MARK: Asking

    /// A model's whole answer.
    public func complete(_ request: AIRequest, options: AICallOptions = AICallOptions()) async throws -> AIResponse {
        let chain = try chain(request, options)
        guard options.usesCache, settings.cache.isOn else {
            return try await hedged(request, chain, options, keptAs: nil)
        }
        let key = CacheKey.of(request, chain[0])
        let (answer, isShared) = try await flights.join(key) {
            // Looked up under way: nothing can be answered between the look and the call.
            if let kept = try await self.kept(key, chain[0], options) { return kept }
            return try await self.hedged(request, chain, options, keptAs: key)
        }
        return isShared ? try await free(answer, key, chain[0], options) : answer
    }

    /// A model's answer as it comes. Ending the iteration early ends the call.
    public func stream(
        _ request: AIRequest, options: AICallOptions = AICallOptions()
    ) -> AsyncThrowingStream<AIEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    let answer = try await self.streamed(request, options) { continuation.yield($0) }
                    continuation.yield(.finish(answer))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func streamed(
        _ request: AIRequest, _ options: AICallOptions, _ deliver: @escaping @Sendable (AIEvent) -> Void
    ) async throws -> AIResponse {
        let chain = try chain(request, options)
        guard options.usesCache, settings.cache.isOn else {
            return try await call(request, chain, options, keptAs: nil, deliver: deliver)
        }
        let key = CacheKey.of(request, chain[0])
        if let kept = try await kept(key, chain[0], options) {
            deliver(.started(model: kept.model))
            if !kept.text.isEmpty { deliver(.textDelta(kept.text)) }
            for call in kept.toolCalls { deliver(.toolCall(call)) }
            return kept
        }
        return try await call(request, chain, options, keptAs: key, deliver: deliver)
    }

    /// What a call would use, and at most cost. Nothing is sent.
    public func estimate(_ request: AIRequest) throws -> AIEstimate {
        let endpoint = try router.endpoint(request.model)
        let input = TokenEstimate.tokens(request)
        return AIEstimate(
            inputTokens: input, outputTokens: Int64(request.maxTokens),
            worstCost: endpoint.price?.worstCase(inputTokens: input, outputTokens: Int64(request.maxTokens)))
    }

    /// What is known of a model, by the name that a request would give it; of the usual one where empty.
    ///
    /// - Throws: `ai.no-provider`, `ai.no-model`, `ai.unknown-model`, `ai.ambiguous-model`.
    public func model(named name: String) throws -> (provider: String, model: String, profile: ModelProfile) {
        let endpoint = try router.endpoint(name)
        return (endpoint.provider.name, endpoint.model, endpoint.profile)
    }

    // MARK: Models that may answer

    /// The model asked for and those that may answer in its place: none that cannot honour the schema.
    private func chain(_ request: AIRequest, _ options: AICallOptions) throws -> [Endpoint] {
        let first = try router.endpoint(request.model)
        let names = options.fallbacks ?? settings.fallbacks[request.model] ?? settings.fallbacks[first.model] ?? []
        let others = try names.map(router.endpoint).filter {
            (request.output == nil || $0.profile.supportsSchema != false)
                && (request.tools.isEmpty || $0.profile.supportsTools != false)
        }
        return [first] + others
    }

    // MARK: Kept answers

    private func kept(_ key: String, _ endpoint: Endpoint, _ options: AICallOptions) async throws -> AIResponse? {
        let oldest = clock.date().addingTimeInterval(-Double(settings.cache.maxAge.seconds))
        guard let text = try await book?.answer(key, madeAfter: oldest), let answer = AnswerCodec.read(text) else {
            return nil
        }
        return try await free(answer, key, endpoint, options)
    }

    /// An answer that costs nothing more, told in the ledger.
    private func free(
        _ answer: AIResponse, _ key: String, _ endpoint: Endpoint, _ options: AICallOptions
    ) async throws -> AIResponse {
        var answer = answer
        answer.isCached = true
        answer.cost = .zero
        answer.provider = endpoint.provider.name
        answer.attempts = 0
        var row = row(Meter(endpoint: endpoint, endpointName: "cache", options: options), attempt: 0, status: .cached)
        row.served = answer.model
        row.cost = 0
        try await book?.settle(nil, amount: 0, accounts: [], row: row, using: key)
        return answer
    }

    /// The answer as it is kept; nil where it is none worth keeping.
    func keepsake(_ answer: AIResponse, _ key: String?) -> KeptAnswer? {
        guard let key, AnswerCodec.isKept(answer) else { return nil }
        let now = clock.date()
        return KeptAnswer(
            key: key, text: AnswerCodec.write(answer), maxBytes: settings.cache.maxBytes,
            oldest: now.addingTimeInterval(-Double(settings.cache.maxAge.seconds)), madeAt: now)
    }
}

/// The mark of a question: equal marks, equal answers.
enum CacheKey {
    static func of(_ request: AIRequest, _ endpoint: Endpoint) -> String {
        // What is sent to the provider is the question; the encoding sorts its keys.
        let encoded = try? endpoint.provider.wire.encode(request, to: endpoint.target, stream: false)
        return Fingerprint.of([
            endpoint.provider.name, encoded?.url ?? "", endpoint.provider.version ?? "",
            encoded?.body.line ?? "\(request)",
        ])
    }
}
