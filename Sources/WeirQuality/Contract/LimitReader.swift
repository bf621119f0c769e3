import WeirCore

/// Reads a quality rule's operators and unit.
enum LimitReader {
    static let operators = [
        "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan", "mustBeLessOrEqualTo",
        "mustBeBetween", "mustNotBeBetween",
    ]

    /// The limit, or nil when the rule has no operator.
    static func read(_ map: YAMLMap) -> Limit? {
        var conditions: [Limit.Condition] = []
        for name in operators {
            guard let value = map.value(name), let condition = condition(name, value) else { continue }
            conditions.append(condition)
        }
        let unit = readUnit(map)
        let present = operators.filter { map.value($0) != nil }
        if present.count > 1 {
            map.report(
                "contract.several-operators", "\(present.joined(separator: " and ")) stand in one rule",
                hint: "make a rule of each, or write mustBeBetween: [low, high]", key: present[1])
        }
        return conditions.isEmpty ? nil : Limit(conditions, unit: unit)
    }

    /// Reports a limit that no number of rows can keep.
    static func checkCount(_ limit: Limit, _ map: YAMLMap) {
        let most = limit.unit == .percent ? 100 : Double.infinity
        for condition in limit.conditions {
            let isImpossible =
                switch condition {
                case .equal(let bound): bound < 0 || bound > most
                case .less(let bound): bound <= 0
                case .lessOrEqual(let bound): bound < 0
                case .greater(let bound): bound >= most
                case .greaterOrEqual(let bound): bound > most
                case .between(let low, let high): high < 0 || low > most
                case .notEqual, .notBetween: false
                }
            if isImpossible {
                map.report(
                    "contract.contradiction",
                    "no number of rows is \(Limit([condition], unit: limit.unit).text(of: "rows"))",
                    hint: limit.unit == .percent ? "a share is between 0 and 100 percent" : "a count is 0 or more",
                    key: condition.name)
            }
        }
    }

    private static func readUnit(_ map: YAMLMap) -> Limit.Unit {
        guard let text = map.string("unit") else { return .rows }
        switch text.lowercased() {
        case "rows", "row": return .rows
        case "percent", "%": return .percent
        default:
            map.report(
                "contract.unknown-value", "\"\(text)\" is not a unit",
                hint: DidYouMean.hint(for: text, among: ["rows", "percent"]), key: "unit")
            return .rows
        }
    }

    private static func condition(_ name: String, _ value: YAMLValue) -> Limit.Condition? {
        switch name {
        case "mustBeBetween": between(value).map { .between($0, $1) }
        case "mustNotBeBetween": between(value).map { .notBetween($0, $1) }
        default:
            number(value).map { bound in
                switch name {
                case "mustBe": .equal(bound)
                case "mustNotBe": .notEqual(bound)
                case "mustBeGreaterThan": .greater(bound)
                case "mustBeGreaterOrEqualTo": .greaterOrEqual(bound)
                case "mustBeLessThan": .less(bound)
                default: .lessOrEqual(bound)
                }
            }
        }
    }

    private static func between(_ value: YAMLValue) -> (Double, Double)? {
        let bounds = value.list()
        guard value.isList else { return nil }
        guard bounds.count == 2 else {
            value.report("contract.bad-bound", "between needs two numbers, like [0, 100]")
            return nil
        }
        guard let low = number(bounds[0]), let high = number(bounds[1]) else { return nil }
        if low > high {
            value.report(
                "contract.contradiction", "the smaller number comes first: [\(high.plainText), \(low.plainText)]")
            return nil
        }
        return (low, high)
    }

    /// A number, or a truth value as 1 or 0 for queries that return one.
    private static func number(_ value: YAMLValue) -> Double? {
        switch value.plain() {
        case .int(let number): return Double(number)
        case .double(let number): return number
        case .bool(let truth): return truth ? 1 : 0
        default:
            value.report("yaml.wrong-type", "an operator needs a number")
            return nil
        }
    }
}
