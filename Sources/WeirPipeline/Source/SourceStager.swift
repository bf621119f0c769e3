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
    let scratch: String
    /// True when the table's types are settled because rows were published with them.
    let typesAreSettled: Bool

    private var staging: TableName { StagedRows.name(for: target) }
    private var id: String { Fingerprint.of([target.description]).prefix(12).description }
    private var malformedTable: String { "weir_malformed_\(id)" }

    func stage(on connection: isolated Connection) throws -> StagedRows {
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(target.schema))")
        try connection.execute("DROP TABLE IF EXISTS \(staging.sql)")
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(SQL.quote(malformedTable))
            (file VARCHAR, line BIGINT, raw VARCHAR, reasons VARCHAR[])
            """)
        var staged: StagedRows
        switch source.origin {
        case .files(let origin):
            for file in input.files {
                try CompressedFile.check(file)
                if origin.format.isDelimited { try LineLength.check(file, options: origin.options) }
            }
            if input.groups.isEmpty && origin.format.isDelimited {
                staged = try stageNothing(on: connection)
            } else if origin.format.isDelimited {
                staged = try DelimitedStager(stager: self, malformedTable: malformedTable, staging: staging, id: id)
                    .stage(on: connection)
            } else {
                staged = try stageStructured(origin, on: connection)
            }
        case .database(let reader):
            staged = try stageTyped(reader.relation, hasFile: false, on: connection)
            staged.onlyFile = reader.label
        }
        try checkFilesAreUnchanged(on: connection)
        let count = Int(try connection.query("SELECT count(*) FROM temp.\(SQL.quote(malformedTable))").scalar.int ?? 0)
        staged.malformed = malformedTable
        staged.malformedRows = count
        staged.notices += input.notices
        return staged
    }

    private func stageNothing(on connection: isolated Connection) throws -> StagedRows {
        let columns = input.columns.map { "\(SQL.quote($0.name)) \($0.type)" }.joined(separator: ", ")
        try connection.execute("CREATE TABLE \(staging.sql) (\(columns))")
        return StagedRows(table: staging, columns: input.columns, rows: 0)
    }

    // MARK: Typed input

    private func stageStructured(_ origin: SourceDefinition.FileOrigin, on connection: isolated Connection) throws
        -> StagedRows
    {
        let relation = StructuredReader.relation(input.files, format: origin.format, options: origin.options)
        do {
            return try stageTyped(relation, hasFile: true, on: connection)
        } catch let error as WeirError
            where origin.format == .ndjson
            && (error.message.contains("Malformed JSON") || error.code == "sql.conversion"
                || error.code == "sql.invalid-input")
        {
            // One bad line fails the whole reader; line by line it can be told from the good ones.
            return try stageLines(origin, on: connection)
        } catch let error as WeirError {
            throw source.unreadable(error)
        }
    }

    /// A relation of typed columns; values that do not fit a declared type make the row malformed.
    private func stageTyped(_ relation: String, hasFile: Bool, on connection: isolated Connection) throws -> StagedRows
    {
        var select: [String] = []
        var misfits: [(name: String, condition: String)] = []
        for column in input.columns {
            let name = SQL.quote(column.name)
            let given = input.readerTypes[column.name.lowercased()]
            if given == nil {
                select.append("CAST(NULL AS \(column.type)) AS \(name)")
            } else if given == column.type {
                select.append(name)
            } else {
                select.append("TRY_CAST(\(name) AS \(column.type)) AS \(name)")
                misfits.append((column.name, "\(name) IS NOT NULL AND TRY_CAST(\(name) AS \(column.type)) IS NULL"))
            }
        }
        let withFile = hasFile && input.files.count > 1
        if withFile { select.append(SQL.quote(DelimitedReader.fileColumn)) }
        let newer = cursor?.condition
        let fits = misfits.isEmpty ? nil : "NOT (\(misfits.map { "(\($0.condition))" }.joined(separator: " OR ")))"
        let conditions = [newer, fits].compactMap(\.self)
        let filter = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
        // Both reads see one state of the source.
        try connection.transaction { connection in
            try connection.execute(
                "CREATE TABLE \(staging.sql) AS SELECT \(select.joined(separator: ", ")) FROM \(relation)\(filter)")
            if !misfits.isEmpty { try setAside(misfits, relation, newer: newer, hasFile: hasFile, on: connection) }
        }
        var staged = StagedRows(
            table: staging, columns: input.columns, rows: try StagedRows.count(staging, on: connection))
        staged.hasFileColumn = withFile
        staged.onlyFile = input.files.first?.name
        return staged
    }

    private func setAside(
        _ misfits: [(name: String, condition: String)], _ relation: String, newer: String?, hasFile: Bool,
        on connection: isolated Connection
    ) throws {
        let any = misfits.map { "(\($0.condition))" }.joined(separator: " OR ")
        let reasons = misfits.map { "CASE WHEN \($0.condition) THEN \(SQL.literal("type(\($0.name))")) END" }.joined(
            separator: ", ")
        let file = hasFile ? SQL.quote(DelimitedReader.fileColumn) : SQL.literal(originLabel)
        try connection.execute(
            """
            INSERT INTO temp.\(SQL.quote(malformedTable))
            SELECT \(file), NULL, to_json(r)::VARCHAR, list_filter([\(reasons)], lambda x: x IS NOT NULL)
            FROM (SELECT * FROM \(relation)) r WHERE (\(any))\(newer.map { " AND \($0)" } ?? "")
            """)
    }

    /// NDJSON read as text: lines that are no JSON, or hold a value that does not fit, are set aside.
    private func stageLines(_ origin: SourceDefinition.FileOrigin, on connection: isolated Connection) throws
        -> StagedRows
    {
        try connection.execute("DROP TABLE IF EXISTS \(staging.sql)")
        let lines = StructuredReader.lines(input.files, maxLineSize: origin.options.maxLineSize)
        let file = SQL.quote(DelimitedReader.fileColumn)
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_lines_\(id) AS
            SELECT line, \(file), row_number() OVER (PARTITION BY \(file)) AS number, json_valid(line) AS valid FROM \(lines)
            """)
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS temp.weir_lines_\(id)") }
        func value(_ column: Column) -> String {
            let path = SQL.literal("$.\"\(column.name.replacing("\"", with: "\\\""))\"")
            let isNested =
                ["STRUCT", "MAP", "JSON"].contains { column.type.hasPrefix($0) } || column.type.hasSuffix("]")
            return isNested ? "json_extract(line, \(path))" : "json_extract_string(line, \(path))"
        }
        let select = input.columns.map { "TRY_CAST(\(value($0)) AS \($0.type)) AS \(SQL.quote($0.name))" }
        let misfits = input.columns.map { column in
            (column.name, "\(value(column)) IS NOT NULL AND TRY_CAST(\(value(column)) AS \(column.type)) IS NULL")
        }
        let any = misfits.map { "(\($0.1))" }.joined(separator: " OR ")
        let reasons = misfits.map { "CASE WHEN \($0.1) THEN \(SQL.literal("type(\($0.0))")) END" }.joined(
            separator: ", ")
        let extra = input.files.count > 1 ? ", \(file)" : ""
        try connection.execute(
            "CREATE TABLE \(staging.sql) AS SELECT \(select.joined(separator: ", "))\(extra) FROM (SELECT * FROM temp.weir_lines_\(id) WHERE valid) WHERE NOT (\(any))"
        )
        try connection.execute(
            """
            INSERT INTO temp.\(SQL.quote(malformedTable))
            SELECT \(file), number, line, ['malformed(not JSON)'] FROM temp.weir_lines_\(id) WHERE NOT coalesce(valid, false)
            UNION ALL
            SELECT \(file), number, line, list_filter([\(reasons)], lambda x: x IS NOT NULL)
            FROM (SELECT * FROM temp.weir_lines_\(id) WHERE valid) WHERE \(any)
            """)
        var staged = StagedRows(
            table: staging, columns: input.columns, rows: try StagedRows.count(staging, on: connection))
        staged.hasFileColumn = input.files.count > 1
        staged.onlyFile = input.files.first?.name
        return staged
    }

    // MARK: Parts

    private var originLabel: String {
        if case .database(let reader) = source.origin { return reader.label }
        return input.files.first?.name ?? ""
    }

    /// A file that changed while it was read may be half old and half new.
    private func checkFilesAreUnchanged(on connection: isolated Connection) throws {
        guard case .files(let origin) = source.origin else { return }
        let now = try FileListing.find(origin.patterns, in: scratchRoot, on: connection)
        let after = Dictionary(now.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for file in input.files
        where after[file.path].map({ $0.size != file.size || $0.modified != file.modified }) ?? true {
            throw WeirError(
                "source.file-in-motion", "\(file.name) changed while it was read", hint: "it is read again",
                at: source.place, isTransient: true, outcome: .systemFailed)
        }
    }

    private var scratchRoot: String { scratch.hasSuffix("/.weir/tmp") ? String(scratch.dropLast(10)) : scratch }
}

extension StagedRows {
    static func count(_ table: TableName, on connection: isolated Connection) throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(table.sql)").scalar.int ?? 0)
    }
}

/// Where an incremental read starts.
struct Cursor: Sendable {
    let column: String
    /// The highest value published, as text.
    let from: String
    /// The column's type, to compare in.
    let type: String
    let lookback: Span?

    /// SQL that is true for rows at or after the cursor, and for rows without a watermark: those are not lost
    /// but held back by the gate.
    ///
    /// A row with just the watermark that was published last may have arrived after it; the strategy tells it
    /// from one that is known.
    var condition: String {
        let column = SQL.quote(column)
        let back = lookback.map { " - INTERVAL \($0.seconds) SECOND" } ?? ""
        return "(\(column) >= \(start)\(back) OR \(column) IS NULL)"
    }

    /// The cursor's position as a value.
    var start: String { "CAST(\(SQL.literal(from)) AS \(type))" }
}
