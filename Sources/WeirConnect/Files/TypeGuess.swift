import WeirCore
import WeirEngine

/// Guesses the types of a file's columns from its readable lines, where DuckDB's sniffer gave up because of the
/// others.
enum TypeGuess {
    /// From narrow to wide; the first that fits all values is taken.
    private static let candidates = ["BOOLEAN", "BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "TIME"]
    private static let sample = 20_480

    /// - Parameter relation: all columns as texts.
    static func columns(_ names: [String], in relation: String, on connection: isolated Connection) throws -> [Column] {
        guard !names.isEmpty else { return [] }
        let guesses = names.map { name in
            let column = SQL.quote(name)
            let fits = candidates.map { type in
                // 1 and 0 are numbers before they are truths.
                let isPlain = type == "BOOLEAN" ? " AND bool_and(lower(\(column)) IN ('true', 'false'))" : ""
                return "WHEN count(TRY_CAST(\(column) AS \(type))) = count(\(column))\(isPlain) THEN '\(type)'"
            }
            return "CASE WHEN count(\(column)) = 0 THEN 'VARCHAR' \(fits.joined(separator: " ")) ELSE 'VARCHAR' END"
        }
        let row =
            try connection.query(
                "SELECT \(guesses.joined(separator: ", ")) FROM (SELECT * FROM \(relation) LIMIT \(sample))"
            ).first ?? []
        return zip(names, row).map { Column(name: $0, type: $1.text ?? "VARCHAR") }
    }
}
