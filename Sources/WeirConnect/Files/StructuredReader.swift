import WeirCore
import WeirEngine

/// Builds relations for formats that carry their own types: JSON, Parquet, Avro, and Excel.
public enum StructuredReader {
    /// SQL for a FROM clause that reads all files, with ``DelimitedReader/fileColumn`` as the last column.
    ///
    /// - Parameter skipsBadLines: for a look at the columns of NDJSON, of which some lines may be no JSON.
    public static func relation(
        _ files: [InputFile], format: FileFormat, options: FileOptions, skipsBadLines: Bool = false
    ) -> String {
        let list = "[\(files.map { SQL.literal($0.path) }.joined(separator: ", "))]"
        var arguments = [list, "filename = '\(DelimitedReader.fileColumn)'", "union_by_name = true"]
        // Left to itself the engine takes folders for columns, over what the files say.
        arguments.append("hive_partitioning = \(options.partitions)")
        switch format {
        case .parquet: return "read_parquet(\(arguments.joined(separator: ", ")))"
        case .json, .ndjson:
            arguments.append("format = '\(format == .json ? "auto" : "newline_delimited")'")
            // Sampling every object: a type seen late must not fail a load that has begun.
            arguments.append("sample_size = -1")
            if skipsBadLines, format == .ndjson { arguments.append("ignore_errors = true") }
            arguments.append("maximum_object_size = \(options.maxLineSize ?? 64 << 20)")
            return "read_json(\(arguments.joined(separator: ", ")))"
        case .avro:
            return union(files) { "read_avro(\(SQL.literal($0.path)))" }
        case .excel: return "(SELECT * FROM \(union(files) { xlsx($0, options) }) WHERE \(hasCell))"
        case .csv, .tsv:
            // Delimited files are loaded by DelimitedReader; here they are only looked at.
            return "read_csv(\(arguments.joined(separator: ", ")))"
        }
    }

    /// For readers that take one file each.
    private static func union(_ files: [InputFile], _ call: (InputFile) -> String) -> String {
        let selects = files.map {
            "SELECT *, \(SQL.literal($0.path)) AS \(SQL.quote(DelimitedReader.fileColumn)) FROM \(call($0))"
        }
        return "(\(selects.joined(separator: " UNION ALL BY NAME ")))"
    }

    /// SQL for a FROM clause that reads NDJSON as lines: columns `line` and ``DelimitedReader/fileColumn``.
    ///
    /// It accepts any text, so that lines which are no JSON can be told apart from those which are.
    ///
    /// - Parameter rejects: where lines that are no text go; nil leaves them out.
    public static func lines(_ files: [InputFile], options: FileOptions, rejects: RejectTables? = nil) -> String {
        let list = files.map { SQL.literal($0.path) }.joined(separator: ", ")
        let bad =
            rejects.map {
                """
                store_rejects = true, rejects_limit = 0, rejects_table = \(SQL.literal($0.errors)), \
                rejects_scan = \(SQL.literal($0.scans))
                """
            } ?? "ignore_errors = true"
        return """
            read_csv([\(list)], auto_detect = false, header = false, delim = chr(31), quote = '', escape = '', \
            columns = {'line': 'VARCHAR'}, max_line_size = \(options.maxLineSize ?? 64 << 20), \(bad), \
            hive_partitioning = \(options.partitions), filename = '\(DelimitedReader.fileColumn)')
            """
    }

    /// Before the name of a column that holds another column's cells as texts.
    public static let textPrefix = "__weir_text_"

    /// SQL for a FROM clause that reads Excel sheets whose columns hold values of several types: a value that does
    /// not fit its column is NULL, and its text stands in the column's second self under ``textPrefix``.
    public static func cells(_ files: [InputFile], options: FileOptions) -> String {
        let selects = files.map { file in
            """
            SELECT *, \(SQL.literal(file.path)) AS \(SQL.quote(DelimitedReader.fileColumn))
            FROM \(xlsx(file, options, "ignore_errors = true"))
            POSITIONAL JOIN (SELECT COLUMNS(*) AS '\(textPrefix)\\0' FROM \(xlsx(file, options, "all_varchar = true")))
            """
        }
        return "(SELECT * FROM (\(selects.joined(separator: " UNION ALL BY NAME "))) WHERE \(hasCell))"
    }

    /// True for rows with a cell that is not empty. A sheet may have empty rows between others and behind them.
    private static let hasCell = "concat(*COLUMNS(* EXCLUDE (\(SQL.quote(DelimitedReader.fileColumn))))) <> ''"

    private static func xlsx(_ file: InputFile, _ options: FileOptions, _ more: String? = nil) -> String {
        // DuckDB would take an empty row for the end of the sheet.
        var arguments = [SQL.literal(file.path), "header = \(options.hasHeader)", "stop_at_empty = false"]
        if let sheet = options.sheet { arguments.append("sheet = \(SQL.literal(sheet))") }
        if let range = options.range { arguments.append("range = \(SQL.literal(range))") }
        if let more { arguments.append(more) }
        return "read_xlsx(\(arguments.joined(separator: ", ")))"
    }
}
