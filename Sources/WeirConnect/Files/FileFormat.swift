import WeirCore

/// What a data file is written in.
public enum FileFormat: String, Sendable, CaseIterable, Codable {
    case csv, tsv, json, ndjson, parquet, excel, avro

    /// The format that a file name tells, with any compression suffix taken off.
    public init?(fileName: String) {
        var name = fileName.lowercased()
        for suffix in [".gz", ".zst", ".zstd"] where name.hasSuffix(suffix) {
            name = String(name.dropLast(suffix.count))
        }
        guard let dot = name.lastIndex(of: ".") else { return nil }
        switch name[name.index(after: dot)...] {
        case "csv", "txt", "dat": self = .csv
        case "tsv", "tab": self = .tsv
        case "json": self = .json
        case "ndjson", "jsonl": self = .ndjson
        case "parquet", "pq": self = .parquet
        case "xlsx": self = .excel
        case "avro": self = .avro
        default: return nil
        }
    }

    /// The DuckDB extension that reads it, beyond what is built in.
    public var engineExtension: String? {
        switch self {
        case .csv, .tsv: nil
        case .parquet: "parquet"
        case .json, .ndjson: "json"
        case .excel: "excel"
        case .avro: "avro"
        }
    }

    public var isDelimited: Bool { self == .csv || self == .tsv }
}

/// How the text of a file is to be read. Everything has a default that fits most files.
public struct FileOptions: Sendable, Hashable {
    /// Nil: found out for CSV; a tab for TSV.
    public var delimiter: String?
    /// RFC 4180 by default.
    public var quote = "\""
    public var escape = "\""
    public var hasHeader = true
    /// A name of ``TextEncoding``; nil is UTF-8.
    public var encoding: String?
    /// Texts that mean NULL.
    public var nulls: [String] = [""]
    /// Lines to leave out at the start.
    public var skip = 0
    public var comment: String?
    public var dateFormat: String?
    public var timestampFormat: String?
    /// Bytes of the longest line accepted. Longer ones go to quarantine.
    public var maxLineSize: Int?
    /// Excel: the sheet's name, and a cell range such as `A1:F200`.
    public var sheet: String?
    public var range: String?
    /// Folders named `key=value` become columns.
    public var partitions = false

    public init() {}
}
