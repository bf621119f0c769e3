import WeirCore

/// Which rows an audit looks at.
public struct AuditScope: Sendable, Hashable {
    /// The table that holds the rows under test: a staging table, or any table or view.
    public var table: TableName
    /// Its name once published, for messages and rules that name it.
    public var declared: TableName
    /// Published rows that stay beside the new ones (append, merge). Uniqueness, row count, freshness and
    /// SQL rules take them into account; rules about rows do not check them again.
    public var existing: TableName?
    /// With `existing`: its rows with the same values in these columns are replaced by the new ones (merge).
    public var scopeKeysReplaced: [String]?
    /// The key of rows that come in several versions: of one key, rows that leave for another reason are no doubles
    /// of the one that stays.
    public var versionKey: [String]?
    /// Rows that never reached the table because they could not be read. They count towards percentages and
    /// the table's tolerance.
    public var malformedRows: Int
    /// The time that freshness is measured at, in microseconds since 1970-01-01 UTC; nil is now.
    public var now: Int64?

    public init(
        table: TableName, declared: TableName, existing: TableName? = nil, scopeKeysReplaced: [String]? = nil,
        malformedRows: Int = 0, now: Int64? = nil
    ) {
        self.table = table
        self.declared = declared
        self.existing = existing
        self.scopeKeysReplaced = scopeKeysReplaced
        self.malformedRows = malformedRows
        self.now = now
    }
}

/// What an audit found, and what has to happen.
public struct AuditResult: Sendable, Hashable, Codable {
    public enum Verdict: Sendable, Hashable, Codable {
        /// Every row may be published.
        case pass
        /// The rows of ``AuditResult/failedTable`` leave; the others may be published.
        case quarantine
        /// Nothing may be published, for this reason.
        case stop(reason: String)
    }

    /// Rows under test.
    public var rows: Int
    public var outcomes: [CheckOutcome]
    /// The temporary table `(rid BIGINT, reasons VARCHAR[])` of the rows to remove, quoted for SQL. `rid` is
    /// the `rowid` of the table under test, `reasons` are ids of the rules that remove the row. It lives on
    /// the connection until the next audit of the same table. For a view there is no `rid` to join.
    public var failedTable: String
    public var failedRows: Int
    public var verdict: Verdict
    /// As ``AuditDetail`` asks for them.
    public var segments: [CheckSegment] = []
    public var failing: [FailingRow] = []
}
