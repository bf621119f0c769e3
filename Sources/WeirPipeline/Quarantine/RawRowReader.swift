import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// How the text of a row that could not be read was written: kept with the text, so that it can be read later whatever
/// became of its file and its source.
struct RawRowFormat: Sendable, Hashable, Codable {
    /// Names in the order in which the text has them.
    var columns: [String]
    var delimiter: String
    var quote: String
    var escape: String
    var nulls: [String]
    var dateFormat: String?
    var timestampFormat: String?
    /// Values that came from folder names.
    var fixed: [String: String]

    init(_ reader: DelimitedReader, header: [String], path: String) {
        columns = header
        delimiter = reader.delimiter
        quote = reader.options.quote
        escape = reader.options.escape
        nulls = reader.options.nulls
        dateFormat = reader.options.dateFormat
        timestampFormat = reader.options.timestampFormat
        fixed = [:]
        guard reader.options.partitions else { return }
        for (key, value) in PathColumns.values(of: path) { fixed[key] = value }
    }
}

/// Reads the texts of held rows again, all of one format at once.
struct RawRowReader {
    /// Folder for the file that is read.
    let scratch: String

    /// Writes `(id, column …)` as texts to a temporary table; texts that are no whole row are left out.
    func read(
        _ rows: [(id: String, raw: String)], as format: RawRowFormat, into table: String,
        on connection: isolated Connection
    ) throws {
        let path = "\(scratch)/replay-\(UUID().uuidString).csv"
        let out = try CopyFile(path)
        defer {
            out.close()
            try? FileManager.default.removeItem(atPath: path)
        }
        for row in rows where Self.isWhole(row.raw, format) {
            try out.write(line: Array("\(row.id)\(format.delimiter)\(row.raw)".utf8))
        }
        try out.flush()
        let names = ["__weir_id"] + format.columns
        let types = names.map { "\(SQL.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
        let fixed = format.fixed.sorted { $0.key < $1.key }.map { ", \(SQL.literal($0.value)) AS \(SQL.quote($0.key))" }
            .joined()
        let nulls = format.nulls.filter { !$0.isEmpty }.map(SQL.literal).joined(separator: ", ")
        // Lines of another number of fields are passed over, and so stay where they are.
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(SQL.quote(table)) AS SELECT *\(fixed) FROM read_csv(\(SQL.literal(path)), \
            auto_detect = false, header = false, delim = \(SQL.literal(format.delimiter)), quote = \(SQL.literal(format.quote)), \
            escape = \(SQL.literal(format.escape)), ignore_errors = true\(nulls.isEmpty ? "" : ", nullstr = [\(nulls)]"), \
            columns = {\(types)})
            """)
    }

    /// One record whose quotes close, with no byte lost.
    private static func isWhole(_ raw: String, _ format: RawRowFormat) -> Bool {
        if raw.isEmpty || raw.unicodeScalars.contains("\u{FFFD}") { return false }
        let dialect = RecordWalk.Dialect(delimiter: format.delimiter, quote: format.quote, escape: format.escape)
        return Array(raw.utf8).withUnsafeBytes { bytes in
            var walk = RecordWalk(bytes, dialect)
            guard let first = walk.next(), first.kind == .values else { return false }
            return walk.next() == nil
        }
    }
}
