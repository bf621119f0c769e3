import ArgumentParser
import WeirCore
import WeirPipeline

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what a run would do and why. Changes nothing.")

    @OptionGroup var options: ProjectOptions
    @OptionGroup var selection: SelectionOptions

    func run() async throws {
        let project = try await options.load()
        let plan = try await Runner(project, options: selection.runOptions(command: "plan")).plan()
        try options.output.print(plan) { PlanText.render(plan, on: $0) }
        if plan.outcome != .done { throw ExitCode(plan.outcome.rawValue) }
    }
}

/// What to work on, and where.
struct SelectionOptions: ParsableArguments {
    @Argument(help: "Tables: mart.delays, +mart.delays, mart.delays+, staging.*, tag:x, changed+. None means all.")
    var selectors: [String] = []

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml to work in.", valueName: "name"))
    var env: String?

    @Flag(name: .long, help: "Build from nothing, also what would go on from a checkpoint.")
    var fullRefresh = false

    func runOptions(command: String) -> RunOptions {
        var options = RunOptions()
        options.selection = Selection(selectors)
        options.environment = env
        options.fullRefresh = fullRefresh
        options.command = ([command] + selectors).joined(separator: " ")
        return options
    }
}

/// A plan for people.
enum PlanText {
    static func render(_ plan: Plan, on terminal: Terminal) -> String {
        let style = terminal.style
        var lines: [String] = []
        var table = TextTable(["table", "strategy", "status", "will", "why"])
        for node in plan.nodes {
            let tone: Tone? =
                switch node.status {
                case .new: .good
                case .changed, .stale: .warning
                case .unchanged: .faint
                }
            table.add([
                .init(node.name.description), .init(node.strategy.rawValue), .init(node.status.rawValue, tone),
                .init(will(node)),
                .init(node.problem?.message ?? node.reasons.joined(separator: "; "), node.problem == nil ? nil : .bad),
            ])
        }
        lines.append(
            plan.nodes.isEmpty ? "There is nothing to build: the project has no tables." : table.render(on: terminal))
        for node in plan.nodes where !node.columnDiff.isEmpty && node.status != .new {
            lines.append(
                "\n\(style(node.name.description, .strong)) changes its columns\(node.breaks.isEmpty && node.breaksContracts.isEmpty ? "" : style(" (breaking)", .bad)):"
            )
            lines += node.columnDiff.added.map { "  + \($0.name) \($0.type)" }
            lines += node.columnDiff.removed.map { "  - \($0.name) \($0.type)" }
            lines += node.columnDiff.retyped.map { "  ~ \($0.name) \($0.from) → \($0.to)" }
            if !node.breaks.isEmpty {
                lines.append(style("  breaks \(node.breaks.map(\.description).joined(separator: ", "))", .bad))
            }
            for broken in node.breaksContracts {
                let place = broken.contract + (broken.line.map { ":\($0)" } ?? "")
                lines.append(style("  breaks \(place): \(broken.detail)", .bad))
            }
        }
        for node in plan.nodes {
            if let forecast = node.ai { lines.append("\n" + StepText.forecast(forecast, of: node.name, style)) }
        }
        var told = Set<WeirError>()
        for problem in plan.nodes.compactMap(\.problem) where told.insert(problem).inserted {
            lines.append("\n" + ErrorText.render(problem, on: terminal))
        }
        for name in plan.removed {
            lines.append("\n\(name) is no longer in the project; its table stays until `weir run --prune`.")
        }
        if plan.isEmpty, !plan.nodes.isEmpty { lines.append("\nNothing to do: every table is what the project says.") }
        return lines.joined(separator: "\n")
    }

    private static func will(_ node: PlannedNode) -> String {
        switch node.action {
        case .build: node.strategy == .view ? "create the view" : "build"
        case .load: "load what is new"
        case .reference: "show production's"
        case .none: "–"
        }
    }
}
