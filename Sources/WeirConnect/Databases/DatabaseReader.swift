import WeirCore
import WeirEngine

/// A table or query of another database, as a relation that the engine can select from.
public struct DatabaseReader: Sendable, Hashable {
    /// `postgres`, `mysql` or `sqlite`.
    public let engine: String
    /// Name of the connection, already opened.
    public let connection: String
    public let content: Content

    public enum Content: Sendable, Hashable {
        /// `table`, or `schema.table`.
        case table(String)
        /// Runs in the other database.
        case query(String)
    }

    public init(engine: String, connection: String, content: Content) {
        self.engine = engine
        self.connection = connection
        self.content = content
    }

    /// SQL for a FROM clause.
    public var relation: String {
        let catalog = ConnectionSettings.catalog(connection)
        switch content {
        // The scanner puts the query into a statement of its own, in which a comment at the end would take the rest.
        case .query(let sql): return ask(SQLText.statement(sql))
        case .table(let name):
            let parts = name.split(separator: ".").map(String.init)
            return ([catalog] + parts).map(SQL.quote).joined(separator: ".")
        }
    }

    /// What the user calls it.
    public var label: String {
        switch content {
        case .table(let name): "\(connection):\(name)"
        case .query: "\(connection):query"
        }
    }

    /// SQL for a FROM clause that reads an SQLite table with every value as text, and blobs as blobs. Nil for a
    /// query, whose values are texts anyway.
    public func texts(of types: [String: String], columns: [Column]) -> String? {
        guard engine == "sqlite", case .table(let name) = content else { return nil }
        let present = columns.filter { types[$0.name.lowercased()] != nil }
        let isBlob = { (column: Column) in types[column.name.lowercased()] == "BLOB" }
        let inner = present.map { column in
            let name = SQL.quote(column.name)
            return isBlob(column) ? "hex(\(name)) AS \(name)" : "CAST(\(name) AS TEXT) AS \(name)"
        }
        let table = name.split(separator: ".").map { SQL.quote(String($0)) }.joined(separator: ".")
        let query = "SELECT \(inner.joined(separator: ", ")) FROM \(table)"
        let outer = present.map { column in
            let name = SQL.quote(column.name)
            return isBlob(column) ? "unhex(\(name)) AS \(name)" : name
        }
        let catalog = ConnectionSettings.catalog(connection)
        return
            "(SELECT \(outer.joined(separator: ", ")) FROM sqlite_query(\(SQL.literal(catalog)), \(SQL.literal(query))))"
    }

    /// SQL for a FROM clause that reads a PostgreSQL or MySQL table or query with some columns as texts. Nil where
    /// that cannot be said, and when there are no such columns.
    ///
    /// DuckDB reads numbers of more than 38 digits, and PostgreSQL's NUMERIC without bounds, as DOUBLE, and loses
    /// digits without a word. Their text keeps them.
    public func withTexts(of names: Set<String>, columns: [Column]) -> String? {
        guard !names.isEmpty, engine != "sqlite" else { return nil }
        let isMySQL = engine == "mysql"
        let list = columns.map { column in
            let name = ownQuote(column.name)
            guard names.contains(column.name.lowercased()) else { return name }
            return isMySQL ? "CAST(\(name) AS CHAR) AS \(name)" : "CAST(\(name) AS text) AS \(name)"
        }
        return ask("SELECT \(list.joined(separator: ", ")) FROM \(ownRelation)\(isQuery ? " AS weir_rows" : "")")
    }

    /// Those of some columns that DuckDB gives as DOUBLE whose numbers are exact in the database: PostgreSQL's NUMERIC
    /// without bounds, and what has more than 38 digits. None in SQLite, whose REAL is what it says.
    ///
    /// The server is asked for types and reads no row.
    public func exactNumbers(among names: [String], on connection: isolated Connection) throws -> Set<String> {
        guard !names.isEmpty, engine != "sqlite" else { return [] }
        let questions = names.enumerated().map { index, name in
            let column = "weir_rows.\(ownQuote(name))"
            // Beside a DOUBLE the decimal becomes one and is cut to its 17 digits; beside a decimal it stays whole.
            return engine == "mysql"
                ? "char_length(CAST(coalesce(\(column), 0.1234567890123456789012345) AS CHAR)) > 24 AS c\(index)"
                : "pg_typeof(\(column)) = 'numeric'::regtype AS c\(index)"
        }
        let query = """
            SELECT \(questions.joined(separator: ", ")) FROM (SELECT 1 AS one) AS weir_one
            LEFT JOIN \(ownRelation) AS weir_rows ON false
            """
        let columns = names.indices.map { "c\($0)::BOOLEAN" }.joined(separator: ", ")
        let answer = try connection.query("SELECT \(columns) FROM \(ask(query))").first ?? []
        return Set(zip(names, answer).filter { $0.1.bool == true }.map { $0.0 })
    }

    // MARK: In the database's own words

    private func ownQuote(_ name: String) -> String { engine == "mysql" ? SQL.between(name, "`") : SQL.quote(name) }

    private var isQuery: Bool { if case .query = content { true } else { false } }

    private var ownRelation: String {
        switch content {
        case .table(let name): name.split(separator: ".").map { ownQuote(String($0)) }.joined(separator: ".")
        // The query may end in a comment.
        case .query(let sql): "(\n\(SQLText.statement(sql))\n)"
        }
    }

    private func ask(_ query: String) -> String {
        "\(engine)_query(\(SQL.literal(ConnectionSettings.catalog(connection))), \(SQL.literal(query)))"
    }
}
