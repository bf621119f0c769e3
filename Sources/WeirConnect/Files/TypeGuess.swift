import WeirCore
import WeirEngine

/// Guesses the types of a file's columns from its readable lines, where DuckDB's sniffer gave up because of the
/// others.
enum TypeGuess {
    /// From narrow to wide, with how the texts must look, since a cast rounds and cuts; the first that fits all
    /// values is taken. 1 and 0 are numbers before they are truths.
    private static let candidates = [
        ("BOOLEAN", "(?i)true|false"), ("BIGINT", "[+-]?[0-9]+"), ("HUGEINT", "[+-]?[0-9]+"), ("DOUBLE", ".*"),
        ("DATE", "[0-9]+-[0-9]+-[0-9]+"), ("TIMESTAMP", ".*[- ].*"), ("TIME", "[0-9]+:[0-9]+(:[0-9.]+)?"),
    ]
    private static let sample = 20_480

    /// - Parameter relation: all columns as texts.
    static func columns(_ names: [String], in relation: String, on connection: isolated Connection) throws -> [Column] {
        guard !names.isEmpty else { return [] }
        let guesses = names.map { name in
            let column = SQL.quote(name)
            let fits = candidates.map { type, pattern in
                "WHEN count(TRY_CAST(\(column) AS \(type))) = count(\(column)) AND bool_and(\(looks(column, pattern))) THEN '\(type)'"
            }
            return "CASE WHEN count(\(column)) = 0 THEN 'VARCHAR' \(fits.joined(separator: " ")) ELSE 'VARCHAR' END"
        }
        let row =
            try connection.query(
                "SELECT \(guesses.joined(separator: ", ")) FROM (SELECT * FROM \(relation) LIMIT \(sample))"
            ).first ?? []
        return zip(names, row).map { Column(name: $0, type: $1.text ?? "VARCHAR") }
    }

    /// Integers beyond 64 bits are DOUBLE to DuckDB's sniffer, which loses their last digits. They are HUGEINT here,
    /// or text where other values stand between them.
    ///
    /// - Parameter relation: the same columns as texts.
    static func keepingDigits(_ columns: [Column], in relation: String, on connection: isolated Connection) throws
        -> [Column]
    {
        let doubles = columns.filter { $0.type == "DOUBLE" }.map(\.name)
        if doubles.isEmpty { return columns }
        let guesses = doubles.map { name in
            let column = SQL.quote(name)
            return """
                CASE WHEN NOT bool_or(\(looks(column, "[+-]?[0-9]{18,}"))) THEN 'DOUBLE'
                WHEN bool_and(\(looks(column, "[+-]?[0-9]+"))) AND count(TRY_CAST(\(column) AS HUGEINT)) = count(\(column)) THEN 'HUGEINT'
                ELSE 'VARCHAR' END
                """
        }
        let row =
            try connection.query(
                "SELECT \(guesses.joined(separator: ", ")) FROM (SELECT * FROM \(relation) LIMIT \(sample))"
            ).first ?? []
        let types = Dictionary(
            zip(doubles, row).map { ($0, $1.text ?? "DOUBLE") }, uniquingKeysWith: { first, _ in first })
        return columns.map { Column(name: $0.name, type: types[$0.name] ?? $0.type) }
    }

    private static func looks(_ column: String, _ pattern: String) -> String {
        "regexp_full_match(trim(\(column)), '\(pattern)')"
    }
}
