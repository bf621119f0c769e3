import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline

struct DocsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "docs", abstract: "Write the project's documentation as a static site.")

    @OptionGroup var options: ProjectOptions

    @Option(name: .long, help: ArgumentHelp("The site's folder.", valueName: "dir"))
    var to: String = "site"

    @Option(name: .long, help: ArgumentHelp("Environment whose runs are shown.", valueName: "name"))
    var env: String?

    func run() async throws {
        var settings = RunOptions()
        settings.environment = env
        let result = try await Runner(try await options.load(), options: settings).writeDocs(to: to)
        for warning in result.warnings { Console(format: options.output.output).warn(warning) }
        try options.output.print(result) { _ in
            "\(Figures.count(Int64(result.tables), "table")) described. Open \(result.index)"
        }
    }
}
