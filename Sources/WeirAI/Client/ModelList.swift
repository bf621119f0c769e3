import Foundation
import WeirCore

/// A model that can be asked, and what is known of it.
public struct AIModel: Sendable, Hashable {
    /// The provider's name in the configuration.
    public var provider: String
    public var name: String
    /// Nil where the table has no entry.
    public var price: ModelPrice?
}

extension AIClient {
    /// The models that the configured providers are known to offer.
    ///
    /// - Parameter asking: asks servers of one's own for their list; without it nothing is sent.
    public func models(asking: Bool = false) async throws -> [AIModel] {
        var models: [AIModel] = []
        for provider in settings.providers {
            var names = provider.models
            for (name, price) in prices.models where Self.belongs(price, to: provider.type) {
                names.append(Router.bare(name))
            }
            if asking, provider.type == .openAICompatible { names += try await served(provider) }
            var seen: Set<String> = []
            for name in names where seen.insert(name).inserted {
                models.append(
                    AIModel(provider: provider.name, name: name, price: prices.model(name, provider: provider.type)))
            }
        }
        return models
    }

    /// The model of a provider that costs least to try.
    public func cheapestModel(of name: String) async throws -> String? {
        guard let provider = settings.providers.first(where: { $0.name == name }) else { return nil }
        if let first = provider.models.first { return first }
        if provider.type == .openAICompatible { return try await served(provider).first }
        let priced = try await models().filter { $0.provider == name && $0.price?.mode != "embedding" }
        return priced.min { Self.worst($0) < Self.worst($1) }?.name
    }

    private static func worst(_ model: AIModel) -> Money {
        model.price?.worstCase(inputTokens: 100, outputTokens: 100) ?? Money(pico: .max)
    }

    private static func belongs(_ price: ModelPrice, to type: ProviderType) -> Bool {
        switch type {
        case .anthropic: price.provider == "anthropic"
        case .openAI: price.provider == "openai"
        case .gemini, .vertex: price.provider == "gemini"
        case .openAICompatible: false
        }
    }

    /// What a server says it serves (`GET /v1/models`).
    private func served(_ provider: ProviderSettings) async throws -> [String] {
        let endpoint = Endpoint(provider: provider, model: "", price: nil, profile: ModelProfile())
        let limiter = await registry.limiter(endpoint)
        let list = try await retrying(endpoint, AICallOptions()) { _ in
            try await ask(WireRequest("GET", url: "\(provider.baseURL)/models"), endpoint, limiter).value
        }
        return (list["data"]?.items ?? []).compactMap { $0["id"]?.text }
    }
}

extension PriceTable {
    /// Models whose provider has ended them, or ends them before long.
    public func deprecated(at date: Date, within days: Int = 90) -> [(name: String, date: String, isOver: Bool)] {
        let today = String(UTC.text(date).prefix(10))
        let soon = String(UTC.text(date.addingTimeInterval(Double(days) * 86_400)).prefix(10))
        return models.compactMap { model in
            // Dates of this form sort as texts.
            guard let end = model.price.deprecation, end <= soon else { return nil }
            return (model.name, end, end < today)
        }
    }
}
