import ArgumentParser
import WeirCore
import WeirPipeline

struct LintCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Report what the project leaves unsaid: whys, contracts, tests, owners, descriptions.")

    @OptionGroup var options: ProjectOptions

    @Flag(name: .long, help: "Exit with 1 when there is a finding.")
    var strict = false

    func run() async throws {
        let report = try await Runner(try await options.load(), options: RunOptions()).lint()
        try options.output.print(report) { LintText.render(report, on: $0) }
        if strict, !report.findings.isEmpty { throw ExitCode(Outcome.gateFailed.rawValue) }
    }
}

/// Findings for people: by table, each with what to do about it.
enum LintText {
    static func render(_ report: LintReport, on terminal: Terminal) -> String {
        let style = terminal.style
        let tables = Figures.count(Int64(report.tables), "table")
        if report.findings.isEmpty { return style("Nothing to find fault with in \(tables).", .good) }
        var lines: [String] = []
        var last: LintReport.Finding?
        for finding in report.findings {
            if finding.table != last?.table {
                if last != nil { lines.append("") }
                lines.append("\(style(finding.table.description, .strong)) \(style(finding.place.file ?? "", .faint))")
            }
            lines.append("  \(style(finding.rule.rawValue, .warning)): \(finding.message)")
            lines.append("    hint: \(finding.hint)")
            last = finding
        }
        lines.append("\n\(Figures.count(Int64(report.findings.count), "finding")) in \(tables).")
        return lines.joined(separator: "\n")
    }
}
