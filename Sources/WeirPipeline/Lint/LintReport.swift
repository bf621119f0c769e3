import WeirCore

/// What a project leaves unsaid. Nothing here keeps it from running.
public struct LintReport: Sendable, Hashable, Codable {
    /// The words are stable: programs may filter by them.
    public enum Rule: String, Sendable, Codable, CaseIterable {
        case modelWithoutWhy = "model-without-why"
        case modelWithoutContract = "model-without-contract"
        case modelWithoutTest = "model-without-test"
        case tableWithoutOwner = "table-without-owner"
        case sourceWithoutContract = "source-without-contract"
        /// Some of the table's columns are described and others are not.
        case columnWithoutDescription = "column-without-description"
    }

    public struct Finding: Sendable, Hashable, Codable {
        public var rule: Rule
        public var table: TableName
        public var message: String
        /// What to write, and where.
        public var hint: String
        public var place: Place
    }

    /// By table in the order of the project's files, and by rule.
    public var findings: [Finding]
    /// Tables that were looked at.
    public var tables: Int
}
