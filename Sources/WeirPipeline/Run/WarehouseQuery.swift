import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Asks a project's warehouse with SQL. The file is opened for reading only, so no statement can change it.
public struct WarehouseQuery: Sendable {
    let project: Project
    let environment: String?

    public init(project: Project, environment: String? = nil) {
        self.project = project
        self.environment = environment
    }

    /// File formats of ``export(_:to:format:)``.
    public enum ExportFormat: String, Sendable, CaseIterable { case csv, json, parquet }

    /// The rows of a query.
    ///
    /// - Parameter limit: most rows fetched; nil fetches all.
    public func rows(_ sql: String, limit: Int? = nil) async throws -> Rows {
        try await withConnection { connection in
            try await connection.perform { connection in
                try placed(sql) {
                    guard let limit else { return try connection.query(sql) }
                    var chunks: [Chunk] = []
                    var columns: [Column] = []
                    var count = 0
                    try connection.stream(sql) { found, chunk in
                        columns = found
                        chunks.append(chunk)
                        count += chunk.count
                        return count < limit
                    }
                    if columns.isEmpty { columns = try connection.columns(of: sql) }
                    return Rows(columns: columns, chunks: chunks)
                }
            }
        }
    }

    /// Writes the rows of a query to a file, and returns how many there are. The file appears whole or not at all.
    public func export(_ sql: String, to path: String, format: ExportFormat) async throws -> Int {
        try await withConnection { connection in
            try await connection.perform { connection in
                try placed(sql) {
                    let options = format == .csv ? "FORMAT csv, HEADER" : "FORMAT \(format.rawValue)"
                    let part = path + ".part"
                    defer { try? FileManager.default.removeItem(atPath: part) }
                    let rows = try connection.execute(
                        "COPY (\(sql.trimmingStatementEnd)\n) TO \(SQL.literal(part)) (\(options))")
                    guard rename(part, path) == 0 else {
                        throw WeirError("system.cannot-write", "\(path) cannot be written", outcome: .systemFailed)
                    }
                    return rows
                }
            }
        }
    }

    /// Writes the rows to standard output as CSV.
    public func printCSV(_ sql: String) async throws {
        try await withConnection { connection in
            try await connection.perform { connection in
                _ = try placed(sql) {
                    try connection.execute("COPY (\(sql.trimmingStatementEnd)\n) TO '/dev/stdout' (FORMAT csv, HEADER)")
                }
            }
        }
    }

    private func withConnection<R: Sendable>(_ body: @Sendable (Connection) async throws -> R) async throws -> R {
        let settings = environment.flatMap { project.environments[$0]?.warehouse } ?? project.warehouse
        return try await Warehouse.open(settings, readOnly: true).withConnection(body)
    }

    private func placed<R>(_ sql: String, _ body: () throws -> R) throws -> R {
        do { return try body() } catch { throw SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql)) }
    }
}
