import Foundation
import WeirCore
import WeirEngine

/// Where and how the project's tables are kept: `warehouse:` in `weir.yaml`.
public struct WarehouseSettings: Sendable, Hashable {
    /// Absolute path of the DuckDB file.
    public var path: String
    public var memoryLimit: String?
    public var threads: Int?
    public var tempDirectory: String?

    public init(path: String) { self.path = path }

    /// - Throws: `warehouse.missing` where nothing was built yet.
    public func requireFile() throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        throw WeirError(
            "warehouse.missing", "there is no warehouse at \(path) yet", hint: "`weir run` builds it")
    }
}

/// The DuckDB file that holds a project's tables, its checkpoints and its quarantine.
public struct Warehouse: Sendable {
    public let database: Database
    public let settings: WarehouseSettings

    /// Schema of Weir's own tables.
    public static let metaSchema = "weir_meta"
    /// Schema of the rows that gates held back.
    public static let quarantineSchema = "weir_quarantine"
    /// Prefix of tables that are built aside and not yet published.
    public static let stagingPrefix = "__weir_new_"

    /// Opens the file, creating it and its folder when needed.
    ///
    /// - Parameters:
    ///   - workers: how many nodes are built at once; each has a connection.
    ///   - sealed: for SQL of others: reads only, and nothing but the warehouse; see ``Database/Options/isSealed``.
    public static func open(
        _ settings: WarehouseSettings, workers: Int = 2, readOnly: Bool = false, sealed: Bool = false
    ) async throws -> Warehouse {
        let readOnly = readOnly || sealed
        var options = Database.Options(path: settings.path)
        options.memoryLimit = settings.memoryLimit
        options.threads = settings.threads
        options.tempDirectory = settings.tempDirectory
        options.maxConnections = workers + 2
        options.readOnly = readOnly
        options.extensions = ["json", "icu"]
        options.isSealed = sealed
        options.sessionSetup =
            sealed
            ? ["SET GLOBAL TimeZone = 'UTC'"]
            : [
                "SET TimeZone = 'UTC'", "SET enable_progress_bar = true", "SET enable_progress_bar_print = false",
                "SET progress_bar_time = 500",
            ]
        if !readOnly {
            let folder = URL(fileURLWithPath: settings.path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } else {
            try settings.requireFile()
        }
        return Warehouse(database: try await Database.open(options), settings: settings)
    }

    public func withConnection<R: Sendable>(_ body: @Sendable (Connection) async throws -> R) async throws -> R {
        try await database.withConnection(body)
    }
}

extension Connection {
    /// The columns of a table or view; nil when it does not exist.
    ///
    /// The binder is asked and not `duckdb_columns()`, which lists the whole catalogue each time: with a thousand
    /// tables that would cost more than building one.
    public func columns(of table: TableName) throws -> [Column]? {
        do {
            return try query("DESCRIBE SELECT * FROM \(table.sql)").map {
                Column(name: $0[0].display, type: $0[1].display)
            }
        } catch let error as WeirError where error.code.hasPrefix("sql.") {
            return error.says(isMissing: table) ? nil : try listedColumns(of: table)
        }
    }

    /// Keys of all tables and views of the warehouse, as ``TableName/key`` writes them.
    public func relations() throws -> Set<String> {
        let names = try query(
            """
            SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal
            UNION ALL SELECT schema_name, view_name FROM duckdb_views()
            WHERE database_name = current_database() AND NOT internal
            """)
        return Set(names.map { TableName(schema: $0[0].display, table: $0[1].display).key })
    }

    /// For a view that cannot be bound any more: its columns as they were.
    private func listedColumns(of table: TableName) throws -> [Column]? {
        let rows = try query(
            """
            SELECT column_name, data_type FROM duckdb_columns()
            WHERE database_name = current_database() AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
            ORDER BY column_index
            """, [.text(table.schema), .text(table.table)])
        return rows.isEmpty ? nil : rows.map { Column(name: $0[0].display, type: $0[1].display) }
    }

    /// Whether a name is a table or a view; nil when it does not exist.
    public func relationKind(_ table: TableName) throws -> RelationKind? {
        do {
            // Only a table has row ids.
            _ = try query("DESCRIBE SELECT rowid FROM \(table.sql)")
            return .table
        } catch let error as WeirError where error.code.hasPrefix("sql.") {
            return error.says(isMissing: table) ? nil : .view
        }
    }
}

extension WeirError {
    /// Whether DuckDB says that this very table does not exist, and not one that a view of this name reads.
    fileprivate func says(isMissing table: TableName) -> Bool {
        let text = message.lowercased()
        return text.contains("table with name \(table.table.lowercased()) does not exist")
            || text.contains("table with name \"\(table.key)\" does not exist because schema")
    }
}

/// What a name stands for in a warehouse.
public enum RelationKind: String, Sendable, Codable {
    case table, view

    /// The word for `DROP`.
    public var sql: String { rawValue.uppercased() }
}
