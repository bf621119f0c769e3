import Foundation
import WeirConnect
import WeirCore
import WeirStore

/// Remembers a run in the project's state store. Nothing in it can make a run fail.
struct RunHistory: Sendable {
    let runID: String
    /// ISO 8601; the time that the run counts as now.
    let now: String
    private let store: StateStore?

    static func begin(project: Project, options: RunOptions, environment: EnvironmentScope) async -> RunHistory {
        let started = options.now ?? Date()
        let opened = try? await StateStore.openOrQuarantine("\(project.stateFolder)/state.db")
        let record = RunRecord(
            project: project.name, environment: environment.name, command: options.command, startedAt: started,
            weirVersion: Weir.version)
        if let store = opened?.store {
            _ = try? await store.markInterrupted(exclusive: true)
            try? await store.begin(record)
        }
        return RunHistory(runID: record.id, now: started.iso8601, store: opened?.store)
    }

    func finish(_ summary: RunSummary, graph: ProjectGraph, project: Project, warehouse: Warehouse) async {
        guard let store else { return }
        try? await store.record(nodes: summary.nodes.map { NodeRecord($0, runID: runID) })
        let status: RunStatus =
            switch summary.outcome {
            case .done: .succeeded
            case .gateFailed: .gateFailed
            default: summary.nodes.contains { $0.status == .cancelled } ? .cancelled : .failed
            }
        try? await store.finish(runID, status: status)
    }
}

extension NodeRecord {
    init(_ result: NodeResult, runID: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        func json(_ value: some Encodable) -> String? {
            (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
        }
        self.init(
            runID: runID, name: result.name.description, kind: result.kind == .source ? .source : .model,
            strategy: result.strategy.rawValue, status: Status(result.status), reason: result.reason,
            rowsIn: Int64(result.balance.read), rowsPublished: Int64(result.balance.published),
            rowsQuarantined: Int64(result.balance.quarantined), rowsFiltered: Int64(result.balance.filtered),
            inserted: Int64(result.changes.inserted), updated: Int64(result.changes.updated),
            deleted: Int64(result.changes.deleted),
            startedAt: (try? Date(result.startedAt, strategy: .iso8601)) ?? Date(), durationMs: Int64(result.milliseconds),
            attempts: result.attempts, errorJSON: result.error.flatMap { json($0) },
            checksJSON: result.checks.isEmpty ? nil : json(result.checks))
    }
}

extension NodeRecord.Status {
    init(_ status: NodeResult.Status) {
        self =
            switch status {
            case .published: .published
            case .unchanged: .unchanged
            case .stopped: .stopped
            case .failed: .failed
            case .blocked: .blocked
            case .cancelled: .skipped
            }
    }
}
