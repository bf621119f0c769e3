import WeirCore
import WeirEngine

/// A column of a table that stays in its own database.
struct HostedColumn: Sendable, Hashable {
    let name: String
    /// DuckDB's type for it.
    var type: String
    /// As the database writes it.
    let nativeType: String
    let native: DiffFamily
}

/// A table, view or query of a database that DuckDB has attached, to be checked where it is.
public struct HostedTable: Sendable {
    let dialect: SQLDialect
    let catalog: String
    /// What stands behind FROM in the database's own SQL.
    let relation: String
    /// What stands behind FROM in DuckDB, which reads SQLite's values by the declared types; nil asks the database.
    let attached: String?
    var columns: [HostedColumn]
    let primaryKey: [String]
    /// Expressions over the alias `t` that put the rows in the order they have; none where rows have none.
    let order: [String]
    /// The server and its version, as in `postgres 15.4`.
    public let engine: String

    /// - Parameter side: a table or query of another database.
    /// - Returns: nil for one that DuckDB keeps itself.
    /// - Throws: ``WeirError`` when the database does not answer.
    public init?(_ side: DiffSide, on connection: isolated Connection) throws {
        switch side.engine {
        case "postgres", "mysql":
            guard let catalog = side.catalog else { return nil }
            try self.init(server: side, catalog, on: connection)
        case "sqlite":
            guard let place = side.attachedTable else { return nil }
            try self.init(sqlite: side, catalog: place.catalog, table: place.name.table, on: connection)
        default: return nil
        }
    }

    private init(server side: DiffSide, _ catalog: String, on connection: isolated Connection) throws {
        dialect = side.dialect
        self.catalog = catalog
        relation = side.relation
        attached = nil
        let types = try connection.columns(of: "SELECT * FROM \(side.asked("SELECT * FROM \(side.relation) LIMIT 0"))")
        columns = side.columns.map { column in
            HostedColumn(
                name: column.name, type: types.first { $0.name == column.name }?.type ?? "VARCHAR",
                nativeType: column.type, native: column.family)
        }
        primaryKey = side.primaryKey
        let version = try side.query(
            dialect == .postgres ? "SELECT current_setting('server_version') AS v" : "SELECT VERSION() AS v",
            on: connection
        ).scalar.display
        engine = "\(dialect.rawValue) \(version.prefix { $0 != " " })"
        let quoted = side.primaryKey.map { "t.\(side.dialect.quote($0))" }
        if dialect == .postgres {
            let kind =
                side.isTable
                ? try side.query(
                    "SELECT relkind::text AS k FROM pg_class WHERE oid = to_regclass(\(SQL.literal(side.relation)))",
                    on: connection
                ).scalar.display : ""
            // Rows of a view have no place of their own, and those of a partitioned table only inside a part.
            order = quoted.isEmpty ? (kind == "r" || kind == "m" ? ["t.ctid"] : []) : quoted
        } else {
            order = quoted
        }
    }

    private init(
        sqlite side: DiffSide, catalog: String, table: String, on connection: isolated Connection
    ) throws {
        dialect = .sqlite
        self.catalog = catalog
        let quoted = SQL.quote(table)
        relation = quoted
        attached = side.relation
        func ask(_ sql: String) throws -> Rows { try Self.ask(sql, .sqlite, catalog, on: connection) }
        let declared = try ask("SELECT name, type FROM pragma_table_info(\(SQL.literal(table)))").map {
            ($0[0].display, $0[1].display)
        }
        columns = side.columns.map { column in
            HostedColumn(
                name: column.name, type: column.type,
                nativeType: declared.first { $0.0 == column.name }?.1 ?? column.type, native: column.family)
        }
        primaryKey = side.primaryKey
        engine = "sqlite \(try ask("SELECT sqlite_version() AS v").scalar.display)"
        // A view has no row ids, and neither has a table WITHOUT ROWID.
        let hasRowID = (try? ask("SELECT rowid AS r FROM \(quoted) LIMIT 1")) != nil
        let isShadowed = side.columns.contains { $0.name.lowercased() == "rowid" }
        let keys = side.primaryKey.map { "t.\(SQL.quote($0))" }
        order = !keys.isEmpty ? keys : hasRowID && !isShadowed ? ["t.rowid"] : []
    }

    func column(_ name: String) -> HostedColumn? {
        columns.first { $0.name == name } ?? columns.first { $0.name.lowercased() == name.lowercased() }
    }

    /// Runs a query of the database's own SQL.
    ///
    /// - Parameter list: what DuckDB is to make of its columns.
    func ask(_ sql: String, as list: String = "*", on connection: isolated Connection) throws -> Rows {
        try Self.ask(sql, as: list, dialect, catalog, on: connection)
    }

    private static func ask(
        _ sql: String, as list: String = "*", _ dialect: SQLDialect, _ catalog: String,
        on connection: isolated Connection
    ) throws -> Rows {
        let query = "SELECT \(list) FROM \(dialect.asked(sql, of: catalog))"
        // DuckDB opens an SQLite file anew in each transaction, and a prepared query keeps the file of its own.
        return dialect == .sqlite
            ? try connection.transaction { try $0.query(query) } : try connection.query(query)
    }

    /// The columns with the types that a contract means: what SQLite and MySQL keep as a number may be a truth value.
    func seen(by contract: TableContract) -> HostedTable {
        var table = self
        for index in columns.indices {
            let native = columns[index].nativeType.lowercased()
            guard native.hasPrefix("bool") || native == "tinyint(1)", dialect != .postgres else { continue }
            let wantsTruth = contract.column(columns[index].name)?.declaredType == "BOOLEAN"
            table.columns[index].type = wantsTruth ? "BOOLEAN" : dialect == .mysql ? "TINYINT" : "BIGINT"
        }
        return table
    }

    // MARK: Fetching

    /// A query of DuckDB that brings columns over, with their names and DuckDB's types.
    func fetched(_ chosen: [HostedColumn], ordered: Bool = false) -> String {
        let order = ordered && !self.order.isEmpty ? " ORDER BY \(self.order.joined(separator: ", "))" : ""
        if let attached {
            let list =
                chosen.isEmpty ? "1 AS weir_row" : chosen.map { cast(SQL.quote($0.name), $0) }.joined(separator: ", ")
            return "SELECT \(list) FROM \(attached) AS t"
        }
        let inner = chosen.enumerated().map { "\(sent($1)) AS c\($0)" }
        let outer = chosen.enumerated().map { cast("c\($0)", $1) }
        let query =
            "SELECT \(inner.isEmpty ? "1 AS c0" : inner.joined(separator: ", ")) FROM \(relation) AS t\(order)"
        return
            "SELECT \(outer.isEmpty ? "c0 AS weir_row" : outer.joined(separator: ", ")) FROM \(dialect.asked(query, of: catalog))"
    }

    private func cast(_ value: String, _ column: HostedColumn) -> String {
        "CAST(\(value) AS \(column.type)) AS \(SQL.quote(column.name))"
    }

    /// A column as DuckDB reads it without losing anything.
    func sent(_ column: HostedColumn) -> String {
        let name = "t.\(dialect.quote(column.name))"
        switch (dialect, column.native) {
        // As it is, a FLOAT would come with six digits only, and a TINYINT(1) as a truth value.
        case (.mysql, .float): return "(\(name) + 0e0)"
        case (.mysql, .integer): return "(\(name) + 0)"
        // SQLite's own text of a number has fifteen digits.
        case (.sqlite, .double), (.sqlite, .float):
            return "CASE WHEN typeof(\(name)) = 'real' THEN printf('%!.17g', \(name)) ELSE \(name) END"
        default: return name
        }
    }
}
