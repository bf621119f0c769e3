import WeirCore

/// What a table looks like: enough to propose a contract for it.
public struct TableProfile: Sendable, Hashable, Codable {
    public var rows: Int
    public var columns: [ColumnProfile]

    public init(rows: Int, columns: [ColumnProfile]) {
        self.rows = rows
        self.columns = columns
    }
}

/// What one column looks like.
public struct ColumnProfile: Sendable, Hashable, Codable {
    public var name: String
    /// As DuckDB writes it.
    public var type: String
    public var nulls: Int
    /// An estimate (HyperLogLog), never above the number of values.
    public var approximateDistinct: Int
    /// Smallest and largest value as text; nil where there is none, or where the type has no order to speak of.
    public var minimum: String?
    public var maximum: String?
    /// Characters of the shortest and longest text.
    public var shortest: Int?
    public var longest: Int?
    /// Every value of a column that has few, sorted; nil where there are more than ``QuickProfile/fewValues``.
    public var values: [String]?
    /// True when no value stands twice, counted exactly; nil where the estimate already rules it out.
    public var isUnique: Bool?
    /// The format that every value has.
    public var format: String?

    var family: TypeFamily { TypeFamily(sql: type) }
}
