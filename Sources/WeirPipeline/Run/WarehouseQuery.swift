import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Asks a project's warehouse with one SQL statement that reads, and changes nothing anywhere.
public struct WarehouseQuery: Sendable {
    let project: Project
    let environment: String?
    let isSealed: Bool

    /// - Parameter isSealed: the SQL is somebody else's: the engine keeps it from reaching anything but the tables of
    ///   the warehouse, so that a statement that reads a file or a network fails wherever it does so.
    public init(project: Project, environment: String? = nil, isSealed: Bool = false) {
        self.project = project
        self.environment = environment
        self.isSealed = isSealed
    }

    /// File formats of ``export(_:to:format:)``.
    public enum ExportFormat: String, Sendable, CaseIterable { case csv, json, parquet }

    /// The rows of a query.
    ///
    /// - Parameter limit: most rows fetched; nil fetches all.
    public func rows(_ sql: String, limit: Int? = nil) async throws -> Rows {
        try await asking(sql) { connection in
            var chunks: [Chunk] = []
            var columns: [Column] = []
            var count = 0
            try connection.stream(
                sql, start: { columns = $0 },
                each: { _, chunk in
                    chunks.append(chunk)
                    count += chunk.count
                    return limit.map { count < $0 } ?? true
                })
            return Rows(columns: columns, chunks: chunks)
        }
    }

    /// Writes the rows of a query to a file, and returns how many there are. The file appears whole or not at all,
    /// and the rows are never held in memory all at once.
    public func export(_ sql: String, to path: String, format: ExportFormat) async throws -> Int {
        let part = "\(path).\(ProcessInfo.processInfo.processIdentifier).part"
        return try await asking(sql) { connection in
            defer { try? FileManager.default.removeItem(atPath: part) }
            let rows = try Self.write(sql, to: part, format, on: connection)
            guard rename(part, path) == 0 else { throw Self.cannotWrite(path) }
            return rows
        }
    }

    /// Hands over the rows as the bytes of a file. Nothing is handed over of a query that fails, not even midway:
    /// the rows are in a temporary file until all of them are there.
    public func print(_ sql: String, format: ExportFormat, to sink: @Sendable (Data) throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-query-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try await export(sql, to: path, format: format)
        guard let file = FileHandle(forReadingAtPath: path) else { throw Self.cannotWrite(path) }
        defer { try? file.close() }
        while let piece = try file.read(upToCount: 1 << 18), !piece.isEmpty { try sink(piece) }
    }

    private static func write(
        _ sql: String, to path: String, _ format: ExportFormat, on connection: isolated Connection
    ) throws -> Int {
        guard format == .json else {
            let options = format == .csv ? "FORMAT csv, HEADER" : "FORMAT parquet"
            return try connection.execute(
                "COPY (\(sql.trimmingStatementEnd)\n) TO \(SQL.literal(path)) (\(options))")
        }
        // DuckDB's own JSON has one key for two columns of a name, and writes NaN, which is no JSON.
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw cannotWrite(path) }
        defer { try? file.close() }
        var rows = JSONRows([])
        var bytes: [UInt8] = []
        try connection.stream(
            sql, start: { rows = JSONRows($0) },
            each: { _, chunk in
                rows.add(chunk, to: &bytes)
                if bytes.count > 1 << 18 { try flush(&bytes, to: file, path) }
                return true
            })
        rows.finish(&bytes)
        try flush(&bytes, to: file, path)
        return rows.count
    }

    private static func flush(_ bytes: inout [UInt8], to file: FileHandle, _ path: String) throws {
        do { try file.write(contentsOf: Data(bytes)) } catch { throw cannotWrite(path) }
        bytes.removeAll(keepingCapacity: true)
    }

    private static func cannotWrite(_ path: String) -> WeirError {
        WeirError("system.cannot-write", "\(path) cannot be written", outcome: .systemFailed)
    }

    /// Runs `body` on a connection that only reads, once the statement is known to be one that asks.
    ///
    /// Each statement has a database of its own: nothing that one leaves behind is seen by another.
    func asking<R: Sendable>(
        _ sql: String, _ body: @escaping @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        _ = try EnvironmentScope(environment, in: project)
        let settings = project.warehouse(in: environment)
        let warehouse = try await Warehouse.open(settings, readOnly: true, sealed: isSealed)
        return try await warehouse.withConnection { connection in
            try await connection.perform { connection in
                try ReadOnlyStatement.check(sql, on: connection)
                do { return try body(connection) } catch {
                    throw Self.sealed(SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql)))
                }
            }
        }
    }

    /// The engine's refusal in words that tell what to do instead.
    private static func sealed(_ error: any Error) -> any Error {
        guard var known = error as? WeirError,
            known.message.contains("disabled through configuration")
                || known.message.contains("disabled by configuration") || known.message.contains("has been locked")
        else { return error }
        known.code = "query.sealed"
        known.message = "the statement reaches outside of the warehouse: \(known.message)"
        known.hint =
            "only tables of the warehouse can be asked, also through views; a source makes a table of files"
        known.outcome = .wrongUsage
        return known
    }
}
