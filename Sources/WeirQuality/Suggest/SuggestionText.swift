import WeirCore

/// The contract of a proposal, and what its rules rest on as comments.
extension ContractSuggester {
    func contract(
        _ profile: DataProfile, _ columns: [Column], _ key: [String], _ candidates: [Candidate]
    ) -> TableContract {
        var collector = RuleCollector()
        for candidate in candidates { collector.add(candidate.rule) }
        let described = profile.columns.map { facts in
            let isFilled = candidates.contains {
                $0.rule.kind == .notNull && $0.rule.isStrict && $0.rule.columns == [ColumnPath(facts.name)]
            }
            var column = ColumnContract(
                name: facts.name, logicalType: facts.family.logicalType, physicalType: facts.type,
                required: isFilled || key.contains(facts.name))
            column.primaryKeyPosition = key.firstIndex(of: facts.name).map { $0 + 1 }
            if facts.family == .timestampTZ { column.hasTimeZone = true }
            if facts.meaning?.isPersonal == true, facts.meaning?.confidence ?? 0 >= 0.8 {
                column.classification = "confidential"
            }
            return column
        }
        if !key.isEmpty { collector.add(Rule(.unique, columns: key.map { ColumnPath($0) })) }
        return TableContract(
            name: name, physicalName: physicalName, columns: described, primaryKey: key, rules: collector.named())
    }

    func text(
        _ table: TableContract, _ profile: DataProfile, rows: Int, held: Int, _ proposed: [ContractSuggestion.Proposed]
    ) -> String {
        var evidence: [String: [String]] = [:]
        for facts in profile.columns {
            var lines = [Self.seen(facts, rows: profile.rows)]
            for rule in proposed where rule.columns.first == facts.name {
                lines.append(
                    "\(rule.rule): \(rule.evidence); \(Figures.count(rule.heldOut)) held-out values keep it, confidence \(rule.confidence.plainText)"
                )
            }
            evidence[facts.name] = lines
        }
        let yaml = ContractWriter.yaml(
            for: [table], id: name, name: name,
            description: "what the rows of \(target) are like; proposed from \(Figures.count(Int64(rows), "row"))",
            evidence: evidence)
        return """
            # Proposed by `weir contract suggest` from \(Figures.count(Int64(rows), "row")): rules were found on \(Figures.count(rows - held)) of them and tried on the
            # other \(Figures.count(held)). Read it: a rule that holds today by accident keeps good rows out tomorrow.

            """ + yaml
    }

    private static func seen(_ facts: ColumnFacts, rows: Int) -> String {
        if rows == 0 { return "seen: no rows" }
        if facts.nulls == rows { return "seen: nothing but nulls" }
        var parts = [facts.nulls == 0 ? "no nulls" : "\(Figures.count(facts.nulls)) of \(Figures.count(rows)) null"]
        parts.append("\(facts.distinct.isExact ? "" : "about ")\(Figures.count(Int64(facts.distinct.count), "value"))")
        let isHidden = facts.meaning?.isPersonal == true
        if !isHidden, let low = facts.minimum, let high = facts.maximum {
            parts.append("from \(low.prefix(40)) to \(high.prefix(40))")
        }
        if let meaning = facts.meaning { parts.append(meaning.kind.words) }
        return "seen: " + parts.joined(separator: ", ")
    }
}
