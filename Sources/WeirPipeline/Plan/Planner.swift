import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Compares the project with what the warehouse remembers, and decides what to do.
struct Planner {
    let project: Project
    let graph: ProjectGraph
    let environment: EnvironmentScope
    /// Of the whole warehouse, by key of the name in it.
    let checkpoints: [String: Checkpoint]
    let fullRefresh: Bool
    private let versions: TableVersions

    init(
        project: Project, graph: ProjectGraph, environment: EnvironmentScope, checkpoints: [String: Checkpoint],
        fullRefresh: Bool
    ) {
        self.project = project
        self.graph = graph
        self.environment = environment
        self.checkpoints = checkpoints
        self.fullRefresh = fullRefresh
        versions = TableVersions(graph: graph, checkpoints: checkpoints, environment: environment, project: project)
    }

    struct Result {
        var plan: Plan
        /// Mistakes in models: with any of these nothing is run.
        var errors: [WeirError]
        /// The same of models that read columns which their input no longer has: the plan shows what broke them.
        var broken: [WeirError]
    }

    /// - Parameters:
    ///   - warehouse: for finding out what sources hold; nothing is written to it.
    ///   - shadow: an empty database in memory.
    func plan(
        inspect: (SourceDefinition, Checkpoint?) throws -> SourceInput,
        shadow: isolated Connection
    ) throws -> Result {
        var catalog = ShadowCatalog()
        var plan = Plan(project: project.name, environment: environment.name, nodes: [], removed: removed())
        var errors: [WeirError] = []
        var broken: [WeirError] = []
        var planned: [String: PlannedNode] = [:]
        try shadow.execute("BEGIN TRANSACTION")
        defer { _ = try? shadow.execute("ROLLBACK") }
        for node in graph.order {
            var entry: PlannedNode
            if let source = project.source(node.name) {
                entry = planSource(source, node, inspect: inspect)
            } else if let model = project.model(node.name) {
                entry = planModel(model, node, planned: planned)
                try bind(&entry, model, node, planned: &planned, &catalog, &errors, &broken, shadow)
            } else {
                continue
            }
            if entry.columnDiff.isEmpty, let checkpoint = checkpoint(node.name), !entry.columns.isEmpty {
                entry.columnDiff = ColumnDiff(from: checkpoint.columns, to: entry.columns)
            }
            entry.breaksContracts = ContractBreak.find(
                project.tableContract(for: node.name), columns: entry.columns, diff: entry.columnDiff)
            if entry.action == .build || entry.action == .load { entry.isChanging = true }
            planned[node.name.key] = entry
            catalog.offer(node.name, columns: entry.columns)
        }
        for node in graph.order {
            let contract = project.tableContract(for: node.name)
            for name in node.waitsFor {
                guard let changed = planned[name.key], !changed.columnDiff.isEmpty else { continue }
                let broken = ContractBreak.find(
                    contract, of: planned[node.name.key]?.columns ?? [], in: name, columns: changed.columns,
                    diff: changed.columnDiff)
                planned[name.key]?.breaksContracts += broken
            }
        }
        plan.nodes = graph.order.compactMap { planned[$0.name.key] }
        return Result(plan: plan, errors: errors, broken: broken)
    }

    func checkpoint(_ name: TableName) -> Checkpoint? { checkpoints[environment.physical(name).key] }

    static let contractChanged = "its contract changed"

    func strategyChanged(_ known: Checkpoint, _ strategy: Strategy) -> String {
        "its strategy changed from \(known.strategy.rawValue) to \(strategy.rawValue)"
    }

    // MARK: Models

    private func planModel(_ model: ModelDefinition, _ node: GraphNode, planned: [String: PlannedNode]) -> PlannedNode {
        var entry = blank(node, strategy: model.load.strategy)
        let inputs = node.inputs.compactMap { planned[$0.key] }
        if let production = sameInProduction(node), inputs.allSatisfy(\.looksAtProduction) {
            return reference(node, to: production, strategy: model.load.strategy)
        }
        let build: PlannedNode.Action = entry.keepsRows ? .load : .build
        guard let known = built(node.name) else {
            entry.status = .new
            entry.action = .build
            entry.startsAnew = checkpoint(node.name) != nil
            entry.reasons = ["not built yet"]
            return entry
        }
        if fullRefresh {
            entry.status = .stale
            entry.action = .build
            entry.reasons = ["full refresh"]
            return entry
        }
        if isRebuilt(known, for: model.load.strategy) {
            entry.status = .changed
            entry.action = .build
            entry.startsAnew = true
            entry.reasons = [strategyChanged(known, model.load.strategy)]
            return entry
        }
        if model.load.strategy == .scd2, known.strategy != .scd2 {
            // Rows that only the table has would be lost by building it anew without being asked.
            entry.status = .changed
            entry.action = .build
            entry.reasons = [strategyChanged(known, .scd2)]
            entry.problem = WeirError(
                "plan.strategy-changed", "\(node.name) kept its rows as \(known.strategy.rawValue) and has no history",
                hint: "`weir run --full-refresh \(node.name)` begins one with the rows that its SQL returns now",
                at: model.place)
            return entry
        }
        let contractChanged = !known.knows(node)
        if known.fingerprint != node.fingerprint {
            entry.status = .changed
            entry.action = build
            entry.reasons = ["its SQL or settings changed"] + (contractChanged ? [Self.contractChanged] : [])
            return entry
        }
        let changing = inputs.filter { input in
            input.isChanging || known.inputs[input.name.description] != versions.version(of: input.name)
        }
        // A view need not be made again, and yet it will show something else.
        entry.isChanging = !changing.isEmpty
        if !changing.isEmpty, model.load.strategy != .view {
            entry.status = .stale
            entry.action = build
            entry.isForInputsSake = true
            entry.reasons = changing.map { input in
                input.isChanging ? "\(input.name) is built before it" : "\(input.name) changed since"
            }
        } else if let query = node.query, !query.functions.isEmpty || !query.isDeterministic,
            model.load.strategy != .view
        {
            entry.status = .stale
            entry.action = build
            let names = query.nondeterministicFunctions + query.functions.map { $0.name ?? $0.text ?? "a file" }
            entry.reasons = ["its result may differ on every run (\(names.joined(separator: ", ")))"]
        } else if contractChanged {
            entry.action = build
            entry.isOnlyAudited = entry.keepsRows
        } else {
            entry.columns = known.columns
            entry.reasons = ["nothing changed since \(known.publishedAt)"]
        }
        if contractChanged {
            entry.status = .changed
            entry.reasons.insert(Self.contractChanged, at: 0)
        }
        return entry
    }

    private func bind(
        _ entry: inout PlannedNode, _ model: ModelDefinition, _ node: GraphNode, planned: inout [String: PlannedNode],
        _ catalog: inout ShadowCatalog, _ errors: inout [WeirError], _ broken: inout [WeirError],
        _ shadow: isolated Connection
    ) throws {
        if node.hasUnknownInputs { return }
        let inputs = node.inputs.compactMap { planned[$0.key] }
        let unknown = inputs.filter(\.columns.isEmpty)
        if !unknown.isEmpty || node.inputs.count > inputs.count {
            // The cause is reported where it is; without columns to bind to there is nothing more to say here.
            entry.problem = entry.problem ?? unknown.compactMap(\.problem).first
            return
        }
        // Nothing to find out: same definition, same columns underneath.
        if !entry.columns.isEmpty, entry.action == .none || entry.action == .reference,
            inputs.allSatisfy({ $0.columnDiff.isEmpty })
        {
            return
        }
        do {
            let returned = try catalog.bind(model, in: project, to: node.inputs, on: shadow)
            entry.columns = ShadowCatalog.published(returned, model.load)
        } catch {
            let error = WeirError.wrapping(error)
            entry.problem = error
            let culprits = inputs.filter { $0.columnDiff.breaks(error) }
            for input in culprits { planned[input.name.key]?.breaks.append(node.name) }
            let mistakes = error.causes.isEmpty ? [error] : error.causes
            if culprits.isEmpty { errors += mistakes } else { broken += mistakes }
        }
    }

    // MARK: Parts

    /// Production's table, where it is made by the same definition and contract.
    func sameInProduction(_ node: GraphNode) -> Checkpoint? {
        guard environment.isPrefixed, !fullRefresh, let production = checkpoints[node.name.key],
            production.fingerprint == node.fingerprint, production.knows(node)
        else { return nil }
        return production
    }

    /// What was built of a table; nil also where what is there is only a view onto production's.
    func built(_ name: TableName) -> Checkpoint? { checkpoint(name).flatMap { $0.isReference ? nil : $0 } }

    /// Rows of a strategy that keeps none are no history to go on from: they would meet the same rows once more.
    func isRebuilt(_ known: Checkpoint, for strategy: Strategy) -> Bool {
        known.strategy != strategy && !known.strategy.keepsRows && strategy.keepsRows
    }

    func blank(_ node: GraphNode, strategy: Strategy) -> PlannedNode {
        PlannedNode(
            name: node.name, kind: node.kind, strategy: strategy, status: .unchanged, action: .none, reasons: [],
            columns: [], columnDiff: ColumnDiff(), breaks: [], inputs: node.inputs, problem: nil)
    }

    /// In an environment a table that production has just so is looked at, not built.
    func reference(_ node: GraphNode, to production: Checkpoint, strategy: Strategy) -> PlannedNode {
        var entry = blank(node, strategy: strategy)
        entry.columns = production.columns
        let known = checkpoint(node.name)
        let isShown = known?.isReference == true && known?.version == production.version
        entry.action = isShown ? .none : .reference
        entry.looksAtProduction = true
        entry.reasons = ["as in production"]
        return entry
    }

    private func removed() -> [TableName] {
        let wanted = Set(graph.order.map { environment.physical($0.name).key })
        let known = Set(project.tableNames.map { environment.physical($0).key })
        return checkpoints.values.map(\.name).filter { name in
            guard !wanted.contains(name.key), !known.contains(name.key) else { return false }
            let prefix = name.schema.range(of: "__").map { String(name.schema[..<$0.lowerBound]) }
            let isEnvironments = prefix.map { project.environments[$0] != nil } ?? false
            return environment.isPrefixed ? prefix == environment.name : !isEnvironments
        }.sorted()
    }
}
