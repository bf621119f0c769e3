import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Reads and writes `weir_meta` in the warehouse.
enum CheckpointStore {
    private static let meta = SQL.quote(Warehouse.metaSchema)
    private static let table = TableName(schema: Warehouse.metaSchema, table: "checkpoints")
    static let checkpoints = table.sql
    static let files = "\(meta).files"
    static let intervals = "\(meta).intervals"

    /// Creates Weir's own tables where they are missing.
    static func prepare(on connection: isolated Connection) throws {
        try connection.transaction { connection in
            try connection.execute(
                """
                CREATE SCHEMA IF NOT EXISTS \(meta);
                CREATE SCHEMA IF NOT EXISTS \(SQL.quote(Warehouse.quarantineSchema));
                CREATE TABLE IF NOT EXISTS \(checkpoints) (
                    name VARCHAR, kind VARCHAR, strategy VARCHAR, fingerprint VARCHAR, version VARCHAR, watermark VARCHAR,
                    inputs VARCHAR, columns VARCHAR, rows BIGINT, run_id VARCHAR, published_at VARCHAR);
                CREATE TABLE IF NOT EXISTS \(files) (
                    name VARCHAR, path VARCHAR, size BIGINT, modified VARCHAR, hash VARCHAR, rows BIGINT,
                    run_id VARCHAR, loaded_at VARCHAR);
                CREATE TABLE IF NOT EXISTS \(intervals) (
                    name VARCHAR, start_at VARCHAR, end_at VARCHAR, fingerprint VARCHAR, run_id VARCHAR);
                """)
        }
    }

    static func exists(on connection: isolated Connection) throws -> Bool {
        try connection.columns(of: table) != nil
    }

    private static let columns =
        "name, kind, strategy, fingerprint, version, watermark, inputs, columns, rows, run_id, published_at"

    /// All checkpoints by the key of their table.
    static func readAll(on connection: isolated Connection) throws -> [String: Checkpoint] {
        guard try exists(on: connection) else { return [:] }
        let found = try connection.query("SELECT \(columns) FROM \(checkpoints)").map(decode).compactMap(\.self)
        return Dictionary(found.map { ($0.name.key, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// One table's checkpoint; nil when it was never published.
    static func read(_ name: TableName, on connection: isolated Connection) throws -> Checkpoint? {
        try connection.query(
            "SELECT \(columns) FROM \(checkpoints) WHERE lower(name) = lower(?)", [.text(name.description)]
        )
        .first.flatMap { try decode($0) }
    }

    private static func decode(_ row: [Value]) throws -> Checkpoint? {
        guard let name = TableName(row[0].display), let kind = NodeKind(rawValue: row[1].display),
            let strategy = Strategy(rawValue: row[2].display)
        else { return nil }
        let decoder = JSONDecoder()
        return Checkpoint(
            name: name, kind: kind, strategy: strategy, fingerprint: row[3].display, version: row[4].display,
            watermark: row[5].text, inputs: try decoder.decode([String: String].self, from: Data(row[6].display.utf8)),
            columns: try decoder.decode([Column].self, from: Data(row[7].display.utf8)), rows: Int(row[8].int ?? 0),
            runID: row[9].display, publishedAt: row[10].display)
    }

    /// Replaces a table's checkpoint. Call inside the publishing transaction.
    ///
    /// - Parameter replaces: false when the table surely has none yet.
    static func write(_ checkpoint: Checkpoint, replaces: Bool = true, on connection: isolated Connection) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        if replaces {
            try connection.execute(
                "DELETE FROM \(checkpoints) WHERE lower(name) = lower(?)", [.text(checkpoint.name.description)])
        }
        // One row a table is appended, not inserted: planning an INSERT takes longer than all else that is done here.
        try connection.append(
            to: table,
            rows: CollectionOfOne([
                .text(checkpoint.name.description), .text(checkpoint.kind.rawValue),
                .text(checkpoint.strategy.rawValue),
                .text(checkpoint.fingerprint), .text(checkpoint.version), Value(checkpoint.watermark),
                .text(String(decoding: try encoder.encode(checkpoint.inputs), as: UTF8.self)),
                .text(String(decoding: try encoder.encode(checkpoint.columns), as: UTF8.self)),
                .int(Int64(checkpoint.rows)), .text(checkpoint.runID), .text(checkpoint.publishedAt),
            ]))
    }

    /// Forgets a table. Call inside the transaction that drops it.
    static func forget(_ name: TableName, on connection: isolated Connection) throws {
        for table in [checkpoints, files, intervals] {
            try connection.execute("DELETE FROM \(table) WHERE name = ?", [.text(name.description)])
        }
    }

    // MARK: Files

    static func loadedFiles(of name: TableName, on connection: isolated Connection) throws -> [LoadedFile] {
        try connection.query(
            "SELECT path, size, modified, hash FROM \(files) WHERE name = ? ORDER BY path", [.text(name.description)]
        ).map { row in
            LoadedFile(path: row[0].display, size: Int(row[1].int ?? 0), modified: row[2].display, hash: row[3].text)
        }
    }

    /// Remembers files as loaded; what was known of the same paths is replaced.
    static func remember(
        _ loaded: [LoadedFile], of name: TableName, runID: String, at time: String, on connection: isolated Connection
    ) throws {
        for file in loaded {
            try connection.execute(
                "DELETE FROM \(files) WHERE name = ? AND path = ?", [.text(name.description), .text(file.path)])
            try connection.execute(
                "INSERT INTO \(files) VALUES (?, ?, ?, ?, ?, NULL, ?, ?)",
                [
                    .text(name.description), .text(file.path), .int(Int64(file.size)), .text(file.modified),
                    Value(file.hash), .text(runID), .text(time),
                ])
        }
    }

    static func forgetFiles(of name: TableName, on connection: isolated Connection) throws {
        try connection.execute("DELETE FROM \(files) WHERE name = ?", [.text(name.description)])
    }
}
