import WeirCore
import WeirEngine

/// Types for values of which nothing but their text is known.
enum TypeGuess {
    private static let patterns: [(type: String, pattern: String, ofTexts: Bool)] = [
        ("BIGINT", #"[+-]?(0|[1-9][0-9]{0,17})"#, false),
        ("DOUBLE", #"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?"#, false),
        ("BOOLEAN", "true|false|True|False|TRUE|FALSE", false),
        ("DATE", "[0-9]{4}-[0-9]{2}-[0-9]{2}", true),
        ("TIMESTAMP", #"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?"#, true),
        (
            "TIMESTAMP WITH TIME ZONE",
            #"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"#,
            true
        ),
    ]

    /// The narrowest type that holds every value of a text column; VARCHAR when none does or there is no value.
    ///
    /// - Parameter isText: some value is a text by the way it is written, so that digits are no number.
    static func type(
        of column: String, in table: String, isText: Bool, on connection: isolated Connection
    ) throws -> String {
        let candidates = patterns.filter { $0.ofTexts || !isText }
        let tests = candidates.map {
            "bool_and(regexp_full_match(\(column), \(SQL.literal($0.pattern))) AND TRY_CAST(\(column) AS \($0.type)) IS NOT NULL)"
        }
        let found =
            try connection.query(
                "SELECT \(tests.joined(separator: ", ")) FROM \(table) WHERE \(column) IS NOT NULL"
            ).first ?? []
        return zip(candidates, found).first { $1 == .bool(true) }?.0.type ?? "VARCHAR"
    }

    /// Digits behind the point that a number type keeps; nil for types that keep what they can, or are no numbers.
    static func fractionDigits(of type: String) -> Int? {
        let integers: Set = [
            "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "UHUGEINT",
        ]
        if integers.contains(type) { return 0 }
        guard type.hasPrefix("DECIMAL("), type.hasSuffix(")") else { return nil }
        return Int(type.dropLast().split(separator: ",").last?.trimmingPrefix(" ") ?? "")
    }

    /// How far two values of a type may lie apart and still count as equal, relative to the greater; nil is not at all.
    ///
    /// Sums of floating point numbers depend on the order of the rows, which no table promises.
    static func tolerance(of type: String) -> String? {
        switch type {
        case "DOUBLE": "1e-9"
        case "FLOAT": "1e-6"
        default: nil
        }
    }
}
