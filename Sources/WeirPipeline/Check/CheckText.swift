import Foundation
import WeirCore
import WeirQuality

/// A check's report for people.
public enum CheckText {
    /// - Parameter showsSQL: with the query behind each rule that does not hold.
    public static func render(_ report: CheckReport, showsSQL: Bool = false, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines: [String] = []
        for table in report.tables {
            lines += text(table, showsSQL, terminal)
            lines.append("")
        }
        let failed = report.tables.count { $0.status == .failed }
        let warned = report.tables.count { $0.status == .warned }
        let passed = report.tables.count - failed - warned
        var counts = [style("\(Figures.count(passed)) passed", .good)]
        if warned > 0 { counts.append(style("\(Figures.count(warned)) with warnings", .warning)) }
        if failed > 0 { counts.append(style("\(Figures.count(failed)) failed", .bad)) }
        lines.append(counts.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    private static func text(_ table: CheckedTable, _ showsSQL: Bool, _ terminal: Terminal) -> [String] {
        let style = terminal.style
        let mark =
            switch table.status {
            case .passed: style("✓", .good)
            case .warned: style("!", .warning)
            case .failed: style("✗", .bad)
            }
        let rows = table.rows.map { ", \(Figures.count(Int64($0), "row"))" } ?? ""
        let contract = "\(table.contract.file) \(table.contract.version)"
        let place = table.otherEngine.map { " in \($0)" } ?? ""
        var lines = [
            "\(mark) \(style(Cell.visible(table.target), .strong))\(rows), held against \(Cell.visible(contract))\(place)"
        ]
        if let error = table.error {
            return lines + ErrorText.render(error, on: terminal).split(separator: "\n").map { "  \($0)" }
        }
        if table.unreadableRows > 0 {
            let reasons = table.unreadable.map { "\($0.reason) \(Figures.count($0.rows))" }.joined(separator: ", ")
            lines.append(
                "  \(style(Figures.count(Int64(table.unreadableRows), "line"), .bad)) could not be read: \(Cell.visible(reasons))"
            )
        }
        lines += rules(table.checks, on: terminal).map { "  \($0)" }
        for check in table.checks {
            guard let why = check.fetched else { continue }
            lines.append(
                "  \(style("\(Cell.visible(check.rule)) by DuckDB, on fetched columns: \(Cell.visible(why))", .faint))")
        }
        lines += (table.incremental?.sentences ?? []).map { "  \(style(Cell.visible($0), .faint))" }
        lines += (table.drift?.alerts ?? []).map {
            "  \(style($0.id, .faint))  \(style("drift", .warning)): \(Cell.visible("\($0.what): \($0.why)"))"
        }
        if let note = table.note { lines.append("  \(style(Cell.visible(note), .faint))") }
        if showsSQL {
            for check in table.checks where check.fails || check.status == .warned {
                if let sql = check.sql { lines += ["", "  \(style("-- \(check.rule)", .faint))", "  \(sql);"] }
            }
        }
        lines += segments(table, terminal) + failing(table, terminal)
        return lines
    }

    /// One line a rule.
    static func rules(_ checks: [CheckOutcome], on terminal: Terminal) -> [String] {
        guard !checks.isEmpty else { return [] }
        var list = TextTable(["rule", "status", "rows", "wanted"])
        for check in checks {
            let tone: Tone? =
                check.fails ? .bad : check.status == .warned ? .warning : check.status == .passed ? .good : nil
            list.add([
                .init(check.rule), .init(check.word, tone), .init(check.found), .init(check.wanted),
            ])
        }
        return list.render(on: terminal).split(separator: "\n").map(String.init)
    }

    private static func segments(_ table: CheckedTable, _ terminal: Terminal) -> [String] {
        guard let first = table.segments.first else { return [] }
        var list = TextTable(first.values.map(\.column) + ["rows", "bad", "share", "rules they break"])
        for segment in table.segments {
            let share = segment.rows == 0 ? 0 : Double(segment.violating) * 100 / Double(segment.rows)
            let rules = segment.rules.map { "\($0.rule) \(Figures.count($0.violating))" }.joined(separator: ", ")
            list.add(
                segment.values.map { .init($0.value ?? "NULL", $0.value == nil ? .faint : nil) } + [
                    .init(Figures.count(segment.rows)),
                    .init(Figures.count(segment.violating), segment.violating > 0 ? .bad : nil),
                    .init(segment.violating == 0 ? "" : "\((share * 10).rounded() / 10) %"), .init(rules),
                ])
        }
        return ["", "  by \(first.values.map { Cell.visible($0.column) }.joined(separator: ", "))"]
            + list.render(on: terminal).split(separator: "\n").map { "  \($0)" }
    }

    private static func failing(_ table: CheckedTable, _ terminal: Terminal) -> [String] {
        guard let first = table.failing.first else { return [] }
        var list = TextTable(first.values.map(\.column) + ["breaks"])
        for row in table.failing {
            list.add(
                row.values.map { .init($0.value ?? "NULL", $0.value == nil ? .faint : nil) }
                    + [.init(row.rules.joined(separator: ", "), .bad)])
        }
        return ["", "  \(Figures.count(Int64(table.failing.count), "row")) of those that break a rule"]
            + list.render(on: terminal).split(separator: "\n").map { "  \($0)" }
    }
}

extension CheckOutcome {
    /// What was wanted, or what else there is to say.
    var wanted: String { detail ?? limit + (warnLimit.map { "; warns unless \($0)" } ?? "") }

    /// The status in a word.
    var word: String { fails ? "failed" : status == .notChecked ? "not checked" : status.rawValue }

    /// What was counted or measured.
    var found: String {
        if let violating { return Figures.count(violating) }
        // Sixteen digits of an index say no more than five.
        return measured.map { value in Int(exactly: value).map { Figures.count($0) } ?? String(format: "%.5g", value) }
            ?? ""
    }
}
