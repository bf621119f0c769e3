import WeirCore

/// A column as its own engine hands it over: in a form that DuckDB reads without losing anything.
struct Wire {
    let column: DiffColumn
    let comparison: Comparison
    let dialect: SQLDialect

    /// SQL of the side's dialect.
    var sql: String {
        let name = dialect.quote(column.name)
        switch dialect {
        case .duckdb, .sqlite: return name
        case .postgres: return postgres(name)
        case .mysql: return mysql(name)
        }
    }

    private func postgres(_ name: String) -> String {
        let family = column.family
        switch comparison {
        case .digits, .numberInText: return family.isExactNumber ? "trim_scale(\(name)::numeric)::text" : text(name)
        case .float, .double: return family.isFloating ? name : "\(name)::float8"
        case .text, .json: return text(name)
        case .valueInText, .moment, .clock: return family.isText ? text(name) : family == .timestampTZ ? utc : name
        // DuckDB reads PostgreSQL's arrays and simple types; what it does not know comes as its text anyway.
        case .asText: return family == .other || family.isText ? text(name) : name
        case .native, .decimal, .truth: return name
        }
    }

    private func mysql(_ name: String) -> String {
        let family = column.family
        switch comparison {
        case .digits, .numberInText: return family.isExactNumber ? Self.trimmed("CAST(\(name) AS CHAR)") : text(name)
        // As it is, a FLOAT would come with six digits only.
        case .float, .double: return "(\(name) + 0e0)"
        case .text, .json: return text(name)
        case .valueInText, .moment: return family.isText ? text(name) : family == .timestampTZ ? utc : name
        case .clock: return Self.trimmed("CAST(\(name) AS CHAR)")
        case .asText: return text(name)
        // Without it DuckDB takes TINYINT(1) for truth, whatever is in it.
        case .native, .truth: return family.digits == nil ? name : "(\(name) + 0)"
        case .decimal: return name
        }
    }

    /// An instant as the time that it is in UTC.
    var utc: String {
        let name = dialect.quote(column.name)
        return dialect == .mysql
            ? "CONVERT_TZ(\(name), @@session.time_zone, '+00:00')" : "(\(name) AT TIME ZONE 'UTC')"
    }

    private func text(_ name: String) -> String {
        let trimsEnd = comparison == .text(trimsEnd: true)
        switch dialect {
        case .duckdb, .sqlite: return "CAST(\(name) AS VARCHAR)"
        case .postgres: return trimsEnd ? "rtrim(\(name)::text, ' ')" : "\(name)::text"
        case .mysql:
            let text = "CAST(\(name) AS CHAR)"
            return trimsEnd ? "TRIM(TRAILING ' ' FROM \(text))" : text
        }
    }

    /// MySQL's text of a number or a time without zeros at the end of its fraction.
    static func trimmed(_ text: String) -> String {
        "IF(LOCATE('.', \(text)) > 0, TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM \(text))), \(text))"
    }
}
