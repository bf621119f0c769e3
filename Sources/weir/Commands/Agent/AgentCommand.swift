import ArgumentParser
import Foundation
import WeirAI
import WeirAgent
import WeirCore
import WeirPipeline

struct AgentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent", abstract: "A data engineer that looks, plans, works and proves it.",
        discussion: """
            weir agent                                         talk with it
            weir agent "orders are twice what the shop shows"  give it one task
            weir agent --dry-run "…"                           see its patch, change nothing
            weir agent --resume                                go on with the last session
            """,
        subcommands: [
            Work.self, AgentListCommand.self, AgentShowCommand.self, AgentNewCommand.self, AgentValidateCommand.self,
            AgentSessionsCommand.self, AgentReplayCommand.self, AgentExportCommand.self, AgentBenchCommand.self,
        ], defaultSubcommand: Work.self)

    struct Work: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "work", abstract: "Work on a task, or talk. This is what `weir agent` alone does.")

        @OptionGroup var options: ProjectOptions
        @OptionGroup var session: AgentOptions

        @Option(
            name: .long, defaultAsFlag: Work.last, parsing: .next,
            help: ArgumentHelp("Go on with a session: the one of this id, or the last one.", valueName: "id"))
        var resume: String?

        static let last = "last"

        @Flag(name: .long, help: "Do what would be asked about.")
        var yes = false

        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?

        @Argument(help: "The task. Without one you talk with the agent; a pipe is read as the task.")
        var task: String?

        func run() async throws {
            let console = Console(format: options.output.output)
            let root = try ProjectLoader.findRoot(from: options.start)
            let project = try ProjectLoader.load(root: root)
            let isInteractive = isatty(0) == 1 && console.format == .text
            // `--resume "go on"`: an id is a word and has a digit first.
            let isTask = resume.map { $0 != Self.last && $0.first?.isNumber != true } ?? false
            let task = try self.task ?? (isTask ? resume : isInteractive ? nil : Self.pipedTask())
            let display = AgentDisplay(console: console)
            var request = session.request
            if let resume {
                let name = isTask || resume == Self.last ? nil : resume
                request.resume = try SessionShelf(root: root).find(name)
            }
            request.environment = env
            request.isUnattended = !isInteractive
            request.ask = PermissionDesk.unattended(isAgreed: yes)
            if isInteractive, !yes { request.ask = { try await display.ask($0) } }
            request.show = { display.show($0) }
            let desk = try await AIDesk.open(project)
            let asked = request
            let open = { @Sendable (id: String?) async throws -> AgentSession in
                var request = asked
                request.resume = id
                return try await AgentSession.open(
                    project, settings: desk.settings, store: desk.store, request: request)
            }
            let opened = try await open(request.resume)
            guard let task else {
                return try await AgentChat(session: opened, display: display, root: root, store: desk.store, open: open)
                    .run(isResumed: request.resume != nil)
            }
            let outcome: AgentOutcome
            display.begin()
            do {
                outcome = try await opened.loop.run(task)
                await opened.close()
            } catch {
                display.close()
                await opened.close()
                if error is CancellationError { throw AgentChat.stopped(opened.id, hint: "\"go on\"") }
                throw error
            }
            display.close()
            switch console.format {
            case .json: try console.show(AgentReport(outcome, of: opened)) { _ in "" }
            case .text: display.end(outcome, dryRun: opened.isDryRun)
            }
            if outcome.outcome != .done { throw ExitCode(outcome.outcome.rawValue) }
        }

        private static func pipedTask() throws -> String {
            let text = String(
                decoding: (try? FileHandle.standardInput.read(upToCount: 1 << 20)) ?? Data(), as: UTF8.self)
            if text.allSatisfy(\.isWhitespace) {
                throw WeirError("agent.no-task", "there is no task", hint: "weir agent \"what is to be done\"")
            }
            return text
        }
    }
}

/// How a session is made; shared by work and bench.
struct AgentOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Who works; `weir agent list` shows all.", valueName: "name"))
    var agent: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The model, PROVIDER/MODEL, or a class of `agent: models:` in weir.yaml.", valueName: "name"))
    var model: String?

    @Flag(name: .long, help: "Only propose: show a patch, and write, run and publish nothing.")
    var dryRun = false

    @Option(name: .long, help: "Most answers of the model.")
    var maxTurns: Int?

    @Option(name: .long, help: ArgumentHelp("Most money, like $0.50.", valueName: "dollars"))
    var budget: String?

    func validate() throws {
        if let maxTurns, maxTurns < 1 { throw ValidationError("--max-turns is 1 or more") }
        if let budget, Money(budget) == nil {
            throw ValidationError("--budget takes US dollars, like $0.50, and not \"\(budget)\"")
        }
    }

    var request: SessionRequest {
        var request = SessionRequest()
        request.agent = agent
        request.model = model
        request.isDryRun = dryRun
        request.maxTurns = maxTurns
        request.budget = budget.flatMap { Money($0) }
        return request
    }
}

/// `weir agent "…" -o json`.
struct AgentReport: Encodable {
    var agent: String
    var answer: String
    var changedFiles: [String]
    var code: String?
    var cost: Money
    var dryRun: Bool
    var inputTokens: Int64
    var milliseconds: Int64
    var missing: [String]
    var model: String
    var outputTokens: Int64
    var patch: String
    var reason: String?
    var remembered: [String]
    var session: String
    var status: SessionEnd.Status
    var toolCalls: Int
    var turns: Int
    var unpricedTurns: Int

    init(_ outcome: AgentOutcome, of session: AgentSession) {
        agent = session.profile.name
        answer = outcome.answer
        changedFiles = outcome.changedFiles
        code = outcome.end.code
        cost = outcome.cost
        dryRun = session.isDryRun
        inputTokens = outcome.inputTokens
        milliseconds = outcome.milliseconds
        missing = outcome.end.missing
        model = session.model
        outputTokens = outcome.outputTokens
        patch = outcome.patch
        reason = outcome.end.reason
        remembered = outcome.remembered
        self.session = outcome.session
        status = outcome.end.status
        toolCalls = outcome.calls
        turns = outcome.turns
        unpricedTurns = outcome.unpriced
    }
}
