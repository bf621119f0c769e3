import WeirCore

/// Rules as `quality` and `relationships`.
enum RuleWriter {
    /// True for a rule that a plain key of a column can express: an error, about every row, without a name.
    static func isPlain(_ rule: Rule) -> Bool {
        rule.severity == .error && rule.limit == .none && rule.warnLimit == nil && rule.name == nil
    }

    /// - Parameter table: the object, for its own rules; nil for those of a property.
    static func quality(_ rule: Rule, in table: TableContract?) -> YAMLTree {
        var tree = YAMLTree.object([
            "name": rule.name.map(YAMLTree.said), "description": rule.description.map(YAMLTree.said),
        ])
        for (key, value) in body(rule, table) { tree.set(key, value) }
        if case .custom = rule.kind, rule.limit == .none {
        } else {
            for condition in rule.limit.conditions { tree.set(condition.name, condition.bound) }
        }
        if rule.limit.unit == .percent { tree.set("unit", .plain("percent")) }
        if let dimension = rule.dimension { tree.set("dimension", .said(dimension)) }
        if rule.severity != .error { tree.set("severity", .plain(rule.severity == .warn ? "warning" : "info")) }
        tree.set(
            "customProperties",
            SettingsWriter.tree(onFail: rule.onFail, tolerance: rule.tolerance, warn: rule.warnLimit))
        return tree
    }

    private static func body(_ rule: Rule, _ table: TableContract?) -> [(String, YAMLTree)] {
        switch rule.kind {
        case .notNull: return [("metric", .plain("nullValues"))]
        case .notMissing(let values): return metric("missingValues", "missingValues", values)
        case .acceptedValues(let values): return metric("invalidValues", "validValues", values)
        case .pattern(let pattern):
            return [
                ("metric", .plain("invalidValues")), ("arguments", .object(["pattern": .text(pattern.source)])),
            ]
        case .unique:
            guard let table else { return [("metric", .plain("duplicateValues"))] }
            return metric("duplicateValues", "properties", rule.columns.map { .string(name(of: $0, in: table)) })
        case .rowCount: return [("metric", .plain("rowCount"))]
        case .sql(let query): return [("type", .plain("sql")), ("query", .text(query))]
        case .custom(let custom):
            return [
                ("type", .plain("custom")), ("engine", .plain("weir")),
                ("implementation", custom.tree(rule.columns.map { name(of: $0, in: table) })),
            ]
        default: return []
        }
    }

    private static func metric(_ metric: String, _ argument: String, _ values: [PlainValue]) -> [(String, YAMLTree)] {
        [
            ("metric", .plain(metric)),
            ("arguments", .map([YAMLTree.Entry(argument, .list(values.map(YAMLTree.init)))])),
        ]
    }

    static func relationship(_ rule: Rule, in table: TableContract?) -> YAMLTree {
        guard case .foreignKey(let key) = rule.kind else { return .map([]) }
        let targets = key.columns.map { YAMLTree.said("\(key.table).\($0)") }
        return .object([
            "from": table.map { table in .list(rule.columns.map { .said(name(of: $0, in: table)) }) },
            "to": table == nil ? targets[0] : .list(targets),
            "customProperties": SettingsWriter.tree(onFail: rule.onFail, tolerance: rule.tolerance),
        ])
    }

    private static func name(of path: ColumnPath, in table: TableContract?) -> String {
        table?.column(path.root)?.name ?? path.root
    }
}

extension Limit.Condition {
    /// The operator as the standard writes it.
    var name: String {
        switch self {
        case .equal: "mustBe"
        case .notEqual: "mustNotBe"
        case .greater: "mustBeGreaterThan"
        case .greaterOrEqual: "mustBeGreaterOrEqualTo"
        case .less: "mustBeLessThan"
        case .lessOrEqual: "mustBeLessOrEqualTo"
        case .between: "mustBeBetween"
        case .notBetween: "mustNotBeBetween"
        }
    }

    var bound: YAMLTree {
        switch self {
        case .equal(let bound), .notEqual(let bound), .greater(let bound), .greaterOrEqual(let bound),
            .less(let bound), .lessOrEqual(let bound):
            .plain(bound.plainText)
        case .between(let low, let high), .notBetween(let low, let high):
            .list([.plain(low.plainText), .plain(high.plainText)])
        }
    }
}
