import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Everything the build of one table needs to know.
struct NodeContext: Sendable {
    let project: Project
    let graph: ProjectGraph
    let environment: EnvironmentScope
    let node: GraphNode
    let runID: String
    /// ISO 8601; the time that the run counts as now.
    let now: String
    /// Build from nothing, whatever is there.
    var fullRefresh: Bool
    /// Versions of the node's inputs as they are now, by name: they go into its checkpoint.
    let inputVersions: [String: String]
    var checkpoint: Checkpoint?
    /// False when there surely is nothing under the table's name. Asking costs: DuckDB looks for similar names.
    var mayExist = true
    /// False when the table surely has no rows in quarantine.
    var mayHoldRows = true
    /// What its rows are held against, for a table that is watched for drift.
    var watch: DriftWatch?
    /// Parts of one table are published one after the other: they all write its checkpoint.
    var publishing = PublishLock()

    var target: TableName { environment.physical(node.name) }
    var contract: TableContract? { project.tableContract(for: node.name) }

    var policy: OnFail {
        let own = project.model(node.name)?.onFail ?? project.source(node.name)?.onFail
        return project.onFail(own, contract)
    }

    /// ``now`` in microseconds since 1970-01-01 UTC: what freshness is measured at.
    var nowMicros: Int64? { UTC.date(now).map { UTC.milliseconds($0) * 1000 } }

    /// A table that Weir did not make may be somebody's only copy.
    func refuseForeign(_ existing: RelationKind?) throws {
        guard existing != nil, checkpoint == nil, !fullRefresh else { return }
        throw WeirError(
            "warehouse.foreign-table", "\(target) is in the warehouse already, and Weir did not make it",
            hint: "rename it, or let Weir replace it with --full-refresh", at: Place(table: target.description))
    }

    /// The table that a contract's foreign key names, in this environment.
    func resolve(_ text: String) -> TableName? {
        let names = graph.order.map(\.name)
        let wanted = text.lowercased()
        let found =
            names.first { $0.key == wanted } ?? names.first { $0.key == "\(node.name.schema).\(wanted)".lowercased() }
            ?? names.first { $0.table.lowercased() == wanted }
        return found.map(environment.physical) ?? TableName(text)
    }
}

/// Lets one part of a table be published at a time. It blocks a thread of the engine's, never one of Swift's pool.
final class PublishLock: Sendable {
    private let lock = NSLock()

    func hold<R>(_ body: () throws -> R) rethrows -> R { try lock.withLock(body) }
}

/// Write → audit → publish for one load of one table, on one connection.
struct NodeBuild {
    let context: NodeContext
    let load: LoadSettings
    /// How the rows are published.
    let publishing: any Publishing
    /// Distinguishes loads of one table that run side by side.
    var part: Int?
    /// Which earlier quarantine rows this load answers for.
    let clearing: QuarantineTable.Clearing

    /// What goes into the checkpoint beside the rows.
    struct Position: Sendable {
        var version: String
        /// The definition that the table as a whole was built by; nil is the one that is built now.
        var fingerprint: String?
        var watermark: String?
        var files: [LoadedFile] = []
        /// Forget files loaded before: the table starts anew.
        var startsAnew = false
        var intervals: [TimeRange] = []
        /// What a source was read from.
        var inputs: [String: String] = [:]
    }

    /// Takes staged rows through the gate and publishes those that pass, in one transaction with the checkpoint.
    func finish(
        _ staged: StagedRows, position: (isolated Connection) throws -> Position, on connection: isolated Connection
    ) throws -> NodeResult {
        let target = context.target
        do {
            let keepsRows = load.strategy.keepsRows && !context.fullRefresh
            let existing = context.mayExist || part != nil ? try connection.relationKind(target) : nil
            try context.refuseForeign(existing)
            var gate = Gate(
                staged: staged, target: context.node.name, load: load, contract: context.contract,
                policy: context.policy,
                existing: keepsRows && existing == .table && load.strategy != .scd2 ? target : nil,
                now: context.nowMicros, resolve: context.resolve)
            var decision = try gate.examine(on: connection)
            let staged = gate.staged
            var result = NodeResult(
                name: context.node.name, kind: context.node.kind, strategy: load.strategy, status: .published)
            result.checks = decision.outcomes
            result.notices = staged.notices
            result.columns = staged.columns
            result.inputs = context.node.inputs
            result.balance.read = staged.read
            if decision.stop == nil, let watch = context.watch {
                let report = try watch.examine(
                    staged.table.sql, schema: staged.columns, on: connection)
                result.drift = report
                result.notices += watch.unknownColumns(in: staged.columns)
                if watch.settings.onFail == .stop { decision.stop = report.reasonToStop }
            }
            if let reason = decision.stop {
                try staged.drop(on: connection)
                result.status = .stopped
                result.reason = reason
                result.balance = RowBalance()
                return result
            }
            let quarantine = QuarantineTable(target: target)
            let heldBack = try quarantine.setAside(
                staged, failed: decision.failed, failedRows: decision.failedRows, runID: context.runID, at: context.now,
                root: context.project.root, part: part, on: connection)
            try staged.dropExtraColumns(on: connection)
            let leaves = decision.failedRows + decision.superseded > 0
            let passed = leaves ? try StagedRows.count(staged.table, on: connection) : staged.rows
            result.balance.published = passed
            result.balance.quarantined = heldBack.rows
            result.balance.filtered = staged.filtered + decision.superseded
            guard result.balance.holds else {
                throw WeirError(
                    "gate.unbalanced",
                    "\(staged.read) rows came in, and \(passed) + \(heldBack.rows) + \(result.balance.filtered) are accounted for",
                    hint: "nothing was published; please report this with the source's definition",
                    outcome: .systemFailed)
            }
            let absent = try absentKeys(heldBack, existing, on: connection)
            if !absent.areTold { result.notices.append(absent.notice) }
            let after = try position(connection)
            try quarantine.prepare(for: heldBack, on: connection)
            result.changes = try context.publishing.hold {
                try connection.transaction { connection in
                    let rows = PublishedRows(
                        staging: staged.table, rows: passed, target: target, columns: staged.columns,
                        // Another part of this table may have made it meanwhile.
                        existing: part == nil ? existing : try connection.relationKind(target), load: load,
                        heldBack: heldBack, absent: absent, now: context.now, startsAnew: after.startsAnew)
                    let changes = try publishing.publish(rows, on: connection)
                    if heldBack.rows > 0 || context.mayHoldRows {
                        try quarantine.store(heldBack, clear: clearing, on: connection)
                    }
                    result.checkpoint = try writeCheckpoint(
                        after, replaces: existing != nil || part != nil,
                        whole: changes.isWhole ? (staged.columns, passed) : nil, on: connection)
                    return changes
                }
            }
            result.balance.published -= result.changes.outdated
            result.balance.filtered += result.changes.outdated
            result.rows = result.checkpoint?.rows
            result.columns = result.checkpoint?.columns ?? staged.columns
            if let malformed = staged.malformed {
                try connection.execute("DROP TABLE IF EXISTS temp.\(SQL.quote(malformed))")
            }
            return result
        } catch {
            // What was built aside is of no use to anybody now; the target is as it was.
            try? staged.drop(on: connection)
            throw error
        }
    }

    /// For strategies that take an absent key for a deleted row.
    private func absentKeys(
        _ heldBack: QuarantinedRows, _ existing: RelationKind?, on connection: isolated Connection
    ) throws -> AbsentKeys {
        let deletes = load.deleteMissing || (load.strategy == .scd2 && load.scd2.deletes == .close)
        guard deletes, existing == .table, !context.fullRefresh else { return AbsentKeys() }
        let node = context.node.name
        let names = context.graph.closure(of: [node], upstream: true).subtracting([node.key])
        let tables = context.graph.order.map(\.name).filter { names.contains($0.key) }
        // In an environment an input is built there, or is a view onto production's.
        let upstream = Set(tables.map(context.environment.physical) + tables).sorted()
        return try AbsentKeys(heldBack, key: load.key, upstream: upstream, on: connection)
    }

    /// - Parameters:
    ///   - replaces: an earlier checkpoint of the table, and what belongs to it, may be there.
    ///   - whole: the table's columns and rows, where the staged ones took its place.
    private func writeCheckpoint(
        _ position: Position, replaces: Bool, whole: (columns: [Column], rows: Int)?, on connection: isolated Connection
    ) throws -> Checkpoint {
        let target = context.target
        // The engine told a model's staged columns; a source's are as they were asked for.
        let isKnown = context.node.kind == .model
        let columns = try whole.flatMap { isKnown ? $0.columns : nil } ?? connection.columns(of: target) ?? []
        let checkpoint = Checkpoint(
            name: target, kind: context.node.kind, strategy: load.strategy,
            fingerprint: position.fingerprint ?? context.node.fingerprint,
            version: position.version, watermark: position.watermark,
            inputs: context.inputVersions.merging(position.inputs) { _, new in new }, columns: columns,
            rows: try whole?.rows ?? StagedRows.count(target, on: connection), runID: context.runID,
            publishedAt: context.now)
        try CheckpointStore.write(checkpoint, replaces: replaces || context.checkpoint != nil, on: connection)
        if position.startsAnew, context.node.kind == .source {
            try CheckpointStore.forgetFiles(of: target, on: connection)
        }
        try CheckpointStore.remember(position.files, of: target, runID: context.runID, at: context.now, on: connection)
        if position.startsAnew, !position.intervals.isEmpty {
            try connection.execute(
                "DELETE FROM \(CheckpointStore.intervals) WHERE name = ?", [.text(target.description)])
        }
        for range in position.intervals {
            try connection.execute(
                "DELETE FROM \(CheckpointStore.intervals) WHERE name = ? AND start_at >= ? AND end_at <= ?",
                [.text(target.description), .text(range.start), .text(range.end)])
            try connection.execute(
                "INSERT INTO \(CheckpointStore.intervals) VALUES (?, ?, ?, ?, ?)",
                [
                    .text(target.description), .text(range.start), .text(range.end), .text(context.node.fingerprint),
                    .text(context.runID),
                ])
        }
        return checkpoint
    }
}
