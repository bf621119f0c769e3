import WeirCore

/// What the page says of one column.
struct ColumnCard {
    let facts: ColumnFacts
    let rows: Int
    let number: Int

    private var filled: Int { rows - facts.nulls }
    private var isHidden: Bool { facts.meaning?.isPersonal ?? false }

    var html: HTML {
        """
        <article class="column" id="c\(number)" data-find="\(facts.name.lowercased()) \(facts.type.lowercased()) \(facts.meaning?.kind.words ?? "")">
        <h3>\(facts.name) <span class="soft">\(facts.type.prefix(80).description)</span>\(badge)</h3>
        <div class="parts"><div>\(figures)</div><div>\(Chart.histogram(facts))\(top)</div></div>
        </article>
        """
    }

    private var badge: HTML? {
        facts.meaning.map { meaning in
            "<span class=\"tag\(meaning.isPersonal ? " personal" : "")\">\(meaning.kind.words)\(meaning.share < 1 ? " \(Percent.text(Int(meaning.share * 1000), of: 1000))" : "")</span>"
        }
    }

    private func shown(_ value: String) -> String { isHidden ? Masking.mask(value) : value }

    private var figures: HTML {
        var pairs: [(String, String)] = [
            (
                "missing",
                facts.nulls == 0 ? "none" : "\(Figures.count(facts.nulls)) (\(Percent.text(facts.nulls, of: rows)))"
            ),
            (
                "distinct",
                "\(facts.distinct.isExact ? "" : "≈ ")\(Figures.count(facts.distinct.count))\(facts.distinct.count == filled && facts.distinct.isExact && filled > 0 ? ", all different" : "")"
            ),
        ]
        if let low = facts.minimum { pairs.append(("smallest", String(shown(low).prefix(60)))) }
        if let high = facts.maximum { pairs.append(("largest", String(shown(high).prefix(60)))) }
        if let numbers = facts.numbers { pairs += self.numbers(numbers) }
        if let texts = facts.texts { pairs += self.texts(texts) }
        if let times = facts.times {
            pairs.append(
                ("whole", times.granularity == .fraction ? "fractions of seconds" : times.granularity.rawValue + "s"))
            if let days = times.days {
                pairs.append(
                    (
                        "days",
                        Figures.count(days) + (times.missingDays.map { ", \(Figures.count($0)) without a value" } ?? "")
                    ))
            }
            if times.inFuture > 0 { pairs.append(("in the future", Figures.count(times.inFuture))) }
        }
        if let order = facts.order { pairs.append(("in order of rows", order.rawValue.replacing("_", with: " "))) }
        if let format = facts.meaning?.format { pairs.append(("written as", format)) }
        if !facts.standIns.isEmpty {
            pairs.append(
                (
                    "means nothing",
                    facts.standIns.map { "\"\($0.value)\" \(Figures.count($0.count))" }.joined(separator: ", ")
                ))
        }
        let items: [HTML] = pairs.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }
        return "<dl>\(items)</dl>\(quantiles)"
    }

    private func numbers(_ numbers: NumberFacts) -> [(String, String)] {
        var pairs: [(String, String)] = []
        if let mean = numbers.mean { pairs.append(("mean", Distribution.short(mean))) }
        if let deviation = numbers.deviation { pairs.append(("deviation", Distribution.short(deviation))) }
        if let skew = numbers.skew, abs(skew) >= 1 {
            pairs.append(("skew", Distribution.short((skew * 100).rounded() / 100)))
        }
        if numbers.zeros > 0 { pairs.append(("zeros", Percent.text(numbers.zeros, of: rows))) }
        if numbers.negatives > 0 { pairs.append(("negative", Percent.text(numbers.negatives, of: rows))) }
        if let outliers = numbers.outliers, outliers.low + outliers.high > 0 {
            pairs.append(("far outside", Figures.count(outliers.low + outliers.high)))
        }
        return pairs
    }

    private func texts(_ texts: TextFacts) -> [(String, String)] {
        var pairs = [
            ("length", texts.shortest == texts.longest ? "\(texts.longest)" : "\(texts.shortest) to \(texts.longest)")
        ]
        if texts.empty + texts.blank > 0 { pairs.append(("empty", Figures.count(texts.empty + texts.blank))) }
        if texts.padded > 0 { pairs.append(("with spaces around", Figures.count(texts.padded))) }
        if texts.broken > 0 { pairs.append(("broken letters", Figures.count(texts.broken))) }
        if !texts.patterns.isEmpty {
            pairs.append(("written as", texts.patterns.prefix(4).map(\.value).joined(separator: "  ")))
        }
        return pairs
    }

    private var quantiles: HTML? {
        guard let numbers = facts.numbers, !numbers.quantiles.isEmpty else { return nil }
        let heads: [HTML] = numbers.quantiles.map {
            "<th scope=\"col\" class=\"n\">\(Distribution.short($0.share * 100)) %</th>"
        }
        let cells: [HTML] = numbers.quantiles.map { "<td class=\"n\">\(Distribution.short($0.value))</td>" }
        return
            "<details><summary>Quantiles</summary><div class=\"scroll\" tabindex=\"0\"><table><thead><tr>\(heads)</tr></thead><tbody><tr>\(cells)</tr></tbody></table></div></details>"
    }

    private var top: HTML? {
        let values = facts.top.filter { $0.count > 1 }.prefix(10)
        guard !values.isEmpty, let most = values.map(\.count).max() else { return nil }
        let items: [HTML] = values.map { value in
            "<tr><th scope=\"row\">\(value.value.isEmpty ? "(empty)" : String(shown(value.value).prefix(60)))</th><td class=\"bar\"><span style=\"width:\(max(1, value.count * 100 / most))%\"></span></td><td class=\"n\">\(Figures.count(value.count))</td><td class=\"n\">\(Percent.text(value.count, of: rows))</td></tr>"
        }
        return "<table class=\"top\"><caption>Most frequent values</caption><tbody>\(items)</tbody></table>"
    }
}

/// Charts as inline SVG, each with a table that says the same.
enum Chart {
    static func histogram(_ facts: ColumnFacts) -> HTML? {
        guard let histogram = facts.histogram, let most = histogram.counts.max(), most > 0 else { return nil }
        let (width, height) = (240.0, 60.0)
        let step = width / Double(histogram.counts.count)
        // One path for all bars: a page of hundreds of columns stays small.
        let path = histogram.counts.enumerated().filter { $0.element > 0 }.map { index, count in
            let bar = max(1, Double(count) / Double(most) * height)
            return
                "M\(short(Double(index) * step)),\(short(height))v-\(short(bar))h\(short(max(0.5, step - 1)))v\(short(bar))z"
        }.joined()
        let first = histogram.bounds.first ?? ""
        let last = histogram.bounds.last ?? ""
        let rows: [HTML] = histogram.counts.indices.map { index in
            "<tr><th scope=\"row\">\(histogram.bounds[index])</th><td class=\"n\">\(Figures.count(histogram.counts[index]))</td></tr>"
        }
        return """
            <figure><svg viewBox="0 0 240 60" role="img" aria-label="Histogram of \(facts.name) from \(first) to \(last)" preserveAspectRatio="none"><path d="\(path)"/></svg>
            <figcaption><span>\(first)</span><span>\(last)</span></figcaption></figure>
            <details><summary>As a table</summary><table><thead><tr><th scope="col">from</th><th scope="col" class="n">rows</th></tr></thead><tbody>\(rows)</tbody></table></details>
            """
    }

    private static func short(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths.isMultiple(of: 10) ? String(tenths / 10) : "\(tenths / 10).\(abs(tenths % 10))"
    }
}
