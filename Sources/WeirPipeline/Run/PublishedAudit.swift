import WeirCore
import WeirEngine
import WeirQuality

/// Holds the rows that are published against a contract that changed, where the load would never look at them again.
///
/// Rows that break a rule leave for quarantine in one transaction with the checkpoint, or the table stops, as
/// `on_fail` says. The history of scd2 is not taken apart: what breaks a rule there is told.
struct PublishedAudit {
    let context: NodeContext
    let strategy: Strategy
    /// The table as the warehouse remembers it.
    let known: Checkpoint
    /// New rows come after it, and rules about the table as a whole are measured with them.
    let isFollowedByLoad: Bool

    private var target: TableName { context.target }

    func run(on connection: isolated Connection) throws -> NodeResult {
        var result = NodeResult(
            name: context.node.name, kind: context.node.kind, strategy: strategy, status: .published)
        result.inputs = context.node.inputs
        var checkpoint = known
        checkpoint.inputs[Checkpoint.contractKey] = context.node.contractMark
        checkpoint.runID = context.runID
        result.columns = known.columns
        guard let contract = context.contract else {
            result.reason = "its contract was taken away"
            return try remember(checkpoint, &result, on: connection)
        }
        let audit = try TableAudit.audit(
            asked(contract), scope: AuditScope(table: target, declared: context.node.name, now: context.nowMicros),
            policy: strategy == .scd2 && context.policy == .quarantine ? .warn : context.policy,
            resolve: context.resolve, on: connection)
        result.checks = audit.outcomes
        if case .stop(let reason) = audit.verdict {
            result.status = .stopped
            result.reason = "its contract changed, and rows published before break it: \(reason)"
            result.error = WeirError(
                "contract.published-rows", result.reason ?? reason,
                hint: "mend the contract, or build the table anew with --full-refresh",
                at: contract.place, outcome: .gateFailed)
            return result
        }
        result.reason = "its contract changed, and the rows published before keep it"
        if strategy == .scd2 || audit.failedRows == 0 { return try remember(checkpoint, &result, on: connection) }
        try move(audit, checkpoint, &result, on: connection)
        return result
    }

    /// The part of the contract that published rows can be held against.
    private func asked(_ contract: TableContract) -> TableContract {
        var asked = contract
        if strategy == .scd2 {
            // A key has many versions there; the load sees to what is about more than one row.
            if context.policy != .stop { asked.onFail = .warn }
            asked.rules = contract.rules.filter(\.kind.isRowRule).map { rule in
                var rule = rule
                if context.policy != .stop { rule.onFail = .warn }
                return rule
            }
        } else if isFollowedByLoad {
            asked.rules = contract.rules.filter(\.kind.namesRows)
        }
        if isFollowedByLoad || strategy == .scd2 { asked.columns = [] }
        return asked
    }

    private func remember(
        _ checkpoint: Checkpoint, _ result: inout NodeResult, on connection: isolated Connection
    ) throws -> NodeResult {
        try connection.transaction { try CheckpointStore.write(checkpoint, on: $0) }
        result.checkpoint = checkpoint
        result.rows = checkpoint.rows
        return result
    }

    private func move(
        _ audit: AuditResult, _ before: Checkpoint, _ result: inout NodeResult, on connection: isolated Connection
    ) throws {
        let columns = try connection.columns(of: target) ?? []
        let quarantine = QuarantineTable(target: target)
        let published = StagedRows(table: target, columns: columns, rows: audit.rows)
        let heldBack = try quarantine.setAside(
            published, failed: audit.failedTable, failedRows: audit.failedRows, runID: context.runID,
            at: context.now, root: context.project.root, takesOut: false, on: connection)
        try quarantine.prepare(for: heldBack, on: connection)
        var checkpoint = before
        checkpoint.version = Fingerprint.of([before.version, context.runID])
        checkpoint.publishedAt = context.now
        checkpoint.rows = audit.rows - audit.failedRows
        try connection.transaction { connection in
            let moved = try connection.execute(
                "DELETE FROM \(target.sql) WHERE rowid IN (SELECT rid FROM \(audit.failedTable))")
            guard moved == heldBack.rows else {
                throw WeirError(
                    "gate.unbalanced", "\(moved) rows would leave \(target), and \(heldBack.rows) are held back",
                    hint: "nothing was changed; please report this with the contract", outcome: .systemFailed)
            }
            try quarantine.store(heldBack, clear: .same, on: connection)
            try CheckpointStore.write(checkpoint, on: connection)
        }
        result.reason = "its contract changed"
        result.notices.append(
            "\(heldBack.rows) rows published before break the contract now and are in quarantine")
        result.balance = RowBalance(read: heldBack.rows, published: 0, quarantined: heldBack.rows)
        result.changes.deleted = heldBack.rows
        result.checkpoint = checkpoint
        result.rows = checkpoint.rows
    }
}
