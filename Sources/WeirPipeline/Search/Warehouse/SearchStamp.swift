import Foundation
import WeirCore
import WeirEngine

/// What a file beside the warehouse says of itself: which index it was made from, and when in that index's life.
struct SearchStamp: Sendable {
    let mark: String
    let changes: Int64
    let covered: Int64
    let rows: Int
    let dimensions: Int?

    static func read(on connection: Connection) async throws -> SearchStamp? {
        guard let row = try await connection.query("SELECT mark, changes, covered, rows, dimensions FROM stamp").first,
            let changes = row[1].int, let covered = row[2].int, let rows = row[3].int
        else { return nil }
        return SearchStamp(
            mark: row[0].display, changes: changes, covered: covered, rows: Int(rows),
            dimensions: row[4].int.map { Int($0) })
    }

    static func sql(mark: String, changes: Int64, covered: Int64, dimensions: Int?, of table: String) -> String {
        """
        CREATE TABLE stamp AS SELECT \(SQL.literal(mark)) AS mark, CAST(\(changes) AS BIGINT) AS changes,
            CAST(\(covered) AS BIGINT) AS covered, CAST(\(dimensions.map(String.init) ?? "NULL") AS BIGINT) AS dimensions,
            count(*) AS rows FROM \(table);
        """
    }

    /// Makes a file whole, or not at all.
    ///
    /// - Parameters:
    ///   - rows: SQL of what goes in, asked of the warehouse. It passes through a Parquet file: a warehouse that is
    ///     open for reading can attach nothing that is written.
    ///   - statements: makes the file's tables from the relation that it is given.
    static func make(
        _ path: String, extensions: [String], setup: [String] = [], rows: String, memoryLimit: String?,
        on connection: Connection, statements: (String) -> [String]
    ) async throws {
        let part = "\(path).\(ProcessInfo.processInfo.processIdentifier).part"
        let parquet = "\(part).parquet"
        let leftovers = [part, "\(part).wal", parquet]
        defer { for file in leftovers { try? FileManager.default.removeItem(atPath: file) } }
        for file in leftovers { try? FileManager.default.removeItem(atPath: file) }
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try await connection.execute("COPY (\(rows)) TO \(SQL.literal(parquet)) (FORMAT parquet)")
        var options = Database.Options(path: part)
        options.maxConnections = 1
        options.extensions = extensions
        options.memoryLimit = memoryLimit
        let steps = statements("read_parquet(\(SQL.literal(parquet)))")
        try await Database.open(options).withConnection { made in
            for statement in setup { try await made.execute(statement) }
            // One by one: DuckDB looks up the table of an index when it reads the statement, before it runs any.
            for step in steps { try await made.execute(step) }
            // Everything is in the file itself before it has its name.
            try await made.execute("FORCE CHECKPOINT")
        }
        guard rename(part, path) == 0 else {
            throw WeirError("system.cannot-write", "\(path) cannot be written", outcome: .systemFailed)
        }
    }
}
