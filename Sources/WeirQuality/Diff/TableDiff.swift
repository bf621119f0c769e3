/// How two tables differ.
public struct TableDiff: Sendable, Hashable, Codable {
    public var a: Side
    public var b: Side
    public var key: Key
    public var method: Method
    /// True when neither rows nor columns differ.
    public var isSame: Bool
    public var rows: RowCounts
    /// Every column that was compared, the key not among them.
    public var columns: [ColumnCount]
    public var onlyInA: [NamedType] = []
    public var onlyInB: [NamedType] = []
    /// Columns that have another type on the other side. Their values are compared all the same.
    public var types: [TypePair] = []
    public var samples = Samples()
    /// What came over a connection; nil where nothing had to.
    public var moved: Moved?

    public enum Method: String, Sendable, Hashable, Codable {
        /// One full outer join inside of DuckDB.
        case join
        /// Checksums of segments, each side in its own database, and rows of the segments that differ.
        case checksums
    }

    public struct Side: Sendable, Hashable, Codable {
        public var target: String
        public var engine: String
        public var rows: Int
        /// Lines of a file that are no rows; they are in no other count.
        public var unreadableRows: Int
        /// Rows in which a column of the key is null. They are compared as a whole.
        public var nullKeys: Int
        /// Keys that more than one row has.
        public var duplicateKeys: Int
        /// Rows that have such a key. They are compared as a whole.
        public var duplicateRows: Int
    }

    public struct Key: Sendable, Hashable, Codable {
        /// Empty: rows are compared as a whole, so that none counts as changed.
        public var columns: [String]
        public var origin: DiffPlan.KeyOrigin
    }

    public struct RowCounts: Sendable, Hashable, Codable {
        public var same: Int
        /// Only in B.
        public var added: Int
        /// Only in A.
        public var removed: Int
        /// In both, with another value in some column.
        public var changed: Int
    }

    public struct ColumnCount: Sendable, Hashable, Codable {
        public var name: String
        public var changed: Int
    }

    public struct NamedType: Sendable, Hashable, Codable {
        public var name: String
        public var type: String

        init(_ column: DiffColumn) {
            name = column.name
            type = column.type
        }
    }

    public struct TypePair: Sendable, Hashable, Codable {
        public var name: String
        public var a: String
        public var b: String

        init(_ pair: ColumnPair) {
            name = pair.name
            a = pair.a.type
            b = pair.b.type
        }
    }

    /// A value as text; nil is NULL.
    public struct Cell: Sendable, Hashable, Codable {
        public var column: String
        public var value: String?
    }

    public struct ChangedRow: Sendable, Hashable, Codable {
        public var key: [Cell]
        public var changes: [Change]
    }

    public struct Change: Sendable, Hashable, Codable {
        public var column: String
        public var a: String?
        public var b: String?
    }

    /// The first rows of each kind, in the order of the key.
    public struct Samples: Sendable, Hashable, Codable {
        public var added: [[Cell]] = []
        public var removed: [[Cell]] = []
        public var changed: [ChangedRow] = []

        public init() {}
    }

    public struct Moved: Sendable, Hashable, Codable {
        /// Of values and checksums, as text; what the protocol adds is not counted.
        public var bytes = 0
        /// Rows that travelled, of both sides.
        public var rows = 0
        /// Segments that were compared by their checksums first, and those of them that differ.
        public var segments = 0
        public var differingSegments = 0
        /// How often segments were divided again.
        public var rounds = 0

        public init() {}
    }
}
