import WeirCore
import WeirPipeline
import WeirQuality

/// A run's result for people.
enum SummaryText {
    static func render(_ summary: RunSummary, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines: [String] = []
        let worked = summary.nodes.filter { $0.status != .unchanged }
        if !worked.isEmpty {
            var table = TextTable(["table", "status", "rows in", "published", "quarantined", "filtered", "time"])
            for node in worked {
                let counts = node.status == .published && node.balance.read + node.balance.published > 0
                func figure(_ value: Int) -> String { counts ? Figures.count(value) : "" }
                table.add([
                    .init(node.name.description), .init(node.status.rawValue, tone(node.status)),
                    .init(figure(node.balance.read)), .init(figure(node.balance.published)),
                    .init(figure(node.balance.quarantined), node.balance.quarantined > 0 ? .warning : nil),
                    .init(figure(node.balance.filtered)),
                    .init(Figures.duration(milliseconds: Int64(node.milliseconds))),
                ])
            }
            lines.append(table.render(on: terminal))
        }
        for node in summary.nodes { lines += details(node, style, terminal) }
        lines.append("")
        lines.append(closing(summary, style))
        return lines.joined(separator: "\n")
    }

    private static func tone(_ status: NodeResult.Status) -> Tone? {
        switch status {
        case .published: .good
        case .unchanged: .faint
        case .stopped, .incomplete, .failed: .bad
        case .blocked, .cancelled: .warning
        }
    }

    /// What a person should know about one table beyond its row in the table.
    private static func details(_ node: NodeResult, _ style: Style, _ terminal: Terminal) -> [String] {
        var lines: [String] = []
        func head(_ text: String) { lines.append("\n\(style(node.name.description, .strong)): \(text)") }
        if [.stopped, .incomplete, .blocked, .cancelled].contains(node.status) {
            head(node.reason ?? node.status.rawValue)
            if let hint = node.error?.hint { lines.append("  hint: \(hint)") }
        } else if node.status == .failed, let error = node.error {
            lines.append("\n" + ErrorText.render(error, on: terminal))
        }
        let broken = node.checks.filter { [.quarantined, .failed, .warned].contains($0.status) }
        if !broken.isEmpty {
            if lines.isEmpty { head("rules that rows broke") }
            for check in broken {
                let count =
                    check.violating.map { Figures.count(Int64($0), "row") } ?? check.measured.map { "\($0)" } ?? ""
                lines.append(
                    "  \(check.status.rawValue) \(check.rule) \(count)\(check.detail.map { " – \($0)" } ?? "")")
            }
        }
        if let report = node.ai { lines.append("  \(StepText.report(report, of: node.name))") }
        if let drift = node.drift { lines += DriftText.notice(drift, of: node, style) }
        for notice in node.notices { lines.append("  note: \(node.name): \(notice)") }
        return lines
    }

    private static func closing(_ summary: RunSummary, _ style: Style) -> String {
        let published = summary.nodes.filter { $0.status == .published }
        let balance = summary.nodes.map(\.balance).reduce(RowBalance(), +)
        let time = Figures.duration(milliseconds: Int64(summary.milliseconds))
        var parts: [String] = []
        for name in summary.pruned { parts.append("Dropped \(name).") }
        if published.isEmpty, summary.outcome == .done, !summary.pruned.isEmpty {
            parts.append("All \(Figures.count(Int64(summary.nodes.count), "table")) are as the project says (\(time)).")
        } else if published.isEmpty, summary.outcome == .done {
            parts.append(
                "Nothing to do: all \(Figures.count(Int64(summary.nodes.count), "table")) are as the project says (\(time))."
            )
        } else {
            parts.append("\(Figures.count(Int64(published.count), "table")) published in \(time), run \(summary.id).")
            parts.append(
                "Rows in \(Figures.count(balance.read)) = published \(Figures.count(balance.published)) + quarantined \(Figures.count(balance.quarantined)) + filtered \(Figures.count(balance.filtered))."
            )
        }
        let unchanged = summary.nodes.count { $0.status == .unchanged }
        if unchanged > 0, !published.isEmpty { parts.append("\(Figures.count(Int64(unchanged), "table")) unchanged.") }
        if balance.quarantined > 0 { parts.append("See `weir quarantine list`.") }
        let text = parts.joined(separator: " ")
        return summary.outcome == .done ? text : style(text, .warning)
    }
}
