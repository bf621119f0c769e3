import CDuckDB
import WeirCore

extension Connection {
    /// Adds rows to a table through DuckDB's appender, the fastest way in from Swift.
    ///
    /// Values must fit the column's type; a text is cast by DuckDB. Either all rows arrive or none.
    ///
    /// - Parameter catalog: the attached database; nil is the current one, `temp` holds temporary tables.
    /// - Throws: `engine.append` with DuckDB's reason.
    public func append(to table: TableName, catalog: String? = nil, rows: some Sequence<[Value]>) throws {
        try checkCancelled()
        try transaction { connection in
            let appender = try OpenAppender(table, catalog, on: connection.handle)
            defer { appender.close() }
            for row in rows {
                guard row.count == appender.width else {
                    throw WeirError(
                        "engine.append", "a row has \(row.count) values, and \(table) has \(appender.width) columns",
                        outcome: .systemFailed)
                }
                for value in row { try appender.check(add(value, to: appender.raw)) }
                try appender.check(duckdb_appender_end_row(appender.raw))
            }
            try appender.check(duckdb_appender_flush(appender.raw))
        }
    }

    private nonisolated func add(_ value: Value, to appender: duckdb_appender?) -> duckdb_state {
        switch value {
        case .null: duckdb_append_null(appender)
        case .bool(let value): duckdb_append_bool(appender, value)
        case .int(let value): duckdb_append_int64(appender, value)
        case .uint(let value): duckdb_append_uint64(appender, value)
        case .hugeint(let value): duckdb_append_hugeint(appender, duckdb_hugeint(value))
        case .uhugeint(let value): duckdb_append_uhugeint(appender, duckdb_uhugeint(value))
        case .float(let value): duckdb_append_float(appender, value)
        case .double(let value): duckdb_append_double(appender, value)
        case .date(let days): duckdb_append_date(appender, duckdb_date(days: days))
        case .time(let micros): duckdb_append_time(appender, duckdb_time(micros: micros))
        case .timestamp(let micros), .timestampTZ(let micros):
            duckdb_append_timestamp(appender, duckdb_timestamp(micros: micros))
        case .interval(let months, let days, let micros):
            duckdb_append_interval(appender, duckdb_interval(months: months, days: days, micros: micros))
        case .blob(let bytes):
            bytes.withUnsafeBytes { duckdb_append_blob(appender, $0.baseAddress, idx_t($0.count)) }
        case .text, .bit, .decimal, .timeTZ, .timestampNanos, .uuid, .list, .structure, .map:
            addText(value.display, to: appender)
        }
    }

    private nonisolated func addText(_ text: String, to appender: duckdb_appender?) -> duckdb_state {
        var copy = text
        return copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                duckdb_append_varchar_length(appender, $0.baseAddress, idx_t($0.count))
            }
        }
    }
}

/// An appender of one table, within a transaction.
struct OpenAppender {
    let raw: duckdb_appender?
    let width: Int
    private let table: TableName

    /// - Throws: `engine.append`.
    init(_ table: TableName, _ catalog: String?, on handle: ConnectionHandle) throws {
        var appender: duckdb_appender?
        let state = duckdb_appender_create_ext(handle.raw, catalog, table.schema, table.table, &appender)
        raw = appender
        self.table = table
        width = Int(state == DuckDBSuccess ? duckdb_appender_column_count(appender) : 0)
        do { try check(state) } catch {
            close()
            throw error
        }
    }

    /// Turns a refusal of the appender into an error.
    func check(_ state: duckdb_state) throws {
        if state == DuckDBSuccess { return }
        let reason = duckdb_appender_error(raw).map { String(cString: $0) } ?? "no reason given"
        throw WeirError(
            "engine.append", "rows cannot be added to \(table): \(reason)",
            at: Place(table: table.description), outcome: .systemFailed)
    }

    func close() {
        var appender = raw
        _ = duckdb_appender_destroy(&appender)
    }
}
