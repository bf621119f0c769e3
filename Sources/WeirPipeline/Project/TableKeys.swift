import WeirCore
import WeirQuality

/// Reads the keys that sources and models share.
enum TableKeys {
    static func notes(_ map: YAMLMap, defaults: Project.Defaults) -> TableNotes {
        var notes = TableNotes()
        notes.why = map.string("why")
        notes.decisions = map.strings("decisions")
        notes.owner = map.string("owner") ?? defaults.owner
        notes.tags = map.strings("tags")
        return notes
    }

    /// Keys of `load:`, or of a model's header.
    ///
    /// - Parameter mayHaveKey: a key says something whatever the strategy.
    static func load(
        _ map: YAMLMap, allowed: [Strategy], default fallback: Strategy, mayHaveKey: Bool = false
    ) -> LoadSettings {
        var load = LoadSettings(strategy: strategy(map, allowed: allowed) ?? fallback)
        load.key = map.strings("key")
        load.watermark = map.string("watermark")
        for key in ["key", "watermark"] where map.has(key) { load.places[key] = map.place(key) }
        load.lookback = map.span("lookback")
        load.schema = map.choice("schema", SchemaPolicy.self) ?? .evolve
        load.optional = map.strings("optional")
        load.deleteMissing = map.bool("delete_missing") ?? false
        checkFit(load, mayHaveKey, map)
        return load
    }

    private static func strategy(_ map: YAMLMap, allowed: [Strategy]) -> Strategy? {
        guard let value = map.value("strategy"), let text = value.string() else { return nil }
        if let strategy = Strategy(rawValue: text), allowed.contains(strategy) { return strategy }
        value.report(
            "yaml.unknown-value", "\"\(text)\" is not a strategy here",
            hint: DidYouMean.hint(for: text, among: allowed.map(\.rawValue)))
        return nil
    }

    /// Keys that make no sense with the strategy: better said than silently without effect.
    private static func checkFit(_ load: LoadSettings, _ mayHaveKey: Bool, _ map: YAMLMap) {
        let strategy = load.strategy
        if [.merge, .scd2].contains(strategy), load.key.isEmpty {
            map.report(
                "project.missing-key", "strategy \(strategy.rawValue) needs `key:`, the columns that tell rows apart",
                key: "strategy")
        }
        if ![.merge, .scd2].contains(strategy), !load.key.isEmpty, !mayHaveKey {
            map.report(
                "project.useless-key", "`key:` has no effect with strategy \(strategy.rawValue)",
                hint: "declare the primary key in the contract", key: "key")
        }
        if load.watermark != nil, ![.append, .merge].contains(strategy) {
            map.report(
                "project.useless-key", "`watermark:` has no effect with strategy \(strategy.rawValue)", key: "watermark"
            )
        }
        if load.lookback != nil {
            if load.watermark == nil {
                map.report("project.useless-key", "`lookback:` needs a `watermark:` to look back from", key: "lookback")
            } else if strategy == .append {
                map.report(
                    "project.useless-key", "`lookback:` with strategy append would publish rows twice",
                    hint: "use strategy merge, which knows the rows by their key", key: "lookback")
            }
        }
        if load.deleteMissing {
            if strategy != .merge {
                map.report("project.useless-key", "`delete_missing:` is for strategy merge", key: "delete_missing")
            } else if load.watermark != nil {
                map.report(
                    "project.useless-key",
                    "`delete_missing:` needs the whole input, and a watermark reads a part of it",
                    key: "delete_missing")
            }
        }
    }

    /// Whether the table is watched for drift; nil leaves it to `defaults:`.
    static func monitor(_ map: YAMLMap) -> Bool? { map.bool("monitor") }

    static func onFail(_ map: YAMLMap) -> OnFail? { map.choice("on_fail", OnFail.self) }
}
