import Foundation
import WeirConnect
import WeirCore
import WeirStore

/// Remembers a run in the project's state store and tells its lineage to whoever the project names.
///
/// Nothing in it can make a run fail: what goes wrong becomes a warning. Tables that were unchanged are not
/// recorded, so that a run which finds nothing to do leaves one row behind and not one for each table.
struct RunHistory: Sendable {
    let runID: String
    /// ISO 8601; the time that the run counts as now.
    let now: String
    let started: Date
    private let clock = ContinuousClock.now
    let store: StateStore?
    let environment: EnvironmentScope
    private let lineage: RunLineage
    private let events: @Sendable (RunEvent) -> Void
    private let warnings: [WeirError]

    /// Runs that stay in the history, beside the last one of each table.
    static let runsKept = 1000

    /// Begins a run. Call with the project's lock held: runs that are still open then were killed.
    static func begin(
        project: Project, options: RunOptions, environment: EnvironmentScope, warehouse: Warehouse,
        planned: Runner.Planned, events: @escaping @Sendable (RunEvent) -> Void
    ) async -> RunHistory {
        let started = options.now ?? Date()
        let record = RunRecord(
            project: project.name, environment: environment.name, command: options.command, startedAt: started,
            weirVersion: Weir.version)
        var warnings: [WeirError] = []
        var store: StateStore?
        do {
            let opened = try await StateStore.openOrQuarantine(
                "\(project.stateFolder)/state.db", secrets: project.secrets)
            warnings += opened.warnings
            store = opened.store
            try await opened.store.markInterrupted(exclusive: true)
            try await opened.store.begin(record)
        } catch {
            warnings.append(.wrapping(error))
        }
        let subject = await subject(record.id, project, environment, warehouse, planned)
        let lineage = RunLineage(subject, emitters: project.lineageEmitters)
        lineage.runStarted(at: started)
        for warning in warnings { events(.warning(warning)) }
        return RunHistory(
            runID: record.id, now: started.iso8601, started: started, store: store, environment: environment,
            lineage: lineage, events: events, warnings: warnings)
    }

    /// Remembers a run that ended before there was a plan. What cannot be remembered is let go: the run's own error
    /// is what matters.
    static func recordUnplanned(
        _ project: Project, _ options: RunOptions, _ environment: EnvironmentScope, _ error: any Error
    ) async {
        let known = WeirError.wrapping(error)
        let started = options.now ?? Date()
        let record = RunRecord(
            project: project.name, environment: environment.name, command: options.command, startedAt: started,
            weirVersion: Weir.version)
        await Task.detached {
            guard
                let store = try? await StateStore.openOrQuarantine(
                    "\(project.stateFolder)/state.db", secrets: project.secrets
                ).store
            else { return }
            _ = try? await store.markInterrupted(exclusive: true)
            try? await store.begin(record)
            let status: RunStatus =
                error is CancellationError ? .cancelled : known.outcome == .gateFailed ? .gateFailed : .failed
            try? await store.finish(record.id, status: status, error: known.description, at: max(started, Date()))
        }.value
    }

    // MARK: While it runs

    /// Passes an event on and takes from it what the lineage needs.
    func follow(_ event: RunEvent) {
        switch event {
        case .started(let name, _): lineage.started(name, at: elapsed())
        case .finished(let result): lineage.finished(result, at: elapsed())
        default: break
        }
        events(event)
    }

    /// A table that was built and settled in one go.
    func settled(_ result: NodeResult) {
        lineage.started(result.name, at: UTC.date(result.startedAt) ?? started)
        follow(.finished(result))
    }

    // MARK: The end

    /// Records the run's end. Returns everything that a person should be told about the history itself.
    func finish(_ summary: RunSummary) async -> [WeirError] {
        let outcome: OpenLineageOutcome =
            switch status(summary) {
            case .succeeded: .complete
            case .cancelled: .aborted
            default: .failed(Self.failure(summary))
            }
        return await finish(outcome, status(summary), error: nil, nodes: summary.nodes)
    }

    /// Records that the run ended with an error that no table has.
    func fail(_ error: any Error) async {
        let known = WeirError.wrapping(error)
        let isCancelled = error is CancellationError
        _ = await finish(
            isCancelled ? .aborted : .failed(known.message), isCancelled ? .cancelled : .failed, error: known.message,
            nodes: [])
    }

    private func finish(
        _ outcome: OpenLineageOutcome, _ status: RunStatus, error: String?, nodes: [NodeResult]
    ) async -> [WeirError] {
        let end = elapsed()
        // A task of its own: a run that is cancelled is still recorded.
        let found = await Task.detached {
            let report = await lineage.end(outcome, at: end)
            return report.warnings + (await record(nodes, report, status, error, at: end))
        }.value
        let new = found.reduce(into: [WeirError]()) { if !$0.contains($1) { $0.append($1) } }
        for warning in new { events(.warning(warning)) }
        return warnings + new
    }

    private func record(
        _ nodes: [NodeResult], _ report: RunLineage.Report, _ status: RunStatus, _ error: String?, at end: Date
    ) async -> [WeirError] {
        guard let store else { return [] }
        do {
            let worked = nodes.filter { $0.status != .unchanged }
            try await store.record(nodes: worked.map { NodeRecord($0, runID: runID, started: started) })
            try await store.saveLineage(report.edges)
            try await store.saveSchemas(report.schemas, run: runID, at: started)
            try await store.record(metrics: worked.flatMap { metrics(of: $0) })
            for node in worked { try await record(drift: node, in: store) }
            try await store.finish(runID, status: status, error: error, at: end)
            try await store.prune(keeping: Self.runsKept)
            return []
        } catch {
            return [.wrapping(error)]
        }
    }

    private func metrics(of node: NodeResult) -> [Metric] {
        guard node.status == .published else { return [] }
        let name = environment.recorded(node.name)
        func metric(_ what: String, _ value: Int) -> Metric {
            Metric(what, node: name, value: Double(value), at: started)
        }
        var metrics = [
            metric("rows_published", node.balance.published), metric("rows_quarantined", node.balance.quarantined),
            metric("duration_ms", node.milliseconds),
        ]
        if let rows = node.rows { metrics.append(metric("rows", rows)) }
        // The watermark is known anyway, so every table that has one tells how old its newest row is.
        if let newest = node.checkpoint?.watermark.flatMap(UTC.moment) {
            let age = started.timeIntervalSince(newest)
            metrics.append(Metric("freshness_s", node: name, value: age, at: started))
        }
        return metrics
    }

    private func status(_ summary: RunSummary) -> RunStatus {
        switch summary.outcome {
        case .done: .succeeded
        case .gateFailed: .gateFailed
        default: summary.nodes.contains { $0.status == .cancelled } ? .cancelled : .failed
        }
    }

    private static func failure(_ summary: RunSummary) -> String {
        let names = summary.nodes.filter { !$0.isUsable }.map(\.name.description)
        return "not published: \(names.prefix(10).joined(separator: ", "))\(names.count > 10 ? ", …" : "")"
    }

    /// The run's own time: where it was told what counts as now, time passes from there.
    private func elapsed() -> Date {
        started.addingTimeInterval(Double((ContinuousClock.now - clock).milliseconds) / 1000)
    }
}

extension RunHistory {
    private static func subject(
        _ runID: String, _ project: Project, _ environment: EnvironmentScope, _ warehouse: Warehouse,
        _ planned: Runner.Planned
    ) async -> RunLineage.Subject {
        var columns: [String: [Column]] = [:]
        for node in planned.graph.order {
            columns[node.name.key] = planned.checkpoints[environment.physical(node.name).key]?.columns
        }
        for entry in planned.plan.nodes where !entry.columns.isEmpty { columns[entry.name.key] = entry.columns }
        var version: String?
        if project.lineage.file != nil || project.lineage.url != nil {
            version = try? await warehouse.withConnection { try await $0.query("SELECT version()").scalar.text }
        }
        let context = OpenLineageContext(
            namespace: project.lineage.namespace ?? project.name, project: project.name, runID: runID,
            weirVersion: Weir.version, engineVersion: version)
        return RunLineage.Subject(
            project: project, graph: planned.graph, environment: environment,
            datasets: ProjectDatasets(project: project, environment: environment, warehouse: warehouse.settings.path),
            builder: OpenLineageBuilder(context), columns: columns, secrets: project.secrets)
    }
}

extension NodeRecord {
    /// - Parameter started: the run's beginning, for a table that was settled without being tried.
    init(_ result: NodeResult, runID: String, started: Date) {
        let isCounted = result.status == .published && result.strategy != .view
        func count(_ value: Int) -> Int64? { isCounted ? Int64(value) : nil }
        self.init(
            runID: runID, name: result.name.description, kind: result.kind == .source ? .source : .model,
            strategy: result.strategy.rawValue, status: Status(result.status), reason: result.reason,
            rowsIn: count(result.balance.read), rowsPublished: count(result.balance.published),
            rowsQuarantined: count(result.balance.quarantined), rowsFiltered: count(result.balance.filtered),
            inserted: count(result.changes.inserted), updated: count(result.changes.updated),
            deleted: count(result.changes.deleted), startedAt: UTC.date(result.startedAt) ?? started,
            durationMs: Int64(result.milliseconds), attempts: result.attempts,
            errorJSON: result.error.flatMap { try? JSONOutput.line($0) },
            checksJSON: result.checks.isEmpty ? nil : try? JSONOutput.line(result.checks))
    }
}

extension NodeRecord.Status {
    init(_ status: NodeResult.Status) {
        self =
            switch status {
            case .published: .published
            case .unchanged: .unchanged
            case .stopped, .incomplete: .stopped
            case .failed: .failed
            case .blocked: .blocked
            case .cancelled: .skipped
            }
    }
}
