import WeirCore

/// Compiles rules about single rows to the condition that a violating row makes true.
///
/// Every condition is null for a null value, and a null condition is no violation; only the not-null rules
/// look for nulls.
enum RowPredicate {
    /// The violating condition over the alias `t`, or nil when the rule cannot be decided on a column of
    /// that type.
    static func violation(of rule: Rule, family: TypeFamily) -> String? {
        guard let path = rule.columns.first else { return nil }
        let value = path.sql
        switch rule.kind {
        case .notNull: return isNull(path)
        case .notMissing(let stand): return missing(stand, path, family)
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
            return "len(list_distinct(\(value))) < len(list_filter(\(value), lambda x: x IS NOT NULL))"
        case .unique, .foreignKey, .rowCount, .freshness, .sql: return nil
        }
    }

    private static func asText(_ value: String, _ family: TypeFamily) -> String {
        family == .text ? value : "CAST(\(value) AS VARCHAR)"
    }

    /// A field is missing only in an object that is there.
    private static func isNull(_ path: ColumnPath) -> String {
        let missing = "\(path.sql) IS NULL"
        return path.parent.map { "(\($0.sql) IS NOT NULL AND \(missing))" } ?? missing
    }

    private static func missing(_ stand: [PlainValue], _ path: ColumnPath, _ family: TypeFamily) -> String {
        let listed = ValueSQL.isOneOf(stand, path.sql, family: family)
        guard stand.contains(.null) else { return listed ?? "false" }
        return listed.map { "(\(isNull(path)) OR \($0))" } ?? isNull(path)
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
