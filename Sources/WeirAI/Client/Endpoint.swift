import Synchronization
import WeirCore

/// A model at a provider, with what is known of it.
struct Endpoint: Sendable {
    let provider: ProviderSettings
    /// As the provider names it.
    let model: String
    var price: ModelPrice?
    var profile: ModelProfile

    var target: WireTarget {
        WireTarget(baseURL: provider.baseURL, model: model, profile: profile, provider: provider)
    }

    /// Limits hold for a key and a model.
    var limitKey: String { "\(provider.name)|\(model)" }
}

/// Finds the provider of a model.
final class Router: Sendable {
    let settings: AISettings
    let prices: PriceTable
    /// Every call asks, mostly for the same few.
    private let known = Mutex<[String: Endpoint]>([:])
    private static let mostKnown = 1_000

    init(settings: AISettings, prices: PriceTable) {
        self.settings = settings
        self.prices = prices
    }

    /// - Parameter name: `model`, or `provider/model`; the configuration's own where empty.
    /// - Throws: `ai.no-provider`, `ai.unknown-model`, `ai.ambiguous-model`.
    func endpoint(_ name: String) throws -> Endpoint {
        if let endpoint = known.withLock({ $0[name] }) { return endpoint }
        let endpoint = try find(name)
        known.withLock { if $0.count < Self.mostKnown { $0[name] = endpoint } }
        return endpoint
    }

    private func find(_ name: String) throws -> Endpoint {
        if settings.providers.isEmpty { throw Self.noProvider }
        let wanted = name.isEmpty ? settings.defaultModel ?? "" : name
        if wanted.isEmpty {
            throw WeirError(
                "ai.no-model", "no model is named", hint: "write --model, or `ai: model:` in weir.yaml")
        }
        for provider in settings.providers where wanted.hasPrefix("\(provider.name)/") {
            return endpoint(provider, String(wanted.dropFirst(provider.name.count + 1)))
        }
        let listed = settings.providers.filter { $0.models.contains(wanted) }
        if let only = listed.first, listed.count == 1 { return endpoint(only, wanted) }
        let known = settings.providers.filter { offers($0, wanted) }
        if let only = known.first, known.count == 1 { return endpoint(only, wanted) }
        let several = listed + known
        if several.count > 1 {
            throw WeirError(
                "ai.ambiguous-model", "several providers offer \"\(wanted)\"",
                hint: "write \(several.map { "\($0.name)/\(wanted)" }.joined(separator: " or "))")
        }
        // One provider that is a server of one's own: it knows its models better than any table.
        if settings.providers.count == 1, settings.providers[0].type == .openAICompatible {
            return endpoint(settings.providers[0], wanted)
        }
        let names = settings.providers.flatMap(\.models) + prices.models.map(\.name).map(Self.bare)
        throw WeirError(
            "ai.unknown-model", "no configured provider is known to offer \"\(wanted)\"",
            hint: DidYouMean.closest(to: wanted, among: names).map { "did you mean \"\($0)\"?" }
                ?? "write PROVIDER/MODEL; `weir ai models` lists what is known")
    }

    static var noProvider: WeirError {
        WeirError(
            "ai.no-provider", "no AI service is configured",
            hint: "set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, or write `ai: providers:` in weir.yaml")
    }

    private func endpoint(_ provider: ProviderSettings, _ model: String) -> Endpoint {
        Endpoint(
            provider: provider, model: model, price: prices.model(model, provider: provider.type),
            profile: prices.profile(model, provider))
    }

    private func offers(_ provider: ProviderSettings, _ model: String) -> Bool {
        guard let found = prices.model(model, provider: provider.type) else { return false }
        return switch provider.type {
        case .anthropic: found.provider == "anthropic"
        case .openAI: found.provider == "openai"
        case .gemini, .vertex: found.provider.hasPrefix("gemini") || found.provider.hasPrefix("vertex")
        case .openAICompatible: false
        }
    }

    /// `gemini/gemini-2.5-pro` is LiteLLM's way to name what Google calls `gemini-2.5-pro`.
    static func bare(_ name: String) -> String { name.hasPrefix("gemini/") ? String(name.dropFirst(7)) : name }
}
