import WeirConnect
import WeirCore
import WeirEngine

/// A text column of the warehouse, and how its rows are told apart.
struct SearchSource: Sendable {
    /// Names the index: the column's full name in the warehouse.
    let name: String
    let table: TableName
    let column: String
    let key: [String]
    /// Whether the table keeps old versions of its rows, which are not searched.
    private let isHistory: Bool

    /// What is read, with the alias `s`.
    var relation: String {
        isHistory
            ? "(SELECT * FROM \(table.sql) WHERE \(SQL.quote(SCD2Columns.isCurrent))) AS s" : "\(table.sql) AS s"
    }

    /// A row's key as a JSON object, which is how indexes keep keys of any columns and types.
    var keySQL: String {
        let members = key.map { "\(SQL.literal($0)): s.\(SQL.quote($0))" }
        return "CAST(to_json({\(members.joined(separator: ", "))}) AS VARCHAR)"
    }

    var textSQL: String { "CAST(s.\(SQL.quote(column)) AS VARCHAR)" }

    /// - Parameters:
    ///   - target: `schema.table.column`, or `table.column` where one table of the project has that name.
    ///   - key: columns that the user names; none takes those that the index or the project knows.
    /// - Throws: `search.target`, `search.unknown-table`, `search.unknown-column`, `search.not-text`, `search.no-key`.
    init(
        _ target: String, key: [String], project: Project, environment: EnvironmentScope,
        on connection: isolated Connection
    ) throws {
        let (declared, column) = try Self.parts(target, project)
        table = environment.physical(declared)
        guard let columns = try connection.columns(of: table) else {
            throw try Self.unknown(declared, table, project, on: connection)
        }
        self.column = try Self.textColumn(column, of: table, among: columns)
        isHistory = project.model(declared)?.load.strategy == .scd2
        name = "\(table).\(self.column)"
        var names = key
        if names.isEmpty { names = try SearchStore.read(name, on: connection)?.key ?? [] }
        if names.isEmpty { names = Self.projectKey(declared, project) }
        guard !names.isEmpty else {
            throw WeirError(
                "search.no-key", "nothing tells the rows of \(table) apart",
                hint: "name the columns that do with --key, or declare the primary key in the table's contract")
        }
        let table = table
        self.key = try names.map { try Self.column($0, of: table, among: columns).name }
    }

    private static func parts(_ target: String, _ project: Project) throws -> (TableName, String) {
        if let dot = target.lastIndex(of: "."), case let column = String(target[target.index(after: dot)...]),
            !column.isEmpty
        {
            let front = String(target[..<dot])
            if let table = TableName(front) { return (table, column) }
            let named = project.tableNames.filter { $0.table.lowercased() == front.lowercased() }
            if let only = named.first, named.count == 1 { return (only, column) }
        }
        throw WeirError(
            "search.target", "\"\(target)\" is no column of a table",
            hint: "write schema.table.column, like raw.reviews.text")
    }

    private static func unknown(
        _ declared: TableName, _ table: TableName, _ project: Project, on connection: isolated Connection
    ) throws -> WeirError {
        if project.tableNames.contains(where: { $0.key == declared.key }) {
            return WeirError(
                "search.unknown-table", "\(table) is not in the warehouse yet",
                hint: "`weir run \(declared)` builds it")
        }
        let names = try connection.relations().filter { !$0.hasPrefix("weir_") }.sorted()
        return WeirError(
            "search.unknown-table", "the warehouse has no table \(table)",
            hint: DidYouMean.hint(for: table.description, among: names))
    }

    private static func column(_ wanted: String, of table: TableName, among columns: [Column]) throws -> Column {
        if let found = columns.first(where: { $0.name.lowercased() == wanted.lowercased() }) { return found }
        throw WeirError(
            "search.unknown-column", "\(table) has no column \(wanted)",
            hint: DidYouMean.hint(for: wanted, among: columns.map(\.name)))
    }

    private static func textColumn(_ wanted: String, of table: TableName, among columns: [Column]) throws -> String {
        let found = try column(wanted, of: table, among: columns)
        if isText(found.type) { return found.name }
        let texts = columns.filter { isText($0.type) }.map(\.name)
        throw WeirError(
            "search.not-text", "\(table).\(found.name) is \(found.type), and only texts can be searched",
            hint: texts.isEmpty ? "\(table) has no column of texts" : "texts are in \(texts.joined(separator: ", "))")
    }

    private static func isText(_ type: String) -> Bool {
        ["VARCHAR", "JSON"].contains(type) || type.hasPrefix("ENUM(")
    }

    private static func projectKey(_ table: TableName, _ project: Project) -> [String] {
        let key = (project.model(table)?.load ?? project.source(table)?.load)?.key ?? []
        return key.isEmpty ? project.tableContract(for: table)?.primaryKey ?? [] : key
    }

    /// What `--where` says, checked: one condition, and nothing that ends it early.
    ///
    /// - Throws: `search.where`.
    static func condition(_ text: String, on connection: isolated Connection) throws -> String {
        // A condition stands in brackets and between words alike; what would leave one does not fit the other.
        for sql in ["SELECT 1 WHERE (\(text)\n)", "SELECT CASE WHEN \(text)\n THEN 1 END"] {
            do { _ = try ParsedQuery.parse(sql, on: connection) } catch let error as WeirError
                where error.code.hasPrefix("sql.") && error.code != "sql.not-inspectable"
            {
                throw WeirError(
                    "search.where", "--where takes one condition, and not \"\(text)\": \(error.message)",
                    hint: "write it like --where \"status = 'open' AND year >= 2025\"")
            }
        }
        return "(\(text)\n)"
    }
}
