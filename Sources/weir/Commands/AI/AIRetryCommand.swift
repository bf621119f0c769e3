import ArgumentParser
import WeirCore
import WeirPipeline

struct AIRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Have the rows of a table that got no valid answer asked once more.")

    @OptionGroup var options: ProjectOptions

    @Argument(help: "A model with an AI step: mart.invoices.")
    var table: String

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml to work in.", valueName: "name"))
    var env: String?

    func run() async throws {
        let project = try await options.load()
        guard let name = TableName(table) else {
            throw WeirError("table.bad-name", "\"\(table)\" is not a table name", hint: "write schema.table")
        }
        let retry = try await AnswerRetry.prepare(name, in: project, environment: env)
        try options.output.print(retry) { _ in
            retry.questions == 0
                ? "Every question of \(retry.table) has a valid answer, or was not asked yet."
                : "\(Figures.count(Int64(retry.questions), "question")) of \(retry.table) will be asked again by `weir run --full-refresh \(retry.table)`. Rows that have an answer cost nothing."
        }
    }
}
