import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Makes the two sides of a comparison readable for one database in memory, and finds out what they are.
struct SideOpener {
    let project: Project?
    let environment: String?
    /// Where relative paths begin.
    let folder: String
    /// For files that have to be repaired before they can be read.
    let scratch: String
    /// SQLite keeps any value in any column. Read as texts, all of them can be compared.
    var readsSQLiteAsTexts = false

    private static let warehouse = "weir_warehouse"

    /// A database in memory that all sides are attached to.
    func engine(memoryLimit: String?) async throws -> Database {
        var settings = Database.Options()
        settings.memoryLimit = memoryLimit ?? project?.warehouse.memoryLimit
        settings.tempDirectory = scratch
        settings.extensions = ["json", "icu"]
        settings.sessionSetup = ["SET TimeZone = 'UTC'"]
        return try await Database.open(settings)
    }

    /// - Parameters:
    ///   - label: what the user calls it.
    ///   - id: `a` or `b`.
    func open(
        _ target: DiffTarget, label: String, id: String, on connection: isolated Connection
    ) throws -> DiffSide {
        let label = Redaction.clean(label)
        switch target {
        case .plain(.files(let pattern)): return try openFiles(pattern, label: label, id: id, on: connection)
        case .plain(.table(let name)): return try openTable(name, label: label, on: connection)
        case .plain(.query(let sql)): return try openQuery(sql, label: label, id: id, on: connection)
        case .database(let address, let content):
            return try openDatabase(address, content, label: label, id: id, on: connection)
        }
    }

    // MARK: Files

    /// Read as a run would read them, so that what differs is a difference of rows and not of reading.
    private func openFiles(
        _ pattern: String, label: String, id: String, on connection: isolated Connection
    ) throws -> DiffSide {
        let reader = ProfileRun(target: pattern, folder: folder)
        let (source, input) = try reader.inspect(pattern, on: connection)
        if case .files(let origin) = source.origin, origin.format == .parquet {
            let relation = StructuredReader.relation(input.files, format: origin.format, options: origin.options)
            return DiffSide(
                label: label, engine: "file",
                relation: "(SELECT \(SQL.list(input.columns.map(\.name))) FROM \(relation))",
                columns: input.columns.map(Self.column))
        }
        let staged = try reader.stage(source, input, root: scratch, on: connection)
        let name = "weir_diff_file_\(id)"
        try connection.execute("ALTER TABLE \(staged.table.sql) RENAME TO \(SQL.quote(name))")
        let table = TableName(schema: staged.table.schema, table: name)
        var side = DiffSide(
            label: label, engine: "file", relation: "memory.\(table.sql)", columns: staged.columns.map(Self.column))
        side.unreadableRows = staged.malformedRows
        return side
    }

    private static func column(_ column: Column) -> DiffColumn {
        DiffColumn(name: column.name, type: column.type, family: DiffFamily(duckdb: column.type))
    }

    // MARK: The project's warehouse

    private var settings: WarehouseSettings? { project?.warehouse(in: environment) }

    private func openTable(
        _ name: TableName, label: String, on connection: isolated Connection
    ) throws -> DiffSide {
        guard let project, let settings else {
            throw WeirError(
                "diff.no-project",
                "\(name) is a table's name, and there is no project here whose warehouse could hold it",
                hint:
                    "run it in a folder with weir.yaml, or give --project; a table of another database is ADDRESS#\(name)"
            )
        }
        try settings.requireFile()
        let catalog = try attach(settings.path, as: Self.warehouse, on: connection)
        let physical = try EnvironmentScope(environment, in: project).physical(name)
        var side = try attachedTable(
            catalog, schema: physical.schema, name: physical.table, label: label, engine: "duckdb", on: connection)
        let key = project.tableContract(for: name)?.primaryKey ?? []
        let load = project.model(name)?.load ?? project.source(name)?.load
        side.declaredKey = key.isEmpty ? load.map { $0.strategy == .scd2 ? [] : $0.key } ?? [] : key
        return side
    }

    /// A query's rows are kept: they are read several times, and may be others the next time.
    private func openQuery(
        _ sql: String, label: String, id: String, on connection: isolated Connection
    ) throws -> DiffSide {
        var catalog: String?
        if let settings, FileManager.default.fileExists(atPath: settings.path) {
            catalog = try attach(settings.path, as: Self.warehouse, on: connection)
        }
        do { return try keep(sql, of: catalog, engine: "duckdb", label: label, id: id, on: connection) } catch {
            throw SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql))
        }
    }

    /// - Parameter catalog: the database whose tables the query names; nil for none.
    private func keep(
        _ sql: String, of catalog: String?, engine: String, label: String, id: String,
        on connection: isolated Connection
    ) throws -> DiffSide {
        let table = "memory.main.weir_diff_query_\(id)"
        if let catalog { try connection.execute("USE \(SQL.quote(catalog))") }
        defer { if catalog != nil { _ = try? connection.execute("USE memory") } }
        // A prepared query of SQLite keeps the file that was opened for its transaction.
        try connection.transaction { try $0.execute("CREATE OR REPLACE TABLE \(table) AS \(sql)") }
        let columns = try connection.columns(of: "SELECT * FROM \(table)")
        return DiffSide(label: label, engine: engine, relation: table, columns: columns.map(Self.column))
    }

    // MARK: Attached files

    /// DuckDB opens a file once only: the name under which it is known already, or `name`.
    private func attach(_ path: String, as name: String, on connection: isolated Connection) throws -> String {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let known = try connection.query(
            "SELECT database_name FROM duckdb_databases() WHERE path = ?", [.text(real)]
        ).scalar.text
        if let known { return known }
        try connection.execute("ATTACH \(SQL.literal(real)) AS \(SQL.quote(name)) (READ_ONLY)")
        return name
    }

    private func attachedTable(
        _ catalog: String, schema: String, name: String, label: String, engine: String,
        on connection: isolated Connection
    ) throws -> DiffSide {
        let table = TableName(schema: schema, table: name)
        let relation = "\(SQL.quote(catalog)).\(table.sql)"
        let columns: [Column]
        do { columns = try connection.columns(of: "SELECT * FROM \(relation)") } catch let error as WeirError
            where error.code == "sql.unknown-name"
        {
            throw Self.unknownTable(
                schema == "main" ? name : "\(schema).\(name)", label,
                among: try connection.query(
                    "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = ? AND NOT internal",
                    [.text(catalog)]
                ).map { $0[0].display })
        }
        var side = DiffSide(
            label: label, engine: engine, relation: relation, columns: columns.map(Self.column))
        side.attachedTable = (catalog, table)
        let keys = try connection.query(
            """
            SELECT constraint_type, constraint_column_names FROM duckdb_constraints()
            WHERE database_name = ? AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?)
            AND constraint_type IN ('PRIMARY KEY', 'UNIQUE') ORDER BY constraint_type, constraint_index
            """, [.text(catalog), .text(schema), .text(name)])
        for row in keys.map({ $0 }) {
            let names = (row[1].list ?? []).map(\.display)
            side.uniqueKeys.append(names)
            if row[0].text == "PRIMARY KEY" { side.primaryKey = names }
        }
        side.isTable = true
        return side
    }

    static func unknownTable(
        _ name: String, _ label: String, among names: [String]
    ) -> WeirError {
        WeirError(
            "diff.unknown-table", "there is no table \(name) in \(label.prefix { $0 != "#" })",
            hint: DidYouMean.hint(for: name, among: names.sorted()))
    }

    // MARK: Other databases

    private func openDatabase(
        _ address: DiffTarget.Address, _ content: DiffTarget.Content, label: String, id: String,
        on connection: isolated Connection
    ) throws -> DiffSide {
        switch address {
        case .postgres(let url):
            return try openServer(
                .postgres(url: url), "diff_\(id)", content, label: label, isNamed: false, on: connection)
        case .mysql(let url):
            return try openServer(.mysql(url: url), "diff_\(id)", content, label: label, isNamed: false, on: connection)
        case .file(let path): return try openFile(path, content, label: label, id: id, on: connection)
        case .connection(let name):
            let known = project?.connections ?? [:]
            guard let settings = known[name] else {
                throw WeirError(
                    "diff.unknown-connection", "there is no connection \"\(name)\", and no file of that name",
                    hint: DidYouMean.hint(for: name, among: known.keys.sorted())
                        ?? "name one of `connections:` in weir.yaml, an address, or a database file")
            }
            if case .sqlite(let path) = settings {
                return try openFile(path, content, label: label, id: id, on: connection)
            }
            return try openServer(settings, name, content, label: label, isNamed: true, on: connection)
        }
    }

    private func openServer(
        _ settings: ConnectionSettings, _ name: String, _ content: DiffTarget.Content, label: String, isNamed: Bool,
        on connection: isolated Connection
    ) throws -> DiffSide {
        do { try settings.open(as: name, on: connection) } catch var error as WeirError {
            if !isNamed, error.code == "connection.failed" {
                error.message = error.message.replacing("the connection \(name)", with: label)
                error.hint = "is the server up, and is the address right?"
            }
            throw error
        }
        let catalog = ConnectionSettings.catalog(name)
        switch settings {
        case .postgres: return try PostgresSide(catalog: catalog, content: content, label: label).open(on: connection)
        case .mysql: return try MySQLSide(catalog: catalog, content: content, label: label).open(on: connection)
        case .sqlite, .s3, .gcs:
            throw WeirError(
                "diff.no-database", "the connection \(name) is an object store and has no tables",
                hint: "name its files, like s3://bucket/orders/*.parquet")
        }
    }

    private func openFile(
        _ path: String, _ content: DiffTarget.Content, label: String, id: String, on connection: isolated Connection
    ) throws -> DiffSide {
        guard FileManager.default.fileExists(atPath: path) else {
            throw WeirError("diff.no-file", "there is no file \(path)", hint: "before the # stands a database")
        }
        let catalog: String
        let engine: String
        switch DiffTarget.fileKind(path) {
        case .duckdb:
            engine = "duckdb"
            catalog = try attach(path, as: "weir_diff_\(id)", on: connection)
        case .sqlite:
            engine = "sqlite"
            if readsSQLiteAsTexts { try connection.load(extension: "sqlite_scanner") }
            if readsSQLiteAsTexts { try connection.execute("SET GLOBAL sqlite_all_varchar = true") }
            catalog = ConnectionSettings.catalog("diff_\(id)")
            try ConnectionSettings.sqlite(path: path).open(as: "diff_\(id)", on: connection)
        case nil:
            throw WeirError("diff.no-file", "\(path) is neither a DuckDB nor an SQLite file")
        }
        switch content {
        case .table(let schema, let name):
            return try attachedTable(
                catalog, schema: schema ?? "main", name: name, label: label, engine: engine, on: connection)
        case .query(let sql):
            let isForeign = engine == "sqlite"
            return try keep(
                isForeign ? "SELECT * FROM sqlite_query(\(SQL.literal(catalog)), \(SQL.literal(sql)))" : sql,
                of: isForeign ? nil : catalog, engine: engine, label: label, id: id, on: connection)
        }
    }
}
