import WeirCore
import WeirEngine

/// The first lines of a delimited file as plain text, taken apart here and not by DuckDB's sniffer.
///
/// The sniffer looks at the whole sample and gives up, or guesses wildly, when a line below the header is broken;
/// the header itself is known from the first record alone.
struct FirstLines {
    /// Without line ends; empty lines are left out.
    let lines: [String]
    /// Empty lines before the first of them.
    let blank: Int

    /// Most lines that a header with line breaks in its names may span.
    private static let longestHeader = 64

    init(of file: InputFile, options: FileOptions, on connection: isolated Connection) throws {
        let rejects = RejectTables(id: "first")
        try rejects.drop(on: connection)
        defer { try? rejects.drop(on: connection) }
        var arguments = [
            SQL.literal(file.path), "auto_detect = false", "header = false", "delim = chr(31)", "quote = ''",
            "escape = ''",
            "columns = {'line': 'VARCHAR'}", "strict_mode = false", "store_rejects = true",
            "rejects_table = \(SQL.literal(rejects.errors))", "rejects_scan = \(SQL.literal(rejects.scans))",
        ]
        if let encoding = options.encoding { arguments.append("encoding = \(SQL.literal(encoding))") }
        if options.skip > 0 { arguments.append("skip = \(options.skip)") }
        if let comment = options.comment { arguments.append("comment = \(SQL.literal(comment))") }
        if let size = options.maxLineSize { arguments.append("max_line_size = \(size)") }
        // Whole is needed only the first; of those that may continue it a long value would be fetched for nothing.
        let call = "read_csv(\(arguments.joined(separator: ", ")))"
        func read(after blank: Int) throws -> [String?] {
            try connection.query(
                """
                SELECT CASE WHEN row_number() OVER () = 1 THEN line ELSE left(line, 10000) END
                FROM (SELECT line FROM \(call) LIMIT \(Self.longestHeader) OFFSET \(blank))
                """
            ).map { $0[0].text }
        }
        var found = try read(after: 0)
        var blank = found.firstIndex { $0 != nil } ?? found.count
        if blank == Self.longestHeader {
            let first = try connection.query(
                "SELECT min(n) FROM (SELECT row_number() OVER () AS n, line FROM \(call)) WHERE line IS NOT NULL"
            ).scalar.int
            blank = first.map { Int($0) - 1 } ?? 0
            found = first == nil ? [] : try read(after: blank)
        } else if blank > 0 {
            found = try read(after: blank)
        }
        self.blank = blank
        lines = found.compactMap(\.self)
        let unreadable = try connection.query(
            "SELECT error_message FROM temp.\(SQL.quote(rejects.errors)) WHERE line <= ?",
            [.int(Int64(options.skip + blank + 1))]
        ).first?[0].text
        let place = Place(file: file.name, line: options.skip + blank + 1)
        if let unreadable {
            throw WeirError(
                "source.bad-header", "the first line of \(file.name) cannot be read: \(unreadable)",
                hint: TextEncoding.hint, at: place, outcome: .gateFailed)
        }
        if let first = lines.first, first.unicodeScalars.contains("\0") {
            let nuls = first.unicodeScalars.count { $0 == "\0" }
            let isWide = nuls * 3 > first.unicodeScalars.count
            throw WeirError(
                "source.bad-header", "the first line of \(file.name) holds NUL bytes",
                hint: isWide
                    ? "it looks like UTF-16: say `encoding: utf-16` in the source"
                    : "no column can have such a name: is it a text file? if it is, take them out",
                at: place, outcome: .gateFailed)
        }
    }

    /// The fields of the first record.
    func fields(delimiter: String, quote: String, escape: String) -> [String] {
        var text = ""
        for line in lines {
            text += text.isEmpty ? line : "\n" + line
            if let fields = Self.split(text, delimiter: delimiter, quote: quote, escape: escape) { return fields }
        }
        // A quote that never closes is a character like others.
        return lines.first.map { $0.split(separator: delimiter, omittingEmptySubsequences: false).map(String.init) }
            ?? []
    }

    /// The candidate that divides the first record into most fields; nil when none occurs.
    func delimiter(among candidates: [String], quote: String, escape: String) -> String? {
        let counts = candidates.map { ($0, fields(delimiter: $0, quote: quote, escape: escape).count) }
        guard let best = counts.max(by: { $0.1 < $1.1 }), best.1 > 1 else { return nil }
        return best.0
    }

    /// Nil when a quoted field is still open at the end.
    private static func split(_ text: String, delimiter: String, quote: String, escape: String) -> [String]? {
        var fields: [String] = []
        var field = ""
        var rest = Substring(text)
        var isQuoted = false
        while !rest.isEmpty {
            if isQuoted {
                if rest.hasPrefix(escape + quote) {
                    field += quote
                    rest = rest.dropFirst((escape + quote).count)
                } else if rest.hasPrefix(quote) {
                    isQuoted = false
                    rest = rest.dropFirst(quote.count)
                } else {
                    field.append(rest.removeFirst())
                }
            } else if rest.hasPrefix(delimiter) {
                fields.append(field)
                field = ""
                rest = rest.dropFirst(delimiter.count)
            } else if !quote.isEmpty, field.isEmpty, rest.hasPrefix(quote) {
                isQuoted = true
                rest = rest.dropFirst(quote.count)
            } else {
                field.append(rest.removeFirst())
            }
        }
        return isQuoted ? nil : fields + [field]
    }
}
