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
    private(set) var staged: StagedRows
    let target: TableName
    let load: LoadSettings
    let contract: TableContract?
    let policy: OnFail
    /// The published table, where its rows stay beside the new ones.
    let existing: TableName?
    /// What freshness is measured at, in microseconds since 1970-01-01 UTC.
    let now: Int64?
    let resolve: (String) -> TableName?

    private var failed: String {
        "temp.\(SQL.quote("weir_gate_\(Fingerprint.of([staged.table.description]).prefix(12))"))"
    }

    /// Without a contract, keys and times there is nothing that a row could break.
    private var letsEverythingPass: Bool {
        contract == nil && load.key.isEmpty && load.watermark == nil && load.interval == nil
            && load.scd2.updatedAt == nil && staged.malformedRows == 0 && !staged.hasAnswers
    }

    mutating func examine(on connection: isolated Connection) throws -> GateDecision {
        if letsEverythingPass {
            return GateDecision(failed: failed, failedRows: 0, superseded: 0, outcomes: [], stop: nil)
        }
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(failed.dropFirst(5)) (rid BIGINT, reasons VARCHAR[])")
        var decision = GateDecision(failed: failed, failedRows: 0, superseded: 0, outcomes: [], stop: nil)
        decision.superseded = try supersede(on: connection)
        var byContract = 0
        if let contract {
            var scope = AuditScope(
                table: staged.table, declared: target, existing: existing,
                scopeKeysReplaced: [.merge, .scd2].contains(load.strategy) ? load.key : nil,
                malformedRows: staged.malformedRows, now: now)
            if hasVersions { scope.versionKey = load.key }
            let audit = try TableAudit.audit(contract, scope: scope, policy: policy, resolve: resolve, on: connection)
            decision.outcomes = audit.outcomes
            if case .stop(let reason) = audit.verdict { decision.stop = reason }
            if audit.failedRows > 0 {
                try connection.execute("INSERT INTO \(failed) SELECT rid, reasons FROM \(audit.failedTable)")
            }
            byContract = audit.failedRows
        }
        try checkKeys(on: connection)
        try checkNulls(on: connection)
        try checkAnswers(on: connection)
        decision.failedRows = Int(try connection.query("SELECT count(DISTINCT rid) FROM \(failed)").scalar.int ?? 0)
        applyPolicy(&decision, byContract: byContract)
        return decision
    }

    /// Rows that the strategy itself cannot place leave whatever the contract says, unless the policy is stop. About
    /// rows that leave by the contract its rules have decided, each by its own `on_fail`.
    private func applyPolicy(_ decision: inout GateDecision, byContract: Int) {
        let bad = decision.failedRows + staged.malformedRows
        guard decision.stop == nil, bad > 0 else { return }
        let unplaced = bad - byContract
        if policy == .stop, unplaced > 0 {
            decision.stop =
                "\(unplaced) of \(staged.read) rows cannot be read or have no place in the table, and on_fail is stop"
        } else if let tolerance = contract?.tolerance, tolerance.isExceeded(by: bad, of: staged.read) {
            decision.stop =
                "\(bad) of \(staged.read) rows break a rule or cannot be read, and \(tolerance) are tolerated"
        }
    }

    /// Merge and scd2 need keys that are there, and one row a key (and time).
    private func checkKeys(on connection: isolated Connection) throws {
        guard [.merge, .scd2].contains(load.strategy), !load.key.isEmpty else { return }
        let keys = load.key.map(SQL.quote)
        let anyNull = keys.map { "\($0) IS NULL" }.joined(separator: " OR ")
        try connection.execute(
            """
            INSERT INTO \(failed) SELECT rowid, [\(SQL.literal("key_null(\(load.key.joined(separator: ", ")))"))]
            FROM \(staged.table.sql) WHERE \(anyNull)
            """)
        let version = load.strategy == .scd2 ? load.scd2.updatedAt.map { [SQL.quote($0)] } ?? [] : []
        let partition = (keys + version).joined(separator: ", ")
        // Cheap when all is well: one grouping over the key alone.
        let duplicates =
            try connection.query(
                "SELECT count(*) FROM (SELECT 1 FROM \(staged.table.sql) WHERE NOT (\(anyNull)) GROUP BY \(partition) HAVING count(*) > 1)"
            ).scalar.int ?? 0
        guard duplicates > 0 else { return }
        let label = SQL.literal("key_duplicate(\(load.key.joined(separator: ", ")))")
        try connection.execute(
            """
            INSERT INTO \(failed) SELECT rid, [\(label)] FROM (
                SELECT rowid AS rid, row_number() OVER (PARTITION BY \(partition) ORDER BY rowid) AS place
                FROM \(staged.table.sql) WHERE NOT (\(anyNull)) AND rowid NOT IN (SELECT rid FROM \(failed)))
            WHERE place > 1
            """)
    }

    /// Rows of one key that were told apart by their watermark, and of which some may break a rule.
    private(set) var hasVersions = false

    /// Rows that break a rule about single rows, and would not be published anyway: ids in a temporary table.
    private func brokenRows(on connection: isolated Connection) throws -> String? {
        guard var contract, policy != .warn else { return nil }
        contract.rules = contract.rules.filter { $0.kind.isRowRule }
        if contract.rules.isEmpty { return nil }
        let scope = AuditScope(table: staged.table, declared: target)
        let audit = try TableAudit.audit(contract, scope: scope, policy: policy, resolve: resolve, on: connection)
        return audit.failedRows > 0 ? audit.failedTable : nil
    }

    /// Merge with a watermark: of several versions of a row in one load the newest counts, and the others are
    /// history. Of versions of which the newest breaks a rule, the newest that breaks none counts. Rows of the same
    /// key and time stay, for the check of keys.
    private mutating func supersede(on connection: isolated Connection) throws -> Int {
        guard load.strategy == .merge, let watermark = load.watermark, !load.key.isEmpty else { return 0 }
        let keys = load.key.map(SQL.quote).joined(separator: ", ")
        let repeated =
            try connection.query(
                "SELECT count(*) FROM (SELECT 1 FROM \(staged.table.sql) GROUP BY \(keys) HAVING count(*) > 1)"
            ).scalar.int ?? 0
        guard repeated > 0 else { return 0 }
        let complete = load.key.map { "\(SQL.quote($0)) IS NOT NULL" }.joined(separator: " AND ")
        hasVersions = true
        let broken = try brokenRows(on: connection).map { " AND rowid NOT IN (SELECT rid FROM \($0))" } ?? ""
        let before = staged.rows
        try staged.keep(
            where: """
                t.\(SQL.quote(StagedRows.ridColumn)) NOT IN (SELECT rowid FROM \(staged.table.sql) WHERE \(complete) AND \(SQL.quote(watermark)) IS NOT NULL\(broken)
                    QUALIFY rank() OVER (PARTITION BY \(keys) ORDER BY \(SQL.quote(watermark)) DESC) > 1)
                """, on: connection)
        return before - (try StagedRows.count(staged.table, on: connection))
    }

    /// A row that no valid answer was got for.
    private func checkAnswers(on connection: isolated Connection) throws {
        guard staged.hasAnswers else { return }
        let fault = SQL.quote(StagedRows.answerFaultColumn)
        try connection.execute(
            "INSERT INTO \(failed) SELECT rowid, [\(fault)] FROM \(staged.table.sql) WHERE \(fault) IS NOT NULL")
    }

    /// A row without a watermark or interval would be skipped by every later run.
    private func checkNulls(on connection: isolated Connection) throws {
        let needed = [
            load.watermark.map { ("watermark_null", $0) }, load.interval.map { ("interval_null", $0.column) },
            load.strategy == .scd2 ? load.scd2.updatedAt.map { ("updated_at_null", $0) } : nil,
        ].compactMap(\.self)
        for (reason, column) in needed {
            try connection.execute(
                "INSERT INTO \(failed) SELECT rowid, [\(SQL.literal("\(reason)(\(column))"))] FROM \(staged.table.sql) WHERE \(SQL.quote(column)) IS NULL"
            )
        }
    }
}
