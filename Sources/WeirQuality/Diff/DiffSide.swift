import WeirCore
import WeirEngine

/// One of the two tables that are compared: where it is, and what is known of it before its rows are read.
public struct DiffSide: Sendable {
    /// What a person called it, without secrets.
    public var label: String
    /// `duckdb`, `postgres`, `mysql`, `sqlite` or `file`.
    public var engine: String
    /// The SQL that it is asked in; DuckDB's for SQLite, whose rows DuckDB reads itself.
    public var dialect: SQLDialect
    /// The attached database that runs the SQL of its own dialect; nil where DuckDB reads the rows itself.
    public var catalog: String?
    /// Where DuckDB finds the table of a file that it has attached.
    public var attachedTable: (catalog: String, name: TableName)?
    /// What stands behind FROM, in the side's dialect.
    public var relation: String
    public var columns: [DiffColumn]
    /// Columns that the side itself says are unique and never null, the primary key first.
    public var uniqueKeys: [[String]] = []
    /// The key that a contract or the project says.
    public var declaredKey: [String] = []
    public var primaryKey: [String] = []
    /// True for a table, of which not to have a primary key is a fact and not the nature of the thing.
    public var isTable = false
    /// Lines of a file that are no rows.
    public var unreadableRows = 0
    /// About how many rows a table has, where its database knows that without counting.
    public var estimatedRows: Int?
    /// PostgreSQL's hash of a few known values: servers that agree on it hash alike.
    public var hashProbe: String?

    public init(
        label: String, engine: String, dialect: SQLDialect = .duckdb, catalog: String? = nil, relation: String,
        columns: [DiffColumn]
    ) {
        self.label = label
        self.engine = engine
        self.dialect = dialect
        self.catalog = catalog
        self.relation = relation
        self.columns = columns
    }

    /// Adds unique keys from a catalogue's list of their columns, each key's together and in order.
    public mutating func addKeys(_ columns: [(key: String, column: String, isPrimary: Bool)]) {
        var last: String?
        for (key, column, isPrimary) in columns {
            if key != last { uniqueKeys.append([]) }
            last = key
            uniqueKeys[uniqueKeys.count - 1].append(column)
            if isPrimary { primaryKey.append(column) }
        }
    }

    /// What ``hashProbe`` answers; from PostgreSQL 14 on.
    public static let hashQuestion = RecordHash.probe

    var isRemote: Bool { catalog != nil }

    func column(_ name: String) -> DiffColumn? {
        columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == name.lowercased() }
    }

    /// SQL for a FROM clause of DuckDB, of a query in the side's dialect.
    public func asked(_ query: String) -> String {
        guard let catalog else { return "(\(query)\n)" }
        return dialect.asked(query, of: catalog)
    }

    /// Runs a query of the side's dialect.
    public func query(_ sql: String, on connection: isolated Connection) throws -> Rows {
        try connection.query("SELECT * FROM \(asked(sql))")
    }

    /// True when the side itself guarantees that no two rows have the same key.
    func guarantees(_ key: [ColumnPair], _ column: (ColumnPair) -> DiffColumn) -> Bool {
        guard key.allSatisfy(\.comparison.keepsValuesApart) else { return false }
        let names = Set(key.map { column($0).name })
        return uniqueKeys.contains { !$0.isEmpty && names.isSuperset(of: $0) }
    }
}
