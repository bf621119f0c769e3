import WeirCore

/// A rule that the rows used for finding rules keep.
struct Candidate: Sendable {
    var rule: Rule
    let evidence: String
    /// How far the kind of rule can be trusted when no row breaks it: a list of values less than "never null".
    let trust: Double

    init(_ rule: Rule, trust: Double, _ evidence: String) {
        self.rule = rule
        self.trust = trust
        self.evidence = evidence
    }
}

/// Finds rules that one column's values keep and that tomorrow's are likely to keep.
struct ColumnCandidates {
    let facts: ColumnFacts
    /// Rows that the facts are about.
    let rows: Int
    /// The column is the key, or part of it.
    let isKey: Bool
    /// Every value with its count, where there are few.
    let values: [ColumnFacts.ValueCount]?

    private var filled: Int { rows - facts.nulls }
    private var path: ColumnPath { ColumnPath(facts.name) }

    func find() -> [Candidate] {
        guard rows > 0 else { return [] }
        var found = nulls
        guard filled > 0 else { return found }
        if let list = acceptedValues {
            found.append(list)
        } else {
            found += [range, format, shape].compactMap(\.self).prefix(1)
        }
        return found
    }

    // MARK: Nulls

    private var nulls: [Candidate] {
        if facts.nulls == 0 {
            return [Candidate(Rule(.notNull, columns: [path]), trust: 1, "no null in \(Figures.count(rows)) rows")]
        }
        let share = Double(facts.nulls) * 100 / Double(rows)
        guard share <= 5, filled >= 200 else { return [] }
        // Twice what was seen, and not less than one percent: a share of one day says little about another's.
        let limit = max(1, (share * 2).rounded(.up))
        var rule = Rule(.notNull, columns: [path], severity: .warn, limit: Limit([.lessOrEqual(limit)], unit: .percent))
        rule.name = "few nulls in \(facts.name)"
        return [Candidate(rule, trust: 0.9, "\(Self.percent(share)) of the values are null; allowed is twice that")]
    }

    // MARK: Lists of values

    /// A list is closed when each of its values came often: Good and Turing take the share of values that came once for
    /// the share of what is still to come (Good, "The population frequencies of species", 1953).
    private var acceptedValues: Candidate? {
        // The countries of one year are not all countries.
        let isOpen = [.country, .currency, .language].contains(facts.meaning?.kind)
        guard facts.family == .text, !isKey, !isOpen, let values, (2...20).contains(values.count),
            let rarest = values.map(\.count).min(),
            rarest >= 5, filled >= values.count * 20, values.allSatisfy({ $0.value.count <= 60 })
        else { return nil }
        let texts = values.map(\.value).sorted().map(PlainValue.string)
        return Candidate(
            Rule(.acceptedValues(texts), columns: [path]), trust: 0.98,
            "\(values.count) values in \(Figures.count(filled)), the rarest \(Figures.count(rarest)) times")
    }

    // MARK: Ranges

    private var range: Candidate? {
        guard facts.family.isNumeric, !isKey, let low = facts.minimum.flatMap(Double.init),
            let high = facts.maximum.flatMap(Double.init),
            low.isFinite, high.isFinite, facts.distinct.count >= 3
        else { return nil }
        let seen = "from \(facts.minimum ?? "") to \(facts.maximum ?? "")"
        let name = facts.name.lowercased()
        for (word, bound) in [("latitude", 90.0), ("longitude", 180.0)]
        where facts.meaning?.kind.rawValue == word && low >= -bound && high <= bound {
            return Candidate(
                Rule(.range(ValueRange(minimum: (-bound).plainText, maximum: bound.plainText)), columns: [path]),
                trust: 1,
                "\(seen): a \(word)")
        }
        if low >= 0, high <= 1, ["share", "rate", "ratio", "fraction", "prob"].contains(where: name.contains) {
            return Candidate(
                Rule(.range(ValueRange(minimum: "0", maximum: "1")), columns: [path]), trust: 0.98, "\(seen): a share")
        }
        if low >= 0, high <= 100, ["percent", "pct"].contains(where: name.contains) {
            return Candidate(
                Rule(.range(ValueRange(minimum: "0", maximum: "100")), columns: [path]), trust: 0.99,
                "\(seen): a percentage")
        }
        // What grows with time has no largest value.
        let isOpen =
            [.increasing, .strictlyIncreasing].contains(facts.order)
            || (facts.meaning != nil && facts.meaning?.kind != .decimal)
        let spread = high - low
        var range = ValueRange()
        if low >= 0 { range.minimum = "0" } else if !isOpen { range.minimum = Self.wide(low - spread, down: true) }
        if !isOpen, isCompact(high) { range.maximum = Self.wide(high + spread, down: false) }
        guard range.minimum != nil || range.maximum != nil else { return nil }
        let widened = range.minimum != "0" || range.maximum != nil ? "; widened by the width of the range" : ""
        return Candidate(
            Rule(.range(range), columns: [path]), trust: range.maximum == nil ? 0.99 : 0.97, seen + widened)
    }

    /// The largest value is no outlier, so that the range says something about the next one.
    private func isCompact(_ high: Double) -> Bool {
        guard let numbers = facts.numbers, numbers.outliers.map({ $0.low + $0.high == 0 }) ?? true else { return false }
        guard let middle = numbers.quantile(0.5), let upper = numbers.quantile(0.99) else {
            return abs(numbers.skew ?? 9) < 2
        }
        return high - middle <= 4 * max(1e-9, upper - middle)
    }

    /// A number with two digits that leaves at least as much room as asked for.
    static func wide(_ value: Double, down: Bool) -> String? {
        guard value != 0, value.isFinite, abs(value) < 1e15 else { return value == 0 ? "0" : nil }
        var scale = 1.0
        while abs(value) / scale >= 100 { scale *= 10 }
        while abs(value) / scale < 10, scale > 1e-9 { scale /= 10 }
        let rounded = (value / scale).rounded(down ? .down : .up) * scale
        // Tenths and hundredths of a binary fraction are written as such.
        return ((rounded * 1e9).rounded() / 1e9).plainText
    }

    // MARK: Texts

    private var format: Candidate? {
        guard facts.family == .text, let meaning = facts.meaning, meaning.share >= 1 else { return nil }
        let formats: [Meaning.Kind: TextFormat] = [
            .email: .email, .uuid: .uuid, .url: .uri, .ipv4: .ipv4, .ipv6: .ipv6,
        ]
        guard let format = formats[meaning.kind] else { return nil }
        return Candidate(
            Rule(.format(format), columns: [path]), trust: 0.99, "all values looked at are \(meaning.kind.words)")
    }

    /// A shape of letters and digits that every value has: `AA-9999`.
    private var shape: Candidate? {
        guard facts.family == .text, let texts = facts.texts, texts.patterns.count == 1,
            let shape = texts.patterns.first?.value,
            shape.contains("9"), texts.longest <= 40, facts.distinct.count >= 20,
            let expression = Self.expression(shape), let pattern = try? TextPattern("^\(expression)$")
        else { return fixedLength }
        return Candidate(Rule(.pattern(pattern), columns: [path]), trust: 0.97, "every value has the shape \(shape)")
    }

    private var fixedLength: Candidate? {
        guard let texts = facts.texts, texts.shortest == texts.longest, (2...64).contains(texts.longest),
            facts.distinct.count >= 20
        else { return nil }
        return Candidate(
            Rule(.length(min: texts.longest, max: texts.longest), columns: [path]), trust: 0.97,
            "every value has \(texts.longest) characters")
    }

    /// A shape as a pattern; nil where it holds what a pattern cannot say as it is.
    static func expression(_ shape: String) -> String? {
        var out = ""
        var rest = Substring(shape)
        while let first = rest.first {
            let run = rest.prefix { $0 == first }.count
            rest = rest.dropFirst(run)
            let isOpen = rest.first == "+" && "Aa9".contains(first)
            if isOpen { rest = rest.dropFirst() }
            let count = isOpen ? "+" : run == 1 ? "" : "{\(run)}"
            switch first {
            case "A": out += "\\p{Lu}\(count)"
            case "a": out += "\\p{Ll}\(count)"
            case "9": out += "[0-9]\(count)"
            case _ where first.isASCII && first.unicodeScalars.count == 1:
                let isWord = first.isLetter || first.isNumber || first == "_" || first == " "
                out += String(repeating: isWord ? String(first) : "\\\(first)", count: run)
            default: return nil
            }
        }
        return out
    }

    static func percent(_ share: Double) -> String { "\(((share * 100).rounded() / 100).plainText) %" }
}
