import WeirCore

/// Rules that the standard has no word for: `type: custom`, `engine: weir`.
public enum CustomRule: Sendable, Hashable {
    case condition(Condition)
    case sequence(Sequence)
    case uniqueWithin(UniqueWithin)
    case rowsOf(RowsOf)
    case distribution(Distribution)

    /// A truth about the columns of one row, perhaps only of some rows.
    public struct Condition: Sendable, Hashable {
        /// An SQL condition that is true for a good row; neither true nor false (null) breaks nothing.
        public var check: String
        /// Only rows for which this is true are looked at.
        public var when: String?
    }

    /// How the values of a column follow each other.
    public struct Sequence: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case increasing
            case strictlyIncreasing = "strictly_increasing"
            case noGaps = "no_gaps"
        }
        public enum Step: Sendable, Hashable {
            /// A number, as written.
            case number(String)
            case time(Span)
        }
        public var kind: Kind
        /// The largest distance to the value before; 1, or a day, where nothing is said.
        public var step: Step?
        /// A sequence of its own for each value of these columns.
        public var partition: [String]
        /// What "before" means for a growing sequence; the order of the rows where nothing is said.
        public var order: String?
    }

    /// No two rows with the same values closer together than a time.
    public struct UniqueWithin: Sendable, Hashable {
        public var span: Span
        /// The column with the time.
        public var time: String
    }

    /// As many rows as another table has.
    public struct RowsOf: Sendable, Hashable {
        /// As the contract names it.
        public var table: String
        /// SQL conditions: which rows count here, and there.
        public var own: String?
        public var other: String?
    }

    /// The values of a column, held against those of a reference: another table, or other rows of this one.
    public struct Distribution: Sendable, Hashable {
        public enum Measure: Sendable, Hashable {
            /// Population stability index.
            case psi
            case mean
            /// The value that this share of rows stays below, as written: `0.95`.
            case quantile(String)
        }
        public var measure: Measure
        /// As the contract names it; nil for the same table.
        public var reference: String?
        /// SQL conditions: which rows count here, and in the reference.
        public var own: String?
        public var other: String?
    }
}

extension CustomRule {
    /// The rule as `implementation` says it.
    ///
    /// - Parameter columns: the rule's, as the contract names them.
    func tree(_ columns: [String]) -> YAMLTree {
        switch self {
        case .condition(let rule):
            .object(["check": .text(rule.check), "when": rule.when.map(YAMLTree.text)])
        case .sequence(let rule):
            .object([
                "sequence": .plain(rule.kind.rawValue), "column": columns.first.map(YAMLTree.text),
                "step": rule.step.map { step in
                    switch step {
                    case .number(let number): .plain(number)
                    case .time(let span): .text(span.description)
                    }
                },
                "partitionBy": .listed(rule.partition.map(YAMLTree.text)), "orderBy": rule.order.map(YAMLTree.text),
            ])
        case .uniqueWithin(let rule):
            .object([
                "unique": .list(columns.dropLast().map(YAMLTree.text)), "within": .text(rule.span.description),
                "time": .text(rule.time),
            ])
        case .rowsOf(let rule):
            .object([
                "rowsOf": .text(rule.table), "where": rule.own.map(YAMLTree.text),
                "whereThere": rule.other.map(YAMLTree.text),
            ])
        case .distribution(let rule):
            .object([
                "distribution": .plain(rule.measure.word), "column": columns.first.map(YAMLTree.text),
                "quantile": rule.measure.quantile.map(YAMLTree.plain),
                "reference": rule.reference.map(YAMLTree.text), "where": rule.own.map(YAMLTree.text),
                "whereThere": rule.other.map(YAMLTree.text),
            ])
        }
    }

    /// The rule in words, for people.
    public var words: String {
        switch self {
        case .condition(let rule): rule.when.map { "\(rule.check), when \($0)" } ?? rule.check
        case .sequence(let rule):
            switch rule.kind {
            case .increasing: "never falls" + tail(rule)
            case .strictlyIncreasing: "always grows" + tail(rule)
            case .noGaps: "has no gaps" + tail(rule)
            }
        case .uniqueWithin(let rule): "unique within \(rule.span) of \(rule.time)"
        case .rowsOf(let rule):
            "as many rows\(rule.own.map { " (\($0))" } ?? "") as \(rule.table)\(rule.other.map { " (\($0))" } ?? "")"
        case .distribution(let rule):
            "\(rule.measure.words)\(rule.own.map { " (\($0))" } ?? "") as in \(rule.reference ?? "the same table")\(rule.other.map { " (\($0))" } ?? "")"
        }
    }

    private func tail(_ rule: Sequence) -> String {
        (rule.partition.isEmpty ? "" : " within one \(rule.partition.joined(separator: ", "))")
            + (rule.order.map { " in the order of \($0)" } ?? "")
    }

    var isRowRule: Bool { if case .condition = self { true } else { false } }
    var namesRows: Bool {
        switch self {
        case .rowsOf, .distribution: false
        default: true
        }
    }
}

extension CustomRule.Distribution.Measure {
    static let words = ["psi", "mean", "quantile"]

    var word: String {
        switch self {
        case .psi: "psi"
        case .mean: "mean"
        case .quantile: "quantile"
        }
    }

    var quantile: String? { if case .quantile(let share) = self { share } else { nil } }

    var words: String {
        switch self {
        case .psi: "distribution (PSI)"
        case .mean: "mean"
        case .quantile(let share): "quantile \(share)"
        }
    }
}
