import WeirCore
import WeirEngine

/// Builds DuckDB's `read_csv` calls for delimited files.
///
/// The dialect is always said outright for the load itself. DuckDB's sniffer may otherwise take one broken
/// quote for proof that the file has no quotes at all, and load quote characters as data.
public struct DelimitedReader: Sendable {
    public let files: [InputFile]
    public let format: FileFormat
    public private(set) var options: FileOptions
    /// Found by ``detectDelimiter(on:)`` or said by the user.
    public var delimiter: String
    /// Empty lines before the header of the first file: the engine's reader would take the first of them for the header.
    private var blankLines = 0

    public init(files: [InputFile], format: FileFormat, options: FileOptions, on connection: isolated Connection) throws
    {
        self.files = files
        self.format = format
        self.options = options
        delimiter = options.delimiter ?? (format == .tsv ? "\t" : ",")
        guard let first = files.first(where: { $0.size > 0 }) else { return }
        let lines = try FirstLines(of: first, options: options, on: connection)
        if options.delimiter == nil, format == .csv {
            delimiter = try Self.detectDelimiter(of: first, lines, options: options, on: connection) ?? ","
        }
        blankLines = lines.blank
    }

    private static let delimiters = [",", ";", "\t", "|", "^", "~"]

    private static func detectDelimiter(
        of file: InputFile, _ first: FirstLines, options: FileOptions, on connection: isolated Connection
    ) throws -> String? {
        var arguments = [SQL.literal(file.path), "strict_mode = false", "ignore_errors = true"]
        arguments.append("quote = \(SQL.literal(options.quote))")
        if let encoding = options.encoding { arguments.append("encoding = \(SQL.literal(encoding))") }
        if options.skip + first.blank > 0 { arguments.append("skip = \(options.skip + first.blank)") }
        let found = try? connection.query("SELECT Delimiter FROM sniff_csv(\(arguments.joined(separator: ", ")))")
            .scalar.text
        // A broken line below misleads the sniffer; what it found must at least divide the first record.
        if let found, delimiters.contains(found),
            first.fields(delimiter: found, quote: options.quote, escape: options.escape).count > 1
        {
            return found
        }
        // A file of one column has no delimiter; any will do that it does not hold.
        return first.delimiter(among: delimiters, quote: options.quote, escape: options.escape)
    }

    /// Arguments that say the dialect.
    private func dialect(_ paths: [String], blankLines: Int) -> [String] {
        var arguments = [
            "[\(paths.map(SQL.literal).joined(separator: ", "))]",
            "delim = \(SQL.literal(delimiter))", "quote = \(SQL.literal(options.quote))",
            "escape = \(SQL.literal(options.escape))", "header = \(options.hasHeader)",
        ]
        if !options.nulls.isEmpty, options.nulls != [""] {
            arguments.append("nullstr = [\(options.nulls.map(SQL.literal).joined(separator: ", "))]")
        }
        if let encoding = options.encoding { arguments.append("encoding = \(SQL.literal(encoding))") }
        if options.skip + blankLines > 0 { arguments.append("skip = \(options.skip + blankLines)") }
        if let comment = options.comment { arguments.append("comment = \(SQL.literal(comment))") }
        if let format = options.dateFormat { arguments.append("dateformat = \(SQL.literal(format))") }
        if let format = options.timestampFormat { arguments.append("timestampformat = \(SQL.literal(format))") }
        if let size = options.maxLineSize { arguments.append("max_line_size = \(size)") }
        // Left to itself the engine takes folders for columns, over what the files say.
        arguments.append("hive_partitioning = \(options.partitions)")
        return arguments
    }

    /// The names and types that DuckDB infers from the first lines of the files; none when it gives up.
    public func inferredColumns(on connection: isolated Connection) throws -> [Column] {
        let paths = files.filter { $0.size > 0 }.map(\.path)
        if paths.isEmpty { return [] }
        let arguments =
            dialect(paths, blankLines: blankLines) + [
                "strict_mode = false", "ignore_errors = true", "union_by_name = \(paths.count > 1)",
            ]
        do {
            let columns = try connection.columns(of: "SELECT * FROM read_csv(\(arguments.joined(separator: ", ")))")
            let texts = "read_csv(\((arguments + ["all_varchar = true"]).joined(separator: ", ")))"
            return try TypeGuess.keepingDigits(columns, in: texts, on: connection)
        } catch let error as WeirError where error.code == "sql.invalid-input" {
            return []
        }
    }

    /// The columns that the names of the folders add, whatever is in the files.
    public func pathColumns(
        _ header: [String], files: [InputFile], on connection: isolated Connection
    ) throws -> [Column] {
        guard options.partitions, !files.isEmpty else { return [] }
        let columns = header.map { "\(SQL.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
        let arguments = dialect(files.map(\.path), blankLines: 0) + ["auto_detect = false", "columns = {\(columns)}"]
        let all = try connection.columns(of: "SELECT * FROM read_csv(\(arguments.joined(separator: ", ")))")
        let known = Set(header.map { $0.lowercased() })
        return all.filter { !known.contains($0.name.lowercased()) }
    }

    /// Types guessed for files of one header without DuckDB's sniffer.
    public func guessedColumns(
        _ header: [String], files: [InputFile], blankLines: Int, on connection: isolated Connection
    ) throws -> [Column] {
        let columns = header.map { "\(SQL.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
        let arguments =
            dialect(files.map(\.path), blankLines: blankLines) + [
                "auto_detect = false", "columns = {\(columns)}", "strict_mode = false", "ignore_errors = true",
            ]
        return try TypeGuess.columns(header, in: "read_csv(\(arguments.joined(separator: ", ")))", on: connection)
    }

    /// The first record of one file, as written: a header with its duplicates and all. Nil where every line is empty.
    ///
    /// - Throws: `source.bad-header` for a line that is no text.
    public func firstRecord(
        of file: InputFile, on connection: isolated Connection
    ) throws -> (fields: [String], blankLines: Int)? {
        guard file.size > 0 else { return nil }
        let first = try FirstLines(of: file, options: options, on: connection)
        if first.lines.isEmpty { return nil }
        return (first.fields(delimiter: delimiter, quote: options.quote, escape: options.escape), first.blank)
    }

    /// Whether a file holds nothing but empty lines.
    public static func isBlank(
        _ file: InputFile, options: FileOptions, on connection: isolated Connection
    ) throws -> Bool {
        // Such a file is small; others need no look.
        guard file.size > 0, file.size < 1024 else { return file.size == 0 }
        return try FirstLines(of: file, options: options, on: connection).lines.isEmpty
    }

    /// The call that loads files of one header: every column's type is said, in the order of the header, and
    /// rows that do not fit land in reject tables.
    ///
    /// Columns that come from folder names are not part of the file and are left to the reader.
    public func loadCall(paths: [String], columns: [Column], blankLines: Int = 0, rejects: RejectTables) -> String {
        let types = columns.map { "\(SQL.literal($0.name)): \(SQL.literal($0.type))" }.joined(separator: ", ")
        let arguments =
            dialect(paths, blankLines: blankLines) + [
                "auto_detect = false", "columns = {\(types)}", "store_rejects = true", "rejects_limit = 0",
                "rejects_table = \(SQL.literal(rejects.errors))", "rejects_scan = \(SQL.literal(rejects.scans))",
                "filename = '\(Self.fileColumn)'",
            ]
        return "read_csv(\(arguments.joined(separator: ", ")))"
    }

    /// The reader for copies of the files that ``plainLines(of:options:)`` gave the lines of: they are UTF-8.
    public var forRepairedCopies: DelimitedReader {
        var copy = self
        copy.options.encoding = nil
        return copy
    }

    /// SQL for a FROM clause that reads any text file, packed or remote, as lines: one column `line`.
    public static func plainLines(of path: String, options: FileOptions) -> String {
        var arguments = [
            SQL.literal(path), "auto_detect = false", "header = false", "delim = chr(31)", "quote = ''",
            "escape = ''", "columns = {'line': 'VARCHAR'}", "strict_mode = false",
            "max_line_size = \(max(options.maxLineSize ?? 0, 64 << 20))",
        ]
        if let encoding = options.encoding { arguments.append("encoding = \(SQL.literal(encoding))") }
        return "read_csv(\(arguments.joined(separator: ", ")))"
    }

    /// Column that holds the path of each row's file while a load of several files is staged.
    public static let fileColumn = "__weir_file"
}

/// The temporary tables in which DuckDB keeps the lines that it could not read.
public struct RejectTables: Sendable {
    public let errors: String
    public let scans: String

    public init(id: String) {
        errors = "weir_rejects_\(id)"
        scans = "weir_scans_\(id)"
    }

    public func drop(on connection: isolated Connection) throws {
        try connection.execute(
            "DROP TABLE IF EXISTS temp.\(SQL.quote(errors)); DROP TABLE IF EXISTS temp.\(SQL.quote(scans))")
    }
}
