import Foundation
import WeirConnect
import WeirCore

/// What a person wants to look at: files, a table of the warehouse, or a query.
public enum ProfileTarget: Sendable, Hashable {
    case files(String)
    case table(TableName)
    case query(String)

    /// Whether a text without spaces around it looks like SQL.
    static func isQuery(_ text: String) -> Bool {
        let word = text.prefix(while: \.isLetter).uppercased()
        return ["SELECT", "WITH", "FROM", "VALUES"].contains(word) && text.contains(where: \.isWhitespace)
    }

    public var isFiles: Bool { if case .files = self { true } else { false } }

    /// Tells them apart by their looks: SQL begins with a word of SQL and has spaces, files have a known ending, a
    /// wildcard or a slash, and everything else is `schema.table`.
    ///
    /// - Parameter folder: where relative paths begin.
    /// - Throws: `profile.unknown-target`.
    public init(_ text: String, in folder: String) throws {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if Self.isQuery(trimmed) {
            self = .query(trimmed.trimmingStatementEnd)
            return
        }
        let path = trimmed.hasPrefix("/") ? trimmed : "\(folder)/\(trimmed)"
        let looksLikeFile =
            trimmed.contains("://") || trimmed.contains(where: { "*?/[".contains($0) })
            || FileManager.default.fileExists(atPath: path)
            || (FileFormat(fileName: trimmed) != nil)
        if looksLikeFile {
            self = .files(trimmed)
        } else if let name = TableName(trimmed) {
            self = .table(name)
        } else {
            throw WeirError(
                "profile.unknown-target", "\"\(trimmed)\" is no file, no schema.table and no query",
                hint: "name a file or glob (data/*.csv), a table (mart.delays), or a query (\"SELECT …\")")
        }
    }
}

extension ProfileTarget {
    /// What the data is called, to find it in a contract: a file's name without its endings.
    var plainName: String {
        switch self {
        case .files(let pattern):
            let file = pattern.split(separator: "/").last.map(String.init) ?? pattern
            return String(file.prefix { $0 != "." })
        case .table(let name): return name.table
        case .query: return "query"
        }
    }
}
