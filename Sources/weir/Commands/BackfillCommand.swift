import ArgumentParser
import WeirCore
import WeirPipeline

struct BackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill", abstract: "Build a range of an interval model again, in parallel batches.")

    @OptionGroup var options: ProjectOptions
    @OptionGroup var running: RunningOptions

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml to work in.", valueName: "name"))
    var env: String?
    @Option(name: .long, help: ArgumentHelp("First date or time, inclusive.", valueName: "time"))
    var from: String
    @Option(name: .long, help: ArgumentHelp("Last date or time, exclusive.", valueName: "time"))
    var to: String
    @Argument(help: "The table.")
    var table: String

    func run() async throws {
        var settings = RunOptions()
        settings.environment = env
        settings.command = "backfill \(table) --from \(from) --to \(to)"
        running.apply(to: &settings)
        let request = BackfillRequest(table: try TableArgument.read(table), from: from, to: to)
        let summary = try await Runner(try await options.load(), options: settings).backfill(request)
        try options.output.print(summary) { SummaryText.render(summary, on: $0) }
        if summary.outcome != .done { throw ExitCode(summary.outcome.rawValue) }
    }
}
