import Foundation
import Synchronization
import WeirConnect
import WeirCore
import WeirEngine

/// One run under way.
struct RunExecution: Sendable {
    let project: Project
    let options: RunOptions
    let environment: EnvironmentScope
    let warehouse: Warehouse
    let planned: Runner.Planned
    let history: RunHistory
    let events: @Sendable (RunEvent) -> Void
    let desk: StepDesk

    func run() async throws -> RunSummary {
        let clock = ContinuousClock.now
        let started = Date()
        try await createSchemas()
        let board = RunBoard(
            planned, failFast: options.failFast,
            versions: TableVersions(
                graph: planned.graph, checkpoints: planned.checkpoints, environment: environment, project: project))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<max(1, options.threads) {
                group.addTask { await work(board) }
            }
        }
        let nodes = await board.results
        var summary = RunSummary(
            id: history.runID, project: project.name, environment: environment.name,
            startedAt: started.iso8601, milliseconds: Int((ContinuousClock.now - clock).milliseconds), nodes: nodes)
        summary.nodes.sort { a, b in (board.rank[a.name.key] ?? 0) < (board.rank[b.name.key] ?? 0) }
        summary.warnings = await history.finish(summary)
        return summary
    }

    /// All at once and before the work: two connections that create one schema would be in each other's way.
    private func createSchemas() async throws {
        let schemas = Set(planned.plan.nodes.filter { $0.action != .none }.map { environment.physical($0.name).schema })
            .sorted()
        try await warehouse.withConnection { connection in
            for schema in schemas { try await connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(schema))") }
        }
    }

    /// Takes tables from the board until there are none.
    private func work(_ board: RunBoard) async {
        while let task = await board.next() {
            switch task {
            case .settled(let result): events(.finished(result))
            case .build(let node, let versions):
                let result = await build(node, versions: versions)
                await board.finish(result, isView: project.model(node.name)?.load.strategy == .view)
                events(.finished(result.result))
            }
        }
    }

    struct Built: Sendable {
        var result: NodeResult
        /// What the warehouse remembers of the table now.
        var checkpoint: Checkpoint?

        init(result: NodeResult, checkpoint: Checkpoint? = nil) {
            self.result = result
            self.checkpoint = checkpoint
        }

        /// - Parameter audited: what came of holding published rows against a changed contract first.
        init(_ audited: NodeResult?, followedBy load: NodeResult, _ context: NodeContext) {
            self.init(
                result: audited.map { $0.followed(by: load) } ?? load, checkpoint: load.checkpoint ?? context.checkpoint
            )
        }
    }

    private func build(_ entry: PlannedNode, versions: [String: String]) async -> Built {
        let clock = ContinuousClock.now
        let started = Date()
        events(.started(entry.name, action: entry.action))
        var built: Built
        let attempts = Mutex(1)
        do {
            built = try await Retry().run(
                announce: { error, seconds in events(.retrying(entry.name, error, seconds: seconds)) },
                { attempt in
                    attempts.withLock { $0 = attempt }
                    return try await attemptBuild(entry, versions: versions)
                })
        } catch {
            var result = NodeResult(name: entry.name, kind: entry.kind, strategy: entry.strategy, status: .failed)
            if error is CancellationError || Task.isCancelled {
                result.status = .cancelled
                result.reason = "stopped on request; run again to go on"
            } else {
                let known = WeirError.wrapping(error)
                result.error = known
                if known.outcome == .gateFailed { result.status = known.code == "ai.budget" ? .incomplete : .stopped }
                result.reason = known.message
            }
            result.attempts = attempts.withLock { $0 }
            built = Built(result: result)
        }
        built.result.attempts = attempts.withLock { $0 }
        built.result.startedAt = started.iso8601
        built.result.milliseconds = Int((ContinuousClock.now - clock).milliseconds)
        built.result.drift?.take(milliseconds: built.result.milliseconds)
        return built
    }

    private func attemptBuild(_ entry: PlannedNode, versions: [String: String]) async throws -> Built {
        // What failed in passing while the plan was made is looked at again.
        if let problem = entry.problem, entry.kind == .source, !problem.isTransient { throw problem }
        guard let node = planned.graph[entry.name] else {
            throw WeirError("system.unexpected", "\(entry.name) is not in the graph", outcome: .systemFailed)
        }
        let target = environment.physical(entry.name)
        let known = planned.checkpoints[target.key]
        var prepared = NodeContext(
            project: project, graph: planned.graph, environment: environment, node: node, runID: history.runID,
            now: history.now, fullRefresh: options.fullRefresh || entry.startsAnew, inputVersions: versions,
            checkpoint: known,
            mayExist: planned.relations.contains(target.key),
            mayHoldRows: planned.relations.contains(QuarantineTable(target: target).name.key))
        prepared.watch = await history.watch(entry.name, in: project)
        let context = prepared
        if let model = project.model(entry.name), model.ai != nil, entry.action != .reference {
            return try await ask(model, entry, context)
        }
        return try await warehouse.withConnection { connection in
            let watch = Task { await report(entry.name, connection) }
            defer { watch.cancel() }
            return try await connection.perform { connection in
                var context = context
                let audited = try auditPublished(entry, &context, on: connection)
                if let audited, entry.isOnlyAudited || !audited.isUsable {
                    return Built(result: audited, checkpoint: context.checkpoint)
                }
                return Built(audited, followedBy: try load(entry, context, on: connection), context)
            }
        }
    }

    /// A model whose rows an AI service answers.
    private func ask(_ model: ModelDefinition, _ entry: PlannedNode, _ context: NodeContext) async throws -> Built {
        let asked = context
        return try await warehouse.withConnection { connection in
            let (audited, context) = try await connection.perform { connection in
                var context = asked
                let audited = try auditPublished(entry, &context, on: connection)
                return (audited, context)
            }
            if let audited, entry.isOnlyAudited || !audited.isUsable {
                return Built(result: audited, checkpoint: context.checkpoint)
            }
            if let unchanged = stillUnchanged(entry, context) {
                return Built(audited, followedBy: unchanged, context)
            }
            let step = try await desk.stepRun(of: model, context, on: connection, events: events)
            let built = try await ModelBuild(context: context, model: model).run(asking: step, on: connection)
            return Built(audited, followedBy: built, context)
        }
    }

    private func load(
        _ entry: PlannedNode, _ context: NodeContext, on connection: isolated Connection
    ) throws -> NodeResult {
        if entry.action == .reference { return try ReferenceBuild(context: context).run(on: connection) }
        if let source = project.source(entry.name) {
            return try SourceBuild(context: context, source: source).run(on: connection)
        }
        guard let model = project.model(entry.name) else {
            throw WeirError("system.unexpected", "\(entry.name) is not in the project", outcome: .systemFailed)
        }
        return try stillUnchanged(entry, context) ?? ModelBuild(context: context, model: model).run(on: connection)
    }

    /// Holds rows that are published, and that the load will leave where they are, against a contract that changed.
    private func auditPublished(
        _ entry: PlannedNode, _ context: inout NodeContext, on connection: isolated Connection
    ) throws -> NodeResult? {
        guard entry.keepsRows, entry.action == .load, !context.fullRefresh, let known = context.checkpoint,
            !known.knows(context.node), try connection.relationKind(context.target) == .table
        else { return nil }
        let audit = PublishedAudit(
            context: context, strategy: entry.strategy, known: known, isFollowedByLoad: !entry.isOnlyAudited)
        let result = try audit.run(on: connection)
        context.checkpoint = result.checkpoint ?? known
        context.mayHoldRows = true
        return result
    }

    /// A model planned for its inputs' sake, whose inputs turned out to be what they were.
    private func stillUnchanged(_ entry: PlannedNode, _ context: NodeContext) -> NodeResult? {
        guard entry.isForInputsSake, !context.fullRefresh, let known = context.checkpoint,
            known.inputs == context.inputVersions, let query = context.node.query, query.isDeterministic,
            query.functions.isEmpty
        else { return nil }
        var result = NodeResult(name: entry.name, kind: entry.kind, strategy: entry.strategy, status: .unchanged)
        result.reason = "its inputs were read again and have not changed"
        result.rows = known.rows
        result.columns = known.columns
        return result
    }

    private func report(_ name: TableName, _ connection: Connection) async {
        try? await Task.sleep(for: .seconds(1))
        while !Task.isCancelled {
            if let progress = connection.progress { events(.progress(name, percent: progress.percent)) }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}

/// In an environment: a view onto production's table.
struct ReferenceBuild {
    let context: NodeContext

    func run(on connection: isolated Connection) throws -> NodeResult {
        let target = context.target
        let strategy =
            context.project.model(context.node.name)?.load.strategy ?? context.project.source(context.node.name)?.load
            .strategy ?? .table
        var result = NodeResult(
            name: context.node.name, kind: context.node.kind, strategy: strategy, status: .published)
        guard let production = try CheckpointStore.read(context.node.name, on: connection) else {
            throw WeirError(
                "environment.no-production", "\(context.node.name) is not in production", outcome: .systemFailed)
        }
        let existing = try connection.relationKind(target)
        try connection.transaction { connection in
            try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(target.schema))")
            if existing == .table { try connection.execute("DROP TABLE \(target.sql)") }
            try connection.execute("CREATE OR REPLACE VIEW \(target.sql) AS SELECT * FROM \(context.node.name.sql)")
            var checkpoint = production
            checkpoint.name = target
            checkpoint.strategy = .view
            checkpoint.inputs[Checkpoint.productionKey] = production.version
            checkpoint.runID = context.runID
            checkpoint.publishedAt = context.now
            try CheckpointStore.write(checkpoint, on: connection)
            result.checkpoint = checkpoint
        }
        result.reason = "a view onto production"
        result.columns = production.columns
        result.rows = production.rows
        return result
    }
}

extension Date {
    /// `2026-11-23T16:01:02.123Z`, UTC.
    public var iso8601: String {
        formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }
}
