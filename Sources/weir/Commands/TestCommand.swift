import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline

struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Test models with given rows, and tables against their contracts.",
        discussion: """
            Without options the model tests below the paths run, in databases in memory: the warehouse is not touched.
            --data and --schema look at the warehouse instead, at the tables whose contracts lie below the paths.
            Ends with 0 when everything passed, 1 when something failed, 2 when a test has a mistake in it.
            """)

    @OptionGroup var options: ProjectOptions

    @Argument(help: "Files and folders of tests/ or contracts/. None means all.")
    var paths: [String] = []

    @Flag(name: .long, help: "Check the rows in the warehouse against the contracts. Reads only.")
    var data = false

    @Flag(name: .long, help: "Compare the columns in the warehouse with the contracts. Reads only.")
    var schema = false

    @Flag(name: .long, help: "Model tests, rows and columns.")
    var all = false

    @Option(
        name: .long, help: ArgumentHelp("Environment of weir.yaml whose warehouse is looked at.", valueName: "name"))
    var env: String?

    @Option(name: .long, help: ArgumentHelp("Also write the results as JUnit XML.", valueName: "path"))
    var junit: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Write a starting test for a model from rows of the warehouse.", valueName: "model"))
    var new: String?

    @Option(name: .long, help: ArgumentHelp("Model tests that run at once.", valueName: "n"))
    var threads: Int = 2

    func validate() throws {
        if threads < 1 { throw ValidationError("--threads is at least 1") }
        if new != nil, data || schema || all || junit != nil || !paths.isEmpty {
            throw ValidationError("--new writes a test and runs none; give it the model only")
        }
    }

    func run() async throws {
        let project = try await options.load()
        if let new { return try await write(new, project) }
        var settings = TestOptions()
        settings.paths = paths
        settings.data = data || all
        settings.schema = schema || all
        settings.models = all || !(data || schema)
        settings.environment = env
        settings.workers = threads
        let suite = try TestSuite(project, options: settings)
        let progress = Progress(on: .of(descriptor: 2))
        let report = try await suite.run { done, count in Task { await progress.update("test \(done) of \(count)") } }
        await progress.clear()
        if let junit { try WholeFile.write(JUnitReport.xml(report), to: junit, makesFolder: true) }
        for warning in report.warnings { Console(format: options.output.output).warn(warning) }
        try options.output.print(report) { TestReportText.render(report, on: $0) }
        if report.outcome != .done { throw ExitCode(report.outcome.rawValue) }
    }

    private func write(_ model: String, _ project: Project) async throws {
        let written = try await NewTest(project, environment: env).write(for: model)
        try options.output.print(written) { terminal in
            var lines = [
                "\(terminal.style(written.path, .strong)) is written: \(Figures.count(Int64(written.expectedRows), "row")) expected."
            ]
            if !written.masked.isEmpty {
                lines.append("Masked, because a contract classifies them: \(written.masked.joined(separator: ", ")).")
            }
            lines.append("Read it, give it a name that says what it is about, and run `weir test \(written.path)`.")
            return lines.joined(separator: "\n")
        }
    }
}
