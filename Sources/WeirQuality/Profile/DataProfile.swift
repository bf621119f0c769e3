import WeirCore

/// Everything a profile tells of a table: what its columns hold, how they hang together, and what a careful person
/// would point out.
///
/// It is a plain value with a stable JSON form (Documentation: "Profiles"), made by ``Profiler``.
public struct DataProfile: Sendable, Hashable, Codable {
    /// What was asked for: a file, a glob, a table or a query.
    public var target: String
    /// Version of the engine that computed it.
    public var engine: String
    /// Rows looked at.
    public var rows: Int
    /// Set when the rows are a sample of a larger table.
    public var sample: Sample?
    /// Size of the files; nil for tables and queries.
    public var bytes: Int?
    /// Rows that could not be read, and are not among ``rows``.
    public var unreadableRows: Int
    public var columns: [ColumnFacts]
    public var table: TableFacts
    /// The most telling first.
    public var findings: [Finding]

    public init(target: String, engine: String, rows: Int, columns: [ColumnFacts]) {
        self.target = target
        self.engine = engine
        self.rows = rows
        self.unreadableRows = 0
        self.columns = columns
        self.table = TableFacts()
        self.findings = []
    }

    /// How rows were chosen.
    public struct Sample: Sendable, Hashable, Codable {
        /// Rows of the whole table; nil where that is not known.
        public var of: Int?
        public var why: String
    }

    public func column(_ name: String) -> ColumnFacts? { columns.first { $0.name == name } }
}

/// Facts about rows and about columns together.
public struct TableFacts: Sendable, Hashable, Codable {
    /// Rows that equal an earlier row in every column; nil where that was not counted.
    public var duplicateRows: Int?
    /// Which columns are null together, the most frequent pattern first.
    public var missing: [MissingPattern] = []
    /// Strong relations between two columns, the strongest first.
    public var correlations: [Correlation] = []
    /// Sets of columns without doubles, the most plausible first.
    public var keys: [CandidateKey] = []
    /// Which columns follow from which; nil where that was not looked for.
    public var dependencies: DependencyFacts?

    /// Columns that are null in the same rows.
    public struct MissingPattern: Sendable, Hashable, Codable {
        public var columns: [String]
        public var rows: Int
    }

    public struct Correlation: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Hashable, Codable {
            case pearson, spearman
            case cramersV = "cramers_v"
        }
        public var first: String
        public var second: String
        public var kind: Kind
        /// −1 to 1; Cramér's V is 0 to 1.
        public var value: Double
    }

    public struct CandidateKey: Sendable, Hashable, Codable {
        public var columns: [String]
        /// Rows too many for a key.
        public var duplicates: Int
        /// 0 to 1: how much it looks like a key, and not like an accident.
        public var plausibility: Double
    }
}

extension DataProfile {
    /// Makes the findings again, after something was added that they speak of.
    public mutating func remakeFindings() { findings = FindingMaker(profile: self).make() }
}
