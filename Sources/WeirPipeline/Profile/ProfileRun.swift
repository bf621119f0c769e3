import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Makes a profile of files, a table of a project's warehouse, or a query. It writes nothing but temporary tables.
public struct ProfileRun: Sendable {
    public var target: String
    public var options: Profiler.Options
    /// Whose warehouse holds the tables; files need none.
    public var project: Project?
    public var environment: String?
    /// Where relative paths begin.
    public var folder: String
    /// How files are written, where that cannot be found out.
    public var files = FileOptions()
    public var memoryLimit: String?

    public init(target: String, options: Profiler.Options = .init(), project: Project? = nil, folder: String) {
        self.target = target
        self.options = options
        self.project = project
        self.folder = folder
    }

    public func run() async throws -> DataProfile {
        try await Self.all([self]).tables[0]
    }

    /// Looks at several, and at which of their columns refer to which.
    ///
    /// - Parameter runs: at least one, all of one project.
    public static func all(_ runs: [ProfileRun]) async throws -> ProfileGroup {
        guard let first = runs.first else { return ProfileGroup(tables: [], references: []) }
        defer { try? FileManager.default.removeItem(atPath: workFolder) }
        let targets = try runs.map { try ProfileTarget($0.target, in: $0.folder) }
        guard first.memoryLimit == nil else { return try await all(runs, targets, as: first) }
        var lean = first
        lean.memoryLimit = leanMemory
        do { return try await all(runs, targets, as: lean) } catch let error as WeirError
            where error.code == "engine.out-of-memory"
        {
            return try await all(runs, targets, as: first)
        }
    }

    /// Nobody expects a look at a file to take a machine's memory. What does not fit goes to disk, which costs little;
    /// what cannot do with it (thousands of columns) is done again with as much as DuckDB usually takes.
    private static let leanMemory = "400MB"

    private static func all(
        _ runs: [ProfileRun], _ targets: [ProfileTarget], as first: ProfileRun
    ) async throws -> ProfileGroup {
        try await first.withConnection(for: targets) { connection in
            var looked: [Looked] = []
            for (number, (run, target)) in zip(runs, targets).enumerated() {
                looked.append(try run.look(target, number: number, keeps: runs.count > 1, on: connection))
            }
            guard runs.count > 1 else { return ProfileGroup(tables: looked.map(\.profile), references: []) }
            first.options.progress("which columns refer to which tables")
            let references = try ReferenceFinder(tables: looked.map(\.table)).find(on: connection)
            for table in looked { try table.staged?.drop(on: connection) }
            return ProfileGroup(tables: looked.map(\.profile), references: references)
        }
    }

    /// Every table of the project's warehouse that the project makes, by name.
    public func warehouseTables() async throws -> [TableName] {
        guard let project, let settings else {
            throw WeirError(
                "profile.no-project", "there is no project here whose tables could be looked at",
                hint: "name a file or a query, run it in a folder with weir.yaml, or give --project")
        }
        let scope = try EnvironmentScope(environment, in: project)
        let names = project.tableNames.sorted()
        let found = try await Warehouse.open(settings, readOnly: true).withConnection { connection in
            try await connection.perform { connection in
                try names.filter { try connection.relationKind(scope.physical($0)) == .table }
            }
        }
        if found.isEmpty {
            throw WeirError(
                "profile.no-tables", "the warehouse has none of the project's tables yet",
                hint: "weir run makes them; weir profile data/*.csv looks at files")
        }
        return found
    }

    /// A profile, with what is needed to ask its rows more.
    private struct Looked {
        var profile: DataProfile
        var table: ReferenceFinder.Table
        var staged: StagedRows?
    }

    private var profiler: Profiler { Profiler(target: target, options: options) }

    private func look(
        _ kind: ProfileTarget, number: Int, keeps: Bool, on connection: isolated Connection
    ) throws -> Looked {
        switch kind {
        case .files(let pattern): return try lookAtFiles(pattern, number: number, keeps: keeps, on: connection)
        case .table(let name):
            let (profile, physical) = try lookAtTable(name, on: connection)
            return Looked(
                profile: profile,
                table: .init(
                    name: target, shortName: name.table, relation: physical.sql, shown: physical.sql, profile: profile))
        case .query(let sql):
            do {
                let profile = try profiler.profile(sql, on: connection)
                return Looked(
                    profile: profile,
                    table: .init(
                        name: target, shortName: "", relation: "(\(sql)\n)", shown: "(\(sql)\n)", profile: profile))
            } catch {
                throw SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql))
            }
        }
    }

    // MARK: Tables and queries

    private var settings: WarehouseSettings? { project?.warehouse(in: environment) }

    /// The warehouse where a table is asked for, or a query and there is one; else a database in memory.
    func withConnection<R: Sendable>(
        for targets: [ProfileTarget], _ body: @escaping @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        let needsTables = targets.contains { if case .table = $0 { true } else { false } }
        let asks = targets.contains { if case .query = $0 { true } else { false } }
        if needsTables, settings == nil { throw noProject }
        let hasFiles = targets.contains(where: \.isFiles)
        if needsTables, hasFiles {
            // Files are staged in the database that reads them, and the warehouse is only read.
            throw WeirError(
                "profile.mixed-targets", "files and tables of the warehouse cannot be looked at together",
                hint: "name only files or only tables; a source and weir run make a table of a file")
        }
        if let settings, needsTables || asks && !hasFiles && FileManager.default.fileExists(atPath: settings.path) {
            return try await Warehouse.open(settings, readOnly: true).withConnection { try await $0.perform(body) }
        }
        return try await scratch().withConnection { try await $0.perform(body) }
    }

    private var noProject: WeirError {
        WeirError(
            "profile.no-project",
            "\(target) is a table's name, and there is no project here whose warehouse could hold it",
            hint: "run it in a folder with weir.yaml, or give --project")
    }

    private func lookAtTable(_ name: TableName, on connection: isolated Connection) throws -> (DataProfile, TableName) {
        let (physical, kind) = try relation(name, on: connection)
        return (try profiler.profile(physical.sql, isTable: kind == .table, on: connection), physical)
    }

    private func relation(_ name: TableName, on connection: isolated Connection) throws -> (TableName, RelationKind) {
        guard let project else { throw noProject }
        let physical = try EnvironmentScope(environment, in: project).physical(name)
        guard let kind = try connection.relationKind(physical) else {
            throw WeirError(
                "profile.unknown-table", "the warehouse has no table \(physical)",
                hint: DidYouMean.hint(for: physical.key, among: Array(try connection.relations()).sorted()))
        }
        return (physical, kind)
    }

    /// Hands the rows of the target to `body`, as a table or as a SELECT: files are read as a run would read them.
    ///
    /// - Parameter body: the relation, whether it is a table, and the connection that can read it.
    public func withRows<R: Sendable>(
        _ body: @escaping @Sendable (String, Bool, isolated Connection) throws -> R
    ) async throws -> R {
        let kind = try ProfileTarget(target, in: folder)
        defer { try? FileManager.default.removeItem(atPath: Self.workFolder) }
        return try await withConnection(for: [kind]) { connection in
            switch kind {
            case .files(let pattern):
                let (source, input) = try inspect(pattern, on: connection)
                let staged = try stage(source, input, on: connection)
                defer { _ = try? staged.drop(on: connection) }
                return try body(staged.table.sql, true, connection)
            case .table(let name):
                // A view may cost a query each time that it is read.
                return try body("SELECT * FROM \(try relation(name, on: connection).0.sql)", false, connection)
            case .query(let sql):
                do { return try body(sql, false, connection) } catch {
                    throw SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql))
                }
            }
        }
    }

    // MARK: Files

    static var workFolder: String {
        FileManager.default.temporaryDirectory
            .appending(path: "weir-profile-\(ProcessInfo.processInfo.processIdentifier)").path
    }

    /// A database in memory, whose overflow goes to a folder of its own.
    private func scratch() async throws -> Database {
        var options = Database.Options()
        options.memoryLimit = memoryLimit ?? settings?.memoryLimit
        options.tempDirectory = Self.workFolder
        options.extensions = ["json", "icu"]
        options.sessionSetup = ["SET TimeZone = 'UTC'"]
        return try await Database.open(options)
    }

    /// Files are read as a run would read them, so that what the profile says is true of the rows that a run stages.
    private func lookAtFiles(
        _ pattern: String, number: Int, keeps: Bool, on connection: isolated Connection
    ) throws -> Looked {
        let (source, input) = try inspect(pattern, number: number, on: connection)
        let bytes = input.files.reduce(0) { $0 + $1.size }
        var looked: Looked
        let table = { (relation: String, profile: DataProfile) in
            ReferenceFinder.Table(
                name: target, shortName: FileGrouping.stem(ofFileName: FileGrouping.fileName(target)),
                relation: relation, shown: SQL.literal(target), profile: profile)
        }
        if case .files(let origin) = source.origin, !origin.format.isDelimited,
            options.sample != nil || options.budget != nil
        {
            let list = SQL.list(input.columns.map(\.name))
            let relation = StructuredReader.relation(input.files, format: origin.format, options: origin.options)
            let profile = try profiler.profile(
                "SELECT \(list) FROM \(relation)", canCount: origin.format == .parquet, on: connection)
            looked = Looked(profile: profile, table: table(relation, profile))
        } else {
            options.progress("reading \(Figures.bytes(Int64(bytes)))")
            let staged = try stage(source, input, on: connection)
            var profile = try profiler.profile(staged.table.sql, isTable: true, on: connection)
            profile.unreadableRows = staged.malformedRows
            looked = Looked(profile: profile, table: table(staged.table.sql, profile), staged: staged)
            if !keeps { try staged.drop(on: connection) }
        }
        looked.profile.bytes = bytes
        looked.profile.remakeFindings()
        return looked
    }

    /// - Parameter columns: types that are known beforehand.
    func inspect(
        _ pattern: String, number: Int = 0, columns: [Column] = [], on connection: isolated Connection
    ) throws -> (SourceDefinition, SourceInput) {
        let isRemote = pattern.contains("://")
        let pattern = isRemote || pattern.hasPrefix("/") ? pattern : "\(folder)/\(pattern)"
        if isRemote { try connection.load(extension: "httpfs") }
        let listed = try FileListing.find([pattern], in: folder, on: connection)
        guard let first = listed.first, let format = FileFormat(fileName: first.path) else {
            throw WeirError(
                "profile.unknown-format",
                "the name \(listed.first?.name ?? pattern) does not tell a format that Weir reads",
                hint: "formats: \(FileFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var options = files
        let dialect = FileDialect.find(listed, format: format, on: connection).options
        if options.encoding == nil { options.encoding = dialect.encoding }
        if !dialect.hasHeader { options.hasHeader = false }
        let name = TableName(schema: "profile", table: "rows_\(number)")
        let source = SourceDefinition(
            name: name,
            origin: .files(.init(patterns: [pattern], format: format, options: options)),
            load: LoadSettings(strategy: .replace), columns: columns, contract: nil, onFail: nil, notes: TableNotes(),
            place: Place(file: first.name))
        let project = Project.bare(root: folder, name: "profile")
        let input = try SourceInspector(project: project, source: source, checkpoint: nil, loaded: []).inspect(
            on: connection)
        return (source, input)
    }

    /// Reads files that were inspected into a table of their own columns, as a run would.
    ///
    /// - Parameter root: where files go that have to be repaired before they can be read.
    func stage(
        _ source: SourceDefinition, _ input: SourceInput, root: String = Self.workFolder,
        on connection: isolated Connection
    ) throws -> StagedRows {
        let staged = try SourceStager(
            source: source, input: input, target: source.name, cursor: nil, root: root, typesAreSettled: false
        ).stage(on: connection)
        try staged.dropExtraColumns(on: connection)
        return staged
    }
}
