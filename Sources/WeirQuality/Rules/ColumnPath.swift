import WeirCore

/// The way to a value in a row: a column, or a field inside an object column.
public struct ColumnPath: Sendable, Hashable, CustomStringConvertible, Codable {
    /// At least one part; the first is the column.
    public let parts: [String]

    public init(_ column: String) { parts = [column] }

    init(parts: [String]) { self.parts = parts }

    /// The column.
    public var root: String { parts.first ?? "" }

    /// Parts that stand for every item of an array, and every key or value of a map.
    static let items = "[]"
    static let mapKeys = "{key}"
    static let mapValues = "{value}"

    static func isMany(_ part: String) -> Bool { [items, mapKeys, mapValues].contains(part) }

    /// True for a path to the items of an array or the parts of a map.
    var isMany: Bool { parts.dropFirst().contains(where: Self.isMany) }

    /// `address.street`, `tags[]`, for people and rule ids.
    public var description: String {
        parts.dropFirst().reduce(root) { Self.isMany($1) ? $0 + $1 : "\($0).\($1)" }
    }

    /// The value in SQL, of the table alias `t`; for a path to items, the array or map that holds them. A field is
    /// reached by `struct_extract`, because a dotted name could as well be a table's.
    var sql: String {
        parts.dropFirst().prefix { !Self.isMany($0) }.reduce("t.\(SQL.quote(root))") {
            "struct_extract(\($0), \(SQL.literal($1)))"
        }
    }

    /// The object that holds the field, or nil for a column.
    var parent: ColumnPath? { parts.count > 1 ? ColumnPath(parts: Array(parts.dropLast())) : nil }

    public init(from decoder: any Decoder) throws {
        parts = try [decoder.singleValueContainer().decode(String.self)]
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        try box.encode(description)
    }
}
