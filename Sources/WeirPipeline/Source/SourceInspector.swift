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

    private var contract: TableContract? { project.tableContract(for: source.name) }

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
            if input.files.isEmpty || input.files.allSatisfy({ $0.size == 0 }) && origin.format.isDelimited {
                try useDeclaredColumns(into: &input)
            } else if origin.format.isDelimited {
                try inspectDelimited(origin, into: &input, on: connection)
            } else {
                if let module = origin.format.engineExtension { try connection.load(extension: module) }
                try inspectStructured(origin, into: &input, on: connection)
            }
        case .database(let reader):
            try inspectTyped(reader.relation, into: &input, on: connection)
            keepDigits(reader, &input)
        }
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

    private func useDeclaredColumns(into input: inout SourceInput) throws {
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

    private func inspectDelimited(
        _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput, on connection: isolated Connection
    ) throws {
        for file in input.files { try EncodingMark.check(file, options: origin.options, at: source.place) }
        let reader = try DelimitedReader(
            files: input.files, format: origin.format, options: origin.options, on: connection)
        var inferred = try reader.inferredColumns(on: connection)
        input.reader = reader
        var order: [[String]] = []
        var byHeader: [[String]: [InputFile]] = [:]
        for file in input.files where file.size > 0 {
            let header = try header(of: file, reader, inferred: inferred, on: connection)
            if byHeader[header] == nil { order.append(header) }
            byHeader[header, default: []].append(file)
        }
        input.groups = order.map { SourceInput.Group(header: $0, files: byHeader[$0] ?? []) }
        for group in input.groups {
            let known = Set(inferred.map { $0.name.lowercased() })
            if group.header.allSatisfy({ known.contains($0.lowercased()) }) { continue }
            inferred += try reader.guessedColumns(group.header, files: group.files, on: connection)
        }
        let types = Dictionary(
            inferred.map { ($0.name.lowercased(), $0.type) }, uniquingKeysWith: { first, _ in first })
        var names: [String] = []
        for group in input.groups {
            for name in group.header where !names.contains(where: { $0.lowercased() == name.lowercased() }) {
                names.append(name)
            }
        }
        let fromPath = try reader.pathColumns(names, files: input.files.filter { $0.size > 0 }, on: connection)
        input.columns = names.map { Column(name: $0, type: types[$0.lowercased()] ?? "VARCHAR") } + fromPath
        for column in fromPath { input.readerTypes[column.name.lowercased()] = column.type }
        applyDeclaredTypes(&input)
    }

    /// The names of a file's columns. Without a header line they are the declared names, or DuckDB's.
    private func header(
        of file: InputFile, _ reader: DelimitedReader, inferred: [Column], on connection: isolated Connection
    ) throws -> [String] {
        let declared = declaredColumns()
        if !reader.options.hasHeader, !declared.isEmpty { return declared.map(\.name) }
        if !reader.options.hasHeader, !inferred.isEmpty { return inferred.map(\.name) }
        let raw = try reader.firstRecord(of: file, on: connection)
        // DuckDB gives a column without a name its number.
        let width = String(max(0, raw.count - 1)).count
        let names = raw.enumerated().map { index, name in
            name.isEmpty || !reader.options.hasHeader
                ? "column" + String(index).leftPadded(to: width).replacing(" ", with: "0") : name
        }
        var seen = Set<String>()
        for name in names where !seen.insert(name.lowercased()).inserted {
            throw WeirError(
                "source.duplicate-column", "\(file.name) has two columns named \"\(name)\"",
                hint: "rename one of them in the file; names that differ in case only count as equal",
                at: Place(file: file.name, line: 1 + reader.options.skip), outcome: .gateFailed)
        }
        return names
    }

    // MARK: Typed input

    private func inspectStructured(
        _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput, on connection: isolated Connection
    ) throws {
        let relation = StructuredReader.relation(input.files, format: origin.format, options: origin.options)
        guard origin.format == .ndjson else {
            try inspectTyped(relation, into: &input, on: connection)
            try groupByColumns(origin, into: &input, on: connection)
            return
        }
        do {
            try inspectTyped(relation, into: &input, on: connection)
            // The reader's answer to lines that are no objects.
            input.hasForeignLines = input.columns.map(\.name) == ["json"]
            if !input.hasForeignLines { try groupByColumns(origin, into: &input, on: connection) }
        } catch let error as WeirError where error.message.contains("JSON") {
            input.hasForeignLines = true
        }
        if input.hasForeignLines {
            try JSONLineSample(files: input.files, options: origin.options, place: source.place)
                .read(on: connection) { try inspectTyped($0, into: &input, on: connection) }
        }
    }

    /// Which files have which columns: readers of several files fill in what one of them lacks.
    private func groupByColumns(
        _ origin: SourceDefinition.FileOrigin, into input: inout SourceInput, on connection: isolated Connection
    ) throws {
        guard input.files.count > 1 else { return }
        var order: [[String]] = []
        var files: [[String]: [InputFile]] = [:]
        for file in input.files {
            let own = StructuredReader.relation([file], format: origin.format, options: origin.options)
            let names = try connection.columns(of: "SELECT * FROM \(own)").map(\.name).filter {
                $0 != DelimitedReader.fileColumn
            }
            if files[names] == nil { order.append(names) }
            files[names, default: []].append(file)
        }
        input.groups = order.map { SourceInput.Group(header: $0, files: files[$0] ?? []) }
    }

    /// A number that is declared as something more exact than the DOUBLE it is read as is read as text.
    private func keepDigits(_ reader: DatabaseReader, _ input: inout SourceInput) {
        let inexact = input.columns.filter { column in
            input.readerTypes[column.name.lowercased()] == "DOUBLE"
                && ["DECIMAL", "NUMERIC", "VARCHAR", "TEXT", "HUGEINT"].contains {
                    column.type.uppercased().hasPrefix($0)
                }
        }
        let names = Set(inexact.map { $0.name.lowercased() })
        // A query, unlike a table, gives MySQL's long texts as bytes.
        let texts = Set(input.readerTypes.filter { reader.engine == "mysql" && $0.value == "VARCHAR" }.keys)
        guard !names.isEmpty, let relation = reader.withTexts(of: names.union(texts), columns: input.columns) else {
            return
        }
        input.relation = relation
        for name in names { input.readerTypes[name] = "VARCHAR" }
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
    private func declaredColumns() -> [Column] {
        var columns = source.columns
        for column in contract?.columns ?? [] {
            guard let type = column.declaredType,
                !columns.contains(where: { $0.name.lowercased() == column.columnName.lowercased() })
            else { continue }
            columns.append(Column(name: column.columnName, type: type))
        }
        return columns
    }

    private func applyDeclaredTypes(_ input: inout SourceInput) {
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
