import WeirCore

/// A contract proposed from data, with what each of its rules rests on.
public struct ContractSuggestion: Sendable, Encodable {
    public var target: String
    public var rows: Int
    /// Rows that took no part in finding the rules, and that every rule was tried on.
    public var heldOutRows: Int
    public var rules: [Proposed]
    /// Rules that looked right on the other rows and that held-out rows break, or too few rows speak for.
    public var rejected: [Rejected]
    /// The contract's text; it loads, and the rows keep it.
    public var contract: String

    public struct Proposed: Sendable, Hashable, Encodable {
        public var rule: String
        public var columns: [String]
        public var says: String
        /// What was seen.
        public var evidence: String
        /// Held-out values that the rule was tried on, and none of which breaks it.
        public var heldOut: Int
        /// 0 to 1: how sure it is that fewer than 1 in 100 of the rows to come break it, as far as held-out rows can tell,
        /// less where a rule could be an accident of these rows.
        public var confidence: Double
    }

    public struct Rejected: Sendable, Hashable, Encodable {
        public var rule: String
        public var columns: [String]
        public var says: String
        public var why: String
    }
}
