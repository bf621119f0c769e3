import WeirCore

/// What `weir init` wrote and found.
public struct InitReport: Sendable, Encodable {
    /// Absolute path of the project.
    public var project: String
    /// Files written, relative to the project.
    public var written: [String]
    /// Files that were there and stayed as they were.
    public var kept: [String]
    /// Tables found in the given files; empty for the sample project.
    public var tables: [FoundTable]
    /// Files that could not be made a table of, each with the reason.
    public var leftOut: [WeirError]

    /// A table that `weir init --from` found in files.
    public struct FoundTable: Sendable, Encodable, Hashable {
        /// `raw.orders`.
        public var source: String
        /// `staging.orders`.
        public var model: String
        /// Files that it was found in.
        public var files: Int
        public var rows: Int
        /// Lines that do not fit the other lines' columns. A run sets them aside in quarantine.
        public var malformed: Int
        public var columns: Int
        public var key: [String]
        /// Rules that the contract has.
        public var rules: Int
        /// What a person should know about it.
        public var notes: [String]
    }
}
