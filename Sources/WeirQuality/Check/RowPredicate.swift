import WeirCore

/// Compiles rules about single rows to the condition that a violating row makes true.
///
/// Every condition is null for a null value, and a null condition is no violation; only the not-null rules
/// look for nulls.
enum RowPredicate {
    /// The violating condition over the alias `t`, or nil when the rule cannot be decided on a column of
    /// that type.
    static func violation(of rule: Rule, family: TypeFamily, in type: String = "") -> String? {
        if case .custom(let custom) = rule.kind {
            guard case .condition(let condition) = custom else { return nil }
            let fails = "NOT (\(condition.check)\n)"
            return condition.when.map { "((\($0)\n) AND \(fails))" } ?? fails
        }
        guard let path = rule.columns.first else { return nil }
        if TypeFamily(sql: type) == .json, path.parts.count > 1 {
            guard !path.isMany else { return nil }
            let steps = path.parts.dropFirst().map { ".\"\($0.replacing("\"", with: "\\\""))\"" }
            func inside(_ steps: some Sequence<String>) -> String {
                "json_extract_string(t.\(SQL.quote(path.root)), \(SQL.literal("$" + steps.joined())))"
            }
            let parent = steps.count > 1 ? inside(steps.dropLast()) : "t.\(SQL.quote(path.root))"
            return violation(rule.kind, inside(steps), parent: parent, family)
        }
        return violation(
            rule.kind, path.parts.dropFirst(), value: "t.\(SQL.quote(path.root))", parent: nil, family, depth: 0)
    }

    /// Follows the rest of a path: into objects, and into arrays and maps, where one item that breaks the rule is
    /// enough.
    private static func violation(
        _ kind: RuleKind, _ rest: ArraySlice<String>, value: String, parent: String?, _ family: TypeFamily, depth: Int
    ) -> String? {
        guard let part = rest.first else { return violation(kind, value, parent: parent, family) }
        guard ColumnPath.isMany(part) else {
            return violation(
                kind, rest.dropFirst(), value: "struct_extract(\(value), \(SQL.literal(part)))", parent: value, family,
                depth: depth)
        }
        let item = "x\(depth)"
        let list = part == ColumnPath.items ? value : "map_\(part == ColumnPath.mapKeys ? "keys" : "values")(\(value))"
        return violation(kind, rest.dropFirst(), value: item, parent: nil, family, depth: depth + 1).map {
            "len(list_filter(\(list), lambda \(item): \($0))) > 0"
        }
    }

    private static func violation(
        _ kind: RuleKind, _ value: String, parent: String?, _ family: TypeFamily
    ) -> String? {
        switch kind {
        case .notNull: return isNull(value, parent)
        case .notMissing(let stand): return missing(stand, value, parent, family)
        case .acceptedValues(let values):
            return "NOT (\(ValueSQL.isOneOf(values, value, family: family) ?? "\(value) IS NULL"))"
        case .pattern(let pattern):
            return "NOT regexp_matches(\(asText(value, family)), \(ValueSQL.text(pattern.expression)))"
        case .format(let format):
            // A UUID column cannot hold anything else.
            if format == .uuid, family == .uuid { return "false" }
            return "NOT regexp_full_match(\(asText(value, family)), \(ValueSQL.text(format.expression)))"
        case .range(let range): return outside(range, value, family)
        case .multipleOf(let number): return notMultiple(of: number, value, family)
        case .length(let least, let most):
            return count("length(\(asText(value, family)))", least, most)
        case .itemCount(let least, let most):
            guard family == .list else { return nil }
            return count("len(\(value))", least, most)
        case .uniqueItems:
            guard family == .list else { return nil }
            return "len(list_distinct(\(value))) < len(list_filter(\(value), lambda y: y IS NOT NULL))"
        case .unique, .foreignKey, .rowCount, .freshness, .sql, .custom: return nil
        }
    }

    private static func asText(_ value: String, _ family: TypeFamily) -> String {
        family == .text ? value : "CAST(\(value) AS VARCHAR)"
    }

    /// A field is missing only in an object that is there.
    private static func isNull(_ value: String, _ parent: String?) -> String {
        let missing = "\(value) IS NULL"
        return parent.map { "(\($0) IS NOT NULL AND \(missing))" } ?? missing
    }

    private static func missing(
        _ stand: [PlainValue], _ value: String, _ parent: String?, _ family: TypeFamily
    ) -> String {
        let listed = ValueSQL.isOneOf(stand, value, family: family)
        guard stand.contains(.null) else { return listed ?? "false" }
        return listed.map { "(\(isNull(value, parent)) OR \($0))" } ?? isNull(value, parent)
    }

    private static func count(_ length: String, _ least: Int?, _ most: Int?) -> String {
        [least.map { "\(length) < \($0)" }, most.map { "\(length) > \($0)" }].compactMap(\.self)
            .joined(separator: " OR ")
    }

    private static func outside(_ range: ValueRange, _ value: String, _ family: TypeFamily) -> String? {
        if range.isNumeric {
            // Text that is no number has no place in a range; its type is another rule's matter.
            let number = family.isNumeric ? value : "TRY_CAST(\(value) AS DOUBLE)"
            guard family.isNumeric || family == .text else { return nil }
            return range.bounds.map { "\(number) \($0.violation) \($0.bound)" }.joined(separator: " OR ")
        }
        let parts = range.bounds.map { pair in
            TemporalBound(pair.bound).map { $0.comparison(value, pair.violation, family) } ?? nil
        }
        let known = parts.compactMap(\.self)
        return known.count == parts.count ? known.joined(separator: " OR ") : nil
    }

    private static func notMultiple(of number: String, _ value: String, _ family: TypeFamily) -> String? {
        let isExact = !number.contains { "eE".contains($0) }
        switch family {
        case .integer where isExact, .decimal where isExact: return "\(value) % \(number) <> 0"
        case .floating, .integer, .decimal, .text:
            let amount = family == .text ? "TRY_CAST(\(value) AS DOUBLE)" : "CAST(\(value) AS DOUBLE)"
            let times = "\(amount) / \(number)"
            // Binary fractions have no exact multiples: a relative error of 1e-9 is taken as none.
            return "abs(\(times) - round(\(times))) > 1e-9 * greatest(1, abs(\(times)))"
        default: return nil
        }
    }
}
