import WeirCore
import WeirQuality

/// A test report for people.
public enum TestReportText {
    public static func render(_ report: TestReport, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines: [String] = []
        for test in report.tests {
            let mark = test.status == .passed ? style("✓", .good) : style("✗", .bad)
            lines.append("\(mark) \(style(test.model?.description ?? test.file, .strong)): \(Cell.visible(test.name))")
            guard test.status != .passed else { continue }
            lines.append("  \(style("\(test.file):\(test.line)", .faint))")
            lines += details(test, on: terminal).map { "  \($0)" }
            lines.append("")
        }
        for table in report.tables { lines += text(table, terminal) }
        if lines.last?.isEmpty == false { lines.append("") }
        var counts = [style("\(Figures.count(report.passed)) passed", .good)]
        if report.failed > 0 { counts.append(style("\(Figures.count(report.failed)) failed", .bad)) }
        if report.invalid > 0 {
            counts.append(style("\(Figures.count(Int64(report.invalid))) with a mistake in the test", .bad))
        }
        lines.append(counts.joined(separator: ", "))
        return lines.joined(separator: "\n")
    }

    // MARK: Model tests

    /// What is wrong with a test that did not pass.
    static func details(_ test: ModelTestResult, on terminal: Terminal) -> [String] {
        var lines: [String] = []
        if let message = test.message { lines.append(message) }
        for error in test.errors {
            lines += ErrorText.render(error, on: terminal).split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
        }
        if let diff = test.diff { lines += Self.lines(diff, terminal) }
        return lines
    }

    private static func lines(_ diff: RowDiff, _ terminal: Terminal) -> [String] {
        let style = terminal.style
        var lines = [
            "\(Figures.count(Int64(diff.expectedRows), "row")) expected, \(Figures.count(diff.actualRows)) returned"
        ]
        if !diff.extraColumns.isEmpty {
            let names = diff.extraColumns.map(Cell.visible).joined(separator: ", ")
            lines.append(
                "the model also returns \(names); name \(diff.extraColumns.count == 1 ? "it" : "them"), or write `columns: subset`"
            )
        }
        if let row = diff.firstOutOfOrder {
            lines.append("the rows are right, and from row \(row) on they come in another order")
        }
        for changed in diff.changed {
            let same = changed.expected.filter { !changed.differing.contains($0.column) }
            let label = same.prefix(6).map { "\(Cell.visible($0.column))=\(shown($0.value))" }.joined(separator: " ")
            lines.append("\(style("~", .warning)) \(label)\(same.count > 6 ? " …" : "")")
            for column in changed.differing {
                let wanted = changed.expected.first { $0.column == column }?.value
                let found = changed.actual.first { $0.column == column }?.value
                let (left, right) = apart(wanted, found)
                lines.append("    \(Cell.visible(column)): expected \(style(left, .good)), found \(style(right, .bad))")
            }
        }
        if diff.changedCount > diff.changed.count {
            lines.append("  … and \(Figures.count(diff.changedCount - diff.changed.count)) more that differ")
        }
        lines += table("missing", "-", .good, diff.missing, diff.missingCount, diff.columns, terminal)
        lines += table("not expected", "+", .bad, diff.unexpected, diff.unexpectedCount, diff.columns, terminal)
        return lines
    }

    private static func table(
        _ what: String, _ sign: String, _ tone: Tone, _ rows: [[RowDiff.Cell]], _ count: Int, _ columns: [String],
        _ terminal: Terminal
    ) -> [String] {
        guard count > 0 else { return [] }
        // Columns that no row has say nothing.
        let columns = columns.filter { name in rows.contains { $0.contains { $0.column == name } } }
        var table = TextTable([""] + columns)
        for row in rows {
            table.add(
                [.init(sign, tone)]
                    + columns.map { name in
                        guard let cell = row.first(where: { $0.column == name }) else {
                            return TextTable.Item("·", .faint)
                        }
                        return TextTable.Item(shown(cell.value), cell.value == nil ? .faint : nil)
                    })
        }
        var lines = ["\(Figures.count(Int64(count), "row")) \(what):"]
        lines += table.render(on: terminal).split(separator: "\n").map(String.init)
        if count > rows.count { lines.append("… and \(Figures.count(count - rows.count)) more") }
        return lines
    }

    /// A value; in quotes where it could be taken for something else.
    private static func shown(_ value: String?) -> String {
        guard let value else { return "NULL" }
        let isPlain =
            !value.isEmpty && value != "NULL" && value.first?.isWhitespace == false && value.last?.isWhitespace == false
        return Cell.visible(isPlain ? value : "\"\(value)\"")
    }

    /// Two values that differ, told apart also where they look alike (`é` in one or two characters).
    private static func apart(_ a: String?, _ b: String?) -> (String, String) {
        guard let a, let b, a == b else { return (shown(a), shown(b)) }
        func spelled(_ text: String) -> String { text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }
        return spelled(a) == spelled(b) ? (shown(a), shown(b)) : (spelled(a), spelled(b))
    }

    // MARK: Tables of the warehouse

    private static func text(_ table: TableTestResult, _ terminal: Terminal) -> [String] {
        let style = terminal.style
        let mark = table.passed ? style("✓", .good) : style("✗", .bad)
        let rows = table.rows.map { ", \(Figures.count(Int64($0), "row"))" } ?? ""
        var lines = ["\(mark) \(style(table.name.description, .strong))\(rows)"]
        if let error = table.error {
            return lines + ErrorText.render(error, on: terminal).split(separator: "\n").map { "  \($0)" }
        }
        if let schema = table.schema {
            lines += schema.differences.map { "  \(style("columns", .bad)): \(Cell.visible($0.detail ?? $0.rule))" }
            if schema.differences.isEmpty { lines.append("  columns are as the contract says") }
            for column in schema.extra {
                lines.append("  note: the contract does not mention \(Cell.visible(column.name)) (\(column.type))")
            }
        }
        return lines + CheckText.rules(table.checks, on: terminal).map { "  \($0)" }
    }
}
