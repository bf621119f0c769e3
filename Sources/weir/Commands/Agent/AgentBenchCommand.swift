import ArgumentParser
import Foundation
import WeirAI
import WeirAgent
import WeirCore
import WeirPipeline

/// What `weir agent bench` measured.
struct AgentBenchReport: Encodable {
    var cost: Money
    var milliseconds: Int64
    var model: String
    var scenarios: [ScenarioLab.Score]
    var solved: Int
    var turns: Int
}

struct AgentBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Let an agent mend projects that are broken on purpose, and see what it solves.",
        discussion: """
            Each scenario is copied to a folder of its own, so the agent may do everything there that it asks for, shell \
            commands included. What counts is the state that it leaves, on data that it never saw.
            """)

    @OptionGroup var options: ProjectOptions
    @OptionGroup var session: AgentOptions

    @Option(name: .long, help: ArgumentHelp("The folder of scenarios.", valueName: "dir"))
    var scenarios: String = "Tests/Scenarios"

    @Argument(help: "Only these scenarios.") var names: [String] = []

    func run() async throws {
        let all = try Scenario.all(in: URL(fileURLWithPath: scenarios).path)
        let chosen =
            try names.isEmpty
            ? all
            : names.map { name in
                if let found = all.first(where: { $0.name == name }) { return found }
                throw WeirError(
                    "scenario.unknown", "there is no scenario \"\(name)\"",
                    hint: DidYouMean.hint(for: name, among: all.map(\.name)))
            }
        let desk = try await AIDesk.open(try await options.loadIfAny())
        let client = try await AIClient(settings: desk.settings, store: nil)
        let model = try client.model(named: session.model ?? "")
        var request = session.request
        request.model = "\(model.provider)/\(model.model)"
        let lab = ScenarioLab(settings: desk.settings, request: request)
        let progress = Progress(on: .of(descriptor: 2))
        var scores: [ScenarioLab.Score] = []
        for scenario in chosen {
            await progress.update("\(scenario.name) (\(scores.count + 1) of \(chosen.count))")
            scores.append(try await lab.run(scenario))
        }
        await progress.clear()
        let report = AgentBenchReport(
            cost: scores.reduce(.zero) { $0 + $1.cost }, milliseconds: scores.reduce(0) { $0 + $1.milliseconds },
            model: model.model, scenarios: scores, solved: scores.count(where: \.solved),
            turns: scores.reduce(0) { $0 + $1.turns })
        try options.output.print(report) { AgentText.bench(report, on: $0) }
        if report.solved < scores.count { throw ExitCode(Outcome.gateFailed.rawValue) }
    }
}
