import Foundation
import WeirConnect
import WeirCore

/// One of the two things that `weir diff` compares.
public enum DiffTarget: Sendable, Hashable {
    /// Files, a table of the project's warehouse, or a query.
    case plain(ProfileTarget)
    case database(Address, Content)

    /// Where a database is, before `#`.
    public enum Address: Sendable, Hashable {
        case postgres(url: Secret)
        case mysql(url: Secret)
        /// A DuckDB or SQLite file; which of them its first bytes tell.
        case file(path: String)
        /// A connection of the project.
        case connection(String)
    }

    /// What of it, behind `#`.
    public enum Content: Sendable, Hashable {
        case table(schema: String?, name: String)
        case query(String)
    }

    /// - Parameter folder: where relative paths begin.
    /// - Throws: `diff.unknown-target`, `diff.no-table`.
    public init(_ text: String, in folder: String) throws {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if !ProfileTarget.isQuery(trimmed), !FileManager.default.fileExists(atPath: Self.path(trimmed, in: folder)),
            let mark = trimmed.firstIndex(of: "#")
        {
            let address = String(trimmed[..<mark])
            let content = trimmed[trimmed.index(after: mark)...].trimmingCharacters(in: .whitespaces)
            guard !address.isEmpty, !content.isEmpty else { throw Self.noTable(address) }
            self = .database(Self.address(address, in: folder), Self.content(content))
            return
        }
        if Self.isAddress(trimmed) || Self.isDatabaseFile(Self.path(trimmed, in: folder)) {
            throw Self.noTable(trimmed)
        }
        do { self = .plain(try ProfileTarget(trimmed, in: folder)) } catch is WeirError {
            throw WeirError(
                "diff.unknown-target", "\"\(Redaction.clean(trimmed))\" is no file, no schema.table and no query",
                hint:
                    "name a file or glob (data/*.csv), a table (mart.delays), a query (\"SELECT …\"), or a table of another database (shop#public.orders, postgres://host/db#orders, old.duckdb#mart.delays)"
            )
        }
    }

    /// True where the project says what the name stands for.
    public var needsProject: Bool {
        switch self {
        case .plain(.table), .plain(.query), .database(.connection, _): true
        case .plain(.files), .database: false
        }
    }

    private static func noTable(_ address: String) -> WeirError {
        WeirError(
            "diff.no-table", "\(Redaction.clean(address)) is a database, and does not say which of its tables",
            hint: "write it behind a #, like \(Redaction.clean(address))#schema.table")
    }

    private static func path(_ text: String, in folder: String) -> String {
        text.hasPrefix("/") ? text : "\(folder)/\(text)"
    }

    private static func isAddress(_ text: String) -> Bool {
        ["postgres://", "postgresql://", "mysql://", "mariadb://", "sqlite:", "duckdb:"].contains { text.hasPrefix($0) }
    }

    private static func address(_ text: String, in folder: String) -> Address {
        if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") { return .postgres(url: Secret(text)) }
        if text.hasPrefix("mysql://") { return .mysql(url: Secret(text)) }
        if text.hasPrefix("mariadb://") { return .mysql(url: Secret("mysql://" + text.dropFirst(10))) }
        for prefix in ["sqlite:", "duckdb:"] where text.hasPrefix(prefix) {
            return .file(path: path(String(text.dropFirst(prefix.count)), in: folder))
        }
        let isFile =
            text.contains("/") || text.contains(".") || FileManager.default.fileExists(atPath: path(text, in: folder))
        return isFile ? .file(path: path(text, in: folder)) : .connection(text)
    }

    private static func content(_ text: String) -> Content {
        if ProfileTarget.isQuery(text) { return .query(text.trimmingStatementEnd) }
        if let name = TableName(text) { return .table(schema: name.schema, name: name.table) }
        return .table(schema: nil, name: text)
    }

    // MARK: Files

    /// What a database file is, by its first bytes.
    enum FileKind { case duckdb, sqlite }

    static func fileKind(_ path: String) -> FileKind? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 16) else { return nil }
        if head.starts(with: Data("SQLite format 3\0".utf8)) { return .sqlite }
        return head.dropFirst(8).starts(with: Data("DUCK".utf8)) ? .duckdb : nil
    }

    private static func isDatabaseFile(_ path: String) -> Bool { fileKind(path) != nil }
}
