import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Reads files as a run would read them, and looks at what came out.
///
/// It uses the loader of ``Runner``, so what the contract says of a file is true of the rows that a run stages.
struct TableExplorer {
    /// A project with nothing but a root.
    let project: Project

    /// - Throws: `source.unreadable` and others, as a run would.
    func explore(_ group: FileGroup, as name: TableName, patterns: [String], on connection: isolated Connection) throws
        -> ExploredTable
    {
        let dialect = FileDialect.find(group.files, format: group.format, on: connection)
        var attempt = Attempt(options: dialect.options)
        var table = ExploredTable(
            name: name, patterns: patterns, fileCount: group.files.count, format: group.format,
            options: attempt.options,
            profile: DataProfile(target: name.description, engine: "", rows: 0, columns: []), malformed: 0,
            notes: dialect.notes)
        if group.format.isDelimited { try settleTypes(group, &attempt, &table, on: connection) }
        let staged = try stage(group, name, attempt, on: connection)
        table.options = attempt.options
        table.malformed = staged.malformedRows
        try staged.dropExtraColumns(on: connection)
        var options = Profiler.Options()
        options.depth = .contract
        table.profile = try Profiler(target: name.description, options: options).profile(
            staged.table.sql, isTable: true, on: connection)
        table.notes += staged.notices
        table.staged = staged
        return table
    }

    /// How the files are read, settled step by step.
    private struct Attempt {
        var options: FileOptions
        var columns: [Column] = []
    }

    /// Delimited files say no types: everything is read as text first, and the types are those that all values fit.
    private func settleTypes(
        _ group: FileGroup, _ attempt: inout Attempt, _ table: inout ExploredTable, on connection: isolated Connection
    ) throws {
        let names = try inspect(group, table.name, attempt, on: connection).columns.map(\.name)
        attempt.columns = names.map { Column(name: $0, type: "VARCHAR") }
        let texts = try stage(group, table.name, attempt, on: connection)
        let found = try TextTypes.find(names, in: texts.table.sql, on: connection)
        try texts.drop(on: connection)
        let words = Set(found.values.flatMap(\.nullWords)).sorted()
        if !words.isEmpty {
            attempt.options.nulls = [""] + words
            table.notes.append("\(words.map { "\"\($0)\"" }.joined(separator: ", ")) is read as NULL")
        }
        useFormats(found, &attempt, &table)
        attempt.columns = names.map { name in
            let guess = found[name] ?? TextTypes.Found()
            if let note = guess.note { table.remarks[name, default: []].append(note) }
            return Column(name: name, type: table.casts[name] == nil ? guess.type : "VARCHAR")
        }
        // The reader has the last word on what a value is; a column with a value it refuses stays text.
        let typed = try stage(group, table.name, attempt, on: connection)
        let refused = try refusedColumns(typed, on: connection)
        try typed.drop(on: connection)
        guard !refused.isEmpty else { return }
        attempt.columns = attempt.columns.map { column in
            refused.contains(column.name) ? Column(name: column.name, type: "VARCHAR") : column
        }
    }

    /// A source has one date format. Where all its dates are written in one way the loader reads them; else
    /// the model casts those that are not ISO 8601.
    private func useFormats(_ found: [String: TextTypes.Found], _ attempt: inout Attempt, _ table: inout ExploredTable)
    {
        for (type, keyPath) in [
            ("DATE", \FileOptions.dateFormat), ("TIMESTAMP", \FileOptions.timestampFormat),
        ] as [(String, WritableKeyPath<FileOptions, String?>)] {
            let columns = found.filter {
                $0.value.type == type || (type == "TIMESTAMP" && $0.value.type.hasPrefix(type))
            }
            let formats = Set(columns.values.map(\.format))
            if formats.count == 1, let only = formats.first {
                attempt.options[keyPath: keyPath] = only
            } else {
                for (name, guess) in columns {
                    if let format = guess.format { table.casts[name] = ExploredTable.Cast(type: type, format: format) }
                }
            }
        }
    }

    // MARK: As a run does it

    private func source(_ group: FileGroup, _ name: TableName, _ attempt: Attempt) -> SourceDefinition {
        let origin = SourceDefinition.FileOrigin(
            patterns: group.files.map(\.path), format: group.format, options: attempt.options)
        return SourceDefinition(
            name: name, origin: .files(origin), load: LoadSettings(strategy: .replace), columns: attempt.columns,
            contract: nil, onFail: nil, notes: TableNotes(), place: Place(table: name.description))
    }

    private func inspect(
        _ group: FileGroup, _ name: TableName, _ attempt: Attempt, on connection: isolated Connection
    ) throws -> SourceInput {
        try SourceInspector(project: project, source: source(group, name, attempt), checkpoint: nil, loaded: [])
            .inspect(on: connection)
    }

    private func stage(
        _ group: FileGroup, _ name: TableName, _ attempt: Attempt, on connection: isolated Connection
    ) throws -> StagedRows {
        let input = try inspect(group, name, attempt, on: connection)
        return try SourceStager(
            source: source(group, name, attempt), input: input, target: name, cursor: nil,
            root: project.root, typesAreSettled: true
        ).stage(on: connection)
    }

    private func refusedColumns(_ staged: StagedRows, on connection: isolated Connection) throws -> Set<String> {
        guard let malformed = staged.malformed, staged.malformedRows > 0 else { return [] }
        let reasons = try connection.query(
            "SELECT DISTINCT unnest(reasons) FROM temp.\(SQL.quote(malformed))"
        ).map { $0[0].display }
        return Set(staged.columns.map(\.name).filter { reasons.contains("type(\($0))") })
    }
}
