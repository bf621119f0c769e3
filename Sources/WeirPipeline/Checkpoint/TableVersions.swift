import WeirCore

/// The versions of all tables as they are now.
///
/// A stored table's version is in its checkpoint. A view has no rows of its own: what it shows changes with what
/// it reads, so its version is made from theirs.
struct TableVersions: Sendable {
    private let graph: ProjectGraph
    /// Of tables that hold rows, or stand for one in production; by key.
    private var stored: [String: String] = [:]
    /// Keys of views, with the fingerprint they were made with.
    private var views: [String: String] = [:]

    init(graph: ProjectGraph, checkpoints: [String: Checkpoint], environment: EnvironmentScope, project: Project) {
        self.graph = graph
        for node in graph.order {
            let own = checkpoints[environment.physical(node.name).key]
            let production = checkpoints[node.name.key]
            let isView = project.model(node.name)?.load.strategy == .view
            if isView, let checkpoint = own ?? production {
                views[node.name.key] = checkpoint.fingerprint
            } else if own?.isReference == true, let production {
                // A view onto production's table shows what is there now.
                stored[node.name.key] = production.version
            } else {
                stored[node.name.key] = (own ?? production)?.version
            }
        }
    }

    /// Nil for a table that was never published.
    func version(of name: TableName) -> String? {
        guard let fingerprint = views[name.key] else { return stored[name.key] }
        return Self.ofView(fingerprint, inputs: versions(of: graph[name]?.inputs ?? []))
    }

    /// By name, as a checkpoint keeps them.
    func versions(of names: [TableName]) -> [String: String] {
        Dictionary(names.map { ($0.description, version(of: $0) ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    /// Everything that a table's rows follow from beside its definition: its inputs, and its contract.
    func inputs(of node: GraphNode) -> [String: String] {
        var inputs = versions(of: node.inputs)
        inputs[Checkpoint.contractKey] = node.contractMark
        return inputs
    }

    /// Takes note that a table was published.
    mutating func set(_ name: TableName, _ checkpoint: Checkpoint, isView: Bool) {
        if isView { views[name.key] = checkpoint.fingerprint } else { stored[name.key] = checkpoint.version }
    }

    /// What the version of a table follows from when it is computed from its inputs alone.
    static func ofView(_ fingerprint: String, inputs: [String: String]) -> String {
        Fingerprint.of([fingerprint] + inputs.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }
}
