import WeirCore

/// One place in a statement that reads a table.
public struct TableReference: Sendable, Hashable {
    /// The database, where the statement names one.
    public let catalog: String?
    /// The schema, where the statement names one. DuckDB writes `a.t` this way even when `a` is a database.
    public let schema: String?
    public let table: String
    /// Where the name starts in the statement, in UTF-8 bytes.
    public let utf8Offset: Int

    public init(catalog: String? = nil, schema: String? = nil, table: String, utf8Offset: Int) {
        self.catalog = catalog
        self.schema = schema
        self.table = table
        self.utf8Offset = utf8Offset
    }

    /// `schema.table`, or nil for a name without a schema.
    public var name: TableName? {
        schema.map { TableName(schema: $0, table: table) }
    }
}

/// One place in a statement that reads from a table function (`read_csv`, `range`, `query_table`) or from a file
/// named like a table (`FROM 'data/a.csv'`).
public struct FunctionReference: Sendable, Hashable {
    /// The function's name in lower case; nil for a file named like a table.
    public let name: String?
    /// The first argument where it is a text, which for readers is the path or glob.
    public let text: String?
    /// Where it starts in the statement, in UTF-8 bytes; nil where DuckDB does not say.
    public let utf8Offset: Int?
}

/// How the rows a statement returns relate to the rows it reads.
public enum QueryShape: Sendable, Hashable {
    /// Every row returned is one row of this one table, and each of its rows is returned at most once: rows that
    /// are missing were filtered out by the statement.
    case filter(input: TableReference)
    /// Rows are joined, grouped, multiplied, limited or made up: counts in and out cannot be compared.
    case reshape
}
