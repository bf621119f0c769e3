import CDuckDB
import Foundation

/// The C connection, shared between its actor and whoever cancels it.
// Sendable without the compiler's proof: `raw` never changes after init, DuckDB allows `duckdb_interrupt` and
// `duckdb_query_progress` from any thread while the connection lives, and the flags are under `lock`.
final class ConnectionHandle: @unchecked Sendable {
    let raw: duckdb_connection
    /// Keeps the database open for as long as the connection is.
    private let database: DatabaseHandle
    private let lock = NSLock()
    private var isInterruptible = true
    private var isCancelled = false
    private var touchesTransactions = false
    private var isForAsking = false

    init(database: DatabaseHandle) throws {
        var connection: duckdb_connection?
        guard duckdb_connect(database.raw, &connection) == DuckDBSuccess, let connection else {
            throw EngineError.make("DuckDB gave no connection", sql: nil)
        }
        self.raw = connection
        self.database = database
    }

    deinit {
        var connection: duckdb_connection? = raw
        duckdb_disconnect(&connection)
    }

    /// Stops the running statement, if it may be stopped.
    func interrupt() {
        lock.withLock { if isInterruptible { duckdb_interrupt(raw) } }
    }

    /// Stops the running statement of a cancelled task. False once the task has let go of the connection.
    ///
    /// Both under one lock: the next user's statement must not be hit.
    func interruptIfCancelled() -> Bool {
        lock.withLock {
            if isCancelled, isInterruptible { duckdb_interrupt(raw) }
            return isCancelled
        }
    }

    /// Whether the task that uses this connection was cancelled.
    var cancelled: Bool {
        get { lock.withLock { isCancelled } }
        set { lock.withLock { isCancelled = newValue } }
    }

    /// Whether a statement began or ended a transaction since this was last set to false: one may be open.
    var mayBeInTransaction: Bool {
        get { lock.withLock { touchesTransactions } }
        set { lock.withLock { touchesTransactions = newValue } }
    }

    /// Only statements that ask are run: those of another kind are refused by the engine's own word for them.
    var onlyAsks: Bool {
        get { lock.withLock { isForAsking } }
        set { lock.withLock { isForAsking = newValue } }
    }

    /// Runs statements that must not be cut short (`COMMIT`, `ROLLBACK`).
    func uninterrupted<R>(_ body: () throws -> R) rethrows -> R {
        lock.withLock { isInterruptible = false }
        defer { lock.withLock { isInterruptible = true } }
        return try body()
    }
}

/// The C database; closed when the last connection and the last user let go of it.
// Sendable without the compiler's proof: `raw` never changes, and DuckDB's database object is thread-safe.
final class DatabaseHandle: @unchecked Sendable {
    let raw: duckdb_database

    init(_ raw: duckdb_database) { self.raw = raw }

    deinit {
        var database: duckdb_database? = raw
        duckdb_close(&database)
    }
}
