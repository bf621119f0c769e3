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
}
