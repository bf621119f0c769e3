import WeirCore

/// A contract's rule in words that need no knowledge of the standard.
extension Rule {
    /// `not null`, `one of EWR, JFK, LGA`, `between 0 and 2400`; with a name where it stands for several columns.
    public var words: String {
        var text = plain
        if limit != .none, kind.namesRows { text += ", broken by \(limit.description)" }
        if let warnLimit { text += ", warned of unless \(warnText(warnLimit))" }
        if let tolerance { text += " (up to \(tolerance) may be lost)" }
        if severity != .error { text += " (only reported)" }
        return text
    }

    private var plain: String {
        switch kind {
        case .notNull: "not null"
        case .notMissing(let values): "not missing (\(Self.list(values)))"
        case .acceptedValues(let values): "one of \(Self.list(values))"
        case .pattern(let pattern): "matches \(pattern.source)"
        case .format(let format): "is of format \(format.rawValue.replacing("_", with: "-"))"
        case .range(let range): range.words
        case .multipleOf(let number): "a multiple of \(number)"
        case .length(let min, let max): "\(Self.span(min, max)) characters"
        case .itemCount(let min, let max): "\(Self.span(min, max)) items"
        case .uniqueItems: "no item twice"
        case .unique: columns.count > 1 ? "unique together: \(columnList)" : "unique"
        case .foreignKey(let key): "\(columns.count > 1 ? "\(columnList) are" : "is") in \(key)"
        case .rowCount: "row count: \(limit.description.replacing(" rows", with: ""))"
        case .freshness(let seconds):
            "newest value at most \(Int64(exactly: seconds.rounded()).map { Span(seconds: $0).description } ?? "\(seconds) s") old"
        case .custom(.distribution(let rule)): "\(CustomRule.distribution(rule).words): \(limitText)"
        case .custom(let rule): rule.words
        case .sql(let query): "\(name ?? "query") is \(limit.description.replacing(" rows", with: "")): \(query)"
        }
    }

    private func warnText(_ limit: Limit) -> String { limit.text(of: kind.namesRows ? "rows" : "") }

    private var columnList: String { columns.map(\.description).joined(separator: ", ") }

    /// Many values fill a page and help nobody.
    private static func list(_ values: [PlainValue]) -> String {
        let shown = values.prefix(20).map { value -> String in
            switch value {
            case .null: "null"
            case .bool(let value): "\(value)"
            case .int(let value): "\(value)"
            case .double(let value): "\(value)"
            case .string(let value): value.isEmpty ? "\"\"" : value
            case .list, .map: "…"
            }
        }
        return shown.joined(separator: ", ") + (values.count > 20 ? " and \(values.count - 20) more" : "")
    }

    private static func span(_ min: Int?, _ max: Int?) -> String {
        switch (min, max) {
        case (let min?, let max?): min == max ? "\(min)" : "\(min) to \(max)"
        case (let min?, nil): "at least \(min)"
        case (nil, let max?): "at most \(max)"
        case (nil, nil): "any number of"
        }
    }
}

extension ValueRange {
    fileprivate var words: String {
        if let minimum, let maximum, exclusiveMinimum == nil, exclusiveMaximum == nil {
            return minimum == maximum ? minimum : "\(minimum) to \(maximum)"
        }
        let parts = [
            minimum.map { "at least \($0)" }, exclusiveMinimum.map { "more than \($0)" },
            maximum.map { "at most \($0)" },
            exclusiveMaximum.map { "less than \($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: " and ")
    }
}
