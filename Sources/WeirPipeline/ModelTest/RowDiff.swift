/// How the rows of a model differ from those that a test expects.
public struct RowDiff: Sendable, Hashable, Codable {
    /// The columns compared.
    public var columns: [String] = []
    public var expectedRows = 0
    public var actualRows = 0
    /// Expected rows that did not come, the first ``limit`` of them.
    public var missing: [[Cell]] = []
    /// Rows that came and were not expected, the first ``limit`` of them.
    public var unexpected: [[Cell]] = []
    /// Rows that came almost as expected, the first ``limit`` of them.
    public var changed: [Changed] = []
    public var missingCount = 0
    public var unexpectedCount = 0
    public var changedCount = 0
    /// Columns that the model returns and the test does not name, where it expects all.
    public var extraColumns: [String] = []
    /// The rows are right, and this one (1-based) is the first in another place than expected.
    public var firstOutOfOrder: Int?

    /// Most rows of each kind that are carried along.
    public static let limit = 20

    /// A value as text; nil is NULL. Columns that an expected row leaves open have no cell.
    public struct Cell: Sendable, Hashable, Codable {
        public var column: String
        public var value: String?
    }

    /// A row that came with other values in some columns.
    public struct Changed: Sendable, Hashable, Codable {
        public var expected: [Cell]
        public var actual: [Cell]
        /// The columns that differ.
        public var differing: [String]
    }

    public init() {}

    public var isEmpty: Bool {
        missingCount == 0 && unexpectedCount == 0 && changedCount == 0 && extraColumns.isEmpty && firstOutOfOrder == nil
    }
}
