import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Finds out what a source would read: which files, which columns, which types.
struct SourceInspector {
    let project: Project
    private(set) var source: SourceDefinition
    /// The table as it is; nil when it was never loaded, or is to be rebuilt from nothing.
    let checkpoint: Checkpoint?
    /// Files loaded before, for the strategies that load each file once.
    let loaded: [LoadedFile]

    var contract: TableContract? { project.tableContract(for: source.name) }

    func inspect(on connection: isolated Connection) throws -> SourceInput {
        try project.withoutSecrets {
            var inspector = self
            inspector.source.columns = try DeclaredTypes.canonical(source, on: connection)
            do { return try inspector.look(on: connection) } catch let error as WeirError {
                throw source.unreadable(error)
            }
        }
    }

    private func look(on connection: isolated Connection) throws -> SourceInput {
        for (name, settings) in project.connections.sorted(by: { $0.key < $1.key }) where isUsed(name, settings) {
            try settings.open(as: name, on: connection)
        }
        var input = SourceInput()
        switch source.origin {
        case .files(let origin):
            try listFiles(origin, into: &input, on: connection)
            for file in input.files { try CompressedFile.refuseForeign(file) }
            if origin.options.partitions { try PathColumns(source: source, files: input.files).checkFolders() }
            if input.files.isEmpty || input.files.allSatisfy({ $0.size == 0 }) && origin.format.isDelimited {
                try useDeclaredColumns(into: &input)
            } else if origin.format.isDelimited {
                try inspectDelimited(origin, into: &input, on: connection)
            } else {
                if let module = origin.format.engineExtension { try connection.load(extension: module) }
                try inspectStructured(origin, into: &input, on: connection)
            }
            if origin.options.partitions {
                try PathColumns(source: source, files: input.files).checkTypes(input.columns, on: connection)
            }
        case .database(let reader):
            try inspectTyped(reader.relation, into: &input, on: connection)
            try ExactNumbers(source: source, reader: reader, known: checkpoint?.columns ?? [])
                .keep(&input, on: connection)
        }
        try checkDeclaredNames(input)
        try SchemaReconciler(source: source, checkpoint: checkpoint, contract: contract)
            .reconcile(&input, on: connection)
        return input
    }

    /// Object stores are opened where an address needs them, databases where the source names them.
    private func isUsed(_ name: String, _ settings: ConnectionSettings) -> Bool {
        switch (source.origin, settings) {
        case (.database(let reader), .postgres), (.database(let reader), .mysql), (.database(let reader), .sqlite):
            reader.connection == name
        case (.files(let origin), .s3): origin.patterns.contains { $0.hasPrefix("s3://") }
        case (.files(let origin), .gcs): origin.patterns.contains { $0.hasPrefix("gs://") || $0.hasPrefix("gcs://") }
        default: false
        }
    }

    // MARK: Files

    private func listFiles(
        _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput, on connection: isolated Connection
    ) throws {
        if origin.patterns.contains(where: { $0.contains("://") }) { try connection.load(extension: "httpfs") }
        input.allFiles = try FileListing.find(origin.patterns, in: project.root, on: connection)
        let files = input.allFiles
        input.version = Fingerprint.of(files.flatMap { [$0.name, String($0.size), $0.modified] })
        guard source.load.strategy != .replace else {
            input.files = files
            return
        }
        let present = Set(files.map(\.name))
        let gone = loaded.filter { !present.contains($0.path) && $0.hash != nil }
        let before = Dictionary(loaded.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        input.files = try files.filter { file in
            guard let known = before[file.name] else {
                guard source.load.strategy == .append, let old = try gone.first(where: { try isSame(file, as: $0) })
                else { return true }
                input.notices.append("\(file.name) is \(old.path) under another name, which was loaded: it is left out")
                return false
            }
            if known.size == file.size, known.modified == file.modified { return false }
            // The same bytes under a new time: touched, copied or checked out again.
            if try isSame(file, as: known) { return false }
            if source.load.strategy == .append {
                throw WeirError(
                    "source.file-changed",
                    "\(file.name) was loaded before and has changed since; append loads each file once",
                    hint: "give new rows in a new file, use strategy merge, or load all again with --full-refresh",
                    at: source.place, outcome: .gateFailed)
            }
            return true
        }
        // A key is missing only when no file has it, so a look at one changed file would delete those of the others.
        if source.load.deleteMissing {
            let isChanged = !input.files.isEmpty || loaded.contains { !present.contains($0.path) }
            input.files = isChanged ? files : []
        }
    }

    /// Whether a local file has the content that was loaded.
    private func isSame(_ file: InputFile, as known: LoadedFile) throws -> Bool {
        guard file.isLocal, known.size == file.size, let hash = known.hash else { return false }
        return try Fingerprint.ofFile(at: file.path) == hash
    }

    func useDeclaredColumns(into input: inout SourceInput) throws {
        input.columns = declaredColumns()
        if input.columns.isEmpty { input.columns = checkpoint?.columns ?? [] }
        if input.columns.isEmpty {
            throw WeirError(
                "source.empty", "every file of \(source.name) is empty, not even a header tells its columns",
                hint:
                    "declare the columns in the source or its contract, so that an empty delivery makes an empty table",
                at: source.place, outcome: .gateFailed)
        }
        if !input.files.isEmpty { input.notices.append("every file is empty") }
        // An empty file has nothing to read; it counts as loaded.
        input.groups = []
    }

    // MARK: Typed input

    private func inspectStructured(
        _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput, on connection: isolated Connection
    ) throws {
        let relation = StructuredReader.relation(input.files, format: origin.format, options: origin.options)
        guard origin.format == .ndjson else {
            do { try inspectTyped(relation, into: &input, on: connection) } catch let error as WeirError {
                throw try DamagedFile.named(error, among: input.files, origin, on: connection)
            }
            if origin.format == .excel { try nameLostColumns(origin, into: &input, on: connection) }
            return try groupByColumns(input.files, origin, into: &input, on: connection)
        }
        do {
            try inspectTyped(relation, into: &input, on: connection)
            // The reader's answer to lines that are no objects.
            input.hasForeignLines = input.columns.map(\.name) == ["json"]
            if !input.hasForeignLines { try groupByColumns(input.files, origin, into: &input, on: connection) }
        } catch let error as WeirError where error.message.contains("JSON") {
            input.hasForeignLines = true
        }
        if input.hasForeignLines {
            try JSONLineSample(files: input.files, options: origin.options, place: source.place)
                .read(on: connection) { good in
                    let relation = StructuredReader.relation(good, format: .ndjson, options: origin.options)
                    try inspectTyped(relation, into: &input, on: connection)
                    try groupByColumns(good, origin, into: &input, on: connection)
                }
        }
    }

    /// Cells below no name would be left out without a word.
    private func nameLostColumns(
        _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput, on connection: isolated Connection
    ) throws {
        for file in input.files {
            let lost = try ExcelSheet.columnsLeftOut(of: file, options: origin.options, on: connection)
            guard !lost.isEmpty else { continue }
            input.notices.append(
                "\(file.name) has cells in \(lost.joined(separator: ", ")) beside the columns of its header row: they are left out; name them there, or say `range:`"
            )
        }
    }

    /// Which files have which columns: readers of several files fill in what one of them lacks.
    ///
    /// - Parameter readable: the files, or copies of their good lines under the same names.
    private func groupByColumns(
        _ readable: [InputFile], _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput,
        on connection: isolated Connection
    ) throws {
        let hasPathColumns = origin.options.partitions
        guard input.files.count > 1 || hasPathColumns else { return }
        let originals = Dictionary(input.files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var options = origin.options
        options.partitions = false
        var order: [[String]] = []
        var files: [[String]: [InputFile]] = [:]
        for file in readable {
            let own = StructuredReader.relation([file], format: origin.format, options: options)
            let names = try connection.columns(of: "SELECT * FROM \(own)").map(\.name).filter {
                $0 != DelimitedReader.fileColumn
            }
            let original = originals[file.name] ?? file
            if hasPathColumns {
                try PathColumns(source: source, files: [original]).checkClash(names, of: original)
            }
            if files[names] == nil { order.append(names) }
            files[names, default: []].append(original)
        }
        guard input.files.count > 1 else { return }
        input.groups = order.map { SourceInput.Group(header: $0, files: files[$0] ?? []) }
    }

    private func inspectTyped(_ relation: String, into input: inout SourceInput, on connection: isolated Connection)
        throws
    {
        let all = try connection.columns(of: "SELECT * FROM \(relation)")
        input.columns = all.filter { $0.name != DelimitedReader.fileColumn }
        input.readerTypes = [:]
        input.undeclared = []
        for column in input.columns { input.readerTypes[column.name.lowercased()] = column.type }
        applyDeclaredTypes(&input)
    }

    // MARK: Declared types

    /// From the source itself, then from its contract.
    func declaredColumns() -> [Column] {
        var columns = source.columns
        for column in contract?.columns ?? [] {
            guard let type = column.declaredType,
                !columns.contains(where: { $0.name.lowercased() == column.columnName.lowercased() })
            else { continue }
            columns.append(Column(name: column.columnName, type: type))
        }
        return columns
    }

    /// A column that is declared and in no file: misspelt, or renamed without a word.
    ///
    /// Those of the contract are looked at by the gate.
    private func checkDeclaredNames(_ input: SourceInput) throws {
        let found = Set(input.columns.map { $0.name.lowercased() })
        let allowed = Set((source.load.optional + (checkpoint?.columns.map(\.name) ?? [])).map { $0.lowercased() })
        for column in source.columns
        where !found.contains(column.name.lowercased()) && !allowed.contains(column.name.lowercased()) {
            throw WeirError(
                "source.unknown-column",
                "`columns:` of \(source.name) declares \(column.name), and the input has no such column",
                hint: DidYouMean.hint(for: column.name, among: input.columns.map(\.name))
                    ?? "if it may be absent, list it in `load.optional`",
                at: source.columnPlaces[column.name] ?? source.place)
        }
    }

    func applyDeclaredTypes(_ input: inout SourceInput) {
        let declared = Dictionary(
            declaredColumns().map { ($0.name.lowercased(), $0.type) }, uniquingKeysWith: { first, _ in first })
        input.columns = input.columns.map { column in
            guard let type = declared[column.name.lowercased()] else {
                input.undeclared.insert(column.name.lowercased())
                return column
            }
            return Column(name: column.name, type: type)
        }
    }
}
