import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirQuality

/// Reads `weir.yaml`.
struct ConfigurationFile {
    var name = ""
    var warehouse: WarehouseSettings
    var connections: [String: ConnectionSettings] = [:]
    var environments: [String: Project.EnvironmentSettings] = [:]
    var defaults = Project.Defaults()
    var lineage = Project.LineageSettings()
    var ai: AISettings?
    var agent = AgentSettings()
    var mcp: [ToolServerSettings] = []

    init(_ map: YAMLMap, root: String) {
        name = map.string("name") ?? URL(fileURLWithPath: root).lastPathComponent
        warehouse = WarehouseSettings(path: "\(root)/warehouse.duckdb")
        let version = map.int("weir")
        if !map.has("weir") {
            map.report("project.no-version", "weir.yaml must say which format it has", hint: "add the line `weir: 1`")
        } else if let version, version != 1 {
            map.report(
                "project.version", "format \(version) is not known to this Weir, which reads format 1", key: "weir")
        }
        if let settings = map.map("warehouse") { warehouse = Self.warehouse(settings, root: root) }
        if let entries = map.map("connections") {
            for key in entries.keys {
                if let entry = entries.map(key) { connections[key] = Self.connection(entry, name: key, root: root) }
            }
        }
        if let entries = map.map("environments") {
            for key in entries.keys {
                var settings = Project.EnvironmentSettings()
                if let entry = entries.map(key) {
                    settings.warehouse = entry.map("warehouse").map { Self.warehouse($0, root: root) }
                    entry.finish("an environment")
                }
                if !key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) {
                    entries.report(
                        "project.bad-name", "an environment's name is made of letters, digits, - and _", key: key)
                }
                environments[key] = settings
            }
        }
        if let settings = map.map("defaults") {
            defaults.owner = settings.string("owner")
            defaults.onFail = settings.choice("on_fail", OnFail.self) ?? .quarantine
            defaults.monitor = settings.bool("monitor") ?? false
            settings.finish("`defaults:`")
        }
        if let settings = map.map("lineage") {
            lineage.namespace = settings.string("namespace")
            lineage.file = settings.string("file")
            lineage.url = settings.string("url")
            lineage.apiKey = settings.string("api_key").map { Secret($0) }
            settings.finish("`lineage:`")
        }
        ai = map.map("ai").map { AISettingsReader.read($0, root: root) }
        if let settings = map.map("agent") { agent = AgentSettingsReader.read(settings) }
        if let entries = map.map("mcp") {
            mcp = entries.keys.sorted().compactMap { name in
                entries.map(name).flatMap { ToolServerSettings($0, name: name, in: entries) }
            }
        }
        map.finish("weir.yaml")
    }

    private static func warehouse(_ map: YAMLMap, root: String) -> WarehouseSettings {
        enum Kind: String, CaseIterable { case duckdb }
        _ = map.choice("type", Kind.self)
        let path = map.string("path") ?? "warehouse.duckdb"
        var settings = WarehouseSettings(path: path.hasPrefix("/") ? path : "\(root)/\(path)")
        settings.memoryLimit = map.string("memory_limit")
        settings.threads = map.int("threads")
        settings.tempDirectory = map.string("temp_directory").map { $0.hasPrefix("/") ? $0 : "\(root)/\($0)" }
        map.finish("`warehouse:`")
        return settings
    }

    private static func connection(_ map: YAMLMap, name: String, root: String) -> ConnectionSettings? {
        enum Kind: String, CaseIterable { case postgres, mysql, sqlite, s3, gcs }
        if !map.has("type") { map.report("yaml.missing-key", "a connection needs the key \"type\"") }
        let kind = map.choice("type", Kind.self)
        defer { map.finish("a connection") }
        if !name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
            map.report("project.bad-name", "a connection's name is made of letters, digits and _")
        }
        switch kind {
        case .postgres: return map.requiredString("url", of: "a connection").map { .postgres(url: Secret($0)) }
        case .mysql: return map.requiredString("url", of: "a connection").map { .mysql(url: Secret($0)) }
        case .sqlite:
            return map.requiredString("path", of: "a connection").map {
                .sqlite(path: $0.hasPrefix("/") ? $0 : "\(root)/\($0)")
            }
        case .s3: return .s3(objectStore(map))
        case .gcs: return .gcs(objectStore(map))
        case nil:
            // The other keys are as unknown as the type; naming them too would only add noise.
            for key in map.keys {
                if let value = map.value(key), !value.isMap, !value.isList { _ = value.string() }
            }
            return nil
        }
    }

    private static func objectStore(_ map: YAMLMap) -> ConnectionSettings.ObjectStore {
        var store = ConnectionSettings.ObjectStore()
        store.keyID = map.string("key_id").map { Secret($0) }
        store.secret = map.string("secret").map { Secret($0) }
        store.region = map.string("region")
        store.endpoint = map.string("endpoint")
        store.usesTLS = map.bool("tls") ?? true
        store.scope = map.string("scope")
        return store
    }
}
