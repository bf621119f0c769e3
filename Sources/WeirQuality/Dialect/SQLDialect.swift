import WeirCore

/// The SQL of a database that Weir writes statements for: exported tables, compared tables, and checks that run where
/// the data is.
public enum SQLDialect: String, Sendable, Hashable, CaseIterable, Codable {
    case duckdb, postgres, mysql, sqlite

    /// The database's name for people. MariaDB speaks MySQL's SQL.
    public var label: String {
        switch self {
        case .duckdb: "DuckDB"
        case .postgres: "PostgreSQL"
        case .mysql: "MySQL"
        case .sqlite: "SQLite"
        }
    }

    /// A name in the dialect's quotes.
    public func quote(_ name: String) -> String { self == .mysql ? SQL.between(name, "`") : SQL.quote(name) }

    /// A text as a literal. What a backslash means in MySQL's depends on its settings, so it gets the bytes.
    public func literal(_ text: String) -> String {
        self == .mysql ? "CONVERT(\(Self.bytes(text)) USING utf8mb4)" : SQL.literal(text)
    }

    /// A text as a literal that people read, for MySQL with its usual settings.
    func readableLiteral(_ text: String) -> String {
        SQL.literal(self == .mysql ? text.replacing("\\", with: "\\\\") : text)
    }

    /// The UTF-8 of a text as `X'…'`.
    static func bytes(_ text: String) -> String {
        "X'\(text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())'"
    }

    /// A table's name with its schema, each part quoted.
    func table(_ name: String) -> String { name.split(separator: ".").map { quote(String($0)) }.joined(separator: ".") }

    /// SQL for a FROM clause of DuckDB: a query of this dialect, run by the database attached as `catalog`.
    func asked(_ query: String, of catalog: String) -> String {
        "\(rawValue)_query(\(SQL.literal(catalog)), \(SQL.literal(query)))"
    }
}
