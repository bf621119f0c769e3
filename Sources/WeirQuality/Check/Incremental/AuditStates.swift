import WeirCore
import WeirEngine

/// Counts of an audit by the parts of its table, and outcomes from counts that were added up.
extension AuditRun {
    private var countable: [Rule] {
        // A rule that could not be decided has no count, and must not look like one that counted none.
        plan.rules.filter { plan.slots[$0.id] != nil && outcomes[$0.id]?.violating != nil }
    }

    private var freshness: [Rule] { plan.rules.filter { if case .freshness = $0.kind { true } else { false } } }

    /// What was counted in each part, by the part's key.
    func states(by parts: TableParts, on connection: isolated Connection) throws -> [String: PartitionState] {
        let rules = countable
        let timed = freshness.compactMap { rule in rule.columns.first.map { (rule, $0.sql) } }
        let counts = rules.compactMap { plan.slots[$0.id].map { "count(*) FILTER (\($0.test))" } }
        let newest = timed.flatMap { ["epoch_us(max(\($0.1)))", "max(\($0.1))"] }
        let list = (["\(parts.key) AS k", "count(*)"] + counts + newest).joined(separator: ", ")
        var states: [String: PartitionState] = [:]
        let rows = try connection.query(
            "SELECT \(list) FROM \(table) AS t LEFT JOIN \(marked) AS b ON b.rid = t.rowid GROUP BY ALL"
        ).map { $0 }
        for row in rows {
            var state = PartitionState(rows: Int(row[1].int ?? 0))
            for (index, rule) in rules.enumerated() {
                state.counts[rule.id] = .init(violating: Int(row[2 + index].int ?? 0))
            }
            for (index, entry) in timed.enumerated() {
                let place = 2 + rules.count + index * 2
                if let micros = row[place].int {
                    state.newest[entry.0.id] = .init(micros: micros, text: row[place + 1].display)
                }
            }
            states[row[0].text ?? ""] = state
        }
        for rule in rules where rule.kind == .unique {
            for key in states.keys { states[key]?.counts[rule.id]?.affected = 0 }
            guard (outcomes[rule.id]?.violating ?? 0) > 0 else { continue }
            let affected = UniqueCheck(rule: rule, plan: plan).affected(by: parts.key)
            for row in try connection.query(affected).map({ $0 }) {
                states[row[0].text ?? ""]?.counts[rule.id]?.affected = Int(row[1].int ?? 0)
            }
        }
        return states
    }

    /// Decides every rule by the counts of all parts, in place of those of the rows that were read.
    mutating func settle(_ states: [PartitionState]) {
        let total = states.reduce(0) { $0 + $1.rows }
        for rule in countable {
            let counts = states.compactMap { $0.counts[rule.id] }
            let violating = counts.reduce(0) { $0 + $1.violating }
            outcomes[rule.id]?.violating = violating
            if rule.kind == .unique { outcomes[rule.id]?.affected = counts.reduce(0) { $0 + ($1.affected ?? 0) } }
            outcomes[rule.id]?.status = Decision.status(of: rule, violating: violating, rows: total, policy: policy)
        }
        for rule in plan.rules where rule.kind == .rowCount { settle(rule, measured: Double(total)) }
        for rule in freshness {
            guard let path = rule.columns.first else { continue }
            let newest = states.compactMap { $0.newest[rule.id] }.max { $0.micros < $1.micros }
            outcomes[rule.id] = CheckOutcome(
                rule, newest: newest?.micros, shownAs: newest?.text ?? "", now: scope.now, sql: newestQuery(path),
                policy: policy)
        }
    }
}
