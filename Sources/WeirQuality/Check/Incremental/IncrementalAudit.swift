import WeirCore
import WeirEngine

/// Holds a table against a contract and reads only the parts of it that are new or changed.
///
/// Counts of rows, of rows that break a rule, and newest values add up over the parts of a table, so those of parts that
/// are as they were are taken from memory. What does not add up (keys over the whole table, references, queries) is
/// decided over all rows, as ``TableAudit`` does. The outcomes are those of ``TableAudit`` but for the sample rows, which
/// come from the rows that were read.
///
/// (The idea of adding up states is Deequ's: Schelter and others, "Automating Large-Scale Data Quality Verification",
/// 2018, section 3.2.)
public enum IncrementalAudit {
    /// What was counted in a part before.
    public struct Known: Sendable, Hashable {
        public var version: String
        public var state: PartitionState

        public init(version: String, state: PartitionState) {
            self.version = version
            self.state = state
        }
    }

    public struct Result: Sendable {
        public var audit: AuditResult
        public var report: IncrementalReport
        /// A mark of what was counted: rules, columns, types and the engine. Counts of another definition say nothing.
        public var definition: String
        /// By part, to be known the next time. A part's name is a mark of its values.
        public var parts: [String: Known]
        /// Nothing is new, so what is remembered need not be written again.
        public var isUnchanged: Bool
    }

    /// - Parameters:
    ///   - known: what is remembered under a definition, by part.
    ///   - resolve: as in ``TableAudit``.
    /// - Throws: `check.unknown-column`, `check.partition-type`, `check.too-many-parts`, and what ``TableAudit`` throws.
    public static func audit(
        _ contract: TableContract, scope: AuditScope, policy: OnFail, by choice: PartitionChoice,
        known: (String) -> [String: Known], resolve: (String) -> TableName? = { TableName($0) },
        on connection: isolated Connection
    ) throws -> Result {
        let columns = try connection.columns(of: "SELECT * FROM \(scope.table.sql)")
        let parts = try TableParts(choice.columns, of: scope.table, declared: scope.declared, columns: columns)
        let rules = MergeableRules(contract, columns: columns, dividedBy: parts)
        let now = try parts.read(hashing: choice.changes == .content ? rules.hashed : [], on: connection)
        let definition = Fingerprint.of(
            [try Database.libraryVersion(), choice.changes.rawValue] + parts.definition + rules.definition)
        var before = known(definition)
        let keysBefore = before.removeValue(forKey: wholeTable)?.state
        let names = Dictionary(uniqueKeysWithValues: now.map { ($0.key, Fingerprint.of(["part", $0.key])) })
        let changed = now.filter { part in
            guard let old = names[part.key].flatMap({ before[$0] }) else { return true }
            return old.version != part.version || !rules.isCounted(old.state)
        }
        let policy = contract.onFail ?? policy
        var changedScope = scope
        if changed.count < now.count {
            try parts.divide(changed.map(\.key), on: connection)
            changedScope.table = TableName(schema: "temp", table: parts.staleView)
        }
        var run = try AuditRun(rules.contract, scope: changedScope, policy: policy, on: connection)
        try run.checkRows(on: connection)
        try run.checkCustomRows(on: connection)
        try run.decideRowRules(on: connection)
        try run.checkUniqueness(on: connection)
        try run.addSamples(on: connection)
        let counted = try run.states(by: parts, on: connection)

        var states: [String: Known] = [:]
        for part in now {
            guard let name = names[part.key] else { continue }
            let state = counted[part.key] ?? before[name]?.state ?? PartitionState(rows: 0)
            states[name] = Known(version: part.version, state: state)
        }
        run.settle(states.values.map(\.state))
        let rows = states.values.reduce(0) { $0 + $1.state.rows }
        let removed = before.keys.count { states[$0] == nil }
        let onlyGrew = removed == 0 && changed.allSatisfy { part in names[part.key].map { before[$0] == nil } ?? false }
        let grown = GrowingKeys(
            contract: contract, scope: changedScope, kept: parts.keptView, policy: policy, rows: rows,
            onlyGrew: onlyGrew)
        let keys = changed.count < now.count ? try grown.decide(rules.keys, before: keysBefore, on: connection) : [:]
        let overAll = contract.rules.filter { rule in
            rules.overAll.contains { $0.id == rule.id }
                || rules.keys.contains { $0.id == rule.id } && keys[rule.id] == nil
        }
        let whole = try MergeableRules.only(overAll, of: contract).map {
            try TableAudit.audit($0, scope: scope, policy: policy, resolve: resolve, on: connection)
        }
        let audit = Self.result(contract, run, keys, whole, rows: rows, policy)
        if !rules.keys.isEmpty {
            states[wholeTable] = Known(version: "", state: GrowingKeys.state(rules.keys, in: audit))
        }
        return Result(
            audit: audit,
            report: IncrementalReport(
                columns: parts.columns.map(\.name), changes: choice.changes, parts: now.count, read: changed.count,
                removed: removed, overAllRows: overAll.map(\.id)),
            definition: definition, parts: states,
            isUnchanged: changed.isEmpty && removed == 0 && !before.isEmpty && keys.count == rules.keys.count)
    }

    /// The name under which what holds for all rows together is remembered.
    private static let wholeTable = "*"

    private static func result(
        _ contract: TableContract, _ run: AuditRun, _ keys: [String: CheckOutcome], _ whole: AuditResult?, rows: Int,
        _ policy: OnFail
    ) -> AuditResult {
        var outcomes = run.outcomes.merging(keys) { first, _ in first }
        for outcome in whole?.outcomes ?? [] { outcomes[outcome.rule] = outcome }
        let respelt = Dictionary(run.plan.rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let all = CheckOutcome.all(
            of: contract, columns: run.columns, rules: contract.rules.map { respelt[$0.id] ?? $0 }, outcomes: outcomes,
            undecidable: run.plan.undecidable, policy: policy)
        return AuditResult(
            rows: rows, outcomes: all, failedTable: run.plan.names.failed, failedRows: 0,
            verdict: Decision.verdict(all, failedRows: 0, rows: rows, malformed: 0, tolerance: contract.tolerance))
    }
}
