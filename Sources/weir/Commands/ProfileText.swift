import WeirCore
import WeirQuality

/// A profile for people at a terminal: what stands out first, then a line for each column, then what goes together.
enum ProfileText {
    static func render(_ profile: DataProfile, on terminal: Terminal) -> String {
        let style = terminal.style
        var parts = [heading(profile, style)]
        if !profile.findings.isEmpty { parts.append(findings(profile, style)) }
        if !profile.columns.isEmpty { parts.append(columns(profile, terminal)) }
        let rest = together(profile, style)
        if !rest.isEmpty { parts.append(rest) }
        return parts.joined(separator: "\n\n")
    }

    private static func heading(_ profile: DataProfile, _ style: Style) -> String {
        var facts = [
            Figures.count(Int64(profile.rows), "row"), Figures.count(Int64(profile.columns.count), "column"),
        ]
        if let bytes = profile.bytes { facts.append(Figures.bytes(Int64(bytes))) }
        if profile.unreadableRows > 0 { facts.append("\(Figures.count(profile.unreadableRows)) unreadable") }
        var text = "\(style(profile.target, .strong))  \(facts.joined(separator: ", "))"
        if let sample = profile.sample {
            let of = sample.of.map { " of \(Figures.count($0))" } ?? ""
            text += "\n" + style("A sample: \(Figures.count(profile.rows)) rows\(of) (\(sample.why)).", .warning)
        }
        return text
    }

    private static let mostFindings = 20

    private static func findings(_ profile: DataProfile, _ style: Style) -> String {
        var lines = [style("What stands out", .strong)]
        lines += profile.findings.prefix(mostFindings).map { line($0, style) }
        let more = profile.findings.count - mostFindings
        if more > 0 { lines.append(style("  and \(more) more (--output json or --html shows all)", .faint)) }
        return lines.joined(separator: "\n")
    }

    private static func columns(_ profile: DataProfile, _ terminal: Terminal) -> String {
        var table = TextTable([
            "column", "type", "missing", "distinct", "smallest", "largest", "most frequent", "what it is",
        ])
        for facts in profile.columns {
            table.add([
                .init(facts.name), .init(short(facts.type, 20), .faint),
                .init(
                    facts.nulls == 0 ? "" : Percent.text(facts.nulls, of: profile.rows),
                    facts.nulls > 0 ? .warning : nil),
                .init("\(facts.distinct.isExact ? "" : "≈ ")\(Figures.count(facts.distinct.count))"),
                .init(short(facts.minimum ?? "", 20)), .init(short(facts.maximum ?? "", 20)),
                .init(frequent(facts, profile.rows)), .init(meaning(facts)),
            ])
        }
        return table.render(on: terminal)
    }

    private static func frequent(_ facts: ColumnFacts, _ rows: Int) -> String {
        guard let top = facts.top.first, top.count > 1, rows > 0 else { return "" }
        return "\(short(top.value, 16)) \(Percent.text(top.count, of: rows))"
    }

    private static func meaning(_ facts: ColumnFacts) -> String {
        if let meaning = facts.meaning {
            return meaning.kind.words
                + (meaning.share < 1 ? " (\(Percent.text(Int(meaning.share * 1000), of: 1000)))" : "")
        }
        if let order = facts.order { return order.rawValue.replacing("_", with: " ") }
        if let pattern = facts.texts?.patterns.first, let texts = facts.texts {
            let total = texts.patterns.reduce(0) { $0 + $1.count }
            if total > 0, pattern.count * 10 >= total * 9, pattern.value.count <= 24 { return pattern.value }
        }
        return ""
    }

    private static func short(_ text: String, _ width: Int) -> String {
        let visible = Cell.visible(text)
        return visible.count > width ? visible.prefix(width - 1) + "…" : visible
    }

    private static func together(_ profile: DataProfile, _ style: Style) -> String {
        var lines: [String] = []
        let keys = profile.table.keys.filter { $0.duplicates == 0 }.prefix(5)
        if !keys.isEmpty {
            lines.append(
                "\(style("Keys", .strong))  \(keys.map { $0.columns.joined(separator: " + ") }.joined(separator: ", "))"
            )
        }
        if let dependencies = profile.table.dependencies { lines += follows(dependencies, style) }
        let related = profile.table.correlations.prefix(6).map {
            "\($0.first) ~ \($0.second) \(Percent.fraction($0.value))"
        }
        if !related.isEmpty { lines.append("\(style("Together", .strong))  \(related.joined(separator: ", "))") }
        return lines.joined(separator: "\n")
    }

    /// One line for each left side; what is too likely an accident is left to `--output json`.
    private static func follows(_ dependencies: DependencyFacts, _ style: Style) -> [String] {
        var order: [[String]] = []
        var right: [[String]: [String]] = [:]
        for dependency in dependencies.exact where dependency.plausibility >= 0.45 {
            if right[dependency.from] == nil { order.append(dependency.from) }
            right[dependency.from, default: []].append(dependency.to)
        }
        let lines = order.prefix(8).map { from in
            "  \(from.joined(separator: " + ")) → \((right[from] ?? []).joined(separator: ", "))"
        }
        let heading = style(lines.isEmpty ? "No column follows from others" : "Follows", .strong)
        return ["\(heading)  \(style(dependencies.summary, .faint))"] + lines
    }

    // MARK: Several tables

    private static let fewFindings = 5

    /// A few lines a table, and what refers to what.
    static func render(_ group: ProfileGroup, on terminal: Terminal) -> String {
        let style = terminal.style
        var parts = group.tables.map { profile in
            let keys = profile.table.keys.filter { $0.duplicates == 0 }.prefix(1).map {
                "  key: \($0.columns.joined(separator: " + "))"
            }
            let found = profile.findings.filter { $0.weight != .note }
            let more = found.count - fewFindings
            return
                ([heading(profile, style)] + keys + found.prefix(fewFindings).map { line($0, style) }
                + (more > 0 ? [style("  and \(more) more", .faint)] : [])).joined(separator: "\n")
        }
        var lines = [style("What refers to what", .strong)]
        lines += group.references.map {
            "  \(Cell.visible($0.words))\(style("  \(Percent.fraction($0.plausibility))", .faint))"
        }
        if group.references.isEmpty { lines.append("  No column's values stand in another table's key.") }
        parts.append(lines.joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }

    private static func line(_ finding: Finding, _ style: Style) -> String {
        let tone: Tone = finding.weight == .problem ? .bad : finding.weight == .warning ? .warning : .faint
        return "  \(style(finding.weight.word, tone)): \(Cell.visible(finding.message))"
    }

    // MARK: Side by side

    static func render(_ pair: ProfilePair, on terminal: Terminal) -> String {
        let style = terminal.style
        var table = TextTable(["column", "what", "first", "second"])
        for change in pair.changes {
            table.add([
                .init(change.column, .strong), .init(change.what), .init(short(change.first, 40)),
                .init(short(change.second, 40), .warning),
            ])
        }
        let heading = [pair.first, pair.second].map { self.heading($0, style) }.joined(separator: "\n")
        if pair.changes.isEmpty { return heading + "\n\n" + style("Nothing differs that a profile shows.", .good) }
        return heading + "\n\n" + table.render(on: terminal)
    }
}
