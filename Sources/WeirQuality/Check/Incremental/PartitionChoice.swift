import WeirCore

/// By which columns a table is divided into parts, and what tells that a part changed.
public struct PartitionChoice: Sendable, Hashable {
    /// What a part is known by.
    public enum Changes: String, Sendable, Codable, CaseIterable {
        /// The number of its rows and a hash of every value that the rules look at: every change of these is seen.
        case content
        /// The number of its rows alone: a part whose rows were changed in place, or replaced by as many others,
        /// counts as unchanged.
        case rows
    }

    /// Dates and plain values divide by themselves, timestamps by their day (UTC).
    public var columns: [String]
    public var changes: Changes

    public init(columns: [String], changes: Changes = .content) {
        self.columns = columns
        self.changes = changes
    }
}

extension TableContract {
    /// The columns that the contract calls `partitioned`, in the order of `partitionKeyPosition`.
    public var partitionColumns: [String] {
        columns.enumerated().filter { $0.element.partitionPosition != nil }
            .sorted {
                ($0.element.partitionPosition ?? 0, $0.offset) < ($1.element.partitionPosition ?? 0, $1.offset)
            }
            .map(\.element.columnName)
    }
}

/// What a check counted in one part of a table. States of parts add up to that of the table.
public struct PartitionState: Sendable, Hashable, Codable {
    public struct Count: Sendable, Hashable, Codable {
        /// Rows that break the rule.
        public var violating: Int
        /// For a rule about doubles: every row that shares its value with another.
        public var affected: Int?
    }

    /// The newest value of a column.
    public struct Newest: Sendable, Hashable, Codable {
        /// Since 1970 UTC.
        public var micros: Int64
        /// As it is shown.
        public var text: String
    }

    public var rows: Int
    /// By rule.
    public var counts: [String: Count] = [:]
    /// By rule; a part whose column is empty has none.
    public var newest: [String: Newest] = [:]

    public init(rows: Int) { self.rows = rows }
}

/// How a check that reads only what changed was done.
public struct IncrementalReport: Sendable, Hashable, Codable {
    /// The columns that divide the table.
    public var columns: [String]
    public var changes: PartitionChoice.Changes
    /// Parts that the table has.
    public var parts: Int
    /// Parts that were new or changed, and so were read.
    public var read: Int
    /// Parts that are gone since they were last counted.
    public var removed: Int
    /// Rules that do not add up over parts, and so were decided over all rows.
    public var overAllRows: [String]
}
