import CDuckDB
import WeirCore

/// Binds values to the parameters of a prepared statement, by position.
struct Binder {
    let statement: duckdb_prepared_statement?
    let sql: String

    func bind(_ values: [Value]) throws {
        let wanted = Int(duckdb_nparams(statement))
        guard wanted == values.count else {
            throw WeirError(
                "engine.bind-count", "the statement has \(wanted) parameters, and \(values.count) values were given",
                outcome: .systemFailed)
        }
        for (offset, value) in values.enumerated() where bind(value, at: idx_t(offset + 1)) != DuckDBSuccess {
            throw WeirError(
                "engine.bind", "parameter \(offset + 1) cannot be bound", outcome: .systemFailed)
        }
    }

    private func bind(_ value: Value, at index: idx_t) -> duckdb_state {
        switch value {
        case .null: duckdb_bind_null(statement, index)
        case .bool(let value): duckdb_bind_boolean(statement, index, value)
        case .int(let value): duckdb_bind_int64(statement, index, value)
        case .uint(let value): duckdb_bind_uint64(statement, index, value)
        case .hugeint(let value): duckdb_bind_hugeint(statement, index, duckdb_hugeint(value))
        case .uhugeint(let value): duckdb_bind_uhugeint(statement, index, duckdb_uhugeint(value))
        case .float(let value): duckdb_bind_float(statement, index, value)
        case .double(let value): duckdb_bind_double(statement, index, value)
        case .decimal(let unscaled, let scale):
            duckdb_bind_decimal(
                statement, index,
                duckdb_decimal(width: 38, scale: UInt8(clamping: scale), value: duckdb_hugeint(unscaled)))
        case .date(let days): duckdb_bind_date(statement, index, duckdb_date(days: days))
        case .time(let micros): duckdb_bind_time(statement, index, duckdb_time(micros: micros))
        case .timestamp(let micros): duckdb_bind_timestamp(statement, index, duckdb_timestamp(micros: micros))
        case .timestampTZ(let micros): duckdb_bind_timestamp_tz(statement, index, duckdb_timestamp(micros: micros))
        case .interval(let months, let days, let micros):
            duckdb_bind_interval(statement, index, duckdb_interval(months: months, days: days, micros: micros))
        case .blob(let bytes):
            bytes.withUnsafeBytes { duckdb_bind_blob(statement, index, $0.baseAddress, idx_t($0.count)) }
        case .list(let items): bindTexts(items, at: index)
        case .text, .bit, .timeTZ, .timestampNanos, .uuid, .structure, .map: bindText(value.display, at: index)
        }
    }

    private func bindText(_ text: String, at index: idx_t) -> duckdb_state {
        var copy = text
        return copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                duckdb_bind_varchar_length(statement, index, $0.baseAddress, idx_t($0.count))
            }
        }
    }

    /// A list is bound as a list of texts; DuckDB casts it where another element type is wanted.
    private func bindTexts(_ items: [Value], at index: idx_t) -> duckdb_state {
        var type = duckdb_create_logical_type(duckdb_type(DUCKDB_TYPE_VARCHAR))
        defer { duckdb_destroy_logical_type(&type) }
        var values: [duckdb_value?] = items.map { item in
            if item.isNull { return duckdb_create_null_value() }
            let text = item.display
            return duckdb_create_varchar_length(text, idx_t(text.utf8.count))
        }
        var list = duckdb_create_list_value(type, &values, idx_t(values.count))
        for position in values.indices { duckdb_destroy_value(&values[position]) }
        defer { duckdb_destroy_value(&list) }
        return duckdb_bind_value(statement, index, list)
    }
}

extension duckdb_hugeint {
    init(_ value: Int128) {
        self.init(lower: UInt64(truncatingIfNeeded: value), upper: Int64(truncatingIfNeeded: value >> 64))
    }
    var value: Int128 { Int128(upper) << 64 | Int128(lower) }
}

extension duckdb_uhugeint {
    init(_ value: UInt128) {
        self.init(lower: UInt64(truncatingIfNeeded: value), upper: UInt64(truncatingIfNeeded: value >> 64))
    }
    var value: UInt128 { UInt128(upper) << 64 | UInt128(lower) }
}
