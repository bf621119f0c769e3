import WeirCore

/// Types and checks of exported tables.
extension SQLDialect {
    /// A column's type from DuckDB's; nil where the dialect has none.
    ///
    /// - Parameter length: characters that a text may have at most; MySQL's keys need one.
    func type(_ duckDB: String, length: Int?) -> String? {
        if self == .duckdb { return duckDB }
        let family = TypeFamily(sql: duckDB)
        switch (family, self) {
        case (.decimal, .sqlite): return "NUMERIC"
        case (.decimal, _): return duckDB
        case (.integer, .sqlite): return "INTEGER"
        case (.integer, .mysql):
            return [
                "TINYINT": "TINYINT", "UTINYINT": "TINYINT UNSIGNED", "SMALLINT": "SMALLINT",
                "USMALLINT": "SMALLINT UNSIGNED", "INTEGER": "INT", "UINTEGER": "INT UNSIGNED", "BIGINT": "BIGINT",
                "UBIGINT": "BIGINT UNSIGNED", "HUGEINT": "DECIMAL(39,0)", "UHUGEINT": "DECIMAL(39,0)",
            ][duckDB]
        case (.integer, _):
            return [
                "TINYINT": "SMALLINT", "UTINYINT": "SMALLINT", "SMALLINT": "SMALLINT", "USMALLINT": "INTEGER",
                "INTEGER": "INTEGER", "UINTEGER": "BIGINT", "BIGINT": "BIGINT", "UBIGINT": "NUMERIC(20)",
                "HUGEINT": "NUMERIC(39)", "UHUGEINT": "NUMERIC(39)",
            ][duckDB]
        case (.floating, .sqlite): return "REAL"
        case (.floating, .mysql): return duckDB
        case (.floating, _): return duckDB == "FLOAT" ? "REAL" : "DOUBLE PRECISION"
        case (.boolean, .sqlite): return "INTEGER"
        case (.boolean, _): return "BOOLEAN"
        case (.text, .mysql): return length.map { "VARCHAR(\($0))" } ?? "TEXT"
        case (.text, .sqlite): return "TEXT"
        case (.text, _): return length.map { "VARCHAR(\($0))" } ?? "TEXT"
        case (.uuid, .postgres): return "UUID"
        case (.uuid, .mysql): return "CHAR(36)"
        case (.json, .postgres): return "JSONB"
        case (.json, .mysql): return "JSON"
        case (.blob, .postgres): return "BYTEA"
        case (.blob, _): return "BLOB"
        case (.date, .sqlite), (.time, .sqlite), (.timestamp, .sqlite), (.timestampTZ, .sqlite), (.uuid, .sqlite),
            (.json, .sqlite):
            return "TEXT"
        case (.date, _): return "DATE"
        case (.time, .mysql): return "TIME(6)"
        case (.time, _): return "TIME"
        case (.timestamp, .mysql): return "DATETIME(6)"
        case (.timestamp, _): return "TIMESTAMP"
        case (.timestampTZ, .mysql): return "TIMESTAMP(6)"
        case (.timestampTZ, _): return "TIMESTAMP WITH TIME ZONE"
        case (.list, .postgres):
            guard let open = duckDB.lastIndex(of: "[") else { return nil }
            return type(String(duckDB[..<open]), length: nil).map { "\($0)[]" }
        case (.interval, .postgres): return "INTERVAL"
        default: return nil
        }
    }

    var lengthFunction: String { self == .postgres || self == .mysql ? "char_length" : "length" }

    /// True for a text that matches; nil where the dialect has no regular expressions of its own.
    func matches(_ value: String, _ pattern: TextPattern) -> String? {
        switch self {
        case .duckdb: "regexp_matches(\(value), \(readableLiteral(pattern.expression)))"
        case .postgres: "\(value) ~ \(readableLiteral(pattern.source))"
        case .mysql: "REGEXP_LIKE(\(value), \(readableLiteral(pattern.source)))"
        case .sqlite: nil
        }
    }
}
