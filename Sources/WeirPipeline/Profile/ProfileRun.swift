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
        switch try ProfileTarget(target, in: folder) {
        case .files(let pattern): try await profileFiles(pattern)
        case .table(let name): try await profileTable(name)
        case .query(let sql): try await profileQuery(sql)
        }
    }

    private var profiler: Profiler { Profiler(target: target, options: options) }

    // MARK: Tables and queries

    private var settings: WarehouseSettings? {
        guard let project else { return nil }
        return environment.flatMap { project.environments[$0]?.warehouse } ?? project.warehouse
    }

    private func profileTable(_ name: TableName) async throws -> DataProfile {
        try await onTable(name) { physical, connection in
            let kind = try connection.relationKind(physical)
            return try profiler.profile(physical.sql, isTable: kind == .table, on: connection)
        }
    }

    private func onTable<R: Sendable>(
        _ name: TableName, _ body: @escaping @Sendable (TableName, isolated Connection) throws -> R
    ) async throws -> R {
        guard let project, let settings else {
            throw WeirError(
                "profile.no-project",
                "\(name) is a table's name, and there is no project here whose warehouse could hold it",
                hint: "run it in a folder with weir.yaml, or give --project")
        }
        let physical = try EnvironmentScope(environment, in: project).physical(name)
        return try await Warehouse.open(settings, readOnly: true).withConnection { connection in
            try await connection.perform { connection in
                guard try connection.relationKind(physical) != nil else {
                    throw WeirError(
                        "profile.unknown-table", "the warehouse has no table \(physical)",
                        hint: DidYouMean.hint(for: physical.key, among: Array(try connection.relations()).sorted()))
                }
                return try body(physical, connection)
            }
        }
    }

    private func profileQuery(_ sql: String) async throws -> DataProfile {
        try await onQuery { try look(sql, on: $0) }
    }

    private func onQuery<R: Sendable>(
        _ body: @escaping @Sendable (isolated Connection) throws -> R
    ) async throws -> R {
        if let settings, FileManager.default.fileExists(atPath: settings.path) {
            return try await Warehouse.open(settings, readOnly: true).withConnection { connection in
                try await connection.perform(body)
            }
        }
        return try await scratch().withConnection { connection in
            try await connection.perform(body)
        }
    }

    // MARK: Rows for other work

    /// Hands the rows of the target to `body`, as a table or as a SELECT: files are read as a run would read them.
    ///
    /// - Parameter body: the relation, whether it is a table, and the connection that can read it.
    public func withRows<R: Sendable>(
        _ body: @escaping @Sendable (String, Bool, isolated Connection) throws -> R
    ) async throws -> R {
        switch try ProfileTarget(target, in: folder) {
        case .files(let pattern):
            defer { try? FileManager.default.removeItem(atPath: Self.workFolder) }
            return try await scratch().withConnection { connection in
                try await connection.perform { connection in
                    let (source, input) = try inspect(pattern, on: connection)
                    let staged = try SourceStager(
                        source: source, input: input, target: source.name, cursor: nil, root: Self.workFolder,
                        typesAreSettled: false
                    ).stage(on: connection)
                    try staged.dropExtraColumns(on: connection)
                    defer { _ = try? staged.drop(on: connection) }
                    return try body(staged.table.sql, true, connection)
                }
            }
        case .table(let name):
            return try await onTable(name) { physical, connection in
                // A view may cost a query each time that it is read.
                try body(
                    "SELECT * FROM \(physical.sql)", false, connection)
            }
        case .query(let sql):
            return try await onQuery { connection in
                do { return try body(sql, false, connection) } catch {
                    throw SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql))
                }
            }
        }
    }

    private func look(_ sql: String, on connection: isolated Connection) throws -> DataProfile {
        do { return try profiler.profile(sql, on: connection) } catch {
            throw SQLErrorMapper.map(error, sql: SourceText(path: "query", text: sql))
        }
    }

    // MARK: Files

    private static var workFolder: String {
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
    private func profileFiles(_ pattern: String) async throws -> DataProfile {
        defer { try? FileManager.default.removeItem(atPath: Self.workFolder) }
        return try await scratch().withConnection { connection in
            try await connection.perform { connection in
                let (source, input) = try inspect(pattern, on: connection)
                let bytes = input.files.reduce(0) { $0 + $1.size }
                var profile: DataProfile
                if case .files(let origin) = source.origin, !origin.format.isDelimited,
                    options.sample != nil || options.budget != nil
                {
                    let list = SQL.list(input.columns.map(\.name))
                    let relation = StructuredReader.relation(
                        input.files, format: origin.format, options: origin.options)
                    profile = try profiler.profile(
                        "SELECT \(list) FROM \(relation)", canCount: origin.format == .parquet, on: connection)
                } else {
                    options.progress("reading \(Figures.bytes(Int64(bytes)))")
                    let staged = try SourceStager(
                        source: source, input: input, target: source.name, cursor: nil, root: Self.workFolder,
                        typesAreSettled: false
                    ).stage(on: connection)
                    try staged.dropExtraColumns(on: connection)
                    profile = try profiler.profile(staged.table.sql, isTable: true, on: connection)
                    profile.unreadableRows = staged.malformedRows
                    try staged.drop(on: connection)
                }
                profile.bytes = bytes
                profile.remakeFindings()
                return profile
            }
        }
    }

    private func inspect(_ pattern: String, on connection: isolated Connection) throws -> (
        SourceDefinition, SourceInput
    ) {
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
        let name = TableName(schema: "profile", table: "rows")
        let source = SourceDefinition(
            name: name,
            origin: .files(.init(patterns: [pattern], format: format, options: options)),
            load: LoadSettings(strategy: .replace), columns: [], contract: nil, onFail: nil, notes: TableNotes(),
            place: Place(file: first.name))
        let project = Project.bare(root: folder, name: "profile")
        let input = try SourceInspector(project: project, source: source, checkpoint: nil, loaded: []).inspect(
            on: connection)
        return (source, input)
    }
}
