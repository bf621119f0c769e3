import WeirCore
import WeirQuality

/// A check's report in Markdown, to stand under a pull request.
public enum CheckMarkdown {
    public static func render(_ report: CheckReport) -> String {
        var lines = ["# Data checks: \(report.status.rawValue)", ""]
        for table in report.tables {
            let mark =
                switch table.status {
                case .passed: "✅"
                case .warned: "⚠️"
                case .failed: "❌"
                }
            let rows = table.rows.map { ", \(Figures.count(Int64($0), "row"))" } ?? ""
            lines += ["## \(mark) \(text(table.target))\(rows)", ""]
            lines.append(
                "Contract \(code(table.contract.file)), version \(text(table.contract.version))\(table.otherEngine.map { ", in \(text($0))" } ?? "")."
            )
            if let error = table.error {
                lines += ["", "**\(text(error.message))**" + (error.hint.map { " \(text($0))" } ?? ""), ""]
                continue
            }
            if table.unreadableRows > 0 {
                let reasons = table.unreadable.map { "\(code($0.reason)) \(Figures.count($0.rows))" }
                lines.append(
                    "\(Figures.count(Int64(table.unreadableRows), "line")) could not be read: \(reasons.joined(separator: ", "))."
                )
            }
            let notable = table.checks.filter { $0.status != .passed }
            lines.append("\(Figures.count(Int64(table.checks.count - notable.count), "rule")) passed.")
            lines.append("")
            if !notable.isEmpty {
                lines += ["| rule | status | rows | wanted |", "| --- | --- | ---: | --- |"]
                lines += notable.map { check in
                    "| \(code(check.rule)) | \(check.word) | \(check.found) | \(text(check.wanted)) |"
                }
                lines.append("")
            }
            let drift = (table.drift?.alerts ?? []).map { "drift \($0.id): \($0.what): \($0.why)" }
            let notes = drift + (table.incremental?.sentences ?? []) + (table.note.map { [$0] } ?? [])
            if !notes.isEmpty { lines += notes.map { "- \(text($0))" } + [""] }
            lines += segments(table) + samples(table)
        }
        lines.append("Weir \(report.weir), DuckDB \(report.engine)")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func segments(_ table: CheckedTable) -> [String] {
        guard let first = table.segments.first else { return [] }
        let names = first.values.map { text($0.column) }
        var lines = [
            "| \((names + ["rows", "bad"]).joined(separator: " | ")) |",
            "| \((names.map { _ in "---" } + ["---:", "---:"]).joined(separator: " | ")) |",
        ]
        for segment in table.segments {
            let cells =
                segment.values.map { text($0.value ?? "NULL") } + [
                    Figures.count(segment.rows), Figures.count(segment.violating),
                ]
            lines.append("| \(cells.joined(separator: " | ")) |")
        }
        return lines + [""]
    }

    private static func samples(_ table: CheckedTable) -> [String] {
        let shown = table.checks.filter { ($0.fails || $0.status == .warned) && !$0.samples.isEmpty }
        guard !shown.isEmpty else { return [] }
        var lines = ["<details><summary>Rows that break a rule</summary>", ""]
        for check in shown {
            for sample in check.samples {
                let values = sample.values.map { "\($0.column) = \($0.value ?? "NULL")" }.joined(separator: ", ")
                lines.append("- \(code(check.rule)): \(text(values))")
            }
        }
        return lines + ["", "</details>", ""]
    }

    private static func text(_ text: String) -> String { MarkdownText.safe(text) }
    private static func code(_ text: String) -> String { MarkdownText.code(text) }
}
