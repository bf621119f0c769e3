import WeirCore

/// The rules of a contract, divided into those whose counts add up over the parts of a table, and the others.
struct MergeableRules {
    /// The contract with the rules that add up.
    let contract: TableContract
    /// Keys over the whole table: they need all rows, unless parts only came.
    let keys: [Rule]
    /// Rules that need all rows.
    let overAll: [Rule]
    /// Columns whose values decide about the rules that add up.
    let hashed: [Column]
    /// What is counted, to the letter.
    let definition: [String]
    /// Rules that each counted part has a count of.
    private let counted: [String]

    init(_ contract: TableContract, columns: [Column], dividedBy parts: TableParts) {
        let all = AuditPlan(contract.rules, columns: columns, table: "t", label: "t", refused: [:])
        let dividing = Set(parts.columns.map { $0.name.lowercased() })
        let merged = all.rules.filter { Self.addsUp($0, dividing, all) }
        let ids = Set(merged.map(\.id))
        var own = contract
        own.rules = contract.rules.filter { ids.contains($0.id) }
        self.contract = own
        keys = all.rules.filter { $0.kind == .unique && !ids.contains($0.id) && all.undecidable[$0.id] == nil }
        let keyIDs = Set(keys.map(\.id))
        overAll = contract.rules.filter { !ids.contains($0.id) && !keyIDs.contains($0.id) }
        counted = merged.filter { $0.kind.namesRows }.map(\.id)
        // A condition may name any column, also one that the contract does not mention.
        let isOpen = merged.contains { if case .custom(.condition) = $0.kind { true } else { false } }
        let named = Set((merged + keys).flatMap(\.columns).map { $0.root.lowercased() })
        hashed = columns.filter { isOpen || named.contains($0.name.lowercased()) }
        var words = hashed.flatMap { [$0.name, $0.type] } + ["rules"]
        for rule in merged {
            words += [rule.id, all.conditions[rule.id] ?? "\(rule.kind)"] + rule.columns.map(\.description)
        }
        words.append("keys")
        for rule in keys { words += [rule.id] + rule.columns.map(\.description) }
        definition = words
    }

    /// The contract with some of its rules only; nil where there are none.
    static func only(_ rules: [Rule], of contract: TableContract) -> TableContract? {
        if rules.isEmpty { return nil }
        var only = contract
        only.rules = rules
        // The columns, and what cannot be checked, are told with the other rules.
        only.notChecked = []
        return only
    }

    /// True for a state that has a count of every rule.
    func isCounted(_ state: PartitionState) -> Bool { counted.allSatisfy { state.counts[$0] != nil } }

    private static func addsUp(_ rule: Rule, _ dividing: Set<String>, _ plan: AuditPlan) -> Bool {
        /// Rows that agree in these columns are in one part.
        func keepsTogether(_ columns: some Swift.Sequence<String>) -> Bool {
            dividing.isSubset(of: columns.map { $0.lowercased() })
        }
        let plain = rule.columns.filter { $0.parts.count == 1 }.map(\.root)
        switch rule.kind {
        case .rowCount: return true
        case .unique: return keepsTogether(plain)
        case .freshness:
            return rule.columns.first.map { [.date, .timestamp, .timestampTZ].contains(plan.type(of: $0)) } ?? false
        case .custom(.uniqueWithin): return keepsTogether(plain.dropLast())
        case .custom(.sequence(let sequence)):
            // Without an order of its own, the order of the rows decides, and parts do not keep it.
            return keepsTogether(sequence.partition) && (sequence.kind == .noGaps || sequence.order != nil)
        case .foreignKey, .sql, .custom(.rowsOf): return false
        default: return rule.kind.isRowRule
        }
    }
}
