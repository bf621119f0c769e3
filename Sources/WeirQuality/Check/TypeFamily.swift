/// Kinds of column types that rules and comparisons treat alike.
enum TypeFamily: String, Sendable, Hashable {
    case boolean, integer, decimal, floating, text, blob, uuid, json, date, time, timestamp, timestampTZ, interval
    case list, structure, map, other

    /// From a type as DuckDB writes it.
    init(sql type: String) {
        let text = type.uppercased()
        if text.hasSuffix("]") {
            self = .list
            return
        }
        let name = text.prefix { $0 != "(" && $0 != " " }
        switch name {
        case "BOOLEAN": self = .boolean
        case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "UHUGEINT", "BIGNUM":
            self = .integer
        case "DECIMAL": self = .decimal
        case "FLOAT", "DOUBLE": self = .floating
        case "VARCHAR", "ENUM": self = .text
        case "BLOB", "BIT": self = .blob
        case "UUID": self = .uuid
        case "JSON": self = .json
        case "DATE": self = .date
        case "TIME", "TIME_NS", "TIMETZ": self = .time
        case "TIMESTAMP" where text.hasSuffix("WITH TIME ZONE"): self = .timestampTZ
        case "TIMESTAMPTZ": self = .timestampTZ
        case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS": self = .timestamp
        case "INTERVAL": self = .interval
        case "STRUCT": self = .structure
        case "MAP": self = .map
        default: self = .other
        }
    }

    var isNumeric: Bool { self == .integer || self == .decimal || self == .floating }
    var isTemporal: Bool { [.date, .time, .timestamp, .timestampTZ].contains(self) }

    /// True when a column of this family may hold what a contract means by the logical type.
    func fits(_ type: ContractType) -> Bool {
        switch type {
        case .string: [.text, .uuid, .json].contains(self)
        case .integer: self == .integer
        case .number: isNumeric
        case .boolean: self == .boolean
        case .date: self == .date
        case .time: self == .time
        case .timestamp: self == .timestamp || self == .timestampTZ
        case .array, .vector: self == .list || self == .json
        case .object: [.structure, .map, .json].contains(self)
        case .map: [.map, .structure, .json].contains(self)
        }
    }

    /// True when values of both compare as the same kind of thing, without a conversion that could fail.
    func compares(with other: TypeFamily) -> Bool {
        if self == other || (isNumeric && other.isNumeric) { return true }
        return [self, other].allSatisfy { $0 == .date || $0 == .timestamp }
    }
}
