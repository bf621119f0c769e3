import WeirCore

/// What stands out in one column.
struct ColumnFindings {
    let facts: ColumnFacts
    let rows: Int

    private var name: String { facts.name }
    private var column: String { SQL.quote(facts.name) }
    private var filled: Int { rows - facts.nulls }

    func make() -> [Finding] {
        if filled == 0 {
            return [Finding("all-null", .warning, columns: [name], "\(name) has no value at all", rows: rows)]
        }
        return [constant, nulls, standIns, suspiciousNumbers, hiddenType, personal, broken, padded, spellings, empty]
            .compactMap(\.self) + [notNumbers, outliers, future, gaps, sameLength].compactMap(\.self)
    }

    private func finding(
        _ code: String, _ weight: Finding.Weight, _ message: String, rows: Int? = nil, where condition: String? = nil,
        check: String? = nil
    ) -> Finding {
        Finding(
            code, weight, columns: [name], message, rows: rows,
            sql: condition.map { "SELECT * FROM {table} WHERE \($0)" }, check: check)
    }

    private func rows(_ count: Int) -> String { Figures.count(Int64(count), "row") }
    private func share(_ count: Int) -> String { Percent.text(count, of: rows) }

    private var constant: Finding? {
        guard facts.distinct.isExact, facts.distinct.count == 1, filled > 1,
            let only = facts.top.first ?? facts.minimum.map({ .init(value: $0, count: filled) })
        else { return nil }
        return finding(
            "constant", .note,
            "\(name) has one value only, \(quoted(only.value))\(facts.nulls > 0 ? ", or none" : "")")
    }

    private var nulls: Finding? {
        guard facts.nulls > 0 else { return nil }
        // A handful of holes in a full column is an accident; half of it missing is how it is.
        if facts.nulls * 100 <= rows {
            return finding(
                "few-nulls", .warning,
                "\(name) is missing in \(rows(facts.nulls)) (\(share(facts.nulls))) and there in all others",
                rows: facts.nulls, where: "\(column) IS NULL", check: "required: true")
        }
        // With one value beside the nulls it is a mark, and told as such.
        guard facts.nulls * 2 > rows, constant == nil else { return nil }
        return finding(
            "mostly-null", .note, "\(name) is missing in \(share(facts.nulls)) of the rows", rows: facts.nulls,
            where: "\(column) IS NOT NULL")
    }

    private var standIns: Finding? {
        let words = facts.standIns.filter {
            $0.count > 0 && !(facts.times != nil && $0.value.hasPrefix("1970-01-01") && $0.count < 10)
        }
        guard !words.isEmpty else { return nil }
        let count = words.reduce(0) { $0 + $1.count }
        let list = words.prefix(3).map { quoted($0.value) }.joined(separator: ", ")
        let values = words.map { SQL.literal($0.value) }.joined(separator: ", ")
        return finding(
            "stand-in", .warning,
            "\(name) says \(list) where it means that there is no value: \(rows(count)) (\(share(count)))",
            rows: count, where: "CAST(\(column) AS VARCHAR) IN (\(values))",
            check:
                "quality:\n  - metric: missingValues\n    arguments: { missingValues: [\(words.map { "\"\($0.value)\"" }.joined(separator: ", "))] }\n    mustBe: 0"
        )
    }

    /// Numbers that programmers use for "none", frequent and away from all others.
    private var suspiciousNumbers: Finding? {
        guard let numbers = facts.numbers, let low = numbers.quantile(0.1), let high = numbers.quantile(0.9),
            filled >= 100
        else { return nil }
        let marks: Set<Double> = [
            -1, -9, -99, -999, -9999, 999, 9999, 99999, 999_999, 9_999_999, -32768, 2_147_483_647,
        ]
        for top in facts.top where top.count >= max(5, filled / 2000) {
            guard let value = Double(top.value), marks.contains(value) else { continue }
            let isApart =
                value < low && (value < 0 ? numbers.negatives <= top.count : false)
                || value > high && value > 10 * max(1, abs(high))
            guard isApart else { continue }
            return finding(
                "stand-in", .warning,
                "\(name) is \(top.value) in \(rows(top.count)), far from all other values: is it meant as \"no value\"?",
                rows: top.count, where: "\(column) = \(top.value)")
        }
        return nil
    }

    private var hiddenType: Finding? {
        guard facts.family == .text, let meaning = facts.meaning, let type = meaning.kind.betterType else { return nil }
        let sql: String? =
            switch meaning.kind {
            case .date, .timestamp, .decimal:
                meaning.format == nil ? "TRY_CAST(\(column) AS \(type)) IS NULL" : nil
            default: "TRY_CAST(\(column) AS \(type)) IS NULL"
            }
        let isWhole = meaning.share >= 1
        return finding(
            "hidden-type", isWhole ? .note : .warning,
            "\(name) is text and holds \(meaning.kind.words)\(meaning.format.map { " written as \($0)" } ?? "")\(isWhole ? "" : ", but for \(Percent.text(Int(((1 - meaning.share) * 1000).rounded()), of: 1000)) of its values")",
            where: isWhole ? nil : sql.map { "\(column) IS NOT NULL AND \($0)" }, check: "physicalType: \(type)")
    }

    private var personal: Finding? {
        guard let meaning = facts.meaning, meaning.isPersonal, meaning.confidence >= 0.6 else { return nil }
        return finding(
            "personal-data", .warning,
            "\(name) holds \(meaning.kind.words), like \(meaning.example): personal data",
            check: "classification: confidential")
    }

    private var broken: Finding? {
        guard let texts = facts.texts, texts.broken > 0 else { return nil }
        return finding(
            "broken-encoding", .problem,
            "\(name) has \(Figures.count(Int64(texts.broken), "text")) whose letters are broken (UTF-8 read as Latin-1, or lost)",
            rows: texts.broken,
            where: "regexp_matches(\(column), 'Ã[\\x{80}-\\x{BF}©¤¶¼]|â€|Â[\\x{A0}-\\x{BF}]|\\x{FFFD}')")
    }

    private var padded: Finding? {
        guard let texts = facts.texts, texts.padded > 0, texts.padded * 2 < filled else { return nil }
        return finding(
            "padded", .warning,
            "\(name) has spaces around the text in \(rows(texts.padded)): it will not compare as equal",
            rows: texts.padded, where: "\(column) <> trim(\(column))",
            check: "logicalTypeOptions: { pattern: '^\\S(.*\\S)?$' }")
    }

    private var spellings: Finding? {
        guard let spellings = facts.texts?.spellings, spellings > 0, facts.distinct.count <= 10_000,
            facts.meaning?.kind != .hash, facts.distinct.count * 5 < filled
        else { return nil }
        return finding(
            "spellings", .warning,
            "\(Figures.count(Int64(spellings), "value")) of \(name) differ\(spellings == 1 ? "s" : "") from another only in case or spaces",
            rows: nil, where: nil)
    }

    private var empty: Finding? {
        guard let texts = facts.texts, texts.empty + texts.blank > 0 else { return nil }
        let count = texts.empty + texts.blank
        return finding(
            "empty-text", .warning,
            "\(name) is an empty text in \(rows(count)) (\(share(count)))\(facts.nulls > 0 ? ", beside \(Figures.count(facts.nulls)) nulls" : "")",
            rows: count, where: "trim(\(column)) = ''", check: "logicalTypeOptions: { minLength: 1 }")
    }

    private var notNumbers: Finding? {
        guard let numbers = facts.numbers, numbers.notANumber + numbers.infinite > 0 else { return nil }
        return finding(
            "not-finite", .warning,
            "\(name) is not a number or infinite in \(rows(numbers.notANumber + numbers.infinite)): sums and means over it are too",
            rows: numbers.notANumber + numbers.infinite, where: "NOT isfinite(\(column))")
    }

    private var outliers: Finding? {
        guard let outliers = facts.numbers?.outliers, filled >= 100, facts.meaning == nil else { return nil }
        let count = outliers.low + outliers.high
        // More than one in a hundred is a long tail, not an outlier; a value that stands for nothing is told already.
        guard count > 0, count * 100 <= filled, suspiciousNumbers?.rows != count else { return nil }
        let isNegative = facts.numbers.map { $0.negatives > 0 && $0.negatives == outliers.low } ?? false
        return finding(
            "outliers", isNegative ? .warning : .note,
            "\(rows(count)) of \(name) lie\(count == 1 ? "s" : "") far outside of the rest: below \(Distribution.short(outliers.lowFence)) or above \(Distribution.short(outliers.highFence)) (from \(facts.minimum ?? "?") to \(facts.maximum ?? "?"))",
            rows: count, where: "\(column) < \(outliers.lowFence) OR \(column) > \(outliers.highFence)")
    }

    private var future: Finding? {
        guard let times = facts.times, times.inFuture > 0, times.inFuture * 2 < filled else { return nil }
        return finding(
            "future", .warning, "\(name) lies in the future in \(rows(times.inFuture)), up to \(facts.maximum ?? "?")",
            rows: times.inFuture, where: "\(column) > now()")
    }

    private var gaps: Finding? {
        guard let missing = facts.times?.missingDays, let days = facts.times?.days, missing > 0, missing * 5 <= days
        else { return nil }
        return finding(
            "missing-days", .warning,
            "\(name) has no value on \(Figures.count(Int64(missing), "day")) of the \(Figures.count(days)) from \(facts.minimum?.prefix(10) ?? "?") to \(facts.maximum?.prefix(10) ?? "?")"
        )
    }

    private var sameLength: Finding? {
        guard let texts = facts.texts, let first = texts.patterns.first, texts.patterns.count > 1, filled >= 100,
            facts.distinct.count > 20, first.value.contains("9") || first.value.contains("A")
        else { return nil }
        let total = texts.patterns.reduce(0) { $0 + $1.count }
        guard first.count * 100 >= total * 98, first.count < total else { return nil }
        return finding(
            "odd-pattern", .warning,
            "\(name) is written as \(first.value) in nearly all rows of a sample, and as \(quoted(texts.patterns[1].value)) in a few"
        )
    }

    private func quoted(_ text: String) -> String { "\"\(text.prefix(40))\"" }
}
