import CDuckDB
import WeirCore

/// The SQL functions of Weir's own.
enum OwnFunctions {
    /// Makes them known to a database. Call before anybody else uses it.
    static func register(in database: duckdb_database) throws {
        var connection: duckdb_connection?
        guard duckdb_connect(database, &connection) == DuckDBSuccess, let opened = connection else {
            throw WeirError("engine.failed", "DuckDB gives no connection", outcome: .systemFailed)
        }
        defer { duckdb_disconnect(&connection) }
        try PlainTexts.register(on: opened)
        try DistinctSketch.register(on: opened)
    }
}
