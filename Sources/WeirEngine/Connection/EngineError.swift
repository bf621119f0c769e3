import WeirCore

/// Turns DuckDB's messages (`Binder Error: …`) into ``WeirError``s.
enum EngineError {
    private struct Kind {
        let prefix: String
        let code: String
        let outcome: Outcome
        var hint: String?
    }

    private static let kinds: [Kind] = [
        Kind(prefix: "Parser", code: "sql.syntax", outcome: .wrongUsage),
        Kind(prefix: "Binder", code: "sql.binding", outcome: .wrongUsage),
        Kind(prefix: "Catalog", code: "sql.unknown-name", outcome: .wrongUsage),
        Kind(prefix: "Conversion", code: "sql.conversion", outcome: .wrongUsage, hint: "TRY_CAST gives NULL instead"),
        Kind(prefix: "Invalid Input", code: "sql.invalid-input", outcome: .wrongUsage),
        Kind(prefix: "Out of Range", code: "sql.out-of-range", outcome: .wrongUsage),
        Kind(prefix: "Constraint", code: "engine.constraint", outcome: .systemFailed),
        Kind(
            prefix: "Out of Memory", code: "engine.out-of-memory", outcome: .systemFailed,
            hint: "raise warehouse.memory_limit, or give warehouse.temp_directory a disk with more space"),
        Kind(prefix: "IO", code: "engine.io", outcome: .systemFailed),
        Kind(prefix: "HTTP", code: "engine.http", outcome: .systemFailed),
        Kind(prefix: "INTERRUPT", code: "run.cancelled", outcome: .systemFailed),
        Kind(prefix: "TransactionContext", code: "engine.transaction", outcome: .systemFailed),
        Kind(prefix: "Permission", code: "engine.permission", outcome: .systemFailed),
        Kind(prefix: "FATAL", code: "engine.fatal", outcome: .systemFailed),
    ]

    /// Words of messages that a later try may not see again.
    private static let transientSigns = [
        "Conflict on", "write-write conflict", "connection refused", "Connection refused", "Could not connect",
        "could not connect", "timed out", "Timeout", "HTTP 429", "HTTP 500", "HTTP 502", "HTTP 503", "HTTP 504",
        "Connection reset", "server closed the connection",
    ]

    static func make(_ message: String, sql: String?) -> any Error {
        let kind = kinds.first { message.hasPrefix($0.prefix) }
        if kind?.code == "run.cancelled" { return CancellationError() }
        let transient = transientSigns.contains { message.contains($0) }
        if message.contains("No space left on device") {
            return WeirError(
                "engine.disk-full", "the disk is full: \(message)",
                hint: "free space and run again; everything published before is intact", outcome: .systemFailed)
        }
        if message.contains("Could not set lock on file") {
            return WeirError(
                "warehouse.locked", "another process holds the warehouse: \(message)",
                hint: "wait for it to end, or close the program that has the file open",
                isTransient: true, outcome: .systemFailed)
        }
        return WeirError(
            kind?.code ?? "engine.failed", message, hint: kind?.hint, isTransient: transient,
            outcome: kind?.outcome ?? .systemFailed)
    }
}
