import WeirConnect
import WeirCore
import WeirEngine

/// Reads a source's rows into its staging table. Rows that cannot be read are set aside with the reason.
struct SourceStager {
    let source: SourceDefinition
    let input: SourceInput
    let target: TableName
    /// Watermark published so far; databases are asked for what is newer.
    let cursor: Cursor?
    /// Folder for files that had to be repaired before they could be read.
    var scratch: String { "\(root)/.weir/tmp" }
    /// The project's folder.
    let root: String
    /// True when columns keep the types they are to have, however many texts do not fit.
    let typesAreSettled: Bool
    /// True when there are published rows, whose columns are retyped along.
    var isPublished = false

    private var staging: TableName { StagedRows.name(for: target) }
    private var id: String { Fingerprint.of([target.description]).prefix(12).description }
    private var malformedTable: String { "weir_malformed_\(id)" }

    func stage(on connection: isolated Connection) throws -> StagedRows {
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(target.schema))")
        try connection.execute("DROP TABLE IF EXISTS \(staging.sql)")
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(SQL.quote(malformedTable))
            (file VARCHAR, line BIGINT, raw VARCHAR, reasons VARCHAR[], format VARCHAR)
            """)
        var staged: StagedRows
        switch source.origin {
        case .files(let origin):
            var copies = LocalCopies(of: origin, in: "\(scratch)/\(id)-files")
            try copies.make(for: input.files, on: connection)
            var readable = source
            readable.origin = .files(copies.readable)
            staged = try SourceStager(
                source: readable, input: copies.standIn(for: input), target: target, cursor: cursor, root: root,
                typesAreSettled: typesAreSettled, isPublished: isPublished
            ).stageFiles(copies.readable, on: connection)
            try copies.restoreNames(in: &staged, malformed: malformedTable, on: connection)
            staged.notices += copies.notices
        case .database(let reader):
            staged = try stageDatabase(reader, on: connection)
            if let cursor, source.load.strategy == .append {
                try KnownRows.remove(from: &staged, target: target, cursor: cursor, on: connection)
            }
        }
        try checkFilesAreUnchanged(on: connection)
        staged.malformed = malformedTable
        staged.malformedRows = try malformedRows(on: connection)
        staged.notices += input.notices
        return staged
    }

    private func stageFiles(
        _ origin: SourceDefinition.FileOrigin, on connection: isolated Connection
    ) throws -> StagedRows {
        for file in input.files {
            try CompressedFile.check(
                file, longestLine: origin.format.isDelimited ? LineLength.longest(origin.options) : nil)
            if origin.format.isDelimited { try LineLength.check(file, options: origin.options, on: connection) }
        }
        if input.files.isEmpty || input.groups.isEmpty && origin.format.isDelimited {
            return try stageNothing(on: connection)
        }
        guard origin.format.isDelimited else { return try stageStructured(origin, on: connection) }
        let staged = try DelimitedStager(stager: self, malformedTable: malformedTable, staging: staging, id: id)
            .stage(on: connection)
        if let numbers = staged.lineNumbers {
            try UndecodableLines.restore(in: malformedTable, numbers: numbers, isRecords: true, on: connection)
        }
        return staged
    }

    private func stageNothing(on connection: isolated Connection) throws -> StagedRows {
        let columns = input.columns.map { "\(SQL.quote($0.name)) \($0.type)" }.joined(separator: ", ")
        try connection.execute("CREATE TABLE \(staging.sql) (\(columns))")
        return StagedRows(table: staging, columns: input.columns, rows: 0)
    }

    // MARK: Typed input

    private var typed: TypedStager {
        TypedStager(input: input, staging: staging, malformedTable: malformedTable, cursor: cursor)
    }

    private func stageStructured(_ origin: SourceDefinition.FileOrigin, on connection: isolated Connection) throws
        -> StagedRows
    {
        if input.hasForeignLines { return try stageLines(origin, on: connection) }
        do {
            let relation = StructuredReader.relation(input.files, format: origin.format, options: origin.options)
            let staged = try typed.stage(relation, origin: nil, on: connection)
            // The reader's rows have no lines; read as text they have.
            if origin.format == .ndjson, try malformedRows(on: connection) > 0 {
                return try stageLines(origin, on: connection)
            }
            return staged
        } catch let error as WeirError where origin.format == .ndjson && Self.isAboutContent(error) {
            // One bad line fails the whole reader; line by line it can be told from the good ones.
            return try stageLines(origin, on: connection)
        } catch let error as WeirError where origin.format == .excel && Self.isAboutContent(error) {
            let relation = StructuredReader.cells(input.files, options: origin.options)
            do { return try typed.stage(relation, origin: nil, comparesTexts: true, on: connection) } catch let error
                as WeirError
            {
                throw source.unreadable(error)
            }
        } catch let error as WeirError {
            throw source.unreadable(try DamagedFile.named(error, among: input.files, origin, on: connection))
        }
    }

    private static func isAboutContent(_ error: WeirError) -> Bool {
        error.message.contains("Malformed JSON") || ["sql.conversion", "sql.invalid-input"].contains(error.code)
    }

    private func stageLines(_ origin: SourceDefinition.FileOrigin, on connection: isolated Connection) throws
        -> StagedRows
    {
        try connection.execute("DELETE FROM temp.\(SQL.quote(malformedTable))")
        do {
            let staged = try JSONLineStager(input: input, staging: staging, malformedTable: malformedTable, id: id)
                .stage(origin.options, on: connection)
            let files = input.files.map { file in
                LineNumbers.File(
                    path: file.path, plain: file.isLocal && !file.isPacked ? file.path : nil,
                    hasOneColumn: true)
            }
            let dialect = RecordWalk.Dialect(delimiter: ",", quote: "\"", escape: "\"")
            try UndecodableLines.restore(
                in: malformedTable,
                numbers: LineNumbers(files: files, dialect: dialect, options: origin.options, scratch: scratch),
                isRecords: false, on: connection)
            return staged
        } catch let error as WeirError {
            throw source.unreadable(error)
        }
    }

    // MARK: Databases

    private func stageDatabase(_ reader: DatabaseReader, on connection: isolated Connection) throws -> StagedRows {
        do {
            return try typed.stage(input.relation ?? reader.relation, origin: reader.label, on: connection)
        } catch let error as WeirError where reader.engine == "sqlite" && error.isDynamicValue {
            // SQLite keeps any value in any column. Read as texts, those that do not fit can be told apart.
            guard let relation = reader.texts(of: input.readerTypes, columns: input.columns) else {
                throw source.unreadable(error)
            }
            var input = input
            for (key, type) in input.readerTypes where type != "BLOB" { input.readerTypes[key] = "VARCHAR" }
            return try TypedStager(input: input, staging: staging, malformedTable: malformedTable, cursor: cursor)
                .stage(relation, origin: reader.label, on: connection)
        }
    }

    private func malformedRows(on connection: isolated Connection) throws -> Int {
        Int(try connection.query("SELECT count(*) FROM temp.\(SQL.quote(malformedTable))").scalar.int ?? 0)
    }

    // MARK: Parts

    /// A file that changed while it was read may be half old and half new.
    private func checkFilesAreUnchanged(on connection: isolated Connection) throws {
        guard case .files(let origin) = source.origin else { return }
        let now = try FileListing.find(origin.patterns, in: root, on: connection)
        let after = Dictionary(now.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for file in input.files
        where after[file.path].map({ $0.size != file.size || $0.modified != file.modified }) ?? true {
            throw WeirError(
                "source.file-in-motion", "\(file.name) changed while it was read", hint: "it is read again",
                at: source.place, isTransient: true, outcome: .systemFailed)
        }
    }
}

extension Connection {
    /// Makes a table of a query's rows, in place of one of that name.
    ///
    /// - Returns: how many there are.
    func createTable(_ table: TableName, as query: String) throws -> Int {
        Int(try self.query("CREATE OR REPLACE TABLE \(table.sql) AS \(query)").scalar.int ?? 0)
    }
}

extension WeirError {
    /// About a value of another type than its column's, which SQLite keeps and DuckDB does not.
    var isDynamicValue: Bool { message.contains("Mismatch Type") || code == "sql.conversion" }
}

extension StagedRows {
    static func count(_ table: TableName, on connection: isolated Connection) throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(table.sql)").scalar.int ?? 0)
    }
}
