import WeirCore

/// Compiles rules to the SQL of the database that holds the table, with the meaning that they have in DuckDB.
///
/// Where a database compares, measures or matches in another way (case, trailing blanks, languages, character
/// classes), the value is first brought into a form that leaves no choice: bytes, code points, plain character ranges.
/// What has no such form is not compiled: DuckDB decides those rules on fetched columns.
struct HostedPredicate {
    let table: HostedTable
    var alias = "t"
    private var dialect: SQLDialect { table.dialect }

    /// What kind of value a column holds that the database compares just as DuckDB does; nil for all others.
    func family(_ column: HostedColumn) -> TypeFamily? {
        switch (dialect, column.native) {
        case (.sqlite, .integer): return TypeFamily(sql: column.type) == .boolean ? nil : .integer
        case (.sqlite, .double): return .floating
        case (.sqlite, .text): return .text
        case (.sqlite, _), (.duckdb, _): return nil
        case (.mysql, .integer) where column.type == "BOOLEAN": return nil
        case (_, .integer): return .integer
        case (_, .decimal), (_, .number): return .decimal
        case (_, .double): return .floating
        // Blanks at the end of CHAR(n) say nothing: PostgreSQL drops them, and DuckDB reads the values without.
        case (_, .text): return .text
        case (_, .date): return .date
        case (_, .timestamp): return .timestamp
        case (.postgres, .timestampTZ): return .timestampTZ
        case (.postgres, .boolean): return .boolean
        case (.postgres, .uuid): return .uuid
        default: return nil
        }
    }

    /// The violating condition of a rule about single rows; nil where DuckDB has to decide it.
    func violation(of rule: Rule) -> String? {
        guard let path = rule.columns.first, path.parts.count == 1, let column = table.column(path.root) else {
            return nil
        }
        let value = self.value(column)
        if rule.kind == .notNull { return "\(value) IS NULL" }
        guard let family = family(column) else { return nil }
        switch rule.kind {
        case .notMissing(let stand):
            let texts = stand.compactMap(\.text)
            let isNull = stand.contains(.null) ? "\(value) IS NULL" : "false"
            if texts.isEmpty { return isNull }
            return isOneOf(texts, value, family).map { "(\(isNull) OR \($0))" }
        case .acceptedValues(let values):
            let texts = values.compactMap(\.text)
            return texts.isEmpty ? "\(value) IS NOT NULL" : isOneOf(texts, value, family).map { "NOT (\($0))" }
        case .pattern(let pattern): return mismatch(pattern.expression, value, family)
        case .format(let format):
            if format == .uuid, family == .uuid { return "false" }
            return mismatch("^(?:\(format.expression))$", value, family)
        case .range(let range): return outside(range, value, family)
        case .multipleOf(let number): return notMultiple(of: number, value, family)
        case .length(let least, let most):
            guard let length = length(value, family) else { return nil }
            return [least.map { "\(length) < \($0)" }, most.map { "\(length) > \($0)" }].compactMap(\.self)
                .joined(separator: " OR ")
        default: return nil
        }
    }

    /// An expression whose equality is the equality of DuckDB, to group and join by; nil where there is none.
    func key(_ column: HostedColumn) -> String? {
        let value = self.value(column)
        switch family(column) {
        case .text?: return bytes(value)
        case .floating?: return dialect == .postgres ? value : nil
        case nil: return nil
        default: return value
        }
    }

    /// Like ``key(_:)``, short enough to be grouped by: MySQL may look at the first 1,024 bytes of a value only.
    func groupKey(_ column: HostedColumn) -> String? {
        guard let key = key(column) else { return nil }
        let isLong = dialect == .mysql && family(column) == .text && !Self.isShort(column.nativeType)
        return isLong ? "SHA2(\(key), 256)" : key
    }

    private static func isShort(_ type: String) -> Bool {
        guard let match = type.firstMatch(of: /^(?:var)?char\((\d+)\)/), let length = Int(match.1) else { return false }
        return length <= 250
    }

    // MARK: Values

    /// The column in the database's SQL.
    func value(_ column: HostedColumn) -> String { "\(alias).\(dialect.quote(column.name))" }

    /// A text as what is compared byte by byte.
    private func bytes(_ value: String) -> String {
        switch dialect {
        case .postgres: "(\(value)::text COLLATE \"C\")"
        case .mysql: "CAST(CONVERT(\(value) USING utf8mb4) AS BINARY)"
        case .sqlite, .duckdb: "(\(value) COLLATE BINARY)"
        }
    }

    private func text(_ value: String, _ family: TypeFamily) -> String? {
        switch (dialect, family) {
        case (_, .text): bytes(value)
        case (.postgres, .integer), (.postgres, .boolean), (.postgres, .uuid): bytes(value)
        case (.mysql, .integer): bytes(value)
        default: nil
        }
    }

    private func isOneOf(_ texts: [String], _ value: String, _ family: TypeFamily) -> String? {
        if texts.contains(where: { $0.contains("\0") }) { return nil }
        if family.isNumeric {
            let numbers = texts.compactMap(NumberText.normal)
            guard numbers.allSatisfy({ isComparable($0, family) }) else { return nil }
            return numbers.isEmpty ? "false" : "\(value) IN (\(numbers.joined(separator: ", ")))"
        }
        guard let shown = text(value, family) else { return nil }
        let list = texts.map { dialect == .mysql ? SQLDialect.bytes($0) : SQL.literal($0) }
        return "\(shown) IN (\(list.joined(separator: ", ")))"
    }

    /// A number with an exponent is a binary fraction to MySQL and SQLite, and compares as one.
    private func isComparable(_ number: String, _ family: TypeFamily) -> Bool {
        family == .floating || !number.contains { "eE".contains($0) }
    }

    private func length(_ value: String, _ family: TypeFamily) -> String? {
        switch (dialect, family) {
        case (.postgres, .text), (.postgres, .integer): "char_length(\(value)::text)"
        case (.mysql, .text), (.mysql, .integer): "CHAR_LENGTH(CONVERT(\(value) USING utf8mb4))"
        case (.sqlite, .text): "length(\(value))"
        default: nil
        }
    }

    private func mismatch(_ expression: String, _ value: String, _ family: TypeFamily) -> String? {
        guard let pattern = DialectPattern.translate(expression, to: dialect) else { return nil }
        switch dialect {
        case .postgres: return text(value, family).map { "NOT (\($0) ~ \(SQL.literal(pattern)))" }
        case .mysql:
            guard family == .text || family == .integer else { return nil }
            return
                "NOT (CONVERT(\(value) USING utf8mb4) COLLATE utf8mb4_bin REGEXP \(dialect.literal(pattern)) COLLATE utf8mb4_bin)"
        case .sqlite, .duckdb: return nil
        }
    }

    private func outside(_ range: ValueRange, _ value: String, _ family: TypeFamily) -> String? {
        if range.isNumeric {
            guard family.isNumeric, range.bounds.allSatisfy({ isComparable($0.bound, family) }) else { return nil }
            return range.bounds.map { "\(value) \($0.violation) \($0.bound)" }.joined(separator: " OR ")
        }
        let parts = range.bounds.map { bound in
            TemporalBound(bound.bound)?.comparison(value, bound.violation, family, in: dialect)
        }
        let known = parts.compactMap(\.self)
        return known.count == parts.count ? known.joined(separator: " OR ") : nil
    }

    private func notMultiple(of number: String, _ value: String, _ family: TypeFamily) -> String? {
        let isExact = !number.contains { "eE".contains($0) }
        switch (dialect, family) {
        case (.sqlite, .integer): return isExact && !number.contains(".") ? "\(value) % \(number) <> 0" : nil
        case (.postgres, .integer), (.postgres, .decimal): return isExact ? "\(value) % \(number) <> 0" : nil
        case (.mysql, .integer) where isExact && !number.contains("."): return "\(value) % \(number) <> 0"
        // MariaDB makes -0.0 of -7.0 % 0.5, and tells it from 0. Adding 0.0 keeps the smallest integer in range.
        case (.mysql, .integer), (.mysql, .decimal):
            return isExact ? "abs(\(value) + 0.0) % abs(\(number)) <> 0" : nil
        case (.postgres, .floating), (.mysql, .floating):
            let times = "\(value) / \(number)"
            return "abs(\(times) - round(\(times))) > 1e-9 * greatest(1, abs(\(times)))"
        default: return nil
        }
    }
}

extension TemporalBound {
    /// Like ``comparison(_:_:_:)`` in the SQL of a database; nil where DuckDB has to do it.
    func comparison(_ value: String, _ comparison: String, _ family: TypeFamily, in dialect: SQLDialect) -> String? {
        guard dialect == .postgres || dialect == .mysql,
            let match = text.wholeMatch(
                of: /(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,6})?)?)?(Z)?/)
        else { return nil }
        let day = String(match.1)
        let clock = match.2.map { "\($0)\(match.3 ?? ":00")" }
        let moment = "\(day) \(clock ?? "00:00:00")"
        switch (family, dialect) {
        case (.date, _) where clock == nil: return "\(value) \(comparison) DATE '\(day)'"
        case (.date, _), (.timestamp, _): return "\(value) \(comparison) TIMESTAMP '\(moment)'"
        case (.timestampTZ, .postgres): return "\(value) \(comparison) TIMESTAMP WITH TIME ZONE '\(moment)+00'"
        default: return nil
        }
    }
}
