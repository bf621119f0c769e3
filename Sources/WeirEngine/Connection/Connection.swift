import CDuckDB
import WeirCore

/// One DuckDB connection, on a thread of its own.
///
/// Statements block that thread and no other. Get one from ``Database/withConnection(_:)``; when the task
/// that uses it is cancelled, the running statement is interrupted.
///
/// ```swift
/// let rows = try await database.withConnection { connection in
///     try await connection.query("SELECT count(*) FROM flights WHERE carrier = ?", ["UA"])
/// }
/// ```
public actor Connection {
    let handle: ConnectionHandle
    private let executor: ThreadExecutor
    private var depth = 0

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(database: DatabaseHandle, name: String) throws {
        handle = try ConnectionHandle(database: database)
        executor = ThreadExecutor(name: name)
    }

    deinit { executor.stop() }

    // MARK: Statements

    /// Runs statements and returns the rows that the last one changed.
    ///
    /// Several statements are allowed when there is nothing to bind.
    @discardableResult
    public func execute(_ sql: String, _ values: [Value] = []) throws -> Int {
        try checkCancelled()
        return try Statements(handle: handle, sql: sql).run(values) { result in
            Int(duckdb_rows_changed(&result))
        }
    }

    /// Runs statements and returns all rows of the last one.
    public func query(_ sql: String, _ values: [Value] = []) throws -> Rows {
        try checkCancelled()
        return try Statements(handle: handle, sql: sql).run(values) { result in
            try ResultReader.rows(of: &result)
        }
    }

    /// Runs one statement and hands over its rows chunk by chunk, without holding them all.
    ///
    /// `start` sees the columns before any row, also when no row follows. `each` returns false to stop early.
    public func stream(
        _ sql: String, _ values: [Value] = [], start: ([Column]) throws -> Void = { _ in },
        each: ([Column], Chunk) throws -> Bool
    ) throws {
        try checkCancelled()
        do {
            try Statements(handle: handle, sql: sql).stream(values) { result in
                let shape = try ResultReader.Shape(&result)
                try start(shape.columns)
                while let chunk = try ResultReader.nextChunk(of: &result, shape: shape) {
                    try checkCancelled()
                    if try !each(shape.columns, chunk) { return }
                }
            }
        } catch is CancellationError {
            try checkCancelled()
            throw try failure(of: sql, values)
        }
    }

    /// Why a streamed statement failed that nobody interrupted.
    ///
    /// An error in one of DuckDB's threads interrupts the others, and a stream may meet the interruption first; the
    /// error is then lost. EXPLAIN ANALYZE runs the statement again without keeping its rows, and tells.
    private func failure(of sql: String, _ values: [Value]) throws -> WeirError {
        try Statements(handle: handle, sql: "EXPLAIN ANALYZE \(sql)").run(values) { _ in }
        return WeirError(
            "engine.interrupted", "DuckDB stopped the statement and does not say why",
            hint: "ask again; what was read until then is not to be used", isTransient: true, outcome: .systemFailed)
    }

    /// The names and types a statement would return, from DuckDB's binder and without running it.
    public func columns(of sql: String) throws -> [Column] {
        try Statements(handle: handle, sql: sql).outputColumns()
    }

    /// Runs `body` on the connection's thread, so that several statements follow each other without a gap.
    public func perform<R: Sendable>(_ body: @Sendable (isolated Connection) throws -> R) throws -> R {
        try body(self)
    }

    // MARK: Transactions

    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// Inside a transaction it simply runs, as part of the outer one.
    @discardableResult
    public func transaction<R>(_ body: (isolated Connection) throws -> R) throws -> R {
        if depth > 0 { return try body(self) }
        try execute("BEGIN TRANSACTION")
        depth += 1
        defer {
            depth -= 1
            handle.mayBeInTransaction = false
        }
        do {
            let result = try body(self)
            try checkCancelled()
            try handle.uninterrupted { _ = try Statements(handle: handle, sql: "COMMIT").run([]) { _ in } }
            return result
        } catch {
            // A failed COMMIT has already rolled back; the first error is the one that tells why.
            try? handle.uninterrupted { try Statements(handle: handle, sql: "ROLLBACK").run([]) { _ in } }
            throw error
        }
    }

    /// Rolls back what a user began by hand and left open, so that the next user starts clean.
    func endTransaction() {
        guard handle.mayBeInTransaction else { return }
        handle.mayBeInTransaction = false
        // Without a transaction DuckDB refuses, which is as good.
        try? handle.uninterrupted { try Statements(handle: handle, sql: "ROLLBACK").run([]) { _ in } }
    }

    // MARK: Cancellation and progress

    /// Stops the running statement with an error, within a few milliseconds. Safe from anywhere.
    public nonisolated func interrupt() { handle.interrupt() }

    /// How far the running statement is. Nil when nothing runs or DuckDB cannot tell. Safe from anywhere.
    public nonisolated var progress: QueryProgress? {
        let now = duckdb_query_progress(handle.raw)
        if now.percentage < 0 { return nil }
        return QueryProgress(
            percent: now.percentage, rows: Int(clamping: now.rows_processed),
            totalRows: Int(clamping: now.total_rows_to_process))
    }

    /// Throws when the task that uses the connection was cancelled, for work between two statements.
    public func checkCancelled() throws {
        if handle.cancelled || Task.isCancelled { throw CancellationError() }
    }
}

/// How far a statement is.
public struct QueryProgress: Sendable, Hashable, Codable {
    /// 0 to 100, over all pipelines of the statement.
    public let percent: Double
    /// Rows read so far.
    public let rows: Int
    /// Rows to read, as far as DuckDB knows.
    public let totalRows: Int
}
