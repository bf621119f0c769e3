import Foundation
import WeirCore

/// What kind of values a column holds, whatever engine keeps it.
public enum DiffFamily: Sendable, Hashable {
    case boolean
    /// Digits of the largest value.
    case integer(digits: Int)
    case decimal(width: Int, scale: Int)
    /// Decimal numbers of any length, as PostgreSQL's NUMERIC without bounds has them.
    case number
    case float, double
    /// `isPadded`: CHAR(n), in which spaces at the end say nothing.
    case text(isPadded: Bool)
    case blob, uuid, json, date, time, timestamp, timestampTZ, interval, list
    case other

    /// From a type as DuckDB writes it.
    public init(duckdb type: String) {
        let name = String(type.uppercased().prefix { $0 != "(" })
        switch TypeFamily(sql: type) {
        case .boolean: self = .boolean
        case .integer: self = .integer(digits: Self.digits[name] ?? 100)
        case .decimal:
            let bounds = Self.bounds(of: type)
            self = .decimal(width: bounds.first ?? 18, scale: bounds.dropFirst().first ?? 3)
        case .floating: self = name == "FLOAT" ? .float : .double
        case .text: self = .text(isPadded: false)
        case .blob: self = name == "BIT" ? .other : .blob
        case .uuid: self = .uuid
        case .json: self = .json
        case .date: self = .date
        case .time: self = name == "TIME" && !type.uppercased().contains("ZONE") ? .time : .other
        case .timestamp: self = .timestamp
        case .timestampTZ: self = .timestampTZ
        case .interval: self = .interval
        case .list: self = .list
        case .structure, .map, .other: self = .other
        }
    }

    /// From a type as PostgreSQL's `format_type` writes it.
    public init(postgres type: String) {
        let bounds = Self.bounds(of: type)
        if type.hasSuffix("[]") {
            self = .list
            return
        }
        let name = type.prefix(while: { $0 != "(" }).trimmingCharacters(in: .whitespaces)
        if name.hasPrefix("timestamp") {
            self = type.hasSuffix("with time zone") ? .timestampTZ : .timestamp
            return
        }
        if name.hasPrefix("time") {
            self = type.hasSuffix("with time zone") ? .other : .time
            return
        }
        switch name {
        case "boolean": self = .boolean
        case "smallint": self = .integer(digits: 5)
        case "integer": self = .integer(digits: 10)
        case "bigint": self = .integer(digits: 19)
        case "numeric":
            // A scale below 0 or above the width is legal there, and DuckDB has no such type.
            if let width = bounds.first, let scale = bounds.dropFirst().first, width <= 38, (0...width).contains(scale)
            {
                self = .decimal(width: width, scale: scale)
            } else {
                self = .number
            }
        case "real": self = .float
        case "double precision": self = .double
        case "text", "character varying", "name", "citext": self = .text(isPadded: false)
        case "character", "bpchar": self = .text(isPadded: true)
        case "bytea": self = .blob
        case "uuid": self = .uuid
        case "json", "jsonb": self = .json
        case "date": self = .date
        case "interval": self = .interval
        default: self = .other
        }
    }

    /// From a `column_type` of MySQL's `information_schema`.
    public init(mysql type: String) {
        let bounds = Self.bounds(of: type)
        let unsigned = type.contains("unsigned")
        switch type.prefix(while: { $0 != "(" && $0 != " " }) {
        case "tinyint": self = .integer(digits: 3)
        case "smallint", "year": self = .integer(digits: 5)
        case "mediumint": self = .integer(digits: 8)
        case "int": self = .integer(digits: 10)
        case "bigint": self = .integer(digits: unsigned ? 20 : 19)
        case "decimal":
            let width = bounds.first ?? 10
            self = width <= 38 ? .decimal(width: width, scale: bounds.dropFirst().first ?? 0) : .number
        case "float": self = .float
        case "double": self = .double
        case "char": self = .text(isPadded: true)
        case "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set": self = .text(isPadded: false)
        case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob": self = .blob
        case "uuid": self = .uuid
        case "json": self = .json
        case "date": self = .date
        case "time": self = .time
        case "datetime": self = .timestamp
        case "timestamp": self = .timestampTZ
        default: self = .other
        }
    }

    private static let digits = [
        "TINYINT": 3, "UTINYINT": 3, "SMALLINT": 5, "USMALLINT": 5, "INTEGER": 10, "UINTEGER": 10, "BIGINT": 19,
        "UBIGINT": 20, "HUGEINT": 39, "UHUGEINT": 39,
    ]

    /// The numbers in the brackets of `NUMERIC(10,2)`.
    private static func bounds(of type: String) -> [Int] {
        guard let open = type.firstIndex(of: "("), let close = type[open...].firstIndex(of: ")") else { return [] }
        return type[type.index(after: open)..<close].split(separator: ",").compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
    }

    /// True where two types that are written differently in two engines mean the same. Not every engine has CHAR(n).
    func means(_ other: DiffFamily) -> Bool { self == other || isText && other.isText }

    /// Digits before the point, and behind it; nil for what is no exact number with bounds.
    var digits: (whole: Int, fraction: Int)? {
        switch self {
        case .integer(let digits): (digits, 0)
        case .decimal(let width, let scale): (width - scale, scale)
        default: nil
        }
    }

    var isExactNumber: Bool { self == .number || digits != nil }
    var isFloating: Bool { self == .float || self == .double }
    var isText: Bool { if case .text = self { true } else { false } }
    var isMoment: Bool { [.date, .timestamp, .timestampTZ].contains(self) }
}

/// A column of one side of a comparison.
public struct DiffColumn: Sendable, Hashable {
    public let name: String
    /// As its own engine writes it.
    public let type: String
    public let family: DiffFamily

    public init(name: String, type: String, family: DiffFamily) {
        self.name = name
        self.type = type
        self.family = family
    }
}
