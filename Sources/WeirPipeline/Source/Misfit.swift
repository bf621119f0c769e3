import WeirCore

/// When a value does not fit the type that a column is to have.
enum Misfit {
    /// SQL that is true for a value (an SQL expression) which a cast to `type` would lose or change.
    ///
    /// - Parameter given: the value's own type.
    static func condition(_ value: String, given: String, type: String) -> String {
        if given == "VARCHAR" { return "NOT (\(TextCast(type: type).fits(value)))" }
        let cast = "TRY_CAST(\(value) AS \(type))"
        let lost = "\(value) IS NOT NULL AND \(cast) IS NULL"
        guard isPlain(given), isPlain(type), type != "FLOAT" else { return lost }
        if type.hasPrefix("DECIMAL"), ["DOUBLE", "FLOAT"].contains(given) {
            // What is left over from arithmetic with binary fractions is no digit that anybody wrote.
            let noise = given == "DOUBLE" ? "1e-9" : "1e-6"
            return "\(lost) OR coalesce(abs(\(cast)::DOUBLE - \(value)) > \(noise) * greatest(1, abs(\(value))), false)"
        }
        return "\(lost) OR TRY_CAST(\(cast) AS \(given)) IS DISTINCT FROM \(value)"
    }

    /// Numbers, truths and times: there and back is the same value, or something was lost.
    private static func isPlain(_ type: String) -> Bool {
        let names: Set = [
            "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
            "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS",
            "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE",
        ]
        return names.contains(type) || type.hasPrefix("DECIMAL(")
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
