import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Start a project: a small one that works, or one made from your files.",
        discussion: """
            weir init shop                        a sample project in the folder shop
            weir init --from data/*.csv           sources, contracts and staging models for your files
            weir init shop --from exports/        the same for a folder of files

            Nothing is ever overwritten.
            """)

    @Argument(help: ArgumentHelp("The project's folder; made where it is missing.", valueName: "dir"))
    var folder: String = "."

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Files, folders, globs or URLs to make the project from.", valueName: "files"))
    var from: [String] = []

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let here = FileManager.default.currentDirectoryPath
        let root = URL(fileURLWithPath: folder.hasPrefix("/") ? folder : "\(here)/\(folder)").standardizedFileURL.path
        let report: InitReport
        if from.isEmpty {
            report = try ProjectInit.sample(in: root)
        } else {
            let progress = Progress(on: .of(descriptor: 2))
            report = try await ProjectInit.fromFiles(from, in: root, relativeTo: here) { text in
                Task { await progress.update(text) }
            }
            await progress.clear()
        }
        try output.print(report) { InitText.render(report, folder: folder, on: $0) }
        if !report.leftOut.isEmpty { throw ExitCode(Outcome.gateFailed.rawValue) }
    }
}

/// A new project for people.
enum InitText {
    static func render(_ report: InitReport, folder: String, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines: [String] = []
        if !report.tables.isEmpty {
            var table = TextTable(["table", "files", "rows", "columns", "key", "rules", "malformed"])
            for found in report.tables {
                table.add([
                    .init(found.source), .init(Figures.count(found.files)), .init(Figures.count(found.rows)),
                    .init(Figures.count(found.columns)),
                    .init(found.key.isEmpty ? "–" : found.key.joined(separator: ", ")),
                    .init(Figures.count(found.rules)),
                    .init(Figures.count(found.malformed), found.malformed > 0 ? .warning : nil),
                ])
            }
            lines.append(table.render(on: terminal))
            for found in report.tables {
                lines += found.notes.map { "  note: \(found.source): \($0)" }
                if found.malformed > 0 {
                    lines.append(
                        "  note: \(found.source): \(Figures.count(Int64(found.malformed), "line")) cannot be read as \(found.malformed == 1 ? "a row" : "rows"); a run keeps \(found.malformed == 1 ? "it" : "them") in quarantine"
                    )
                }
            }
            lines.append("")
        }
        for error in report.leftOut { lines.append(ErrorText.renderWarning(error, on: terminal)) }
        lines.append("\(Figures.count(Int64(report.written.count), "file")) written to \(report.project):")
        // Three files a table would hide what matters.
        let perTable = report.tables.isEmpty ? [] : ["sources/", "contracts/", "models/"]
        lines += report.written.filter { path in !perTable.contains { path.hasPrefix($0) } }.map {
            "  \(style($0, .name))"
        }
        if !perTable.isEmpty {
            lines.append(
                "  for each table: \(style("sources/NAME.yaml", .name)), \(style("contracts/NAME.yaml", .name)), \(style("models/staging/NAME.sql", .name))"
            )
        }
        lines += report.kept.map { "  \($0) was there and stays as it is" }
        lines += ["", "Next:"]
        if folder != "." { lines.append("  cd \(quoted(folder))") }
        let next =
            report.tables.isEmpty
            ? [
                ("weir run", "read, check and publish; one order is kept out, and the summary says so"),
                ("weir test", "the models' tests: given rows, expected rows"),
                ("weir query \"SELECT * FROM mart.sales_by_day ORDER BY day\"", "look at the result"),
            ]
            : [
                ("weir plan", "what a run would do, and why"), ("weir run", "read, check and publish"),
                ("weir query \"FROM \(report.tables[0].model) LIMIT 10\"", "look at the result"),
            ]
        let width = next.map(\.0.count).max() ?? 0
        lines += next.map { "  \($0.0.rightPadded(to: width))  \(style($0.1, .faint))" }
        return lines.joined(separator: "\n")
    }

    private static func quoted(_ path: String) -> String {
        path.allSatisfy { $0.isLetter || $0.isNumber || "-_./~".contains($0) }
            ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }
}
