import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// What the gate decided about staged rows.
struct GateDecision: Sendable {
    /// Temporary table `(rid, reasons)` of the rows that must not be published.
    var failed: String
    var failedRows: Int
    /// Older versions of rows that the same load brings in a newer version; they are left out.
    var superseded: Int
    var outcomes: [CheckOutcome]
    /// Set when nothing may be published.
    var stop: String?
}

/// Examines staged rows before anybody can see them: the strategy's own needs, then the contract.
struct Gate {
    let staged: StagedRows
    let target: TableName
    let load: LoadSettings
    let contract: TableContract?
    let policy: OnFail
    /// The published table, where its rows stay beside the new ones.
    let existing: TableName?
    let resolve: (String) -> TableName?

    private var failed: String { "temp.\(SQL.quote("weir_gate_\(Fingerprint.of([staged.table.description]).prefix(12))"))" }

    func examine(on connection: isolated Connection) throws -> GateDecision {
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(failed.dropFirst(5)) (rid BIGINT, reasons VARCHAR[])")
        var decision = GateDecision(failed: failed, failedRows: 0, superseded: 0, outcomes: [], stop: nil)
        if let contract {
            let scope = AuditScope(
                table: staged.table, declared: target, existing: existing,
                scopeKeysReplaced: [.merge, .scd2].contains(load.strategy) ? load.key : nil,
                malformedRows: staged.malformedRows)
            let audit = try TableAudit.audit(contract, scope: scope, policy: policy, resolve: resolve, on: connection)
            decision.outcomes = audit.outcomes
            if case .stop(let reason) = audit.verdict { decision.stop = reason }
            if audit.failedRows > 0 {
                try connection.execute("INSERT INTO \(failed) SELECT rid, reasons FROM \(audit.failedTable)")
            }
        }
        try checkKeys(&decision, on: connection)
        try checkNulls(on: connection)
        decision.failedRows = Int(try connection.query("SELECT count(DISTINCT rid) FROM \(failed)").scalar.int ?? 0)
        try applyPolicy(&decision)
        return decision
    }

    /// Rows that the strategy itself cannot place leave whatever the contract says, unless the policy is stop.
    private func applyPolicy(_ decision: inout GateDecision) throws {
        let bad = decision.failedRows + staged.malformedRows
        guard decision.stop == nil, bad > 0 else { return }
        if policy == .stop {
            decision.stop = "\(bad) of \(staged.read) rows break a rule or cannot be read, and on_fail is stop"
        } else if let tolerance = contract?.tolerance, tolerance.isExceeded(by: bad, of: staged.read) {
            decision.stop = "\(bad) of \(staged.read) rows break a rule or cannot be read, and \(tolerance) are tolerated"
        }
    }

    /// Merge and scd2 need keys that are there, and one row a key (and time).
    private func checkKeys(_ decision: inout GateDecision, on connection: isolated Connection) throws {
        guard [.merge, .scd2].contains(load.strategy), !load.key.isEmpty else { return }
        let keys = load.key.map(SQL.quote)
        let anyNull = keys.map { "\($0) IS NULL" }.joined(separator: " OR ")
        try connection.execute(
            """
            INSERT INTO \(failed) SELECT rowid, [\(SQL.literal("key_null(\(load.key.joined(separator: ", ")))"))]
            FROM \(staged.table.sql) WHERE \(anyNull)
            """)
        let version = load.strategy == .merge ? load.watermark : load.scd2.updatedAt
        let partition = (load.strategy == .scd2 ? keys + (version.map { [SQL.quote($0)] } ?? []) : keys).joined(separator: ", ")
        // Cheap when all is well: one grouping over the key alone.
        let duplicates = try connection.query(
            "SELECT count(*) FROM (SELECT 1 FROM \(staged.table.sql) WHERE NOT (\(anyNull)) GROUP BY \(partition) HAVING count(*) > 1)"
        ).scalar.int ?? 0
        guard duplicates > 0 else { return }
        let order = load.strategy == .merge ? version.map { "\(SQL.quote($0)) DESC NULLS LAST, " } ?? "" : ""
        let ranked = """
            SELECT rowid AS rid, row_number() OVER w AS place\(load.strategy == .merge && version != nil ? ", rank() OVER v AS version" : ", 1 AS version")
            FROM \(staged.table.sql)
            WHERE NOT (\(anyNull)) AND rowid NOT IN (SELECT rid FROM \(failed))
            WINDOW w AS (PARTITION BY \(partition) ORDER BY \(order)rowid)\(load.strategy == .merge && version != nil ? ", v AS (PARTITION BY \(partition) ORDER BY \(String(order.dropLast(2))))" : "")
            """
        let label = SQL.literal("key_duplicate(\(load.key.joined(separator: ", ")))")
        try connection.execute(
            "INSERT INTO \(failed) SELECT rid, [\(label)] FROM (\(ranked)) WHERE place > 1 AND version = 1")
        if load.strategy == .merge, version != nil {
            decision.superseded = try connection.execute(
                "DELETE FROM \(staged.table.sql) WHERE rowid IN (SELECT rid FROM (\(ranked)) WHERE version > 1)")
        }
    }

    /// A row without a watermark or interval would be skipped by every later run.
    private func checkNulls(on connection: isolated Connection) throws {
        let needed = [
            load.watermark.map { ("watermark_null", $0) }, load.interval.map { ("interval_null", $0.column) },
            load.strategy == .scd2 ? load.scd2.updatedAt.map { ("updated_at_null", $0) } : nil,
        ].compactMap(\.self)
        for (reason, column) in needed {
            try connection.execute(
                "INSERT INTO \(failed) SELECT rowid, [\(SQL.literal("\(reason)(\(column))"))] FROM \(staged.table.sql) WHERE \(SQL.quote(column)) IS NULL")
        }
    }
}
