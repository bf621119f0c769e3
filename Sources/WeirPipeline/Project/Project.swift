import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirQuality

/// A user's project: the folder of `weir.yaml`, read and checked, with nothing run yet.
public struct Project: Sendable {
    /// Absolute path of the folder.
    public let root: String
    public var name: String
    public var warehouse: WarehouseSettings
    public var connections: [String: ConnectionSettings]
    public var environments: [String: EnvironmentSettings]
    public var defaults: Defaults
    public var lineage: LineageSettings
    /// `ai:` in `weir.yaml`; nil where it says nothing of AI services.
    public var ai: AISettings?
    /// `agent:` in `weir.yaml`.
    public var agent = AgentSettings()
    /// `mcp:` in `weir.yaml`: servers whose tools an agent may use, by name.
    public var mcp: [ToolServerSettings] = []
    public var sources: [SourceDefinition] { didSet { sourcePositions = Self.positions(sources.map(\.name)) } }
    public var models: [ModelDefinition] { didSet { modelPositions = Self.positions(models.map(\.name)) } }
    /// By path relative to the project.
    public var contracts: [String: Contract]
    /// Values for `${VAR}`, kept for files that are read later (tests).
    public var variables: Variables

    /// `defaults:` in `weir.yaml`.
    public struct Defaults: Sendable, Hashable {
        public var owner: String?
        public var onFail: OnFail = .quarantine
        /// Whether tables that say nothing themselves are watched for drift.
        public var monitor = false
        public init() {}
    }

    /// `lineage:` in `weir.yaml`: where OpenLineage events go.
    public struct LineageSettings: Sendable, Hashable {
        /// Namespace of jobs and datasets; the project's name by default.
        public var namespace: String?
        /// A file that gets one event a line.
        public var file: String?
        /// An endpoint that takes events by POST.
        public var url: String?
        public var apiKey: Secret?
        public init() {}
    }

    /// One entry of `environments:`.
    public struct EnvironmentSettings: Sendable, Hashable {
        /// A warehouse of its own; nil builds in prefixed schemas of the project's warehouse.
        public var warehouse: WarehouseSettings?
    }

    /// A project with nothing but a folder, for looking at files outside of any.
    static func bare(root: String, name: String) -> Project {
        Project(
            root: root, name: name, warehouse: WarehouseSettings(path: "\(root)/warehouse.duckdb"), connections: [:],
            environments: [:], defaults: Defaults(), lineage: LineageSettings(), sources: [], models: [],
            contracts: [:], variables: Variables([:]))
    }

    /// The folder for state, lock and temporary files.
    public var stateFolder: String { "\(root)/.weir" }

    /// Of every table, sources before models.
    var tableNames: [TableName] { sources.map(\.name) + models.map(\.name) }

    public func model(_ name: TableName) -> ModelDefinition? {
        if modelPositions.isEmpty { return models.first { $0.name.key == name.key } }
        return modelPositions[name.key].map { models[$0] }
    }

    public func source(_ name: TableName) -> SourceDefinition? {
        if sourcePositions.isEmpty { return sources.first { $0.name.key == name.key } }
        return sourcePositions[name.key].map { sources[$0] }
    }

    /// Where each table stands, by key: a project of a thousand tables is asked for them a million times. Empty
    /// until the list is set as a whole.
    var sourcePositions: [String: Int] = [:]
    var modelPositions: [String: Int] = [:]

    private static func positions(_ names: [TableName]) -> [String: Int] {
        Dictionary(names.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The contract's part that speaks about a table.
    public func tableContract(_ path: String?, for name: TableName) -> TableContract? {
        path.flatMap { contracts[$0] }?.table(for: name)
    }

    public func tableContract(for name: TableName) -> TableContract? {
        tableContract(model(name)?.contract ?? source(name)?.contract, for: name)
    }

    /// The warehouse that an environment works in: its own where it has one.
    public func warehouse(in environment: String?) -> WarehouseSettings {
        environment.flatMap { environments[$0]?.warehouse } ?? warehouse
    }

    /// What happens to rows that break a rule which says nothing itself: the nearest word counts.
    func onFail(_ own: OnFail?, _ contract: TableContract?) -> OnFail { contract?.onFail ?? own ?? defaults.onFail }
}

/// What a person may say about any table.
public struct TableNotes: Sendable, Hashable {
    public var why: String?
    public var decisions: [String] = []
    public var owner: String?
    public var tags: [String] = []
    /// Descriptions by column.
    public var columns: [Described] = []

    public struct Described: Sendable, Hashable {
        public let name: String
        public let text: String
    }

    public init() {}
}
