import WeirConnect
import WeirCore
import WeirEngine

/// Stages NDJSON line by line: a line that is no JSON object, or holds a value that does not fit, is set aside.
struct JSONLineStager {
    let input: SourceInput
    let staging: TableName
    let malformedTable: String
    let id: String

    func stage(_ options: FileOptions, on connection: isolated Connection) throws -> StagedRows {
        try connection.execute("DROP TABLE IF EXISTS \(staging.sql)")
        let rejects = RejectTables(id: "lines_\(id)")
        try rejects.drop(on: connection)
        defer { try? rejects.drop(on: connection) }
        let relation = StructuredReader.lines(input.files, options: options, rejects: rejects)
        let file = SQL.quote(DelimitedReader.fileColumn)
        // Folders named key=value; such a column is no part of the lines.
        let fromPath = Set(try connection.columns(of: "SELECT * FROM \(relation)").map { $0.name.lowercased() })
            .subtracting(["line"])
        // The reader gives lines in their order, file after file, so that their place tells their number.
        try connection.execute("CREATE OR REPLACE TEMP TABLE weir_text_\(id) AS SELECT * FROM \(relation)")
        let unreadable = "temp.weir_unreadable_\(id)"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_unreadable_\(id) AS
            SELECT *, row_number() OVER (PARTITION BY file ORDER BY line) AS place FROM (
                SELECT s.file_path AS file, e.line AS line, first(e.csv_line) AS raw,
                    CASE first(e.error_type::VARCHAR) WHEN 'LINE SIZE OVER MAXIMUM' THEN 'malformed(line too long)'
                        WHEN 'INVALID ENCODING' THEN '\(UndecodableLines.reason)'
                        ELSE 'malformed(' || lower(first(e.error_type::VARCHAR)) || ')' END AS reason
                FROM temp.\(SQL.quote(rejects.errors)) e
                JOIN temp.\(SQL.quote(rejects.scans)) s ON s.scan_id = e.scan_id AND s.file_id = e.file_id
                GROUP BY ALL)
            """)
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS \(unreadable)") }
        let hasUnreadable = try connection.query("SELECT count(*) FROM \(unreadable)").scalar.int ?? 0 > 0
        // Lines that the reader left out count all the same.
        let number =
            hasUnreadable
            ? "place + (SELECT count(*) FROM \(unreadable) u WHERE u.file = t.\(file) AND u.line - u.place < t.place)"
            : "place"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE weir_lines_\(id) AS
            SELECT *, CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END AS valid
            FROM (SELECT * EXCLUDE (place), \(number) AS number
                FROM (SELECT *, rowid - min(rowid) OVER (PARTITION BY \(file)) + 1 AS place FROM weir_text_\(id)) t)
            WHERE trim(coalesce(line, '')) <> '';
            DROP TABLE temp.weir_text_\(id)
            """)
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS temp.weir_lines_\(id)") }
        let values = input.columns.map { fromPath.contains($0.name.lowercased()) ? SQL.quote($0.name) : Self.value($0) }
        let select = zip(input.columns, values).map { "TRY_CAST(\($1) AS \($0.type)) AS \(SQL.quote($0.name))" }
        let misfits = zip(input.columns, values).map {
            (
                $0.name,
                Misfit.condition(
                    $1, given: fromPath.contains($0.name.lowercased()) ? "" : Self.givenType($0), type: $0.type)
            )
        }
        let extra = input.files.count > 1 ? ", \(file)" : ""
        let lines = "(SELECT * FROM temp.weir_lines_\(id) WHERE valid)"
        let rows = try connection.createTable(
            staging,
            as:
                "SELECT \(select.joined(separator: ", "))\(extra) FROM \(lines) WHERE (\(Misfit.any(misfits))) IS NOT TRUE"
        )
        try connection.execute(
            """
            INSERT INTO temp.\(SQL.quote(malformedTable)) (file, line, raw, reasons)
            SELECT \(file), number, line, ['malformed(not a JSON object)'] FROM temp.weir_lines_\(id) WHERE NOT valid
            UNION ALL
            SELECT file, line, raw, [reason] FROM \(unreadable)
            UNION ALL
            SELECT \(file), number, line, \(Misfit.reasons(misfits)) FROM \(lines) WHERE \(Misfit.any(misfits))
            """)
        var staged = StagedRows(table: staging, columns: input.columns, rows: rows)
        staged.hasFileColumn = input.files.count > 1
        staged.onlyFile = input.files.first?.name
        return staged
    }

    /// Scalars are taken as texts, the rest as JSON.
    private static func givenType(_ column: Column) -> String { isNested(column) ? "JSON" : "VARCHAR" }

    private static func isNested(_ column: Column) -> Bool {
        column.isNested || column.type.hasPrefix("JSON")
    }

    /// SQL for a column's value in a line.
    private static func value(_ column: Column) -> String {
        let path = SQL.jsonPath(to: column.name)
        if !isNested(column) { return "json_extract_string(line, \(path))" }
        return "CASE WHEN json_type(line, \(path)) <> 'NULL' THEN json_extract(line, \(path)) END"
    }
}
