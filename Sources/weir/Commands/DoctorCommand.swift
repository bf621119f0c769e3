import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check that everything a run needs is there, and say what to do about what is not.",
        discussion:
            "Changes nothing. Ends with 0 when a run can work, 2 when the project's files are wrong, 3 when something else failed."
    )

    @Option(name: .long, help: ArgumentHelp("The project's folder, or one inside it.", valueName: "dir"))
    var project: String = "."

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let start = URL(
            fileURLWithPath: project, relativeTo: URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        ).path
        let report = await Doctor.examine(start)
        try output.print(report) { DoctorText.render(report, on: $0) }
        if report.outcome != .done { throw ExitCode(report.outcome.rawValue) }
    }
}

/// A diagnosis for people.
enum DoctorText {
    static func render(_ report: Diagnosis, on terminal: Terminal) -> String {
        let style = terminal.style
        var table = TextTable(["check", "status", "found"])
        for finding in report.findings {
            let tone: Tone =
                switch finding.status {
                case .ok: .good
                case .warn: .warning
                case .fail: .bad
                }
            table.add([
                .init(finding.check), .init(finding.status.rawValue, tone), .init(Self.firstLine(finding.detail)),
            ])
        }
        var lines = [table.render(on: terminal)]
        for finding in report.findings where finding.status != .ok {
            // The table may have cut it.
            lines.append("\n\(style(finding.check, .strong)): \(finding.detail)")
            if let advice = finding.advice { lines.append("  hint: \(advice)") }
        }
        let failed = report.findings.count { $0.status == .fail }
        let warned = report.findings.count { $0.status == .warn }
        lines.append("")
        switch (failed, warned) {
        case (0, 0): lines.append("All is well.")
        case (0, _): lines.append("A run can work. \(Figures.count(Int64(warned), "thing")) to know, above.")
        default: lines.append(style("\(Figures.count(Int64(failed), "check")) failed.", .bad))
        }
        return lines.joined(separator: "\n")
    }

    /// Drivers explain themselves over several lines; they are shown whole below the table.
    private static func firstLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }
}
