import CDuckDB
import Foundation
import WeirCore

/// A DuckDB database: a file, or one in memory.
///
/// It owns a bounded pool of connections. The file is closed when the last reference goes away.
public final class Database: Sendable {
    /// How a database is opened.
    public struct Options: Sendable {
        /// Nil opens a database in memory.
        public var path: String?
        public var readOnly = false
        /// As DuckDB writes it: `1GB`. Beyond it, work spills to `tempDirectory`.
        public var memoryLimit: String?
        /// Threads of DuckDB's own scheduler; nil means one a core.
        public var threads: Int?
        /// Where work that exceeds the memory limit spills. DuckDB's default is beside the file.
        public var tempDirectory: String?
        /// Most connections open at once.
        public var maxConnections = 4
        /// Extensions loaded at once, from the local extension directory; never from a network.
        public var extensions: [String] = []
        /// Statements that every new connection runs first (session settings).
        public var sessionSetup: [String] = []

        public init(path: String? = nil) { self.path = path }
    }

    private let pool: ConnectionPool
    public let options: Options

    private init(handle: DatabaseHandle, options: Options) {
        self.options = options
        self.pool = ConnectionPool(database: handle, limit: max(1, options.maxConnections), setup: options.sessionSetup)
    }

    /// Opens the database, creating the file when it does not exist.
    ///
    /// - Throws: `warehouse.locked` when another process has the file open, `warehouse.unreadable` when it is
    ///   no DuckDB file, `engine.no-library` when DuckDB's library is not to be found.
    public static func open(_ options: Options = Options()) async throws -> Database {
        let location = try Library.location()
        let handle = try await BlockingThread.run { try openHandle(options, location) }
        let database = Database(handle: handle, options: options)
        for name in options.extensions {
            try await database.withConnection { try await $0.load(extension: name) }
        }
        return database
    }

    /// Lends a connection; waits when all are lent. The wait and the connection's statements end when the
    /// task is cancelled.
    @discardableResult
    public func withConnection<R: Sendable>(
        _ body: @Sendable (Connection) async throws -> R
    ) async throws -> R {
        let connection = try await pool.take()
        let watch = CancellationWatch(connection.handle)
        do {
            let result = try await withTaskCancellationHandler {
                try await body(connection)
            } onCancel: {
                watch.cancel()
            }
            watch.finish()
            await connection.endTransaction()
            await pool.giveBack(connection)
            return result
        } catch {
            watch.finish()
            await connection.endTransaction()
            await pool.giveBack(connection)
            throw error
        }
    }

    /// The DuckDB version, as in `v1.5.5`.
    public static func libraryVersion() throws -> String {
        _ = try Library.location()
        return String(cString: duckdb_library_version())
    }

    /// The library file in use, for telling people which one was found.
    public static func libraryPath() throws -> String { try Library.location().library }

    private static func openHandle(_ options: Options, _ location: Library.Location) throws -> DatabaseHandle {
        var config: duckdb_config?
        guard duckdb_create_config(&config) == DuckDBSuccess else {
            throw WeirError("engine.failed", "DuckDB gave no configuration", outcome: .systemFailed)
        }
        defer { duckdb_destroy_config(&config) }
        var settings = [
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "true",
            "access_mode": options.readOnly ? "READ_ONLY" : "AUTOMATIC",
        ]
        if let folder = location.extensions { settings["extension_directory"] = folder }
        if let limit = options.memoryLimit { settings["memory_limit"] = limit }
        if let threads = options.threads { settings["threads"] = String(threads) }
        if let folder = options.tempDirectory { settings["temp_directory"] = folder }
        for (name, value) in settings where duckdb_set_config(config, name, value) != DuckDBSuccess {
            throw WeirError("warehouse.bad-setting", "DuckDB does not take \(value) for \(name)")
        }
        var raw: duckdb_database?
        var message: UnsafeMutablePointer<CChar>?
        let state = duckdb_open_ext(options.path ?? ":memory:", &raw, config, &message)
        defer { duckdb_free(message) }
        guard state == DuckDBSuccess, let raw else {
            let reason = message.map { String(cString: $0) } ?? "no reason given"
            throw explainOpen(reason, path: options.path)
        }
        let handle = DatabaseHandle(raw)
        try OwnFunctions.register(in: raw)
        return handle
    }

    private static func explainOpen(_ reason: String, path: String?) -> any Error {
        let known = EngineError.make(reason, sql: nil)
        guard var error = known as? WeirError else { return known }
        if error.code == "warehouse.locked" || error.code == "engine.disk-full" { return error }
        error.code = reason.contains("not a valid DuckDB") ? "warehouse.unreadable" : "warehouse.cannot-open"
        error.message = "\(path ?? "the database in memory") cannot be opened: \(reason)"
        return error
    }
}

extension Connection {
    /// Loads an extension from the local extension directory.
    public func load(extension name: String) throws {
        do {
            try execute("LOAD \(SQL.quote(name))")
        } catch let error as WeirError {
            throw WeirError(
                "engine.no-extension", "DuckDB's extension \(name) cannot be loaded: \(error.message)",
                hint: "run `make demo` in Weir's checkout to fetch the extensions", outcome: .systemFailed)
        }
    }
}
