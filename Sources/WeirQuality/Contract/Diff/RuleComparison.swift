import WeirCore

/// Compares the rules of two versions of a table's contract.
struct RuleComparison {
    let old: TableContract
    let new: TableContract

    var changes: [ContractChange] {
        let (before, after) = (Self.keyed(old), Self.keyed(new))
        var changes: [ContractChange] = []
        for (key, rule) in before {
            if let other = after.first(where: { $0.key == key })?.rule {
                if let change = compare(rule, other) { changes.append(change) }
            } else if !isGone(rule) {
                changes.append(
                    change(
                        rule.severity == .error ? .breaking : .note, rule, "\(rule.id) is gone (\(rule.words))",
                        rule.severity == .error ? "rows that were refused may come now" : "it only reported"))
            }
        }
        for (key, rule) in after where !before.contains(where: { $0.key == key }) && !isNew(rule) {
            changes.append(
                change(
                    rule.severity == .error ? .stricter : .note, rule, "\(rule.id) is new (\(rule.words))",
                    rule.severity == .error ? "rows that were good before may be refused" : "it only reports"))
        }
        return changes
    }

    /// Rules by what they are about, so that one whose values changed is found again. The key's own rules follow from
    /// the key, which is compared apart.
    private static func keyed(_ table: TableContract) -> [(key: String, rule: Rule)] {
        table.rules.filter { rule in
            !(rule.kind == .unique && rule.columns.map(\.root) == table.primaryKey && RuleWriter.isPlain(rule))
        }.map { rule in
            let id = rule.id.lowercased()
            return (rule.name.map { "\($0)|\(id)" } ?? id, rule)
        }
    }

    /// The column itself is gone or new, which says it all.
    private func isGone(_ rule: Rule) -> Bool {
        rule.columns.contains { path in new.column(path.root) == nil && old.column(path.root) != nil }
    }

    private func isNew(_ rule: Rule) -> Bool {
        rule.columns.contains { path in old.column(path.root) == nil && new.column(path.root) != nil }
    }

    private func change(_ impact: ContractChange.Impact, _ rule: Rule, _ what: String, _ why: String) -> ContractChange
    {
        ContractChange(impact, table: new.name, column: rule.columns.first?.root, what, why: why, at: rule.place)
    }

    private func compare(_ old: Rule, _ new: Rule) -> ContractChange? {
        if old.severity != new.severity {
            let isWeaker = old.severity == .error
            return change(
                isWeaker ? .breaking : new.severity == .error ? .stricter : .note, new,
                "\(new.id) is of severity \(new.severity.rawValue), and was \(old.severity.rawValue)",
                isWeaker ? "rows that break it are no longer kept out" : "it decides about rows now")
        }
        let verdict = RuleOrder(old, new)
        guard let verdict else {
            guard old.warnLimit != new.warnLimit else { return nil }
            return change(.note, new, "\(new.id): \(new.words), and was: \(old.words)", "a warning refuses nothing")
        }
        guard new.severity == .error else {
            return change(.note, new, "\(new.id): \(new.words), and was: \(old.words)", "it only reports")
        }
        return change(verdict.impact, new, "\(new.id): \(new.words), and was: \(old.words)", verdict.why)
    }
}

/// Which of two versions of a rule lets more through.
struct RuleOrder {
    let impact: ContractChange.Impact
    let why: String

    /// Nil when both say the same.
    init?(_ old: Rule, _ new: Rule) {
        if old.kind == new.kind, old.limit == new.limit { return nil }
        if old.kind != new.kind, let order = Self.order(old.kind, new.kind) {
            (impact, why) = order
        } else if old.kind != new.kind {
            impact = .breaking
            why = "the two cannot be compared, so what comes may differ"
        } else {
            let looser = Self.loosened(old.limit, new.limit)
            impact = looser == false ? .stricter : .breaking
            why =
                looser == false
                ? "fewer rows may break it" : looser == true ? "more rows may break it" : "another number is wanted"
        }
    }

    private static func order(_ old: RuleKind, _ new: RuleKind) -> (ContractChange.Impact, String)? {
        switch (old, new) {
        case (.acceptedValues(let before), .acceptedValues(let after)):
            let added = Set(after).subtracting(before)
            let removed = Set(before).subtracting(after)
            if !added.isEmpty {
                return (.breaking, "new values may come: \(added.compactMap(\.text).sorted().joined(separator: ", "))")
            }
            return (.stricter, "no longer taken: \(removed.compactMap(\.text).sorted().joined(separator: ", "))")
        case (.notMissing(let before), .notMissing(let after)):
            return Set(before).isSubset(of: Set(after))
                ? (.stricter, "more values stand for nothing") : (.breaking, "values that stood for nothing may come")
        case (.range(let before), .range(let after)):
            let isWider = bounds(before, after, numeric: before.isNumeric)
            return isWider
                ? (.breaking, "values outside of the old range may come") : (.stricter, "the range is narrower")
        case (.length(let a, let b), .length(let c, let d)), (.itemCount(let a, let b), .itemCount(let c, let d)):
            let isWider = (c ?? 0) < (a ?? 0) || (d ?? .max) > (b ?? .max)
            return isWider ? (.breaking, "longer or shorter values may come") : (.stricter, "the bounds are narrower")
        case (.freshness(let before), .freshness(let after)):
            return after > before
                ? (.breaking, "the newest row may be older") : (.stricter, "the newest row must be younger")
        default: return nil
        }
    }

    /// True when the new range reaches beyond the old one anywhere.
    private static func bounds(_ old: ValueRange, _ new: ValueRange, numeric: Bool) -> Bool {
        func key(_ text: String?) -> (Double, String)? {
            text.map { (numeric ? Double($0) ?? 0 : 0, numeric ? "" : $0) }
        }
        func low(_ range: ValueRange) -> ((Double, String), Bool)? {
            key(range.minimum).map { ($0, false) } ?? key(range.exclusiveMinimum).map { ($0, true) }
        }
        func high(_ range: ValueRange) -> ((Double, String), Bool)? {
            key(range.maximum).map { ($0, false) } ?? key(range.exclusiveMaximum).map { ($0, true) }
        }
        let isLower: Bool
        switch (low(old), low(new)) {
        case (nil, _): isLower = false
        case (_?, nil): isLower = true
        case (let a?, let b?): isLower = b.0 < a.0 || (b.0 == a.0 && a.1 && !b.1)
        }
        let isHigher: Bool
        switch (high(old), high(new)) {
        case (nil, _): isHigher = false
        case (_?, nil): isHigher = true
        case (let a?, let b?): isHigher = b.0 > a.0 || (b.0 == a.0 && a.1 && !b.1)
        }
        return isLower || isHigher
    }

    /// True when the new limit allows more than the old, false when less; nil where they cannot be compared.
    private static func loosened(_ old: Limit, _ new: Limit) -> Bool? {
        guard old.unit == new.unit, let a = span(old), let b = span(new) else { return nil }
        if b.low >= a.low, b.high <= a.high { return false }
        return b.low <= a.low && b.high >= a.high ? true : nil
    }

    private static func span(_ limit: Limit) -> (low: Double, high: Double)? {
        guard limit.conditions.count == 1 else { return nil }
        return switch limit.conditions[0] {
        case .equal(let bound): (bound, bound)
        case .greater(let bound): (bound.nextUp, .infinity)
        case .greaterOrEqual(let bound): (bound, .infinity)
        case .less(let bound): (-.infinity, bound.nextDown)
        case .lessOrEqual(let bound): (-.infinity, bound)
        case .between(let low, let high): (low, high)
        case .notEqual, .notBetween: nil
        }
    }
}
