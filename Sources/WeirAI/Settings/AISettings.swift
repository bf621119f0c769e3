import Foundation
import WeirCore

/// The `ai:` section of a project, or what the environment alone tells where there is none.
public struct AISettings: Sendable, Hashable {
    public var providers: [ProviderSettings] = []
    /// Asked where nobody names a model.
    public var defaultModel: String?
    /// Models to ask instead, by the model that failed.
    public var fallbacks: [String: [String]] = [:]
    /// Who makes vectors; the built-in embedder where nil.
    public var embeddings: EmbeddingSettings?
    public var budgets: [Budget] = []
    public var cache = CacheSettings()
    public var retry = RetryPolicy()
    /// A file of prices that are laid over those that come with Weir.
    public var pricesPath: String?

    public init() {}

    public var secrets: [Secret] { providers.compactMap(\.key) }

    /// The model that makes vectors.
    public struct EmbeddingSettings: Sendable, Hashable {
        public var model: String
        /// Shorter vectors than the model's own, where it can make them.
        public var dimensions: Int?

        public init(model: String, dimensions: Int? = nil) {
            self.model = model
            self.dimensions = dimensions
        }
    }

    /// Bounds of the cache of answers.
    public struct CacheSettings: Sendable, Hashable {
        public var isOn = true
        public var maxAge = Span(seconds: 30 * 86_400)
        public var maxBytes: Int64 = 500_000_000
        public init() {}
    }

    /// Providers whose usual environment variable is set, for a project that says nothing.
    public static func usual(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> AISettings {
        var settings = AISettings()
        for type in [ProviderType.anthropic, .openAI, .gemini] {
            guard let key = type.usualVariables.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) else {
                continue
            }
            settings.providers.append(ProviderSettings(name: type.rawValue, type: type, key: Secret(key)))
        }
        return settings
    }
}
