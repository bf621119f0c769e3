import WeirCore

extension TableProfile {
    /// Rows below which a table is too small to tell a rule from an accident.
    static let enoughRows = 50

    /// A contract that the table keeps, with rules that its next rows are likely to keep as well: a key, what
    /// is always there, small sets of words, what is never negative, texts of one length or format. Largest
    /// values are left out on purpose, because tomorrow's may be larger.
    public func suggestContract(name: String) -> TableContract {
        let key = likelyKey()
        var columns: [ColumnContract] = []
        var collector = RuleCollector()
        for profile in self.columns {
            var column = ColumnContract(
                name: profile.name, logicalType: profile.logicalType, physicalType: profile.type,
                required: rows > 0 && profile.nulls == 0)
            column.primaryKeyPosition = profile.name == key ? 1 : nil
            let path = ColumnPath(profile.name)
            if column.required { collector.add(Rule(.notNull, columns: [path])) }
            for kind in rules(of: profile, isKey: profile.name == key) { collector.add(Rule(kind, columns: [path])) }
            columns.append(column)
        }
        if let key { collector.add(Rule(.unique, columns: [ColumnPath(key)])) }
        return TableContract(
            name: name, columns: columns, primaryKey: key.map { [$0] } ?? [], rules: collector.named())
    }

    private func rules(of profile: ColumnProfile, isKey: Bool) -> [RuleKind] {
        let filled = rows - profile.nulls
        guard filled >= Self.enoughRows, !isKey else { return [] }
        if profile.family == .text, let values = profile.values, values.count >= 2, filled >= values.count * 10 {
            return [.acceptedValues(values.map(PlainValue.string))]
        }
        if profile.family.isNumeric, let low = profile.minimum.flatMap(Double.init), low >= 0 {
            return [.range(ValueRange(minimum: "0"))]
        }
        if let format = profile.format.flatMap(TextFormat.init(contract:)) { return [.format(format)] }
        if profile.family == .text, let length = profile.longest, length == profile.shortest, (1...64).contains(length)
        {
            return [.length(min: length, max: length)]
        }
        return []
    }

    /// A column without doubles and gaps that is also named or placed like a key: in a small table many
    /// columns have no doubles by accident.
    private func likelyKey() -> String? {
        let unique = columns.enumerated().filter { $0.element.isUnique == true }
        guard rows > 1 else { return nil }
        let named = unique.first { entry in
            let name = entry.element.name.lowercased()
            return name == "id" || ["_id", "_key", "_code", "_no", "uuid", "number"].contains(where: name.hasSuffix)
        }
        return (named ?? unique.first { $0.offset == 0 })?.element.name
    }
}

extension ColumnProfile {
    var logicalType: ContractType? { family.logicalType }
}
