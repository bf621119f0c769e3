import WeirCore

/// Writes rules as `quality` and `relationships`.
enum RuleWriter {
    /// True for a rule that a plain key of a column can express: an error, about every row, without a name.
    static func isPlain(_ rule: Rule) -> Bool { rule.severity == .error && rule.limit == .none && rule.name == nil }

    static func quality(_ rule: Rule, columns table: TableContract?, to out: inout Lines) {
        out.item { out in
            if let name = rule.name { out.add("name: \(YAMLText.text(name))") }
            if let text = rule.description { out.add("description: \(YAMLText.text(text))") }
            for line in body(rule, table) { out.add(line) }
            for condition in rule.limit.conditions { out.add(condition.yaml) }
            if rule.limit.unit == .percent { out.add("unit: percent") }
            if let dimension = rule.dimension { out.add("dimension: \(YAMLText.text(dimension))") }
            if rule.severity != .error { out.add("severity: \(rule.severity == .warn ? "warning" : "info")") }
            SettingsWriter.write(onFail: rule.onFail, tolerance: rule.tolerance, to: &out)
        }
    }

    private static func body(_ rule: Rule, _ table: TableContract?) -> [String] {
        switch rule.kind {
        case .notNull: return ["metric: nullValues"]
        case .notMissing(let values): return metric("missingValues", "missingValues", .list(values))
        case .acceptedValues(let values): return metric("invalidValues", "validValues", .list(values))
        case .pattern(let pattern): return metric("invalidValues", "pattern", .string(pattern.source))
        case .unique:
            guard let table else { return ["metric: duplicateValues"] }
            return metric("duplicateValues", "properties", .list(rule.columns.map { .string(name(of: $0, in: table)) }))
        case .rowCount: return ["metric: rowCount"]
        case .sql(let query): return ["type: sql", "query: \(YAMLText.text(query))"]
        default: return []
        }
    }

    private static func metric(_ metric: String, _ argument: String, _ value: PlainValue) -> [String] {
        ["metric: \(metric)", "arguments:", "  \(argument): \(YAMLText.value(value))"]
    }

    static func relationship(_ rule: Rule, columns table: TableContract?, to out: inout Lines) {
        guard case .foreignKey(let key) = rule.kind else { return }
        out.item { out in
            if let table { out.add("from: \(list(rule.columns.map { name(of: $0, in: table) }))") }
            let targets = key.columns.map { "\(key.table).\($0)" }
            out.add("to: \(table == nil ? YAMLText.text(targets[0]) : list(targets))")
            SettingsWriter.write(onFail: rule.onFail, tolerance: rule.tolerance, to: &out)
        }
    }

    private static func list(_ names: [String]) -> String { YAMLText.value(.list(names.map(PlainValue.string))) }

    private static func name(of path: ColumnPath, in table: TableContract) -> String {
        table.column(path.root)?.name ?? path.root
    }
}

extension Limit.Condition {
    /// The operator as the standard writes it.
    fileprivate var yaml: String {
        switch self {
        case .equal(let bound): "mustBe: \(bound.plainText)"
        case .notEqual(let bound): "mustNotBe: \(bound.plainText)"
        case .greater(let bound): "mustBeGreaterThan: \(bound.plainText)"
        case .greaterOrEqual(let bound): "mustBeGreaterOrEqualTo: \(bound.plainText)"
        case .less(let bound): "mustBeLessThan: \(bound.plainText)"
        case .lessOrEqual(let bound): "mustBeLessOrEqualTo: \(bound.plainText)"
        case .between(let low, let high): "mustBeBetween: [\(low.plainText), \(high.plainText)]"
        case .notBetween(let low, let high): "mustNotBeBetween: [\(low.plainText), \(high.plainText)]"
        }
    }
}
