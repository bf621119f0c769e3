import CDuckDB
import WeirCore

/// A text of one or more statements, run in order. The C objects live no longer than a call.
struct Statements {
    let handle: ConnectionHandle
    let sql: String

    /// Kinds of statements that ask, by the engine's numbers (`duckdb_statement_type`): SELECT (also DESCRIBE, SHOW and
    /// SUMMARIZE), EXPLAIN, and CREATE and DROP, which are what a PIVOT is made of: in a database that is only read
    /// they reach no further than the connection's own scratch.
    private static let asking: Set<UInt32> = [1, 4, 7, 15]

    /// Runs all statements; `read` sees the result of the last.
    func run<R>(_ values: [Value], read: (inout duckdb_result) throws -> R) throws -> R {
        try withExtracted { extracted, count in
            if count > 1, !values.isEmpty {
                throw WeirError(
                    "engine.bind-many", "values can be bound to one statement, and there are \(count)",
                    outcome: .systemFailed)
            }
            for index in 0..<(count - 1) {
                try withPrepared(extracted, index) { try execute($0) { _ in } }
            }
            return try withPrepared(extracted, count - 1) { statement in
                try Binder(statement: statement, sql: sql).bind(values)
                return try execute(statement, read)
            }
        }
    }

    /// Runs one statement whose rows are fetched as they are made.
    func stream(_ values: [Value], read: (inout duckdb_result) throws -> Void) throws {
        try withExtracted { extracted, count in
            for index in 0..<(count - 1) {
                try withPrepared(extracted, index) { try execute($0) { _ in } }
            }
            try withPrepared(extracted, count - 1) { statement in
                try Binder(statement: statement, sql: sql).bind(values)
                var pending: duckdb_pending_result?
                let state = duckdb_pending_prepared_streaming(statement, &pending)
                defer { duckdb_destroy_pending(&pending) }
                guard state == DuckDBSuccess else {
                    throw EngineError.make(text(duckdb_pending_error(pending)), sql: sql)
                }
                var result = duckdb_result()
                defer { duckdb_destroy_result(&result) }
                guard duckdb_execute_pending(pending, &result) == DuckDBSuccess else {
                    throw EngineError.make(text(duckdb_result_error(&result)), sql: sql)
                }
                try read(&result)
            }
        }
    }

    /// The columns the last statement would return.
    func outputColumns() throws -> [Column] {
        try withExtracted { extracted, count in
            try withPrepared(extracted, count - 1) { statement in
                (0..<duckdb_prepared_statement_column_count(statement)).map { index in
                    var type = duckdb_prepared_statement_column_logical_type(statement, index)
                    defer { duckdb_destroy_logical_type(&type) }
                    let name = duckdb_prepared_statement_column_name(statement, index)
                    defer { duckdb_free(UnsafeMutableRawPointer(mutating: name)) }
                    return Column(name: text(name), type: LogicalType(type))
                }
            }
        }
    }

    private func withExtracted<R>(_ body: (duckdb_extracted_statements?, idx_t) throws -> R) throws -> R {
        // C would take what follows a NUL for no part of the statement.
        if sql.utf8.contains(0) {
            throw WeirError("sql.nul", "the statement holds a NUL character", hint: "bind the text as a value")
        }
        var extracted: duckdb_extracted_statements?
        let count = duckdb_extract_statements(handle.raw, sql, &extracted)
        defer { duckdb_destroy_extracted(&extracted) }
        guard count > 0 else {
            let reason = text(duckdb_extract_statements_error(extracted))
            throw EngineError.make(reason.isEmpty ? "Parser Error: there is no statement" : reason, sql: sql)
        }
        return try body(extracted, count)
    }

    private func withPrepared<R>(
        _ extracted: duckdb_extracted_statements?, _ index: idx_t, _ body: (duckdb_prepared_statement?) throws -> R
    ) throws -> R {
        var statement: duckdb_prepared_statement?
        let state = duckdb_prepare_extracted_statement(handle.raw, extracted, index, &statement)
        defer { duckdb_destroy_prepare(&statement) }
        guard state == DuckDBSuccess else {
            throw EngineError.make(text(duckdb_prepare_error(statement)), sql: sql)
        }
        if handle.onlyAsks, !Self.asking.contains(duckdb_prepared_statement_type(statement).rawValue) {
            throw WeirError(
                "query.reads-only", "only a statement that asks can be run here", hint: "ask with one SELECT")
        }
        return try body(statement)
    }

    private func execute<R>(
        _ statement: duckdb_prepared_statement?, _ read: (inout duckdb_result) throws -> R
    ) throws -> R {
        if duckdb_prepared_statement_type(statement) == DUCKDB_STATEMENT_TYPE_TRANSACTION {
            handle.mayBeInTransaction = true
        }
        var result = duckdb_result()
        let state = duckdb_execute_prepared(statement, &result)
        defer { duckdb_destroy_result(&result) }
        guard state == DuckDBSuccess else {
            throw EngineError.make(text(duckdb_result_error(&result)), sql: sql)
        }
        return try read(&result)
    }

    private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}
