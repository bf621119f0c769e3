import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirStore

/// What a run is asked to do.
public struct RunOptions: Sendable {
    public var selection = Selection([])
    public var fullRefresh = false
    public var environment: String?
    public var failFast = false
    /// Drop tables that the project no longer has.
    public var prune = false
    /// Tables built at once.
    public var threads = 2
    /// How long to wait for another process; nil refuses at once.
    public var wait: Duration?
    /// The time that the run counts as now; nil is the clock's.
    public var now: Date?
    /// For the history.
    public var command = "run"

    public init() {}
}

/// Runs a project: plan, then build, check and publish what is selected, inputs first.
public struct Runner: Sendable {
    let project: Project
    let options: RunOptions
    let environment: EnvironmentScope

    /// - Throws: `environment.unknown`.
    public init(_ project: Project, options: RunOptions) throws {
        self.project = project
        self.options = options
        environment = try EnvironmentScope(options.environment, in: project)
    }

    /// The warehouse that the environment works in.
    var warehouseSettings: WarehouseSettings {
        project.warehouse(in: options.environment)
    }

    // MARK: Plan

    /// What a run would do. Nothing is written.
    public func plan() async throws -> Plan { try await forecasting(try await survey(showsBroken: true)) }

    /// The plan and what it was made from.
    ///
    /// - Parameter toleratesLock: another process may be at work in the warehouse; what it remembers is then done
    ///   without, and sources are looked at as if nothing had been published.
    /// - Parameter showsBroken: models that a change of their input's columns breaks are a part of the plan, and no
    ///   reason to have none.
    func survey(toleratesLock: Bool = false, showsBroken: Bool = false) async throws -> Planned {
        guard let warehouse = try await existingWarehouse(toleratesLock: toleratesLock) else {
            // Sources are looked at through a database in memory.
            var options = Database.Options()
            options.extensions = ["json", "icu"]
            let database = try await Database.open(options)
            return try await makePlan(database, readsCheckpoints: false, showsBroken: showsBroken)
        }
        return try await makePlan(warehouse.database, readsCheckpoints: true, showsBroken: showsBroken)
    }

    func existingWarehouse(toleratesLock: Bool) async throws -> Warehouse? {
        guard FileManager.default.fileExists(atPath: warehouseSettings.path) else { return nil }
        do {
            return try await Warehouse.open(warehouseSettings, readOnly: true)
        } catch let error as WeirError where toleratesLock && error.code == "warehouse.locked" {
            return nil
        }
    }

    struct Planned: Sendable {
        let plan: Plan
        let graph: ProjectGraph
        let selected: Set<String>
        let checkpoints: [String: Checkpoint]
        /// Keys of all tables and views that were there when the plan was made.
        var relations: Set<String> = []
    }

    /// - Throws: `plan.invalid` with every mistake in the models.
    func makePlan(
        _ database: Database, readsCheckpoints: Bool, showsBroken: Bool = false
    ) async throws -> Planned {
        var shadowOptions = Database.Options()
        shadowOptions.threads = 1
        shadowOptions.extensions = ["json", "icu"]
        let shadow = try await Database.open(shadowOptions)
        return try await database.withConnection { connection in
            try await shadow.withConnection { shadowConnection in
                let state = try await connection.perform { connection in
                    (
                        checkpoints: readsCheckpoints ? try CheckpointStore.readAll(on: connection) : [:],
                        files: readsCheckpoints ? try loadedFiles(on: connection) : [:],
                        relations: try connection.relations()
                    )
                }
                let inputs = try await connection.perform { connection in
                    inspectSources(state.checkpoints, state.files, on: connection)
                }
                var planned = try await shadowConnection.perform { shadow in
                    try makePlan(state.checkpoints, inputs, showsBroken: showsBroken, on: shadow)
                }
                planned.relations = state.relations
                return planned
            }
        }
    }

    private func loadedFiles(on connection: isolated Connection) throws -> [String: [LoadedFile]] {
        guard try CheckpointStore.exists(on: connection) else { return [:] }
        var files: [String: [LoadedFile]] = [:]
        for source in project.sources where source.load.strategy != .replace {
            files[source.name.key] = try CheckpointStore.loadedFiles(
                of: environment.physical(source.name), on: connection)
        }
        return files
    }

    private func inspectSources(
        _ checkpoints: [String: Checkpoint], _ files: [String: [LoadedFile]], on connection: isolated Connection
    ) -> [String: Result<SourceInput, WeirError>] {
        var inputs: [String: Result<SourceInput, WeirError>] = [:]
        for source in project.sources {
            let there = checkpoints[environment.physical(source.name).key]
            let known = options.fullRefresh || there?.isReference == true ? nil : there
            let inspector = SourceInspector(
                project: project, source: source, checkpoint: known,
                loaded: known == nil ? [] : files[source.name.key] ?? [])
            inputs[source.name.key] = Result { try inspector.inspect(on: connection) }.mapError(WeirError.wrapping)
        }
        return inputs
    }

    private func makePlan(
        _ checkpoints: [String: Checkpoint], _ inputs: [String: Result<SourceInput, WeirError>],
        showsBroken: Bool, on shadow: isolated Connection
    ) throws -> Planned {
        let problems = Problems()
        let graph = GraphBuilder(project: project, problems: problems).build(on: shadow)
        let planner = Planner(
            project: project, graph: graph, environment: environment, checkpoints: checkpoints,
            fullRefresh: options.fullRefresh)
        var result = try planner.plan(
            inspect: { source, _ in
                guard let input = inputs[source.name.key] else {
                    throw WeirError("source.unreadable", "\(source.name) was not read")
                }
                return try input.get()
            }, shadow: shadow)
        problems.add(contentsOf: result.errors)
        if !showsBroken || !problems.isEmpty { problems.add(contentsOf: result.broken) }
        try problems.throwIfAny("plan.invalid") { "the models have \($0) mistakes" }
        let changed = Set(result.plan.nodes.filter { $0.status == .changed || $0.status == .new }.map(\.name.key))
        let selected = try options.selection.resolve(graph: graph, project: project, changed: changed)
        result.plan.nodes = result.plan.nodes.filter { selected.contains($0.name.key) }
        return Planned(plan: result.plan, graph: graph, selected: selected, checkpoints: checkpoints)
    }

    // MARK: Run

    /// Plans and runs. Events come from several tasks, one at a time.
    public func run(_ events: @escaping @Sendable (RunEvent) -> Void = { _ in }) async throws -> RunSummary {
        try await working(events) { warehouse, planned, history in
            events(.planned(planned.plan))
            if options.prune { try await Pruning.drop(planned.plan.removed, in: warehouse) }
            let execution = RunExecution(
                project: project, options: options, environment: environment, warehouse: warehouse, planned: planned,
                history: history, events: history.follow, desk: StepDesk(project: project, store: history.store))
            var summary = try await execution.run()
            if options.prune { summary.pruned = planned.plan.removed }
            return summary
        }
    }

    /// Another change of the warehouse that is remembered like a run.
    func change(
        _ command: String, _ events: @escaping @Sendable (RunEvent) -> Void,
        _ body: (Warehouse, Planned, RunHistory) async throws -> [NodeResult]
    ) async throws -> RunSummary {
        try await working(events) { warehouse, planned, history in
            let clock = ContinuousClock.now
            var nodes = try await asPublished(try await body(warehouse, planned, history), in: warehouse)
            for index in nodes.indices {
                nodes[index].startedAt = history.now
                nodes[index].milliseconds = Int((ContinuousClock.now - clock).milliseconds)
                history.settled(nodes[index])
            }
            var summary = RunSummary(
                id: history.runID, project: project.name, environment: environment.name, startedAt: history.now,
                milliseconds: Int((ContinuousClock.now - clock).milliseconds), nodes: nodes)
            summary.warnings = await history.finish(summary)
            return summary
        }
    }

    /// The results with the columns that the tables have now, which may be more than what was loaded.
    private func asPublished(_ nodes: [NodeResult], in warehouse: Warehouse) async throws -> [NodeResult] {
        try await warehouse.withConnection { connection in
            try await connection.perform { connection in
                try nodes.map { node in
                    var node = node
                    if let now = try CheckpointStore.read(environment.physical(node.name), on: connection) {
                        node.columns = now.columns
                    }
                    return node
                }
            }
        }
    }

    func nodeContext(_ name: TableName, _ planned: Planned, _ history: RunHistory) throws -> NodeContext {
        guard let node = planned.graph[name] else {
            throw WeirError("system.unexpected", "\(name) is not in the graph", outcome: .systemFailed)
        }
        let versions = TableVersions(
            graph: planned.graph, checkpoints: planned.checkpoints, environment: environment, project: project)
        let known = planned.checkpoints[environment.physical(name).key]
        // A part of the table is not all of it: the next run still has to see what changed underneath.
        let inputs =
            known.flatMap { $0.isReference ? nil : $0.inputs }
            ?? versions.inputs(of: node).filter { $0.key == Checkpoint.contractKey }
        return NodeContext(
            project: project, graph: planned.graph, environment: environment, node: node, runID: history.runID,
            now: history.now, fullRefresh: known?.isReference ?? false, inputVersions: inputs, checkpoint: known)
    }

    /// Holds the lock, opens the warehouse, plans, and begins a run in the history.
    private func working<R>(
        _ events: @escaping @Sendable (RunEvent) -> Void, _ body: (Warehouse, Planned, RunHistory) async throws -> R
    ) async throws -> R {
        try await ProjectLock(project: project).hold(wait: options.wait) {
            let workers = max(1, options.threads)
            let warehouse = try await Warehouse.open(warehouseSettings, workers: workers)
            try await warehouse.withConnection { connection in
                try await connection.perform { connection in
                    try CheckpointStore.prepare(on: connection)
                    try Leftovers.clear(on: connection)
                }
            }
            Leftovers.clearScratch(project)
            let planned: Planned
            do { planned = try await makePlan(warehouse.database, readsCheckpoints: true) } catch {
                await RunHistory.recordUnplanned(project, options, environment, error)
                throw error
            }
            let history = await RunHistory.begin(
                project: project, options: options, environment: environment, warehouse: warehouse, planned: planned,
                events: events)
            do {
                return try await body(warehouse, planned, history)
            } catch {
                await history.fail(error)
                throw error
            }
        }
    }
}

/// What earlier runs left behind when they were killed.
enum Leftovers {
    /// Drops staging tables: whatever they held was never published.
    static func clear(on connection: isolated Connection) throws {
        let tables = try connection.query(
            """
            SELECT schema_name, table_name FROM duckdb_tables()
            WHERE database_name = current_database() AND starts_with(table_name, ?)
            """, [.text(Warehouse.stagingPrefix)])
        let views = try connection.query(
            """
            SELECT schema_name, view_name FROM duckdb_views()
            WHERE database_name = current_database() AND starts_with(view_name, ?)
            """, [.text(Warehouse.stagingPrefix)])
        for row in views.map({ $0 }) {
            try connection.execute("DROP VIEW \(TableName(schema: row[0].display, table: row[1].display).sql)")
        }
        for row in tables.map({ $0 }) {
            try connection.execute("DROP TABLE \(TableName(schema: row[0].display, table: row[1].display).sql)")
        }
    }

    static func clearScratch(_ project: Project) {
        try? FileManager.default.removeItem(atPath: "\(project.stateFolder)/tmp")
    }
}
