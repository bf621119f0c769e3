import WeirCore

/// The same text for the same value in every engine, as far as that is cheap, for checksums.
///
/// It may differ for values that are the same: then their rows travel, and are compared where it counts. It must never
/// be the same for values that differ.
struct CanonicalText {
    let dialect: SQLDialect

    /// One text for the values of a row, in the side's dialect; never NULL.
    func row(_ columns: [(column: DiffColumn, comparison: Comparison)]) -> String {
        let parts = columns.map { "coalesce(\(value($0.column, $0.comparison)), '~')" }
        if parts.isEmpty { return "''" }
        switch dialect {
        case .mysql: return "CONVERT(CONCAT_WS('|', \(parts.joined(separator: ", "))) USING utf8mb4)"
        case .duckdb, .sqlite: return "concat_ws('|', \(parts.joined(separator: ", ")))"
        case .postgres:
            // A function takes at most a hundred arguments there.
            let pieces = stride(from: 0, to: parts.count, by: 90).map {
                "concat_ws('|', \(parts[$0..<min($0 + 90, parts.count)].joined(separator: ", ")))"
            }
            return pieces.joined(separator: " || '|' || ")
        }
    }

    /// A hash of such a text, from 0 to 2^60: the first digits of its MD5 are the same everywhere.
    func hash(_ text: String) -> String {
        switch dialect {
        case .postgres: "('x' || left(md5(\(text)), 15))::bit(60)::bigint"
        // A text beyond max_allowed_packet is NULL: such a row has to travel, and never counts as the same.
        case .mysql:
            "COALESCE(CAST(CONV(LEFT(MD5(\(text)), 15), 16, 10) AS UNSIGNED), CAST(FLOOR(RAND() * 1e15) AS UNSIGNED))"
        case .duckdb, .sqlite: "CAST('0x' || left(md5(\(text)), 15) AS BIGINT)"
        }
    }

    private func value(_ column: DiffColumn, _ comparison: Comparison) -> String {
        let name = dialect.quote(column.name)
        let family = column.family
        let wire = Wire(column: column, comparison: comparison, dialect: dialect).sql
        switch comparison {
        case .digits:
            return dialect == .duckdb ? ComparedValue.digits(of: name, family) : wire
        case .float, .double: return number(name, family, comparison)
        case .moment:
            return moment(
                family == .timestampTZ ? Wire(column: column, comparison: comparison, dialect: dialect).utc : name,
                family)
        case .clock: return plain(name, .time)
        case .truth: return truth(name, family)
        case .native where family == .boolean: return truth(name, family)
        case .native where [.date, .uuid, .time].contains(family) || family.digits != nil: return plain(name, family)
        case .text: return measured(dialect == .duckdb ? trimmedText(name, comparison) : wire)
        case .native, .decimal, .json, .numberInText, .valueInText, .asText: return measured(text(name, family))
        }
    }

    // MARK: Values that have no separator in them

    private func plain(_ name: String, _ family: DiffFamily) -> String {
        switch dialect {
        case .duckdb, .sqlite: "CAST(\(name) AS VARCHAR)"
        case .postgres: "\(name)::text"
        case .mysql: family == .time ? Wire.trimmed("CAST(\(name) AS CHAR)") : "CAST(\(name) AS CHAR)"
        }
    }

    private func truth(_ name: String, _ family: DiffFamily) -> String {
        switch dialect {
        case .duckdb, .sqlite: "CAST(CAST(\(name) AS BIGINT) AS VARCHAR)"
        case .postgres: family == .boolean ? "\(name)::int::text" : "\(name)::text"
        case .mysql: "CAST(\(name) + 0 AS CHAR)"
        }
    }

    private func number(_ name: String, _ family: DiffFamily, _ comparison: Comparison) -> String {
        switch dialect {
        case .postgres:
            // Adding 0 makes one zero of the two.
            return "(\(comparison == .float ? Self.coarse(name, family) : "\(name)::float8") + 0::float8)::text"
        case .mysql: return "CAST(\(name) + 0e0 AS CHAR)"
        case .duckdb, .sqlite:
            let double = comparison == .float ? ComparedValue.coarse(name, family) : "CAST(\(name) AS DOUBLE)"
            let value = "(\(double) + 0::DOUBLE)"
            return """
                CASE WHEN isfinite(\(value)) THEN regexp_replace(CAST(\(value) AS VARCHAR), '\\.0$', '') \
                WHEN isnan(\(value)) THEN 'NaN' WHEN \(value) > 0 THEN 'Infinity' WHEN \(value) < 0 THEN '-Infinity' END
                """
        }
    }

    /// ``ComparedValue/coarse(_:_:)`` in PostgreSQL, where a number too large or too small for a REAL is an error.
    static func coarse(_ name: String, _ family: DiffFamily) -> String {
        family == .float
            ? "\(name)::float8"
            : "(CASE WHEN abs(\(name)) BETWEEN 1.2e-38 AND 3.4e38 THEN \(name)::float4::float8 ELSE \(name)::float8 END)"
    }

    private func moment(_ name: String, _ family: DiffFamily) -> String {
        switch dialect {
        case .postgres: "\(name)::timestamp::text"
        case .mysql:
            family == .date ? "CONCAT(CAST(\(name) AS CHAR), ' 00:00:00')" : Wire.trimmed("CAST(\(name) AS CHAR)")
        case .duckdb, .sqlite: "CAST(CAST(\(name) AS TIMESTAMP) AS VARCHAR)"
        }
    }

    // MARK: Texts

    private func trimmedText(_ name: String, _ comparison: Comparison) -> String {
        comparison == .text(trimsEnd: true) ? "rtrim(\(name), ' ')" : "CAST(\(name) AS VARCHAR)"
    }

    private func text(_ name: String, _ family: DiffFamily) -> String {
        switch (dialect, family) {
        case (.duckdb, .blob), (.sqlite, .blob): "lower(hex(\(name)))"
        case (.duckdb, _), (.sqlite, _): "CAST(\(name) AS VARCHAR)"
        case (.postgres, .blob): "encode(\(name), 'hex')"
        case (.postgres, _): "\(name)::text"
        case (.mysql, .blob): "LOWER(HEX(\(name)))"
        case (.mysql, _): "CAST(\(name) AS CHAR)"
        }
    }

    /// With its length before it, so that no text can look like two.
    private func measured(_ text: String) -> String {
        switch dialect {
        case .duckdb, .sqlite: "strlen(\(text)) || ':' || \(text)"
        case .postgres: "octet_length(\(text)) || ':' || \(text)"
        case .mysql: "CONCAT(LENGTH(CONVERT(\(text) USING utf8mb4)), ':', \(text))"
        }
    }
}
