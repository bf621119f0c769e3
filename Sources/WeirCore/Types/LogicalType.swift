/// The type of a column, in the words of SQL and independent of the engine that stores it.
public indirect enum LogicalType: Sendable, Hashable {
    case boolean
    case tinyint, smallint, integer, bigint, hugeint
    case utinyint, usmallint, uinteger, ubigint, uhugeint
    case float, double
    case decimal(width: Int, scale: Int)
    case varchar, blob, bit, uuid, json
    case date, time, timeTZ, timeNanos, interval
    case timestamp, timestampTZ, timestampSeconds, timestampMillis, timestampNanos
    case bignum
    case enumeration([String])
    case list(LogicalType)
    case array(LogicalType, size: Int)
    case structure([Field])
    case map(LogicalType, LogicalType)
    case union([Field])
    /// The type of an untyped NULL.
    case null
    /// A type that Weir has no word for, by its name in the engine.
    case other(String)

    public struct Field: Sendable, Hashable {
        public let name: String
        public let type: LogicalType
        public init(name: String, type: LogicalType) {
            self.name = name
            self.type = type
        }
    }
}

extension LogicalType: CustomStringConvertible {
    /// The type as DuckDB's SQL writes it.
    public var description: String {
        switch self {
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint: "SMALLINT"
        case .integer: "INTEGER"
        case .bigint: "BIGINT"
        case .hugeint: "HUGEINT"
        case .utinyint: "UTINYINT"
        case .usmallint: "USMALLINT"
        case .uinteger: "UINTEGER"
        case .ubigint: "UBIGINT"
        case .uhugeint: "UHUGEINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let width, let scale): "DECIMAL(\(width),\(scale))"
        case .varchar: "VARCHAR"
        case .blob: "BLOB"
        case .bit: "BIT"
        case .uuid: "UUID"
        case .json: "JSON"
        case .date: "DATE"
        case .time: "TIME"
        case .timeTZ: "TIME WITH TIME ZONE"
        case .timeNanos: "TIME_NS"
        case .interval: "INTERVAL"
        case .timestamp: "TIMESTAMP"
        case .timestampTZ: "TIMESTAMP WITH TIME ZONE"
        case .timestampSeconds: "TIMESTAMP_S"
        case .timestampMillis: "TIMESTAMP_MS"
        case .timestampNanos: "TIMESTAMP_NS"
        case .bignum: "BIGNUM"
        case .enumeration(let values): "ENUM(\(values.map(SQL.literal).joined(separator: ", ")))"
        case .list(let element): "\(element)[]"
        case .array(let element, let size): "\(element)[\(size)]"
        case .structure(let fields): "STRUCT(\(Self.text(fields)))"
        case .map(let key, let value): "MAP(\(key), \(value))"
        case .union(let fields): "UNION(\(Self.text(fields)))"
        case .null: "NULL"
        case .other(let name): name
        }
    }

    private static func text(_ fields: [Field]) -> String {
        fields.map { "\(SQL.quote($0.name)) \($0.type)" }.joined(separator: ", ")
    }
}

/// A column's name and type.
public struct Column: Sendable, Hashable, Codable {
    public let name: String
    /// The type as the engine's SQL writes it.
    public let type: String

    public init(name: String, type: String) {
        self.name = name
        self.type = type
    }

    public init(name: String, type: LogicalType) {
        self.init(name: name, type: type.description)
    }

    /// Whether its values are lists, objects or maps.
    public var isNested: Bool { type.hasSuffix("]") || type.hasPrefix("STRUCT") || type.hasPrefix("MAP") }
}
