import WeirCore
import WeirEngine

/// Keys over the whole table of which some parts are new or changed: only the keys of their rows are looked up among the
/// others.
///
/// That needs to be known of the others: how many of their rows are doubles. Where parts only came, it is what was counted
/// before. Where none was counted, there is none among any of them either. Else nobody remembers which keys were in a part
/// that changed or went.
struct GrowingKeys {
    let contract: TableContract
    /// The rows of new and changed parts.
    let scope: AuditScope
    /// The view of all others, unquoted.
    let kept: String
    let policy: OnFail
    /// Rows of the whole table.
    let rows: Int
    /// No part changed or went.
    let onlyGrew: Bool

    /// - Parameter before: what was counted of all rows as they were.
    /// - Returns: outcomes by rule; rules for which not enough is known are left out.
    func decide(
        _ rules: [Rule], before: PartitionState?, on connection: isolated Connection
    ) throws -> [String: CheckOutcome] {
        var outcomes: [String: CheckOutcome] = [:]
        for rule in rules {
            guard let known = before?.counts[rule.id], onlyGrew || known.violating == 0,
                let contract = MergeableRules.only([rule], of: contract)
            else {
                continue
            }
            outcomes[rule.id] = try decide(rule, contract, known, on: connection)
        }
        return outcomes
    }

    private func decide(
        _ rule: Rule, _ contract: TableContract, _ known: PartitionState.Count, on connection: isolated Connection
    ) throws -> CheckOutcome? {
        var scope = scope
        let others = TableName(schema: "temp", table: kept)
        scope.existing = others
        var run = try AuditRun(contract, scope: scope, policy: policy, on: connection)
        try run.checkRows(on: connection)
        try run.checkUniqueness(on: connection)
        try run.addSamples(on: connection)
        guard let rule = run.plan.rules.first, var outcome = run.outcomes[rule.id] else { return nil }
        let check = UniqueCheck(rule: rule, plan: run.plan)
            .including(others, columns: run.columns, replacedBy: nil)
        let joined = try check.newlyAffected.map { try connection.query($0).scalar.int ?? 0 } ?? 0
        let violating = known.violating + (outcome.violating ?? 0)
        outcome.violating = violating
        outcome.affected = (known.affected ?? 0) + (outcome.affected ?? 0) + Int(joined)
        outcome.status = Decision.status(of: rule, violating: violating, rows: rows, policy: policy)
        return outcome
    }

    /// What to remember of the keys.
    static func state(_ rules: [Rule], in audit: AuditResult) -> PartitionState {
        var state = PartitionState(rows: audit.rows)
        for outcome in audit.outcomes where rules.contains(where: { $0.id == outcome.rule }) {
            if let violating = outcome.violating {
                state.counts[outcome.rule] = .init(violating: violating, affected: outcome.affected)
            }
        }
        return state
    }
}
