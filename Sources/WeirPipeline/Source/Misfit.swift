import WeirCore

/// When a value does not fit the type that a column is to have.
enum Misfit {
    private static let integers: Set = [
        "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "UHUGEINT",
    ]

    /// SQL that is true for a value (an SQL expression) which a cast to `type` would lose or round.
    static func condition(_ value: String, type: String) -> String {
        let lost = "\(value) IS NOT NULL AND TRY_CAST(\(value) AS \(type)) IS NULL"
        guard integers.contains(type.uppercased()) else { return lost }
        // DuckDB rounds 1.5 to an integer without a word.
        let number = "TRY_CAST(\(value) AS DOUBLE)"
        return "\(lost) OR coalesce(isfinite(\(number)) AND \(number) <> trunc(\(number)), false)"
    }

    /// A list of the reasons that hold, for the columns and conditions given.
    static func reasons(_ misfits: [(name: String, condition: String)]) -> String {
        let each = misfits.map { "CASE WHEN \($0.condition) THEN \(SQL.literal("type(\($0.name))")) END" }
        return "list_filter([\(each.joined(separator: ", "))], lambda x: x IS NOT NULL)"
    }

    static func any(_ misfits: [(name: String, condition: String)]) -> String {
        misfits.map { "(\($0.condition))" }.joined(separator: " OR ")
    }
}
