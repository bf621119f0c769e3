import ArgumentParser
import Foundation
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

extension UsageGrouping: ExpressibleByArgument {}

struct AIUsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "What AI services were asked, and what it cost.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, csv }

    @Option(name: .long, help: ArgumentHelp("The project's folder, or one inside it.", valueName: "dir"))
    var project: String = "."

    @Option(name: .long, help: "Sum up by day, provider, model, step or run.")
    var by: UsageGrouping = .day

    @Option(name: .long, help: ArgumentHelp("Only from this day on, like 2026-11-01.", valueName: "day"))
    var since: String?

    @Option(name: [.customShort("o", allowingJoined: true), .long], help: "text, json or csv.")
    var output: Format = .text

    private struct Report: Encodable {
        var by: UsageGrouping
        var since: Date?
        var lines: [UsageLine]
    }

    func run() async throws {
        var begin: Date?
        if let since {
            begin = UTC.date(since.count == 10 ? "\(since)T00:00:00Z" : since)
            if begin == nil {
                throw WeirError("usage", "\"\(since)\" is no day", hint: "write it like 2026-11-01")
            }
        }
        let start = URL(
            fileURLWithPath: project, relativeTo: URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        ).path
        let desk = try await AIDesk.open(try ProjectLoader.load(root: try ProjectLoader.findRoot(from: start)))
        let lines = try await desk.usage(by: by, since: begin)
        switch output {
        case .text: print(AIText.usage(lines, by: by, on: .of(descriptor: 1)))
        case .json: print(try JSONOutput.pretty(Report(by: by, since: begin, lines: lines)))
        case .csv: print(AIText.csv(lines, by: by))
        }
    }
}

struct AIBudgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "How much of each budget is spent.")

    @OptionGroup var options: ProjectOptions

    private struct Report: Encodable { var budgets: [BudgetState] }

    func run() async throws {
        let budgets = try await AIDesk.open(try await options.load()).budgets()
        try options.output.print(Report(budgets: budgets)) { AIText.budgets(budgets, on: $0) }
    }
}

struct AIPricesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices", abstract: "The prices that costs are computed with.",
        subcommands: [List.self, Check.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "All prices. This is what `weir ai prices` alone does.")

        @OptionGroup var options: ProjectOptions

        func run() async throws {
            let table = try PriceTable.reading(try await options.loadIfAny()?.ai?.pricesPath)
            let report = AIPriceReport(table)
            try options.output.print(report) { AIText.prices(report, on: $0) }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Models that their provider has ended or soon ends, and models in use without a price."
        )

        @OptionGroup var options: ProjectOptions

        private struct Report: Encodable {
            struct Ending: Encodable {
                var model: String
                var date: String
                var over: Bool
            }
            var version: String
            var ending: [Ending]
            var unpriced: [String]
        }

        func run() async throws {
            let project = try await options.loadIfAny()
            let desk = try await AIDesk.open(project)
            let client = try await desk.client()
            let ending = client.prices.deprecated(at: Date()).map {
                Report.Ending(model: $0.name, date: $0.date, over: $0.isOver)
            }
            let unpriced = try await client.models().filter { $0.price == nil }.map { "\($0.provider)/\($0.name)" }
            let report = Report(version: client.prices.version, ending: ending, unpriced: unpriced)
            try options.output.print(report) { terminal in
                var table = TextTable(["model", "ends", "state"])
                for model in ending {
                    table.add([
                        .init(model.model), .init(model.date),
                        .init(model.over ? "over" : "soon", model.over ? .bad : .warning),
                    ])
                }
                var lines = ["Prices of \(report.version)."]
                if table.count > 0 { lines.append(table.render(on: terminal)) }
                for name in unpriced { lines.append("No price is known for \(name).") }
                if lines.count == 1 { lines.append("No model is at its end, and all that are named have a price.") }
                return lines.joined(separator: "\n")
            }
        }
    }
}
