import Foundation
import WeirCore

/// Prices and abilities of models: those that come with Weir, and a file of the user's laid over them.
public struct PriceTable: Sendable, Hashable {
    private var entries: [String: [String: JSONValue]]
    /// Stored with every row of the ledger: `2026-11-25`, or `2026-11-25+a1b2c3d4` with a file of the user's.
    public private(set) var version: String

    /// The table that comes with Weir.
    public static let shipped: PriceTable = {
        let value = JSONValue(parsing: ShippedPrices.json)
        return PriceTable(entries: (value?.fields ?? [:]).compactMapValues(\.fields), version: ShippedPrices.version)
    }()

    init(entries: [String: [String: JSONValue]], version: String) {
        self.entries = entries
        self.version = version
    }

    /// The shipped table with the entries of a file in LiteLLM's format laid over it, field by field.
    ///
    /// - Throws: `ai.prices` when the file cannot be read or is not of that format.
    public static func reading(_ path: String?) throws -> PriceTable {
        guard let path else { return shipped }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw WeirError(
                "ai.prices", "the price file \(path) cannot be read", hint: "`ai: prices:` in weir.yaml names it",
                at: Place(file: path))
        }
        guard let fields = JSONValue(parsing: text)?.fields else {
            throw WeirError(
                "ai.prices", "the price file is no JSON object of models",
                hint: #"like {"my-model": {"input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06}}"#,
                at: Place(file: path))
        }
        var table = shipped
        for (name, value) in fields {
            guard let entry = value.fields else {
                throw WeirError("ai.prices", "the entry \"\(name)\" is no object", at: Place(file: path))
            }
            for (field, found) in entry where field.contains("cost_per") || field.contains("_cost") {
                // Some of LiteLLM's own are objects of prices for things that are no tokens.
                if found.fields != nil || found == .null { continue }
                guard let number = found.number, number.isFinite, number >= 0, number < 1000 else {
                    throw WeirError(
                        "ai.prices", "\"\(field)\" of \"\(name)\" is no price in dollars", at: Place(file: path))
                }
            }
            table.entries[name, default: [:]].merge(entry) { _, new in new }
        }
        table.version += "+\(Fingerprint.of([text]).prefix(8))"
        return table
    }

    /// What is known of a model, by its own name, its provider's, or without the date at its end.
    public func model(_ name: String, provider type: ProviderType? = nil) -> ModelPrice? {
        for candidate in Self.names(name, type) {
            if let entry = entries[candidate] { return ModelPrice(entry: entry) }
        }
        return nil
    }

    private static func names(_ name: String, _ type: ProviderType?) -> [String] {
        var names = [name]
        if type == .gemini { names.insert("gemini/\(name)", at: 0) }
        if type == .vertex || type == .gemini || type == nil { names.append("gemini/\(name)") }
        // `claude-haiku-4-5-20251001`, `gpt-5-2025-08-07`: the model that the alias stands for.
        let bare = name.replacing(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, with: "")
        if bare != name { names += Self.names(bare, type) }
        return names
    }

    /// All models by name.
    public var models: [(name: String, price: ModelPrice)] {
        entries.sorted { $0.key < $1.key }.map { ($0.key, ModelPrice(entry: $0.value)) }
    }

    func profile(_ name: String, _ provider: ProviderSettings) -> ModelProfile {
        var profile = ModelProfile()
        profile.server = provider.server
        guard let model = model(name, provider: provider.type) else { return profile }
        profile.allowsSampling = model.flag("supports_sampling_params") ?? true
        profile.allowsPrefill = model.flag("supports_assistant_prefill") ?? true
        profile.isAlwaysThinking = model.flag("thinking_always_on") ?? false
        profile.allowsForcedTool = model.flag("supports_forced_tool_use") ?? true
        profile.supportsSchema = model.flag("supports_response_schema")
        profile.supportsVision = model.flag("supports_vision")
        profile.supportsTools = model.flag("supports_function_calling")
        profile.supportsEffort = model.flag("supports_reasoning") ?? true
        profile.maxInputTokens = model.maxInputTokens
        profile.maxOutputTokens = model.maxOutputTokens
        return profile
    }
}
