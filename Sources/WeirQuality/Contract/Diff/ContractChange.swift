import WeirCore

/// One difference between two versions of a contract, and whom it touches.
public struct ContractChange: Sendable, Hashable, Codable {
    public enum Impact: String, Sendable, Hashable, Codable, Comparable {
        /// Who reads the table may meet what the old contract ruled out, or miss what it promised.
        case breaking
        /// Rows that were good before may be refused now; who reads is none the worse.
        case stricter
        /// More is promised or offered, and nothing that was is taken back.
        case compatible
        /// Words for people; nothing that is checked.
        case note

        private var rank: Int { [.breaking, .stricter, .compatible, .note].firstIndex(of: self) ?? 0 }
        public static func < (a: Impact, b: Impact) -> Bool { a.rank < b.rank }
    }

    public var impact: Impact
    /// The object's name; nil for the contract as a whole.
    public var table: String?
    /// By its name in the table.
    public var column: String?
    /// What changed, in one sentence.
    public var what: String
    /// Why it matters.
    public var why: String
    /// Where it stands: in the new file, or in the old one for what is gone.
    public var place: Place
    /// Tables of the project that bind what changed; nil where no project was looked at.
    public var consumers: [Consumer]?

    public struct Consumer: Sendable, Hashable, Codable {
        public var table: TableName
        /// Its columns that are made of the changed one; empty where it only decides about rows.
        public var columns: [String]

        public init(table: TableName, columns: [String]) {
            self.table = table
            self.columns = columns
        }
    }

    init(
        _ impact: Impact, table: String? = nil, column: String? = nil, _ what: String, why: String,
        at place: Place = Place()
    ) {
        self.impact = impact
        self.table = table
        self.column = column
        self.what = what
        self.why = why
        self.place = place
    }
}

/// What changed between two versions of a contract.
public struct ContractDiff: Sendable, Hashable, Codable {
    public struct Side: Sendable, Hashable, Codable {
        public var file: String
        public var version: String
    }
    public var from: Side
    public var to: Side
    public var isBreaking: Bool
    /// The gravest first, then in the order of the file.
    public var changes: [ContractChange]
    /// Set when a breaking change comes without a new major version.
    public var versionAdvice: String?

    /// Compares two contracts without mistakes.
    ///
    /// - Throws: the mistakes of either file.
    public init(from old: ContractFile, to new: ContractFile) throws {
        let (before, after) = (try old.valid(), try new.valid())
        from = Side(file: old.source.path, version: before.version)
        to = Side(file: new.source.path, version: after.version)
        var found = ContractComparison(old: before, new: after).changes
        if let a = old.document, let b = new.document {
            found += DocumentNotes(old: a, new: b, files: (old, new)).changes
        }
        changes = found.enumerated().sorted { ($0.element.impact, $0.offset) < ($1.element.impact, $1.offset) }.map(
            \.element)
        isBreaking = changes.contains { $0.impact == .breaking }
        versionAdvice = Self.advice(before.version, after.version, changes)
    }

    private static func advice(_ old: String, _ new: String, _ changes: [ContractChange]) -> String? {
        guard let worst = changes.map(\.impact).min(), worst != .note else { return nil }
        if old == new { return "the contract changed, and its version is \(new) still" }
        let (a, b) = (number(old), number(new))
        guard worst == .breaking, let a, let b, a > 0 || b > 0 else { return nil }
        return b > a ? nil : "a breaking change asks for a new major version: \(a + 1).0.0"
    }

    private static func number(_ version: String) -> Int? { Int(version.trimmingPrefix("v").prefix { $0.isNumber }) }
}
