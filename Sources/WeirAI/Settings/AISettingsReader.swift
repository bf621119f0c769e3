import Foundation
import WeirCore

/// Reads the `ai:` section of `weir.yaml`.
public enum AISettingsReader {
    /// - Parameters:
    ///   - root: the project's folder, that paths are relative to.
    ///   - environment: for keys that the section does not name.
    public static func read(
        _ map: YAMLMap, root: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> AISettings {
        var settings = AISettings()
        if let entries = map.map("providers") {
            for name in entries.keys {
                guard let entry = entries.map(name) else { continue }
                if !name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) {
                    entries.report(
                        "project.bad-name", "a provider's name is made of letters, digits, - and _", key: name)
                }
                if let provider = provider(entry, name: name, root: root, environment: environment) {
                    settings.providers.append(provider)
                }
            }
        } else {
            settings.providers = AISettings.usual(environment).providers
        }
        settings.defaultModel = map.string("model")
        if let entries = map.map("fallbacks") {
            for name in entries.keys { settings.fallbacks[name] = entries.strings(name) }
        }
        settings.embeddings = map.value("embeddings").flatMap(embeddings)
        settings.budgets = map.maps("budgets").compactMap(budget)
        if let cache = map.map("cache") { settings.cache = self.cache(cache) }
        if let retry = map.map("retry") { settings.retry = self.retry(retry) }
        settings.pricesPath = map.string("prices").map { absolute($0, root) }
        map.finish("`ai:`")
        return settings
    }

    private static func absolute(_ path: String, _ root: String) -> String {
        path.hasPrefix("/") ? path : "\(root)/\(path)"
    }

    private static func provider(
        _ map: YAMLMap, name: String, root: String, environment: [String: String]
    ) -> ProviderSettings? {
        if !map.has("type") { map.report("yaml.missing-key", "a provider needs the key \"type\"") }
        let type = map.choice("type", ProviderType.self)
        let key = map.string("key").map { Secret($0) }
        let url = map.string("base_url")
        let version = map.string("version")
        let betas = map.strings("betas")
        enum API: String, CaseIterable { case chat, responses }
        let api = map.choice("api", API.self)
        let organization = map.string("organization")
        let project = map.string("project")
        let location = map.string("location")
        let credentials = map.string("credentials")
        let batchFolder = map.string("batch_bucket")
        let storage = map.string("storage_url")
        let models = map.strings("models")
        let timeout = map.span("timeout")
        let limits = map.map("limits").map(limits)
        map.finish("a provider")
        guard let type else { return nil }
        let usual = type.usualVariables.compactMap { environment[$0] }.first { !$0.isEmpty }
        var provider = ProviderSettings(
            name: name, type: type, key: key ?? (type == .vertex ? nil : usual.map { Secret($0) }),
            baseURL: url.map(trimmed))
        provider.version = version
        provider.betas = betas
        provider.usesResponses = api == .responses
        provider.organization = organization
        provider.project = project
        provider.location = location
        provider.models = models
        if let limits { provider.limits = limits }
        if let timeout { provider.timeout = .seconds(timeout.seconds) }
        if type == .vertex {
            provider.credentialsPath = credentials.map { absolute($0, root) } ?? usual
            if url == nil { provider.baseURL = ProviderSettings.vertexURL(location: location ?? "global") }
            if project == nil { map.report("yaml.missing-key", "a provider of type vertex needs the key \"project\"") }
        }
        for key in ["batch_bucket", "storage_url"] where map.has(key) && type != .vertex {
            map.report("project.useless-key", "`\(key):` has no effect with type \(type.rawValue)", key: key)
        }
        if let batchFolder {
            provider.batchFolder = CloudFolder(batchFolder)
            if provider.batchFolder == nil {
                map.report(
                    "yaml.wrong-value", "\"\(batchFolder.prefix(80))\" is no folder of Cloud Storage",
                    hint: "write it like gs://my-bucket/weir", key: "batch_bucket")
            }
        }
        if let storage { provider.storageURL = trimmed(storage) }
        if type == .openAICompatible, url == nil {
            map.report(
                "yaml.missing-key", "a provider of type openai-compatible needs the key \"base_url\"",
                hint: "like http://127.0.0.1:8080/v1")
        }
        return provider
    }

    private static func trimmed(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    /// `builtin`, the name of a model, or a mapping.
    private static func embeddings(_ value: YAMLValue) -> AISettings.EmbeddingSettings? {
        guard value.isMap else {
            return value.string().flatMap { $0 == "builtin" ? nil : AISettings.EmbeddingSettings(model: $0) }
        }
        guard let map = value.map() else { return nil }
        let model = map.requiredString("model", of: "`embeddings:`")
        let dimensions = map.positive("dimensions")
        map.finish("`embeddings:`")
        return model.map { AISettings.EmbeddingSettings(model: $0, dimensions: dimensions) }
    }

    private static func limits(_ map: YAMLMap) -> RateLimits {
        var limits = RateLimits()
        limits.requestsPerMinute = map.positive("requests_per_minute")
        limits.inputTokensPerMinute = map.positive("input_tokens_per_minute")
        limits.outputTokensPerMinute = map.positive("output_tokens_per_minute")
        limits.tokensPerMinute = map.positive("tokens_per_minute")
        if let count = map.positive("in_flight") { limits.inFlight = count }
        map.finish("`limits:`")
        return limits
    }

    private static func budget(_ map: YAMLMap) -> Budget? {
        var budget = map.budget(per: .total)
        let model = map.string("model")
        let node = map.string("table")
        map.finish("a budget")
        budget?.model = model
        budget?.node = node
        return budget
    }

    private static func cache(_ map: YAMLMap) -> AISettings.CacheSettings {
        var cache = AISettings.CacheSettings()
        cache.isOn = map.bool("on") ?? true
        if let age = map.span("max_age") { cache.maxAge = age }
        if let size = map.positive("max_megabytes") { cache.maxBytes = Int64(min(size, 1_000_000)) * 1_000_000 }
        map.finish("`cache:`")
        return cache
    }

    private static func retry(_ map: YAMLMap) -> RetryPolicy {
        var policy = RetryPolicy()
        if let attempts = map.positive("attempts") { policy.attempts = attempts }
        if let limit = map.span("within") { policy.limit = .seconds(limit.seconds) }
        if let longest = map.span("longest_wait") { policy.longestWait = .seconds(longest.seconds) }
        if let patience = map.span("hedge_after") { policy.hedgeAfter = .seconds(patience.seconds) }
        map.finish("`retry:`")
        return policy
    }
}
