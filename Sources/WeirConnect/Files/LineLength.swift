import Foundation
import WeirCore
import WeirEngine

/// Finds lines that DuckDB's CSV reader would drop without a word.
///
/// A line over `max_line_size` is rejected and told; one that covers a whole read buffer (16 such sizes, at least
/// 32 MB) is skipped silently.
public enum LineLength {
    private static let defaultLimit = 2_000_000

    /// - Throws: `source.line-too-long` with the line's number. `.gz` files are looked at by ``CompressedFile``.
    public static func check(_ file: InputFile, options: FileOptions, on connection: isolated Connection) throws {
        let longest = Self.longest(options)
        let name = file.path.lowercased()
        if file.isLocal, name.hasSuffix(".gz") { return }
        if !file.isLocal || name.hasSuffix(".zst") || name.hasSuffix(".zstd") {
            return try scan(file, options: options, longest: longest, on: connection)
        }
        guard file.size > longest else { return }
        let data = try Data(contentsOf: URL(fileURLWithPath: file.path), options: .alwaysMapped)
        let line = data.withUnsafeBytes { Self.firstLine(longerThan: longest, in: $0) }
        if let line { throw tooLong(line, in: file, most: longest) }
    }

    /// Most bytes of a line that surely is read, or surely told when it is not.
    public static func longest(_ options: FileOptions) -> Int { 8 * (options.maxLineSize ?? defaultLimit) }

    static func tooLong(_ line: Int, in file: InputFile, most: Int) -> WeirError {
        WeirError(
            "source.line-too-long", "line \(line) of \(file.name) has more than \(most) bytes",
            hint: "a quote that never closes, or a damaged file? otherwise set `max_line_size:` in the source",
            at: Place(file: file.name, line: line), outcome: .gateFailed)
    }

    /// Lets the engine read the file as lines with one thread, which tells every line that it leaves out.
    private static func scan(
        _ file: InputFile, options: FileOptions, longest: Int, on connection: isolated Connection
    ) throws {
        // Nothing packs better than zstd does one character repeated: 128 KB in four bytes.
        guard file.size << 16 > longest else { return }
        let rejects = RejectTables(id: "long")
        try rejects.drop(on: connection)
        defer { try? rejects.drop(on: connection) }
        var arguments = [
            SQL.literal(file.path), "auto_detect = false", "header = false", "delim = chr(31)", "quote = ''",
            "escape = ''", "columns = {'line': 'VARCHAR'}", "strict_mode = false", "parallel = false",
            "max_line_size = \(longest)", "store_rejects = true", "rejects_limit = 0",
            "rejects_table = \(SQL.literal(rejects.errors))", "rejects_scan = \(SQL.literal(rejects.scans))",
        ]
        if let encoding = options.encoding { arguments.append("encoding = \(SQL.literal(encoding))") }
        _ = try connection.query("SELECT count(*) FROM read_csv(\(arguments.joined(separator: ", ")))")
        let line = try connection.query(
            """
            SELECT min(line) FROM temp.\(SQL.quote(rejects.errors))
            WHERE error_type::VARCHAR = 'LINE SIZE OVER MAXIMUM'
            """
        ).scalar.int
        if let line { throw tooLong(Int(line), in: file, most: longest) }
    }

    /// A line that long covers a whole window of half the size, so only the start of each window is searched and
    /// the rest of the file is not touched.
    private static func firstLine(longerThan longest: Int, in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        func newline(from start: Int, within length: Int) -> Int? {
            memchr(base + start, 0x0A, min(length, bytes.count - start)).map { base.distance(to: $0) }
        }
        let window = longest / 2
        for start in stride(from: 0, to: bytes.count, by: window) where newline(from: start, within: window) == nil {
            let before = bytes[..<start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            let end = newline(from: start, within: bytes.count) ?? bytes.count
            if end - before > longest { return 1 + bytes[..<before].count { $0 == 0x0A } }
        }
        return nil
    }
}
