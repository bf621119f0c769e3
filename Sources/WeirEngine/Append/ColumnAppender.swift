import CDuckDB
import WeirCore

/// The values of one column, for rows that are added column by column.
public enum AppendColumn: Sendable {
    /// BIGINT.
    case numbers([Int64])
    /// VARCHAR.
    case texts([String?])
    /// FLOAT[n]; every vector has n numbers.
    case vectors([[Float]?])

    var count: Int {
        switch self {
        case .numbers(let values): values.count
        case .texts(let values): values.count
        case .vectors(let values): values.count
        }
    }
}

extension Connection {
    /// Adds rows to a table column by column, which takes vectors in as they are in memory.
    ///
    /// The columns must have the table's very types. Either all rows arrive or none.
    ///
    /// - Throws: `engine.append` with DuckDB's reason.
    public func append(to table: TableName, catalog: String? = nil, columns: [AppendColumn]) throws {
        let rows = columns.first?.count ?? 0
        try checkCancelled()
        try transaction { connection in
            let appender = try OpenAppender(table, catalog, on: connection.handle)
            defer { appender.close() }
            guard appender.width == columns.count, columns.allSatisfy({ $0.count == rows }) else {
                throw WeirError("engine.append", "the columns do not fit \(table)", outcome: .systemFailed)
            }
            var types = columns.indices.map { duckdb_appender_column_type(appender.raw, idx_t($0)) }
            defer { for index in types.indices { duckdb_destroy_logical_type(&types[index]) } }
            for (type, column) in zip(types, columns) { try Self.check(column, fits: type, in: table) }
            var chunk = duckdb_create_data_chunk(&types, idx_t(types.count))
            defer { duckdb_destroy_data_chunk(&chunk) }
            let step = Int(duckdb_vector_size())
            for start in stride(from: 0, to: rows, by: step) {
                let range = start..<min(start + step, rows)
                duckdb_data_chunk_reset(chunk)
                for (index, column) in columns.enumerated() {
                    Self.fill(duckdb_data_chunk_get_vector(chunk, idx_t(index)), column, range)
                }
                duckdb_data_chunk_set_size(chunk, idx_t(range.count))
                try appender.check(duckdb_append_data_chunk(appender.raw, chunk))
            }
            try appender.check(duckdb_appender_flush(appender.raw))
        }
    }

    private static func check(_ column: AppendColumn, fits type: duckdb_logical_type?, in table: TableName) throws {
        let known = LogicalType(type)
        let fits =
            switch (column, known) {
            case (.numbers, .bigint), (.texts, .varchar): true
            case (.vectors(let vectors), .array(.float, let size)):
                vectors.allSatisfy { $0.map { $0.count == size } ?? true }
            default: false
            }
        if !fits {
            throw WeirError("engine.append", "a column of \(table) is \(known)", outcome: .systemFailed)
        }
    }

    private static func fill(_ vector: duckdb_vector?, _ column: AppendColumn, _ range: Range<Int>) {
        func setNull(_ row: Int) {
            duckdb_vector_ensure_validity_writable(vector)
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), idx_t(row))
        }
        switch column {
        case .numbers(let values):
            let data = duckdb_vector_get_data(vector)?.assumingMemoryBound(to: Int64.self)
            for (row, index) in range.enumerated() { data?[row] = values[index] }
        case .texts(let values):
            for (row, index) in range.enumerated() {
                guard var text = values[index] else {
                    setNull(row)
                    continue
                }
                text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        duckdb_vector_assign_string_element_len(
                            vector, idx_t(row), $0.baseAddress, idx_t($0.count))
                    }
                }
            }
        case .vectors(let values):
            let child = duckdb_array_vector_get_child(vector)
            let data = duckdb_vector_get_data(child)?.assumingMemoryBound(to: Float.self)
            for (row, index) in range.enumerated() {
                guard let numbers = values[index] else {
                    setNull(row)
                    continue
                }
                for (position, number) in numbers.enumerated() { data?[row * numbers.count + position] = number }
            }
        }
    }
}
