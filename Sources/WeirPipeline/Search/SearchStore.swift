import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

/// What a database remembers of an index. It is written in the transactions that write its vectors.
struct SearchRecord: Sendable, Hashable {
    var name: String
    /// Whose database holds it; nil for the warehouse.
    var connection: String?
    var table: TableName
    var column: String
    var key: [String]
    /// Of the embedder that made the vectors.
    var space: String
    var dimensions: Int
    var chunking: Chunking
    /// Names this index and no other, also after it was made anew.
    var mark: String
    /// Counts the transactions that changed its vectors.
    var changes: Int64 = 0
    /// Never given twice.
    var nextID: Int64 = 1
    /// Version of the table when every text of it had its vectors; nil where that cannot be known.
    var version: String?
    var updatedAt: String = ""

    /// As a user names it.
    var label: String { connection.map { "\($0)#\(name)" } ?? name }

    /// The table of its vectors.
    var vectors: TableName {
        TableName(schema: SearchStore.schema, table: connection == nil ? name : PostgresStore.short(name))
    }
}

/// Reads and writes the schema `weir_search` of a warehouse.
///
/// It holds plain tables and nothing that can be made again from them: a warehouse can be opened without any extension,
/// and an index that is broken is never the truth.
enum SearchStore {
    static let schema = "weir_search"
    static let table = TableName(schema: schema, table: "indexes")
    /// What `decode` reads.
    static let columns =
        "name, table_name, column_name, key, space, dimensions, chunk_tokens, overlap_tokens, mark, changes, next_id, version, updated_at"

    static func prepare(on connection: isolated Connection) throws {
        try connection.execute(
            """
            CREATE SCHEMA IF NOT EXISTS \(SQL.quote(schema));
            CREATE TABLE IF NOT EXISTS \(table.sql) (
                name VARCHAR, table_name VARCHAR, column_name VARCHAR, key VARCHAR[], space VARCHAR, dimensions INTEGER,
                chunk_tokens INTEGER, overlap_tokens INTEGER, mark VARCHAR, changes BIGINT, next_id BIGINT,
                version VARCHAR, updated_at VARCHAR);
            """)
    }

    static func all(on connection: isolated Connection) throws -> [SearchRecord] {
        guard try connection.columns(of: table) != nil else { return [] }
        return try connection.query("SELECT \(columns) FROM \(table.sql) ORDER BY name").map(decode).compactMap(\.self)
    }

    static func read(_ name: String, on connection: isolated Connection) throws -> SearchRecord? {
        guard try connection.columns(of: table) != nil else { return nil }
        return try connection.query(
            "SELECT \(columns) FROM \(table.sql) WHERE lower(name) = lower(?)", [.text(name)]
        ).first.flatMap(decode)
    }

    static func decode(_ row: [Value]) -> SearchRecord? {
        guard let table = TableName(row[1].display), let dimensions = row[5].int, let limit = row[6].int,
            let overlap = row[7].int, let changes = row[9].int, let next = row[10].int
        else { return nil }
        return SearchRecord(
            name: row[0].display, table: table, column: row[2].display, key: row[3].list?.map(\.display) ?? [],
            space: row[4].display, dimensions: Int(dimensions),
            chunking: Chunking(limit: Int(limit), overlap: Int(overlap)), mark: row[8].display, changes: changes,
            nextID: next, version: row[11].text, updatedAt: row[12].display)
    }

    /// Begins an index: its record, and a table without rows.
    static func create(_ record: SearchRecord, on connection: isolated Connection) throws {
        try connection.execute(
            """
            CREATE TABLE \(record.vectors.sql) (
                id BIGINT, key VARCHAR, hash VARCHAR, chunk BIGINT, start BIGINT, length BIGINT, headings VARCHAR,
                space VARCHAR, vector FLOAT[\(record.dimensions)])
            """)
        try write(record, on: connection)
    }

    static func write(_ record: SearchRecord, on connection: isolated Connection) throws {
        try connection.execute("DELETE FROM \(table.sql) WHERE name = ?", [.text(record.name)])
        try connection.execute(
            "INSERT INTO \(table.sql) (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(record.name), .text(record.table.description), .text(record.column),
                .list(record.key.map { .text($0) }), .text(record.space), Value(record.dimensions),
                Value(record.chunking.limit), Value(record.chunking.overlap), .text(record.mark), .int(record.changes),
                .int(record.nextID), Value(record.version), .text(record.updatedAt),
            ])
    }

    static func drop(_ record: SearchRecord, on connection: isolated Connection) throws {
        try connection.transaction { connection in
            try connection.execute("DROP TABLE IF EXISTS \(record.vectors.sql)")
            try connection.execute("DELETE FROM \(table.sql) WHERE name = ?", [.text(record.name)])
        }
    }
}

/// A vector for SQL: bound as a text, which DuckDB turns into an array once a statement.
enum VectorText {
    static func value(_ vector: [Float]) -> Value {
        .text("[" + vector.map { $0.description }.joined(separator: ",") + "]")
    }

    /// A vector of length one, so that a product of two is their cosine; nil for one without direction.
    static func unit(_ vector: [Float]) -> [Float]? {
        let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length > 0, length.isFinite else { return nil }
        return vector.map { Float(Double($0) / length) }
    }
}
