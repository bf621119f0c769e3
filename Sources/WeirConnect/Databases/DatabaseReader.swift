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
        case .query(let sql): return "\(engine)_query(\(SQL.literal(catalog)), \(SQL.literal(sql)))"
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

    /// SQL for a FROM clause that reads a PostgreSQL or MySQL table with some columns as texts. Nil where that
    /// cannot be said, and when there are no such columns.
    ///
    /// DuckDB reads numbers of more than 38 digits, and PostgreSQL's NUMERIC without bounds, as DOUBLE, and loses
    /// digits without a word. Their text keeps them.
    public func withTexts(of names: Set<String>, columns: [Column]) -> String? {
        guard !names.isEmpty, case .table(let name) = content, engine != "sqlite" else { return nil }
        let isMySQL = engine == "mysql"
        let quote = { (name: String) in
            isMySQL ? SQL.between(name, "`") : SQL.quote(name)
        }
        let list = columns.map { column in
            let name = quote(column.name)
            guard names.contains(column.name.lowercased()) else { return name }
            return isMySQL ? "CAST(\(name) AS CHAR) AS \(name)" : "CAST(\(name) AS text) AS \(name)"
        }
        let table = name.split(separator: ".").map { quote(String($0)) }.joined(separator: ".")
        let query = "SELECT \(list.joined(separator: ", ")) FROM \(table)"
        let catalog = ConnectionSettings.catalog(connection)
        return "\(engine)_query(\(SQL.literal(catalog)), \(SQL.literal(query)))"
    }
}
