import WeirConnect
import WeirCore

/// Where a column is that can be searched.
enum SearchTarget: Sendable {
    /// As the user names it: `schema.table.column`, or `table.column`.
    case warehouse(String)
    case postgres(PostgresColumn)

    /// Reads `shop#public.reviews.body` as a column of the connection `shop`; `:` and `.` may stand for `#` where that
    /// name is a connection's.
    ///
    /// - Throws: `search.target`, `search.unknown-connection`, `search.no-database`.
    init(_ text: String, project: Project) throws {
        guard let (connection, rest) = try Self.parts(text, project) else {
            self = .warehouse(text)
            return
        }
        guard let dot = rest.lastIndex(of: "."), let table = TableName(String(rest[..<dot])),
            case let column = String(rest[rest.index(after: dot)...]), !column.isEmpty
        else {
            throw WeirError(
                "search.target", "\"\(Redaction.clean(text))\" is no column of a table",
                hint: "write \(connection)#schema.table.column, like \(connection)#public.reviews.body")
        }
        _ = try Self.settings(of: connection, project)
        self = .postgres(PostgresColumn(connection: connection, table: table, column: column))
    }

    /// The settings of a connection whose database can keep vectors.
    static func settings(of connection: String, _ project: Project) throws -> ConnectionSettings {
        guard let settings = project.connections[connection] else {
            throw WeirError(
                "search.unknown-connection", "there is no connection \"\(Redaction.clean(connection))\"",
                hint: DidYouMean.hint(for: connection, among: project.connections.keys.sorted())
                    ?? "name one of `connections:` in weir.yaml")
        }
        guard case .postgres = settings else {
            throw WeirError(
                "search.no-database", "the connection \(connection) is \(settings.kind), and has no vectors",
                hint:
                    "search works in the warehouse and in PostgreSQL; load the table with a source, and search it there"
            )
        }
        return settings
    }

    private static func parts(_ text: String, _ project: Project) throws -> (connection: String, rest: Substring)? {
        for mark in ["#", ":", "."] as [Character] {
            guard let place = text.firstIndex(of: mark) else { continue }
            let (front, rest) = (String(text[..<place]), text[text.index(after: place)...])
            // Tables of the warehouse may have such names too; a table and its column have one dot less than those of
            // a connection.
            let isConnection =
                project.connections[front] != nil && (mark != "." || rest.filter { $0 == "." }.count == 2)
            if isConnection { return (front, rest) }
            // Nothing else begins like this, and an address would bring its password into the project's history.
            if mark == "#", !front.contains(".") || front.contains("://") {
                guard !front.contains("://") else {
                    throw WeirError(
                        "search.target", "a column of another database is named by its connection",
                        hint:
                            "give the address a name under `connections:` in weir.yaml, and write NAME#schema.table.column"
                    )
                }
                _ = try settings(of: front, project)
            }
        }
        return nil
    }
}

/// A column of a PostgreSQL that the project has a connection to.
struct PostgresColumn: Sendable {
    let connection: String
    let table: TableName
    let column: String
}
