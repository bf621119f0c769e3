import WeirCore

/// A column whose values stand in the key of a table: a foreign key that somebody may have meant.
public struct Reference: Sendable, Hashable, Codable {
    /// Tables are named as they were asked for.
    public var fromTable: String
    public var fromColumn: String
    public var toTable: String
    public var toColumn: String
    /// Rows with a value.
    public var filled: Int
    /// Rows whose value the key does not have.
    public var orphans: Int
    /// Of the key's values, the share that is referred to.
    public var coverage: Double
    /// 0 to 1: how much it looks like a foreign key, and not like an accident.
    public var plausibility: Double
    /// The query that shows the orphans.
    public var sql: String

    /// The part of a contract that would guard it, on the column.
    public var check: String { "relationships: [{ to: \(toTable).\(toColumn) }]" }

    /// `customer_id of orders → id of customers, but for 3 of 120 rows`.
    public var words: String {
        let pair = "\(fromColumn) of \(fromTable) → \(toColumn) of \(toTable)"
        return orphans == 0
            ? pair : "\(pair), but for \(Figures.count(orphans)) of \(Figures.count(Int64(filled), "row"))"
    }
}

/// Several tables looked at together.
public struct ProfileGroup: Sendable, Hashable, Codable {
    public var tables: [DataProfile]
    /// The most plausible first.
    public var references: [Reference]

    public init(tables: [DataProfile], references: [Reference]) {
        self.tables = tables
        self.references = references
    }
}
