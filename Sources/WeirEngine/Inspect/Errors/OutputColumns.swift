import WeirCore

/// The columns a statement returns, from DuckDB's binder: the tables it reads must exist (they may be empty).
public enum OutputColumns {
    /// - Throws: the errors of ``SQLErrorMapper``, placed in `source`.
    public static func of(
        _ sql: String, source: SourceText? = nil, on connection: isolated Connection
    ) throws -> [Column] {
        do {
            return try described(sql, on: connection)
        } catch let error as WeirError where error.code.hasPrefix("sql.") {
            let source = source ?? SourceText(path: "SQL", text: sql)
            // The plan's errors carry exact byte positions; the prepared statement's only a drawing.
            let answer = try? JSONTree.parse(
                try connection.inspector.text(
                    "SELECT json_serialize_plan(CAST(? AS VARCHAR), optimize := false)", [sql]))
            if let answer, answer["error"]?.isTrue == true, answer["error_type"]?.text != "not implemented" {
                var unknown = UnknownColumns(of: sql, source: source)
                if case let errors = try unknown.all(answer, on: connection), !errors.isEmpty {
                    throw WeirError.gathering("sql.unknown-columns", { "\($0) columns are unknown" }, errors)
                }
                throw SQLErrorMapper.map(answer, sql: source)
            }
            throw SQLErrorMapper.map(error, sql: source)
        }
    }

    /// DESCRIBE binds and stops there. Preparing optimises too, which takes twice as long, and seconds for an
    /// expression of a thousand terms.
    private static func described(_ sql: String, on connection: isolated Connection) throws -> [Column] {
        let scanner = SQLScanner(sql)
        let isOne = scanner.startOfSecondStatement == scanner.bytes.count
        guard isOne, let first = scanner.words().first, first.text != "summarize" else {
            return try connection.columns(of: sql)
        }
        let rows = try connection.query("DESCRIBE \(sql)")
        return (0..<rows.count).map { row in
            Column(name: rows[row, 0].text ?? "", type: rows[row, 1].text ?? "")
        }
    }
}

extension Connection {
    /// This connection as inspection sees it.
    var inspector: Inspector {
        Inspector { [self] sql, values in
            try self.query(sql, values.map { .text($0) }).first?.first?.text
        }
    }
}
