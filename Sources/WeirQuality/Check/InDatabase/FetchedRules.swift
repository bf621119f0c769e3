import WeirCore
import WeirEngine

/// Rules that DuckDB decides, on the columns they need.
extension HostedRun {
    private static let view = TableName(schema: "temp", table: "_weir_fetched")

    /// - Returns: what ``TableAudit`` says; nil when there is no such rule.
    mutating func decideFetched(_ detail: AuditDetail, on connection: isolated Connection) throws -> AuditResult? {
        let rules = plan.rules.filter { plan.fetched[$0.id] != nil }
        guard !rules.isEmpty else { return nil }
        let isOrdered = rules.contains { rule in
            if case .custom(.sequence(let sequence)) = rule.kind { sequence.order == nil } else { false }
        }
        // A relation that is read several times is read by DuckDB once.
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(SQL.quote(Self.view.table)) AS \(table.fetched(columns(rules, detail), ordered: isOrdered || !table.order.isEmpty && namesRows(rules)))"
        )
        var part = contract
        part.rules = rules
        part.tolerance = nil
        let names = Set(columns(rules, detail).map { $0.name.lowercased() })
        part.columns = contract.columns.filter { names.contains($0.columnName.lowercased()) }
        let scope = AuditScope(table: Self.view, declared: declared, now: now)
        let parentNames = try fetchParents(rules, on: connection)
        let wants = rules.contains { $0.kind.namesRows } && plan.tests.isEmpty
        let result = try TableAudit.audit(
            part, scope: scope, policy: policy, resolve: { parentNames[$0] },
            detail: wants ? detail : AuditDetail(), on: connection)
        for var outcome in result.outcomes {
            guard let why = plan.fetched[outcome.rule] else { continue }
            outcome.fetched = why
            outcomes[outcome.rule] = outcome
        }
        return wants && (!detail.segments.isEmpty || detail.failingRows > 0) ? result : nil
    }

    private func namesRows(_ rules: [Rule]) -> Bool { rules.contains { $0.kind.namesRows } }

    /// The columns that the rules look at, the key, and those that are to be told.
    private func columns(_ rules: [Rule], _ detail: AuditDetail) -> [HostedColumn] {
        if detail.failingRows > 0 { return table.columns }
        var names = Set(rules.flatMap(\.columns).map { $0.root.lowercased() })
        names.formUnion(contract.primaryKey.map { $0.lowercased() })
        names.formUnion(detail.segments.map { $0.lowercased() })
        for rule in rules { names.formUnion(Self.words(of: rule)) }
        return table.columns.filter { names.contains($0.name.lowercased()) }
    }

    /// Words of the SQL in a rule: any of them may be a column.
    private static func words(of rule: Rule) -> [String] {
        let texts: [String?] =
            switch rule.kind {
            case .custom(.condition(let rule)): [rule.check, rule.when]
            case .custom(.rowsOf(let rule)): [rule.own]
            // Where there is no reference, the other rows are of the same table.
            case .custom(.distribution(let rule)): [rule.own, rule.reference == nil ? rule.other : nil]
            case .custom(.sequence(let rule)): rule.partition + [rule.order]
            default: []
            }
        return words(texts.compactMap(\.self).joined(separator: "\n"))
    }

    private static func words(_ text: String) -> [String] {
        SQLText.words(text).map { $0.text.lowercased().trimming("\"") }
    }

    /// Copies what other tables have in the columns that rules point to.
    private func fetchParents(_ rules: [Rule], on connection: isolated Connection) throws -> [String: TableName] {
        var names: [String: TableName] = [:]
        for rule in rules {
            guard let name = rule.otherTable, let parent = parents[name] else { continue }
            var wanted: Set<String> = []
            for other in rules where other.otherTable == name {
                switch other.kind {
                case .foreignKey(let key): wanted.formUnion(key.columns.map { $0.lowercased() })
                case .custom(.rowsOf(let custom)): wanted.formUnion(Self.words(custom.other ?? ""))
                case .custom(.distribution(let custom)):
                    wanted.formUnion(Self.words(custom.other ?? "") + other.columns.map { $0.root.lowercased() })
                default: break
                }
            }
            if names[name] != nil { continue }
            let copy = TableName(schema: "temp", table: "_weir_fetched_\(names.count)")
            let columns = parent.columns.filter { wanted.contains($0.name.lowercased()) }
            try connection.execute(
                "CREATE OR REPLACE TEMP TABLE \(SQL.quote(copy.table)) AS \(parent.fetched(columns))")
            names[name] = copy
        }
        return names
    }
}

extension String {
    fileprivate func trimming(_ mark: Character) -> String {
        hasPrefix(String(mark)) && hasSuffix(String(mark)) && count > 1 ? String(dropFirst().dropLast()) : self
    }
}
