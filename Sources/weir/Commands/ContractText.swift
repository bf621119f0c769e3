import WeirCore
import WeirQuality

/// What lint found, for people.
enum ContractLintText {
    static func render(_ report: ContractReport, on terminal: Terminal) -> String {
        let style = terminal.style
        let verdict =
            report.errors.isEmpty
            ? style("no mistake", .good) : style(Figures.count(Int64(report.errors.count), "mistake"), .bad)
        let standard = report.apiVersion.map { ", ODCS \($0)" } ?? ""
        var lines = [
            "\(style(report.file, .strong)): \(verdict), \(Figures.count(Int64(report.warnings.count), "warning"))\(style(standard, .faint))"
        ]
        for error in report.errors { lines += ["", ErrorText.render(error, on: terminal)] }
        for warning in report.warnings { lines += ["", ErrorText.renderWarning(warning, on: terminal)] }
        var last = ""
        if !report.enforced.isEmpty { lines += ["", style("Enforced", .strong)] }
        for rule in report.enforced {
            if rule.table != last { lines.append("  \(rule.table)") }
            last = rule.table
            let place = rule.place.line.map { style(" line \($0)", .faint) } ?? ""
            lines.append("    \(Cell.visible(rule.rule)): \(Cell.visible(rule.says))\(place)")
        }
        if !report.notChecked.isEmpty {
            lines += ["", style("Not checked", .warning)]
            lines += report.notChecked.map { entry in
                "  \(Cell.visible(entry.key)): \(Cell.visible(entry.why))"
                    + (entry.place.line.map { style(" line \($0)", .faint) } ?? "")
            }
        }
        if !report.described.isEmpty {
            let words = report.described.map { $0.count > 1 ? "\($0.key) ×\($0.count)" : $0.key }
            lines += ["", style("Described only, nothing to check", .strong), "  \(words.joined(separator: ", "))"]
        }
        if !report.decisions.isEmpty {
            lines += ["", style("Where the standard says nothing, Weir decides", .strong)]
            lines += report.decisions.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}

/// Changes of a contract, for people.
enum ContractDiffText {
    static func render(_ diff: ContractDiff, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines = [
            "\(style("\(diff.from.file) \(diff.from.version) → \(diff.to.file) \(diff.to.version)", .strong))"
        ]
        if diff.changes.isEmpty { return lines[0] + "\n\nNo difference." }
        let titles: [(ContractChange.Impact, String, Tone)] = [
            (.breaking, "Breaking for who reads", .bad), (.stricter, "Stricter for who delivers", .warning),
            (.compatible, "Compatible", .good), (.note, "Notes", .faint),
        ]
        for (impact, title, tone) in titles {
            let changes = diff.changes.filter { $0.impact == impact }
            if changes.isEmpty { continue }
            lines += ["", style("\(title) (\(changes.count))", tone)]
            for change in changes {
                let at =
                    change.column == nil || impact == .note
                    ? change.table.map { impact == .note ? "" : "\($0): " } ?? ""
                    : "\(change.table ?? "").\(change.column ?? ""): "
                lines.append("  \(Cell.visible(at + change.what))")
                lines.append(style("    \(Cell.visible(change.why))", .faint))
                if let consumers = change.consumers, !consumers.isEmpty {
                    let named = consumers.map {
                        "\($0.table)\($0.columns.isEmpty ? "" : " (\($0.columns.joined(separator: ", ")))")"
                    }
                    lines.append("    binds it: \(named.joined(separator: "; "))")
                }
            }
        }
        if let advice = diff.versionAdvice { lines += ["", style(advice, .warning)] }
        return lines.joined(separator: "\n")
    }
}
