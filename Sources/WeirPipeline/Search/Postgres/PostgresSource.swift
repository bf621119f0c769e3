import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// A text column of a PostgreSQL, how its rows are told apart, and the SQL that reads them there.
struct PostgresSource: Sendable {
    let connection: String
    let table: TableName
    let column: String
    let key: [String]
    private let keyColumns: [DiffColumn]
    /// Whether the database itself says that no two rows have the same key, nor a null in it, and has an index of it.
    private let isGuaranteed: Bool
    /// About how many rows the table has; nil where the server does not know.
    let estimatedRows: Int?

    /// Names the index: the column's full name in the database.
    var name: String { "\(table).\(column)" }
    var label: String { "\(connection)#\(name)" }

    /// - Parameter known: the key of the index that there is.
    /// - Throws: `search.unknown-table`, `search.unknown-column`, `search.not-text`, `search.no-key`.
    init(
        _ wanted: PostgresColumn, key: [String], known: (String) throws -> [String]?, project: Project,
        on connection: isolated Connection
    ) throws {
        let label = "\(wanted.connection)#\(wanted.table)"
        let side: DiffSide
        do {
            side = try PostgresSide(
                catalog: ConnectionSettings.catalog(wanted.connection),
                content: .table(schema: wanted.table.schema, name: wanted.table.table), label: label
            ).open(on: connection)
        } catch let error as WeirError { throw Self.own(error) }
        let column = try Self.column(wanted.column, of: label, among: side.columns)
        guard Self.isText(column.type) else {
            let texts = side.columns.filter { Self.isText($0.type) }.map(\.name)
            throw WeirError(
                "search.not-text", "\(label).\(column.name) is \(column.type), and only texts can be searched",
                hint: texts.isEmpty
                    ? "\(label) has no column of texts" : "texts are in \(texts.joined(separator: ", "))")
        }
        self.connection = wanted.connection
        table = wanted.table
        self.column = column.name
        var names = key
        if names.isEmpty { names = try known("\(wanted.table).\(column.name)") ?? [] }
        if names.isEmpty { names = side.primaryKey }
        if names.isEmpty { names = side.uniqueKeys.first ?? [] }
        guard !names.isEmpty else {
            throw WeirError(
                "search.no-key", "nothing tells the rows of \(label) apart: it has no primary key",
                hint: "name the columns that do with --key")
        }
        let columns = try names.map { try Self.column($0, of: label, among: side.columns) }
        keyColumns = columns
        let found = columns.map(\.name)
        self.key = found
        isGuaranteed =
            columns.allSatisfy { Self.isPlain($0.family) } && side.uniqueKeys.contains { Set($0) == Set(found) }
        estimatedRows = side.estimatedRows
    }

    /// An error of the code that opens databases for comparisons, under the name of this command.
    private static func own(_ error: WeirError) -> WeirError {
        guard error.code.hasPrefix("diff.") else { return error }
        return WeirError(
            "search." + error.code.dropFirst(5), error.message, hint: error.hint, at: error.place,
            isTransient: error.isTransient, outcome: error.outcome)
    }

    private static func column(_ wanted: String, of label: String, among columns: [DiffColumn]) throws -> DiffColumn {
        if let found = columns.first(where: { $0.name == wanted })
            ?? columns.first(where: { $0.name.lowercased() == wanted.lowercased() })
        {
            return found
        }
        throw WeirError(
            "search.unknown-column", "\(label) has no column \(wanted)",
            hint: DidYouMean.hint(for: wanted, among: columns.map(\.name)))
    }

    private static func isText(_ type: String) -> Bool {
        let name = type.prefix { $0 != "(" }
        return ["text", "character varying", "character", "citext", "json", "jsonb", "name"].contains(String(name))
    }

    /// Whether a value's text in JSON is the value again.
    private static func isPlain(_ family: DiffFamily) -> Bool {
        switch family {
        case .boolean, .integer, .decimal, .number, .text(isPadded: false), .uuid, .date, .timestamp, .timestampTZ: true
        default: false
        }
    }

    // MARK: SQL of PostgreSQL

    var relation: String { "\(table.sql) AS s" }

    var textSQL: String { "s.\(SQL.quote(column))::text" }

    /// A row's key as a JSON object. A time is written as in UTC, whatever the session's zone is.
    var keySQL: String {
        let members = keyColumns.map { column in
            let name = "s.\(SQL.quote(column.name))"
            return "\(SQL.literal(column.name)), \(column.family == .timestampTZ ? "\(name) AT TIME ZONE 'UTC'" : name)"
        }
        return "jsonb_build_object(\(members.joined(separator: ", ")))"
    }

    /// Every row's key, and the mark of its text.
    var now: String {
        "SELECT \(keySQL) AS key, md5(\(textSQL)) AS hash FROM \(relation) WHERE \(textSQL) IS NOT NULL"
    }

    /// True for the row whose key is `v.key`, through the table's own index where it has one.
    var isRowOfKey: String {
        let whole = "\(keySQL) = v.key"
        guard isGuaranteed else { return whole }
        let parts = keyColumns.map { column in
            let text = "(v.key ->> \(SQL.literal(column.name)))"
            let value =
                column.family == .timestampTZ ? "(\(text)::timestamp AT TIME ZONE 'UTC')" : "\(text)::\(column.type)"
            return "s.\(SQL.quote(column.name)) = \(value)"
        }
        return (parts + [whole]).joined(separator: " AND ")
    }

    /// - Throws: `search.key-not-unique`.
    func checkKey(in database: PostgresDatabase, on connection: isolated Connection) throws {
        if isGuaranteed { return }
        let twice = try database.query(
            "SELECT key::text AS key FROM (\(now)) AS n GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1",
            on: connection)
        if let key = twice.first?.first {
            throw WeirError(
                "search.key-not-unique", "several rows of \(connectionLabel) have the key \(key.display)",
                hint: "name the columns that tell rows apart with --key")
        }
    }

    private var connectionLabel: String { "\(connection)#\(table)" }

    /// What `--where` says, checked by the server itself: one condition, and nothing that ends it early.
    ///
    /// - Throws: `search.where`.
    func condition(_ text: String, in database: PostgresDatabase, on connection: isolated Connection) throws -> String {
        // A condition stands in brackets and between words alike; what would leave one does not fit the other. The server
        // reads each as one statement or refuses it, and runs it where nothing can be changed.
        for sql in ["(\(text)\n)", "CASE WHEN \(text)\n THEN true END"] {
            do {
                _ = try database.query("SELECT 1 AS one FROM \(relation) WHERE \(sql) LIMIT 0", on: connection)
            } catch let error as WeirError where error.code == "search.database" && !error.isTransient {
                let reason = error.message.split(separator: " says: ", maxSplits: 1).last ?? ""
                throw WeirError(
                    "search.where", "--where takes one condition of PostgreSQL's, and not \"\(text)\": \(reason)",
                    hint: "write it like --where \"status = 'open' AND year >= 2025\"")
            }
        }
        return "(\(text)\n)"
    }
}
