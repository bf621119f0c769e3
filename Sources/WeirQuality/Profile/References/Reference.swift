import WeirCore

/// Columns whose values stand together in the key of a table: a foreign key that somebody may have meant.
public struct Reference: Sendable, Hashable, Codable {
    /// Tables are named as they were asked for.
    public var fromTable: String
    public var fromColumns: [String]
    public var toTable: String
    /// In the order of ``fromColumns``.
    public var toColumns: [String]
    /// Rows with a value in each column.
    public var filled: Int
    /// Rows whose value the key does not have.
    public var orphans: Int
    /// Of the key's values, the share that is referred to.
    public var coverage: Double
    /// 0 to 1: how much it looks like a foreign key, and not like an accident.
    public var plausibility: Double
    /// The query that shows the orphans.
    public var sql: String

    /// The first column; most references have no other.
    public var fromColumn: String { fromColumns.first ?? "" }
    public var toColumn: String { toColumns.first ?? "" }

    /// The part of a contract that would guard it: on the column, or on the object for several.
    public var check: String {
        let targets = toColumns.map { "\(toTable).\($0)" }
        if targets.count == 1 { return "relationships: [{ to: \(targets[0]) }]" }
        return
            "relationships: [{ from: [\(fromColumns.joined(separator: ", "))], to: [\(targets.joined(separator: ", "))] }]"
    }

    private static func together(_ columns: [String]) -> String {
        columns.count == 1 ? columns[0] : "(\(columns.joined(separator: ", ")))"
    }

    /// `customer_id of orders → id of customers, but for 3 of 120 rows`.
    public var words: String {
        let pair = "\(Self.together(fromColumns)) of \(fromTable) → \(Self.together(toColumns)) of \(toTable)"
        return orphans == 0
            ? pair : "\(pair), but for \(Figures.count(orphans)) of \(Figures.count(Int64(filled), "row"))"
    }
}

extension Reference {
    private enum Key: String, CodingKey {
        case fromTable, fromColumn, fromColumns, toTable, toColumn, toColumns, filled, orphans, coverage, plausibility,
            sql
    }

    public init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        fromTable = try box.decode(String.self, forKey: .fromTable)
        fromColumns = try box.decode([String].self, forKey: .fromColumns)
        toTable = try box.decode(String.self, forKey: .toTable)
        toColumns = try box.decode([String].self, forKey: .toColumns)
        filled = try box.decode(Int.self, forKey: .filled)
        orphans = try box.decode(Int.self, forKey: .orphans)
        coverage = try box.decode(Double.self, forKey: .coverage)
        plausibility = try box.decode(Double.self, forKey: .plausibility)
        sql = try box.decode(String.self, forKey: .sql)
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(fromTable, forKey: .fromTable)
        try box.encode(fromColumn, forKey: .fromColumn)
        try box.encode(fromColumns, forKey: .fromColumns)
        try box.encode(toTable, forKey: .toTable)
        try box.encode(toColumn, forKey: .toColumn)
        try box.encode(toColumns, forKey: .toColumns)
        try box.encode(filled, forKey: .filled)
        try box.encode(orphans, forKey: .orphans)
        try box.encode(coverage, forKey: .coverage)
        try box.encode(plausibility, forKey: .plausibility)
        try box.encode(sql, forKey: .sql)
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
