import WeirCore

extension DataProfile {
    /// Rows below which a table is too small to tell a rule from an accident.
    static let enoughRows = 50

    /// A contract that the table keeps, with rules that its next rows are likely to keep as well: a key, what
    /// is always there, small sets of words, what is never negative, texts of one length or format. Largest
    /// values are left out on purpose, because tomorrow's may be larger.
    ///
    /// The profile is one of the whole table, with ``Profiler/Depth-swift.enum/contract`` or more.
    public func suggestContract(name: String) -> TableContract {
        let key = likelyKey()
        var columns: [ColumnContract] = []
        var collector = RuleCollector()
        for facts in self.columns {
            var column = ColumnContract(
                name: facts.name, logicalType: facts.logicalType, physicalType: facts.type,
                required: rows > 0 && facts.nulls == 0)
            column.primaryKeyPosition = facts.name == key ? 1 : nil
            let path = ColumnPath(facts.name)
            if column.required { collector.add(Rule(.notNull, columns: [path])) }
            for kind in rules(of: facts, isKey: facts.name == key) { collector.add(Rule(kind, columns: [path])) }
            columns.append(column)
        }
        if let key { collector.add(Rule(.unique, columns: [ColumnPath(key)])) }
        return TableContract(
            name: name, columns: columns, primaryKey: key.map { [$0] } ?? [], rules: collector.named())
    }

    private func rules(of facts: ColumnFacts, isKey: Bool) -> [RuleKind] {
        let filled = rows - facts.nulls
        guard filled >= Self.enoughRows, !isKey else { return [] }
        if facts.family == .text, let values = facts.allValues, values.count >= 2, filled >= values.count * 10 {
            return [.acceptedValues(values.map(PlainValue.string))]
        }
        if facts.family.isNumeric, let low = facts.minimum.flatMap(Double.init), low >= 0 {
            return [.range(ValueRange(minimum: "0"))]
        }
        guard let texts = facts.texts else { return [] }
        if let format = texts.format.flatMap(TextFormat.init(contract:)) { return [.format(format)] }
        if texts.longest == texts.shortest, (1...64).contains(texts.longest) {
            return [.length(min: texts.longest, max: texts.longest)]
        }
        return []
    }

    /// A column without doubles and gaps that is also named or placed like a key: in a small table many
    /// columns have no doubles by accident.
    private func likelyKey() -> String? {
        guard rows > 1 else { return nil }
        let unique = columns.enumerated().filter { $0.element.isKey(of: rows) }
        return (unique.first { KeyName.isLikely($0.element.name) } ?? unique.first { $0.offset == 0 })?.element.name
    }
}

extension ColumnFacts {
    /// Every value, sorted, where there are few and short ones; nil elsewhere.
    public var allValues: [String]? {
        guard distinct.isExact, distinct.count == top.count, (texts?.longest ?? 0) <= 100 else { return nil }
        return top.map(\.value).sorted()
    }

    /// No value is missing or stands twice.
    public func isKey(of rows: Int) -> Bool {
        nulls == 0 && distinct.isExact && distinct.count == rows && rows > 0
    }

    var logicalType: ContractType? { family.logicalType }
}
