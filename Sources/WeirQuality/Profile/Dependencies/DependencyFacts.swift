/// Which columns of a table follow from which, and which columns together tell every row from every other.
///
/// `from → to` holds when rows that are equal in `from` are equal in `to`; null equals null. It is minimal when no part
/// of `from` is enough.
public struct DependencyFacts: Sendable, Hashable, Codable {
    /// Rows that were searched.
    public var rows: Int
    /// Rows of the whole table, when those searched are a sample of it: what is told of columns was then proved, or
    /// counted, on all of them, and others may be missing.
    public var sampledFrom: Int?
    /// Columns that were searched.
    public var columns: [String]
    /// Left sides with more columns than this were given up for want of time or memory; nil when all are known.
    public var completeUpTo: Int?
    /// Minimal dependencies that hold in the rows searched.
    public var minimal: Int
    /// Those among them that follow from a key on the left side.
    public var fromKeys: Int
    /// Minimal sets of columns without doubles in the rows searched.
    public var minimalKeys: Int
    /// The most plausible of those that hold without an exception, and do not follow from a key.
    public var exact: [Dependency] = []
    /// The most plausible of those that hold but for a few rows.
    public var approximate: [Dependency] = []
}

/// Rows that are equal in some columns are equal in another.
public struct Dependency: Sendable, Hashable, Codable {
    public var from: [String]
    public var to: String
    /// Rows that would have to change for it to hold.
    public var violations: Int
    /// Rows that repeat the left side of another row: as many chances for it to fail.
    public var repeats: Int
    /// 0 to 1: how much it looks like a rule, and not like an accident of these rows.
    public var plausibility: Double
}
