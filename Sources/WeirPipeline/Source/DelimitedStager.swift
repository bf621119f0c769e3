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
    /// Above this share of misfits it is the guessed type that is wrong, and not the rows.
    private static let misfitShare = 0.01

    func stage(on connection: isolated Connection) throws -> StagedRows {
        guard let reader = input.reader else {
            throw WeirError("source.unreadable", "the files were not inspected", outcome: .systemFailed)
        }
        var columns = input.columns
        var paths: [String: String] = [:]
        var notices: [String] = []
        var repaired = false
        // Each round mends one thing: broken lines once, then guessed types. A third would find nothing new.
        for _ in 0..<3 {
            let outcome = try load(reader, columns: columns, paths: paths, on: connection)
            if outcome.isBroken, !repaired {
                repaired = true
                paths = try repair(reader, on: connection)
                continue
            }
            let widen = try wronglyGuessed(outcome, on: connection)
            if !widen.isEmpty {
                columns = columns.map {
                    widen.contains($0.name.lowercased()) ? Column(name: $0.name, type: "VARCHAR") : $0
                }
                for column in columns where widen.contains(column.name.lowercased()) {
                    notices.append(
                        "column \(column.name) looked like another type in the first lines and is loaded as text")
                }
                continue
            }
            try collect(outcome.rejects, paths: paths, on: connection)
            var staged = StagedRows(
                table: staging, columns: columns, rows: try StagedRows.count(staging, on: connection))
            staged.hasFileColumn = input.files.count > 1
            staged.onlyFile = input.files.first?.name
            staged.headerLines = reader.options.skip + (reader.options.hasHeader ? 1 : 0)
            staged.notices = notices
            for rejects in outcome.rejects { try rejects.drop(on: connection) }
            return staged
        }
        throw WeirError(
            "source.unreadable", "\(stager.source.name) cannot be read: its lines do not settle into columns",
            hint: "say delimiter, quote and escape in the source", at: stager.source.place, outcome: .systemFailed)
    }

    private struct LoadOutcome {
        var rejects: [RejectTables] = []
        /// Quoting went wrong somewhere, after which DuckDB may have swallowed good lines.
        var isBroken = false
    }

    private func load(
        _ reader: DelimitedReader, columns: [Column], paths: [String: String], on connection: isolated Connection
    ) throws -> LoadOutcome {
        var outcome = LoadOutcome()
        var selects: [String] = []
        let types = Dictionary(columns.map { ($0.name.lowercased(), $0.type) }, uniquingKeysWith: { first, _ in first })
        for (index, group) in input.groups.enumerated() {
            let rejects = RejectTables(id: "\(id)_\(index)")
            try rejects.drop(on: connection)
            outcome.rejects.append(rejects)
            let call = reader.loadCall(
                paths: group.files.map { paths[$0.path] ?? $0.path },
                columns: group.header.map { Column(name: $0, type: types[$0.lowercased()] ?? "VARCHAR") },
                rejects: rejects)
            let present = Set(group.header.map { $0.lowercased() }).union(input.readerTypes.keys)
            var list = columns.map { column in
                present.contains(column.name.lowercased())
                    ? SQL.quote(column.name) : "CAST(NULL AS \(column.type)) AS \(SQL.quote(column.name))"
            }
            if input.files.count > 1 { list.append(SQL.quote(DelimitedReader.fileColumn)) }
            selects.append("SELECT \(list.joined(separator: ", ")) FROM \(call)")
        }
        do {
            try connection.execute(
                "CREATE OR REPLACE TABLE \(staging.sql) AS \(selects.joined(separator: " UNION ALL "))")
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

    // MARK: Guessed types

    private func wronglyGuessed(_ outcome: LoadOutcome, on connection: isolated Connection) throws -> Set<String> {
        if stager.typesAreSettled || input.undeclared.isEmpty { return [] }
        let rows = try StagedRows.count(staging, on: connection)
        var wrong = Set<String>()
        for rejects in outcome.rejects where try exists(rejects, on: connection) {
            let misfits = try connection.query(
                """
                SELECT lower(column_name), count(*) FROM temp.\(SQL.quote(rejects.errors))
                WHERE error_type = 'CAST' GROUP BY 1
                """)
            for row in misfits.map({ $0 }) {
                let share = (row[1].double ?? 0) / Double(max(1, rows) + Int(row[1].int ?? 0))
                if let name = row[0].text, input.undeclared.contains(name), share > Self.misfitShare {
                    wrong.insert(name)
                }
            }
        }
        return wrong
    }

    // MARK: Broken lines

    /// Copies every local file without the lines whose quotes do not close, which are set aside.
    private func repair(_ reader: DelimitedReader, on connection: isolated Connection) throws -> [String: String] {
        var paths: [String: String] = [:]
        for (index, file) in input.files.enumerated() where file.size > 0 {
            let repair = LineRepair(
                delimiter: reader.delimiter, quote: reader.options.quote, escape: reader.options.escape)
            let copy = "\(stager.scratch)/\(id)-\(index).csv"
            let broken: [LineRepair.BrokenLine]
            if file.isLocal, !Self.isCompressed(file.path), reader.options.encoding == nil {
                broken = try repair.run(
                    from: file.path, to: copy, headerLines: reader.options.skip + (reader.options.hasHeader ? 1 : 0))
            } else {
                throw WeirError(
                    "source.broken-quotes",
                    "\(file.name) has a quote that does not close, and lines after it may be swallowed",
                    hint:
                        "unpack the file, or convert it to UTF-8, so that Weir can set the broken lines aside; nothing was published",
                    at: stager.source.place, outcome: .gateFailed)
            }
            paths[file.path] = copy
            try connection.append(
                to: TableName(schema: "main", table: malformedTable), catalog: "temp",
                rows: broken.map { line in
                    [
                        .text(file.path), .int(Int64(line.number)), .text(line.text),
                        .list([.text("malformed(unclosed quote)")]),
                    ]
                })
        }
        return paths
    }

    private static func isCompressed(_ path: String) -> Bool {
        [".gz", ".zst", ".zstd", ".bz2"].contains { path.lowercased().hasSuffix($0) }
    }

    // MARK: Rejected lines

    private func collect(_ tables: [RejectTables], paths: [String: String], on connection: isolated Connection) throws {
        for rejects in tables where try exists(rejects, on: connection) {
            try connection.execute(
                """
                INSERT INTO temp.\(SQL.quote(malformedTable))
                SELECT s.file_path, e.line, first(e.csv_line), list_distinct(list(CASE e.error_type::VARCHAR
                    WHEN 'CAST' THEN 'type(' || e.column_name || ')'
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
}
