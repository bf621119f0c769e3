import WeirCore

/// One rule of a contract, ready to be compiled to SQL.
public struct Rule: Sendable, Hashable {
    /// Stable and readable, as it appears in quarantine and reports: `not_null(email)`. Unique in its table.
    public var id: String
    public var kind: RuleKind
    /// The columns it looks at; empty for a rule about the whole table.
    public var columns: [ColumnPath]
    public var severity: Severity
    /// What the count of violating rows (or the measured value) must be.
    public var limit: Limit
    /// A stricter limit: where only this one does not hold, the rule warns (`weir.warn`).
    public var warnLimit: Limit?
    public var tolerance: Tolerance?
    /// Set where the rule or its column says so itself.
    public var onFail: OnFail?
    /// The contract's own name for it (`name`, else `id`).
    public var name: String?
    public var description: String?
    public var dimension: String?
    public var place: Place

    public init(
        _ kind: RuleKind, columns: [ColumnPath] = [], severity: Severity = .error, limit: Limit = .none,
        tolerance: Tolerance? = nil, onFail: OnFail? = nil, name: String? = nil, description: String? = nil,
        dimension: String? = nil, place: Place = Place()
    ) {
        self.kind = kind
        self.columns = columns
        self.severity = severity
        self.limit = limit
        self.tolerance = tolerance
        self.onFail = onFail
        self.name = name
        self.description = description
        self.dimension = dimension
        self.place = place
        self.id = kind.id(columns: columns, name: name)
    }
}

/// What a rule checks.
public enum RuleKind: Sendable, Hashable {
    /// The value is there.
    case notNull
    /// The value is not one of those that stand for a missing one (null may be among them).
    case notMissing([PlainValue])
    case acceptedValues([PlainValue])
    /// The text contains a match of the pattern, as in ECMA-262 and JSON Schema; `^` and `$` anchor it.
    case pattern(TextPattern)
    case format(TextFormat)
    case range(ValueRange)
    /// A whole multiple of a number, kept as written.
    case multipleOf(String)
    /// Characters of a text.
    case length(min: Int?, max: Int?)
    /// Items of an array.
    case itemCount(min: Int?, max: Int?)
    case uniqueItems
    /// No two rows have the same values; rows with a null among them are left out.
    case unique
    case foreignKey(ForeignKey)
    case rowCount
    /// The newest value of the column is at most this old.
    case freshness(seconds: Double)
    /// A query that returns one number or boolean.
    case sql(String)
    /// A rule in Weir's own words.
    case custom(CustomRule)

    /// True when the rule is decided by looking at one row alone.
    public var isRowRule: Bool {
        switch self {
        case .unique, .foreignKey, .rowCount, .freshness, .sql: false
        case .custom(let rule): rule.isRowRule
        default: true
        }
    }

    /// True when the rule can name the rows that break it.
    public var namesRows: Bool {
        switch self {
        case .rowCount, .freshness, .sql: false
        case .custom(let rule): rule.namesRows
        default: true
        }
    }

    func id(columns: [ColumnPath], name: String?) -> String {
        let list = columns.map(\.description).joined(separator: ", ")
        return switch self {
        case .notNull: "not_null(\(list))"
        case .notMissing: "not_missing(\(list))"
        case .acceptedValues: "accepted_values(\(list))"
        case .pattern: "pattern(\(list))"
        case .format(let format): "\(format.rawValue)(\(list))"
        case .range: "range(\(list))"
        case .multipleOf: "multiple_of(\(list))"
        case .length: "length(\(list))"
        case .itemCount: "items(\(list))"
        case .uniqueItems: "unique_items(\(list))"
        case .unique: "unique(\(list))"
        case .foreignKey(let key): "foreign_key(\(list) -> \(key.description))"
        case .rowCount: "row_count"
        case .freshness: "freshness(\(list))"
        case .sql: "sql(\(name ?? (list.isEmpty ? "query" : list)))"
        case .custom(.condition): "condition(\(name ?? (list.isEmpty ? "row" : list)))"
        case .custom(.sequence): "sequence(\(columns.first?.description ?? ""))"
        case .custom(.uniqueWithin): "unique_within(\(columns.dropLast().map(\.description).joined(separator: ", ")))"
        case .custom(.rowsOf(let rule)): "rows_of(\(rule.table))"
        case .custom(.distribution(let rule)): "\(rule.measure.word)(\(columns.first?.description ?? ""))"
        }
    }
}

/// The smallest and largest value allowed; null bounds are open. Bounds are kept as written, so that no
/// digit is lost: `0.1`, `2024-01-31`, `18446744073709551615`.
public struct ValueRange: Sendable, Hashable {
    public var minimum: String?
    public var maximum: String?
    public var exclusiveMinimum: String?
    public var exclusiveMaximum: String?
    /// The bounds are numbers; else dates or times.
    public var isNumeric: Bool

    public init(
        minimum: String? = nil, maximum: String? = nil, exclusiveMinimum: String? = nil,
        exclusiveMaximum: String? = nil, isNumeric: Bool = true
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.exclusiveMinimum = exclusiveMinimum
        self.exclusiveMaximum = exclusiveMaximum
        self.isNumeric = isNumeric
    }

    var isOpen: Bool { bounds.isEmpty }

    /// The comparison that a violating value makes true, and the bound.
    var bounds: [(violation: String, bound: String)] {
        [("<", minimum), (">", maximum), ("<=", exclusiveMinimum), (">=", exclusiveMaximum)]
            .compactMap { pair in pair.1.map { (pair.0, $0) } }
    }
}

/// Where a foreign key points.
public struct ForeignKey: Sendable, Hashable, CustomStringConvertible {
    /// The table as the contract names it: an object's name, or `schema.table`.
    public var table: String
    public var columns: [String]

    public init(table: String, columns: [String]) {
        self.table = table
        self.columns = columns
    }

    public var description: String {
        columns.count == 1 ? "\(table).\(columns[0])" : "\(table)(\(columns.joined(separator: ", ")))"
    }
}
