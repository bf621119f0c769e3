import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Loads delimited files, and collects the lines that DuckDB rejects.
struct DelimitedStager {
    let stager: SourceStager
    let malformedTable: String
    let staging: TableName
    let id: String

    private var input: SourceInput { stager.input }
    func stage(on connection: isolated Connection) throws -> StagedRows {
        guard var reader = input.reader else {
            throw WeirError("source.unreadable", "the files were not inspected", outcome: .systemFailed)
        }
        var columns = input.columns
        var paths: [String: String] = [:]
        var notices: [String] = []
        var repaired = false
        // Each round mends one thing: broken lines once, then guessed types, of which some are settled in two steps.
        for _ in 0..<4 {
            let outcome = try load(reader, columns: columns, paths: paths, on: connection)
            if outcome.isBroken, !repaired {
                repaired = true
                paths = try repair(reader, on: connection)
                reader = reader.forRepairedCopies
                continue
            }
            var staged = StagedRows(table: staging, columns: columns, rows: outcome.rows)
            staged.hasFileColumn = input.files.count > 1
            staged.onlyFile = input.files.first?.path
            let lines = lineNumbers(reader)
            let misfits = MisfitRows(staged: staged, malformed: "temp.\(SQL.quote(malformedTable))")
            let count = try misfits.count(on: connection)
            if count > 0, !stager.typesAreSettled {
                let types = try misfits.wronglyGuessed(input.undeclared, published: stager.target, on: connection)
                if !types.isEmpty {
                    notices += columns.compactMap { notice($0, types) }
                    columns = columns.map { Column(name: $0.name, type: types[$0.name.lowercased()] ?? $0.type) }
                    continue
                }
            }
            try collect(outcome.rejects, paths: paths, on: connection)
            if count > 0 { try misfits.setAside(lines, on: connection) } else { try misfits.dropMark(on: connection) }
            staged.rows -= count
            staged.lineNumbers = lines
            staged.notices = notices
            try noteFormats(reader, on: connection)
            for rejects in outcome.rejects { try rejects.drop(on: connection) }
            return staged
        }
        throw WeirError(
            "source.unreadable", "\(stager.source.name) cannot be read: its lines do not settle into columns",
            hint: "say delimiter, quote and escape in the source", at: stager.source.place, outcome: .systemFailed)
    }

    private struct LoadOutcome {
        var rows = 0
        var rejects: [RejectTables] = []
        /// Quoting went wrong somewhere, after which DuckDB may have swallowed good lines.
        var isBroken = false
    }

    private func load(
        _ reader: DelimitedReader, columns: [Column], paths: [String: String], on connection: isolated Connection
    ) throws -> LoadOutcome {
        var outcome = LoadOutcome()
        var selects: [String] = []
        let texts = TypedTexts(columns, undeclared: input.undeclared, options: reader.options)
        for (index, group) in input.groups.enumerated() {
            let rejects = RejectTables(id: "\(id)_\(index)")
            try rejects.drop(on: connection)
            outcome.rejects.append(rejects)
            let call = reader.loadCall(
                paths: group.files.map { paths[$0.path] ?? $0.path },
                columns: group.header.map { Column(name: $0, type: "VARCHAR") }, blankLines: group.blankLines,
                rejects: rejects)
            var list = texts.select(header: group.header, typed: input.readerTypes)
            if input.files.count > 1 { list.append(SQL.quote(DelimitedReader.fileColumn)) }
            selects.append("SELECT \(list.joined(separator: ", ")) FROM \(call)")
        }
        do {
            outcome.rows = try connection.createTable(staging, as: selects.joined(separator: " UNION ALL "))
        } catch let error as WeirError where error.message.contains("invalid state") {
            outcome.isBroken = true
            return outcome
        } catch let error as WeirError {
            throw stager.source.unreadable(error)
        }
        for rejects in outcome.rejects where try exists(rejects, on: connection) {
            let broken =
                try connection.query(
                    """
                    SELECT count(*) FROM temp.\(SQL.quote(rejects.errors))
                    WHERE error_type IN ('UNQUOTED VALUE', 'INVALID STATE')
                    """
                ).scalar.int ?? 0
            if broken > 0 { outcome.isBroken = true }
        }
        return outcome
    }

    private func exists(_ rejects: RejectTables, on connection: isolated Connection) throws -> Bool {
        try connection.query(
            "SELECT count(*) FROM duckdb_tables() WHERE temporary AND table_name = ?", [.text(rejects.errors)]
        ).scalar.int ?? 0 > 0
    }

    private func notice(_ column: Column, _ types: [String: String]) -> String? {
        guard let type = types[column.name.lowercased()] else { return nil }
        if stager.isPublished { return "column \(column.name): \(column.type) → \(type)" }
        return
            "column \(column.name) looked like \(column.type) in the first lines and is loaded as \(type == "VARCHAR" ? "text" : type)"
    }

    // MARK: Broken lines

    /// Copies every file without the lines whose quotes do not close, which are set aside. The copies are UTF-8.
    private func repair(_ reader: DelimitedReader, on connection: isolated Connection) throws -> [String: String] {
        var paths: [String: String] = [:]
        for (index, file) in input.files.enumerated() where file.size > 0 {
            var repair = LineRepair(dialect: dialect(reader))
            repair.leavesOut = hasOneColumn(file)
            // Folders named key=value are part of what the rows say.
            let folders =
                reader.options.partitions ? PathColumns.folders(of: file.path) : []
            let copy =
                (["\(stager.scratch)/\(id)-\(index)"] + folders).joined(separator: "/") + "/rows.csv"
            var plain = file.path
            if !Self.isPlain(file, reader.options) {
                plain = "\(stager.scratch)/\(id)-\(index).txt"
                try unpack(file, reader.options, to: plain, on: connection)
            }
            let broken = try repair.run(from: plain, to: copy)
            if plain != file.path { try FileManager.default.removeItem(atPath: plain) }
            paths[file.path] = copy
            try connection.append(
                to: TableName(schema: "main", table: malformedTable), catalog: "temp",
                rows: broken.map { line in
                    [
                        .text(file.path), .int(Int64(line.record)), .text(line.text),
                        .list([.text("malformed(unclosed quote)")]), .null,
                    ]
                })
        }
        return paths
    }

    private func unpack(
        _ file: InputFile, _ options: FileOptions, to path: String, on connection: isolated Connection
    ) throws {
        do { try PlainCopy.write(file.path, options: options, to: path, on: connection) } catch let error as WeirError {
            throw WeirError(
                "source.broken-quotes",
                "\(file.name) has a quote that does not close, and its lines cannot be read one by one: \(error.message)",
                hint: "mend the file; nothing was published", at: stager.source.place, outcome: .gateFailed)
        }
    }

    /// Keeps with every rejected line how it was written, so that it can be read again after it was mended.
    private func noteFormats(_ reader: DelimitedReader, on connection: isolated Connection) throws {
        let table = "temp.\(SQL.quote(malformedTable))"
        let files = Set(try connection.query("SELECT DISTINCT file FROM \(table)").map { $0[0].display })
        for group in input.groups {
            for file in group.files where files.contains(file.path) {
                let format = RawRowFormat(reader, header: group.header, path: file.path)
                try connection.execute(
                    "UPDATE \(table) SET format = ? WHERE file = ?",
                    [.text(try JSONOutput.line(format)), .text(file.path)])
            }
        }
    }

    // MARK: Lines

    private func dialect(_ reader: DelimitedReader) -> RecordWalk.Dialect {
        let options = reader.options
        return RecordWalk.Dialect(
            delimiter: reader.delimiter, quote: options.quote, escape: options.escape, skip: options.skip,
            comment: options.comment)
    }

    private func hasOneColumn(_ file: InputFile) -> Bool {
        input.groups.contains { $0.header.count == 1 && $0.files.contains(file) }
    }

    private func lineNumbers(_ reader: DelimitedReader) -> LineNumbers {
        // A repaired copy is UTF-8; the lines are those of the file as it is.
        guard case .files(let origin) = stager.source.origin else {
            return LineNumbers(files: [], dialect: dialect(reader), options: reader.options, scratch: stager.scratch)
        }
        var options = reader.options
        options.encoding = origin.options.encoding
        let files = input.files.map { file in
            LineNumbers.File(
                path: file.path, plain: Self.isPlain(file, options) ? file.path : nil,
                hasOneColumn: hasOneColumn(file))
        }
        return LineNumbers(files: files, dialect: dialect(reader), options: options, scratch: stager.scratch)
    }

    /// Whether a file can be read as lines of bytes.
    private static func isPlain(_ file: InputFile, _ options: FileOptions) -> Bool {
        file.isLocal && !file.isPacked && options.encoding == nil
    }

    // MARK: Rejected lines

    private func collect(_ tables: [RejectTables], paths: [String: String], on connection: isolated Connection) throws {
        for rejects in tables where try exists(rejects, on: connection) {
            try connection.execute(
                """
                INSERT INTO temp.\(SQL.quote(malformedTable)) (file, line, raw, reasons)
                SELECT s.file_path, e.line, ltrim(first(e.csv_line), chr(10) || chr(13)), list_distinct(list(CASE e.error_type::VARCHAR
                    WHEN 'MISSING COLUMNS' THEN 'malformed(missing columns)'
                    WHEN 'TOO MANY COLUMNS' THEN 'malformed(too many columns)'
                    WHEN 'UNQUOTED VALUE' THEN 'malformed(bad quote)'
                    WHEN 'LINE SIZE OVER MAXIMUM' THEN 'malformed(line too long)'
                    WHEN 'INVALID ENCODING' THEN 'malformed(bad encoding)'
                    ELSE 'malformed(' || lower(e.error_type::VARCHAR) || ')' END ORDER BY e.column_idx))
                FROM temp.\(SQL.quote(rejects.errors)) e
                JOIN temp.\(SQL.quote(rejects.scans)) s ON s.scan_id = e.scan_id AND s.file_id = e.file_id
                GROUP BY s.file_path, e.scan_id, e.line, e.line_byte_position
                """)
        }
        try restoreNumbers(paths, on: connection)
        // Rows of a repaired copy belong to the file it was made from.
        for (original, copy) in paths {
            try connection.execute(
                "UPDATE temp.\(SQL.quote(malformedTable)) SET file = ? WHERE file = ?", [.text(original), .text(copy)])
            if input.files.count > 1 {
                try connection.execute(
                    "UPDATE \(staging.sql) SET \(SQL.quote(DelimitedReader.fileColumn)) = ? WHERE \(SQL.quote(DelimitedReader.fileColumn)) = ?",
                    [.text(original), .text(copy)])
            }
        }
    }

    /// In a copy from which lines were left out, those behind them count from the file it was made from.
    private func restoreNumbers(_ paths: [String: String], on connection: isolated Connection) throws {
        for group in input.groups where group.header.count == 1 {
            for file in group.files {
                guard let copy = paths[file.path] else { continue }
                try connection.execute(
                    """
                    UPDATE temp.\(SQL.quote(malformedTable)) SET line = line + (
                        SELECT count(*) FROM (
                            SELECT line - row_number() OVER (ORDER BY line) AS before
                            FROM temp.\(SQL.quote(malformedTable)) WHERE file = $1) gone
                        WHERE gone.before < \(SQL.quote(malformedTable)).line)
                    WHERE file = $2
                    """, [.text(file.path), .text(copy)])
            }
        }
    }
}
