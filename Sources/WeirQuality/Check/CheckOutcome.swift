import WeirCore

/// What one rule found in one table.
public struct CheckOutcome: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable {
        /// No row breaks the rule, or the measured value is as wanted.
        case passed
        /// Rows break the rule, and its limit allows that many.
        case accepted
        /// The limit does not hold, and the rule only reports.
        case warned
        /// The limit does not hold, and the rows leave for quarantine.
        case quarantined
        /// The limit does not hold, and nothing may be published.
        case failed
        /// Weir read the rule and cannot check it; `detail` says why.
        case notChecked
    }

    /// The rule's id.
    public var rule: String
    /// The contract's own name for the rule.
    public var name: String?
    public var columns: [String]
    public var severity: Severity
    public var dimension: String?
    public var status: Status
    /// Rows that break the rule. For a unique rule these are the rows too many: the first row of each value
    /// breaks nothing.
    public var violating: Int?
    /// For a unique rule every row that shares its value with another, the first ones too.
    public var affected: Int?
    /// The value of a rule that counts no rows: rows of the table, age in seconds, result of a query.
    public var measured: Double?
    /// What was wanted, in words.
    public var limit: String
    /// Beyond which limit the rule warns, where it has one for that.
    public var warnLimit: String?
    /// What else there is to say, in one sentence.
    public var detail: String?
    /// Why the table's own database could not decide the rule, so that its columns were fetched and DuckDB did.
    public var fetched: String?
    /// A query that shows the rows or the value, for the published name of the table.
    public var sql: String?
    /// Up to five of the violating rows.
    public var samples: [Sample]
    /// Where the rule stands in the contract.
    public var place: Place

    /// A violating row: its values in the rule's columns.
    public struct Sample: Sendable, Hashable, Codable {
        public var values: [Cell]
    }

    public struct Cell: Sendable, Hashable, Codable {
        public var column: String
        /// Nil for null. `•••` where the contract's classification hides the value.
        public var value: String?
    }

    init(
        _ rule: Rule, _ status: Status, violating: Int? = nil, affected: Int? = nil, measured: Double? = nil,
        detail: String? = nil, sql: String? = nil
    ) {
        self.rule = rule.id
        self.name = rule.name
        self.columns = rule.columns.map(\.description)
        self.severity = rule.severity
        self.dimension = rule.dimension
        self.status = status
        self.violating = violating
        self.affected = affected
        self.measured = measured
        self.limit = rule.limitText
        self.warnLimit = rule.warnLimit.map { $0.text(of: rule.kind.namesRows ? "rows" : "") }
        self.detail = detail
        self.sql = sql
        self.samples = []
        self.place = rule.place
    }

    init(id: String, columns: [String], _ status: Status, wanted: String, detail: String?, place: Place) {
        self.rule = id
        self.columns = columns
        self.severity = .error
        self.status = status
        self.limit = wanted
        self.detail = detail
        self.samples = []
        self.place = place
    }
}

extension CheckOutcome {
    /// What an audit tells: of the schema, of each rule in the contract's order, and of what is not checked.
    ///
    /// - Parameters:
    ///   - columns: those that the table has.
    ///   - outcomes: of the rules that were decided, by id.
    ///   - undecidable: why a rule cannot run, by id.
    static func all(
        of contract: TableContract, columns: [Column], rules: [Rule], outcomes: [String: CheckOutcome],
        undecidable: [String: String], policy: OnFail
    ) -> [CheckOutcome] {
        var all = SchemaCheck.compare(contract, columns).map { outcome in
            var outcome = outcome
            if policy == .warn { outcome.status = .warned }
            return outcome
        }
        for rule in rules {
            if let outcome = outcomes[rule.id] {
                all.append(outcome)
            } else if let why = undecidable[rule.id] {
                // A rule that cannot run must not look like one that passed.
                all.append(CheckOutcome(rule, undecided: why, policy: policy))
            }
        }
        return all
            + contract.notChecked.map {
                CheckOutcome(id: $0.key, columns: [], .notChecked, wanted: "", detail: $0.why, place: $0.place)
            }
    }
}

extension Rule {
    /// The limit in words that fit the kind of rule.
    var limitText: String {
        switch kind {
        case .rowCount: limit.text(of: "rows")
        case .freshness(let seconds): "at most \(Self.age(seconds)) old"
        case .sql: limit.text(of: "")
        case .custom(.rowsOf):
            limit == .none
                ? "as many rows"
                : limit.unit == .percent ? limit.text(of: "") : "a difference of \(limit.text(of: "rows"))"
        case .custom(.distribution):
            limit.text(of: "").replacing("% of rows", with: "% of that of the reference")
        default: limit == .none ? "no row" : limit.text(of: "rows")
        }
    }

    static func age(_ seconds: Double) -> String {
        guard let whole = Int64(exactly: seconds.rounded()) else { return "\(seconds.plainText) seconds" }
        return Span(seconds: whole).description
    }
}
