/// What the number of violating rows, or another measured value, must be for a rule to hold.
///
/// The standard's operators. It says that `mustBeBetween` equals "greater than" and "less than", which other
/// tools read in different ways; Weir takes both bounds as allowed values. Several operators must all hold.
public struct Limit: Sendable, Hashable {
    public enum Unit: String, Sendable, Hashable, Codable { case rows, percent }

    public enum Condition: Sendable, Hashable {
        case equal(Double)
        case notEqual(Double)
        case greater(Double)
        case greaterOrEqual(Double)
        case less(Double)
        case lessOrEqual(Double)
        case between(Double, Double)
        case notBetween(Double, Double)
    }

    public var conditions: [Condition]
    /// Percent are of the rows of the table under test.
    public var unit: Unit

    public init(_ conditions: [Condition], unit: Unit = .rows) {
        self.conditions = conditions
        self.unit = unit
    }

    /// No violating row at all.
    public static let none = Limit([.equal(0)])

    public func holds(_ value: Double) -> Bool { conditions.allSatisfy { $0.holds(value) } }

    /// Whether a number of rows satisfies the limit, in its unit.
    ///
    /// - Parameter rows: the base of percentages.
    func holds(violating: Int, of rows: Int) -> Bool {
        switch unit {
        case .rows: holds(Double(violating))
        case .percent: holds(rows == 0 ? 0 : Double(violating) * 100 / Double(rows))
        }
    }

    /// True when having no violating row satisfies the limit, so that removing them all mends it.
    public var holdsWithoutViolations: Bool { holds(0) }
}

extension Limit.Condition {
    func holds(_ value: Double) -> Bool {
        switch self {
        case .equal(let bound): value == bound
        case .notEqual(let bound): value != bound
        case .greater(let bound): value > bound
        case .greaterOrEqual(let bound): value >= bound
        case .less(let bound): value < bound
        case .lessOrEqual(let bound): value <= bound
        case .between(let low, let high): value >= low && value <= high
        case .notBetween(let low, let high): value < low || value > high
        }
    }
}

extension Limit: CustomStringConvertible {
    /// `at most 1 % of rows`.
    public var description: String { text(of: "rows") }

    func text(of things: String) -> String {
        let unit =
            switch self.unit {
            case .percent: "% of rows"
            case .rows: things.isEmpty ? "" : " \(things)"
            }
        return conditions.map { $0.words(unit) }.joined(separator: " and ")
    }
}

extension Limit.Condition {
    fileprivate func words(_ unit: String) -> String {
        switch self {
        case .equal(let bound): bound.plainText + unit
        case .notEqual(let bound): "not \(bound.plainText)\(unit)"
        case .greater(let bound): "more than \(bound.plainText)\(unit)"
        case .greaterOrEqual(let bound): "at least \(bound.plainText)\(unit)"
        case .less(let bound): "less than \(bound.plainText)\(unit)"
        case .lessOrEqual(let bound): "at most \(bound.plainText)\(unit)"
        case .between(let low, let high): "\(low.plainText) to \(high.plainText)\(unit), both allowed"
        case .notBetween(let low, let high): "not \(low.plainText) to \(high.plainText)\(unit), both excluded"
        }
    }
}
