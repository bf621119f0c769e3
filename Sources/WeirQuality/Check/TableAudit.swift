import WeirCore
import WeirEngine

/// Runs every rule of a contract against a table in DuckDB.
///
/// One scan decides all rules about single rows; keys and references add a pass over their own columns.
/// Row count, freshness and SQL rules are measured last, on what would be published: the rows under test
/// without those that leave, and the published rows that stay.
///
/// ```swift
/// let result = try TableAudit.audit(contract, scope: scope, policy: .quarantine, on: connection)
/// try connection.execute("DELETE FROM staging WHERE rowid IN (SELECT rid FROM \(result.failedTable))")
/// ```
///
/// Run it outside a transaction: an SQL rule that fails would end the transaction with it.
public enum TableAudit {
    /// - Parameters:
    ///   - policy: `on_fail` where neither the contract nor the rule says anything.
    ///   - resolve: the table that a foreign key names, as in the contract: an object's name or
    ///     `schema.table`. The default takes the name as it is.
    ///   - detail: segments and failing rows to tell beside the counts.
    /// - Throws: ``WeirError`` when a rule cannot run at all: an SQL rule with a mistake, a foreign key to a
    ///   table that does not exist.
    public static func audit(
        _ contract: TableContract, scope: AuditScope, policy: OnFail,
        resolve: (String) -> TableName? = { TableName($0) }, detail: AuditDetail = AuditDetail(),
        on connection: isolated Connection
    ) throws -> AuditResult {
        var run = try AuditRun(contract, scope: scope, policy: contract.onFail ?? policy, on: connection)
        try run.checkRows(on: connection)
        try run.checkReferences(resolve, on: connection)
        try run.checkCustomRows(on: connection)
        try run.decideRowRules(on: connection)
        try run.checkUniqueness(on: connection)
        try run.writeFailedRows(on: connection)
        try run.checkTable(on: connection)
        try run.addSamples(on: connection)
        var result = run.result
        result.segments = try run.segments(detail, on: connection)
        result.failing = try run.failingRows(detail, on: connection)
        return result
    }
}

/// One audit under way: its steps in the order of ``TableAudit``.
struct AuditRun {
    let contract: TableContract
    let scope: AuditScope
    let policy: OnFail
    let columns: [Column]
    /// The table with row ids: the one under test, or a copy of a view.
    let table: String
    var plan: AuditPlan
    let rows: Int
    var outcomes: [String: CheckOutcome] = [:]
    /// Row ids of the first violations, by rule.
    var firstRows: [String: [Int64]] = [:]
    var failedRows = 0
    /// Tables that rules compare the number of rows with, by rule.
    var sources: [String: TableName] = [:]

    init(_ contract: TableContract, scope: AuditScope, policy: OnFail, on connection: isolated Connection) throws {
        self.contract = contract
        self.scope = scope
        self.policy = policy
        columns = try connection.columns(of: "SELECT * FROM \(scope.table.sql)")
        if let clash = columns.first(where: { $0.name.lowercased() == "rowid" }) {
            throw WeirError(
                "contract.rowid-column",
                "\(scope.declared) has a column \"\(clash.name)\", which hides the row ids a check needs",
                hint: "rename the column", at: Place(table: scope.declared.description, field: clash.name))
        }
        let names = AuditNames(label: scope.table.description)
        if (try? connection.columns(of: "SELECT rowid FROM \(scope.table.sql)")) != nil {
            table = scope.table.sql
        } else {
            try connection.execute("CREATE OR REPLACE TEMP TABLE \(names.copy) AS FROM \(scope.table.sql)")
            table = names.copy
        }
        plan = AuditPlan(contract.rules, columns: columns, table: table, label: scope.table.description, refused: [:])
        rows = Int(try connection.query("SELECT count(*) FROM \(table)").scalar.int ?? 0)
    }

    func columns(of names: TableName, on connection: isolated Connection) throws -> [Column] {
        try connection.columns(of: "SELECT * FROM \(names.sql)")
    }

    // MARK: Rules about single rows

    mutating func checkRows(on connection: isolated Connection) throws {
        let unsafe = try unsafeConditions(on: connection)
        if !unsafe.isEmpty {
            plan = AuditPlan(
                contract.rules, columns: columns, table: table, label: scope.table.description, refused: unsafe)
        }
        do { try connection.execute(plan.scan) } catch {
            // One rule that DuckDB refuses (a field that is not there, a pattern) must not take the others along.
            guard Self.isAboutTheRule(error) else { throw error }
            let refused = try refusedRules(on: connection).merging(unsafe) { first, _ in first }
            if refused.count == unsafe.count { throw error }
            plan = AuditPlan(
                contract.rules, columns: columns, table: table, label: scope.table.description, refused: refused)
            try connection.execute(plan.scan)
        }
    }

    /// Custom rules whose conditions cannot be a part of the scan.
    private func unsafeConditions(on connection: isolated Connection) throws -> [String: String] {
        var refused: [String: String] = [:]
        for rule in plan.rules where plan.undecidable[rule.id] == nil {
            guard case .custom(.condition(let condition)) = rule.kind else { continue }
            refused[rule.id] = try ConditionCheck.refusal(of: condition, in: table, on: connection)
        }
        return refused
    }

    private func refusedRules(on connection: isolated Connection) throws -> [String: String] {
        var refused: [String: String] = [:]
        for rule in plan.rowRules {
            guard let condition = plan.conditions[rule.id] else { continue }
            do { _ = try connection.columns(of: "SELECT 1 FROM \(table) AS t WHERE \(condition)") } catch {
                guard Self.isAboutTheRule(error) else { throw error }
                refused[rule.id] = WeirError.wrapping(error).message
            }
        }
        return refused
    }

    /// True for a mistake in the SQL of a rule; false for a full disk, a cancelled task and the like.
    static func isAboutTheRule(_ error: any Error) -> Bool {
        (error as? WeirError)?.code.hasPrefix("sql.") == true
    }

    mutating func decideRowRules(on connection: isolated Connection) throws {
        let counted = plan.rules.filter { plan.slots[$0.id] != nil && $0.kind != .unique && outcomes[$0.id] == nil }
        guard !counted.isEmpty, let values = try connection.query(plan.counts(of: counted)).first else { return }
        for (index, rule) in counted.enumerated() {
            let violating = Int(values[index * 2].int ?? 0)
            firstRows[rule.id] = values[index * 2 + 1].list?.compactMap(\.int) ?? []
            settle(
                rule, violating: violating, evidence: plan.evidence(for: rule, in: scope.declared) ?? evidence[rule.id])
        }
    }

    mutating func settle(_ rule: Rule, violating: Int, affected: Int? = nil, evidence: String?) {
        outcomes[rule.id] = CheckOutcome(
            rule, Decision.status(of: rule, violating: violating, rows: rows, policy: policy), violating: violating,
            affected: affected, sql: evidence)
    }

    // MARK: Foreign keys

    /// Queries that show orphans, by rule.
    private var evidence: [String: String] = [:]

    mutating func checkReferences(_ resolve: (String) -> TableName?, on connection: isolated Connection) throws {
        for rule in plan.rules {
            if case .custom = rule.kind, let name = rule.otherTable {
                guard let source = resolve(name) else { throw Self.unknown(name, rule) }
                sources[rule.id] = source
            }
            guard case .foreignKey(let key) = rule.kind, plan.undecidable[rule.id] == nil else { continue }
            guard let parent = resolve(key.table) else { throw Self.unknown(key.table, rule) }
            let isSelf = parent.key == scope.declared.key
            let parents = isSelf ? selfParents : [parent.sql]
            let check = ForeignKeyCheck(
                rule: rule, plan: plan, key: key, parents: parents,
                columns: isSelf ? columns : try parentColumns(parent, rule, on: connection))
            if let name = check.missingColumn {
                throw WeirError(
                    "contract.unknown-reference", "\(rule.id): \(parent) has no column \"\(name)\"",
                    hint: DidYouMean.hint(for: name, among: check.columns.map(\.name)), at: rule.place)
            }
            try connection.execute(check.mark)
            evidence[rule.id] = isSelf ? nil : check.evidence(in: scope.declared)
        }
    }

    static func unknown(_ table: String, _ rule: Rule) -> WeirError {
        WeirError(
            "contract.unknown-reference", "\(rule.id): there is no table \"\(table)\"",
            hint: "name it as schema.table", at: rule.place)
    }

    /// A table that points to itself: its keys are among the rows under test and the published ones.
    private var selfParents: [String] {
        [table]
            + (scope.existing.map { [ExistingRows.kept($0, replacedBy: scope.scopeKeysReplaced, table: table)] } ?? [])
    }

    private func parentColumns(_ parent: TableName, _ rule: Rule, on connection: isolated Connection) throws -> [Column]
    {
        do { return try columns(of: parent, on: connection) } catch {
            throw WeirError(
                "contract.unknown-reference", "\(rule.id): the table \(parent) cannot be read",
                hint: WeirError.wrapping(error).message, at: rule.place)
        }
    }

    // MARK: Uniqueness

    mutating func checkUniqueness(on connection: isolated Connection) throws {
        let existing = try scope.existing.map { ($0, try columns(of: $0, on: connection)) }
        for rule in plan.rules where rule.kind == .unique && plan.undecidable[rule.id] == nil {
            var check = UniqueCheck(rule: rule, plan: plan)
            if let key = scope.versionKey,
                Set(key.map { $0.lowercased() }) == Set(rule.columns.map { $0.description.lowercased() })
            {
                check.leavingOut = plan.breaksAny(of: leaving)
            }
            if let (name, columns) = existing {
                check = check.including(name, columns: columns, replacedBy: scope.scopeKeysReplaced)
            }
            try connection.execute(check.find(among: check.suspects(among: rows, on: connection)))
            let found = try connection.query(check.measure).first ?? []
            let excess = Int(found.first?.int ?? 0)
            settle(
                rule, violating: excess, affected: Int(found.last?.int ?? 0),
                evidence: check.evidence(in: scope.declared))
            guard excess > 0 else { continue }
            try connection.execute(check.mark(leaving: plan.breaksAny(of: leaving)))
            let values = try connection.query(plan.counts(of: [rule])).first ?? []
            firstRows[rule.id] = values.last?.list?.compactMap(\.int) ?? []
        }
    }

    // MARK: The rows that leave

    /// The rules found so far whose rows go to quarantine.
    private var leaving: [Rule] { plan.rules.filter { outcomes[$0.id]?.status == .quarantined } }

    mutating func writeFailedRows(on connection: isolated Connection) throws {
        try connection.execute(plan.failed(leaving))
        failedRows = Int(try connection.query("SELECT count(*) FROM \(plan.names.failed)").scalar.int ?? 0)
    }

    // MARK: The result

    var result: AuditResult {
        let all = CheckOutcome.all(
            of: contract, columns: columns, rules: plan.rules, outcomes: outcomes, undecidable: plan.undecidable,
            policy: policy)
        let verdict = Decision.verdict(
            all, failedRows: failedRows, rows: rows, malformed: scope.malformedRows, tolerance: contract.tolerance)
        return AuditResult(
            rows: rows, outcomes: all, failedTable: plan.names.failed, failedRows: failedRows, verdict: verdict)
    }
}
