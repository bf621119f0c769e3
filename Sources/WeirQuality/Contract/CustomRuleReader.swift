import WeirCore
import WeirEngine

/// Reads the `implementation` of a rule for the engine weir.
struct CustomRuleReader {
    /// The object's columns.
    let columns: [ColumnContract]
    /// The property that holds the rule; nil for rules of the object.
    let path: ColumnPath?

    static let kinds = ["check", "sequence", "within", "rowsOf", "distribution"]

    func read(_ map: YAMLMap) -> (rule: CustomRule, columns: [ColumnPath])? {
        let present = Self.kinds.filter { map.value($0) != nil }
        guard present.count == 1, let kind = present.first else {
            map.report(
                "contract.custom-rule",
                present.isEmpty
                    ? "a rule for the engine weir needs one of \(Self.kinds.joined(separator: ", "))"
                    : "\(present.joined(separator: " and ")) are different rules",
                hint: present.isEmpty ? map.keys.first.flatMap { DidYouMean.hint(for: $0, among: Self.kinds) } : nil)
            return nil
        }
        defer { map.finish("a rule of the kind \(kind)") }
        return switch kind {
        case "check": readCondition(map)
        case "sequence": readSequence(map)
        case "within": readWithin(map)
        case "distribution": readDistribution(map)
        default: readRowsOf(map)
        }
    }

    // MARK: Kinds

    private func readCondition(_ map: YAMLMap) -> (CustomRule, [ColumnPath])? {
        guard let check = sql(map, "check") else { return nil }
        let when = sql(map, "when")
        let words = Set(SQLText.words("\(check) \(when ?? "")").map { Self.bare($0.text) })
        let named = columns.filter { words.contains($0.columnName.lowercased()) }.map { ColumnPath($0.columnName) }
        let all = (path.map { [$0] } ?? []) + named.filter { $0 != path }
        return (.condition(.init(check: check, when: when)), all)
    }

    private func readSequence(_ map: YAMLMap) -> (CustomRule, [ColumnPath])? {
        guard let kind = map.choice("sequence", CustomRule.Sequence.Kind.self) else { return nil }
        let column = path.map { [$0] } ?? named(map, "column", needed: true)
        let order = named(map, "orderBy", needed: false).first
        let partition = named(map, "partitionBy", needed: false)
        var step: CustomRule.Sequence.Step?
        if let value = map.value("step"), let text = value.string() {
            if let number = NumberText.normal(text), Double(number) ?? 0 > 0 {
                step = .number(number)
            } else if let span = Span(text), span.seconds > 0 {
                step = .time(span)
            } else {
                value.report(
                    "contract.bad-bound", "\"\(text)\" is not a step", hint: "write a number above 0, or a time: 1 day")
            }
            if kind != .noGaps {
                map.report("contract.misplaced-key", "only sequence: no_gaps has a step", key: "step")
            }
        }
        guard let column = column.first else { return nil }
        let sequence = CustomRule.Sequence(
            kind: kind, step: step, partition: partition.map(\.root), order: order?.root)
        return (.sequence(sequence), [column] + partition + (order.map { [$0] } ?? []))
    }

    private func readWithin(_ map: YAMLMap) -> (CustomRule, [ColumnPath])? {
        let span = map.span("within")
        let time = named(map, "time", needed: true).first
        let keys = path.map { [$0] } ?? named(map, "unique", needed: true)
        guard let span, let time, !keys.isEmpty else { return nil }
        if span.seconds <= 0 { map.report("contract.bad-bound", "within must be longer than nothing", key: "within") }
        return (.uniqueWithin(.init(span: span, time: time.root)), keys + [time])
    }

    private func readRowsOf(_ map: YAMLMap) -> (CustomRule, [ColumnPath])? {
        if path != nil {
            map.report("contract.misplaced-metric", "rowsOf is about a table: move it to the object's quality")
        }
        guard let table = map.string("rowsOf") else { return nil }
        return (.rowsOf(.init(table: table, own: sql(map, "where"), other: sql(map, "whereThere"))), [])
    }

    private func readDistribution(_ map: YAMLMap) -> (CustomRule, [ColumnPath])? {
        guard let word = map.string("distribution") else { return nil }
        let column = (path.map { [$0] } ?? named(map, "column", needed: true)).first
        let share = map.value("quantile")
        let measure: CustomRule.Distribution.Measure
        switch word {
        case "psi": measure = .psi
        case "mean": measure = .mean
        case "quantile":
            guard let share, let text = share.plain().text, let number = NumberText.normal(text),
                let value = Double(number), value >= 0, value <= 1
            else {
                map.report(
                    "contract.bad-bound", "a quantile needs the share of rows below it, from 0 to 1",
                    hint: "write quantile: 0.95", key: share == nil ? "distribution" : "quantile")
                return nil
            }
            measure = .quantile(number)
        default:
            map.report(
                "contract.unknown-value", "\"\(word)\" is not a way to compare distributions",
                hint: DidYouMean.hint(for: word, among: CustomRule.Distribution.Measure.words), key: "distribution")
            return nil
        }
        if share != nil, measure.quantile == nil {
            map.report("contract.misplaced-key", "only distribution: quantile has a quantile", key: "quantile")
        }
        let rule = CustomRule.Distribution(
            measure: measure, reference: map.string("reference"), own: sql(map, "where"), other: sql(map, "whereThere"))
        if rule.reference == nil, rule.other == nil {
            map.report(
                "contract.missing-key", "a distribution needs something that it is held against",
                hint: "name a table with reference, or rows of this table with whereThere")
        }
        guard let column else { return nil }
        return (.distribution(rule), [column])
    }

    // MARK: Parts

    /// SQL as written: `{property}` stands for the property, and a `${` is no reference to a variable.
    private func sql(_ map: YAMLMap, _ key: String) -> String? {
        guard let value = map.value(key) else { return nil }
        guard let text = value.plain().text, !text.allSatisfy(\.isWhitespace) else {
            value.report("contract.empty-query", "\(key) needs an SQL condition")
            return nil
        }
        return SQLRule.fill(text, object: "{object}", column: path)
    }

    private func named(_ map: YAMLMap, _ key: String, needed: Bool) -> [ColumnPath] {
        guard let value = map.value(key) else {
            if needed { map.report("contract.missing-key", "this rule needs the key \"\(key)\"") }
            return []
        }
        return (value.isList ? value.list() : [value]).compactMap { item in
            guard let name = item.string() else { return nil }
            let key = name.lowercased()
            if let column = columns.first(where: { [$0.name.lowercased(), $0.columnName.lowercased()].contains(key) }) {
                return ColumnPath(column.columnName)
            }
            item.report(
                "contract.unknown-column", "the object has no property \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: columns.map(\.name)))
            return nil
        }
    }

    private static func bare(_ word: String) -> String {
        let inside =
            word.hasPrefix("\"") && word.hasSuffix("\"") && word.count > 1 ? word.dropFirst().dropLast() : word[...]
        return inside.lowercased()
    }
}
