import ArgumentParser
import Foundation
import Synchronization
import WeirCore
import WeirPipeline

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Make the warehouse match the project: build aside, check, publish.")

    @OptionGroup var options: ProjectOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var running: RunningOptions

    @Flag(name: .long, help: "Show the plan and change nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Stop starting new tables after the first that is not published.")
    var failFast = false

    @Flag(name: .long, help: "Drop tables that Weir published and the project no longer has.")
    var prune = false

    func run() async throws {
        let project = try await options.load()
        var settings = selection.runOptions(command: "run")
        settings.failFast = failFast
        settings.prune = prune
        running.apply(to: &settings)
        let runner = try Runner(project, options: settings)
        if dryRun {
            let plan = try await runner.plan()
            try options.output.print(plan) { PlanText.render(plan, on: $0) }
            if plan.outcome != .done { throw ExitCode(plan.outcome.rawValue) }
            return
        }
        let display = RunDisplay(quiet: options.output.output == .json)
        let summary = try await runner.run { display.show($0) }
        display.end()
        try options.output.print(summary) { SummaryText.render(summary, on: $0) }
        if summary.outcome != .done { throw ExitCode(summary.outcome.rawValue) }
    }
}

/// Options of commands that build tables.
struct RunningOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Tables built at once.", valueName: "n"))
    var threads: Int = 2

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Wait up to this long for another Weir process, like 10m. Without it the command is refused.",
            valueName: "time"))
    var wait: String?

    @OptionGroup var now: NowOption

    func validate() throws {
        if threads < 1 { throw ValidationError("--threads is at least 1") }
        if let wait, Span(wait) == nil {
            throw ValidationError("--wait takes a length of time, like 10m, and not \"\(wait)\"")
        }
    }

    func apply(to options: inout RunOptions) {
        options.threads = threads
        options.wait = wait.flatMap { Span($0) }.map { .seconds($0.seconds) }
        options.now = now.date
    }
}

/// Tells a person what a run is doing.
final class RunDisplay: Sendable {
    private let quiet: Bool
    private let terminal = Terminal.of(descriptor: 2)
    private let progress: Mutex<ProgressLine>
    private let started = ContinuousClock.now

    init(quiet: Bool) {
        self.quiet = quiet
        progress = Mutex(ProgressLine(on: terminal))
    }

    func show(_ event: RunEvent) {
        if quiet {
            // Programs are told of warnings where everybody is: on standard error.
            if case .warning(let warning) = event { write(ErrorText.renderWarning(warning, on: terminal) + "\n") }
            return
        }
        let elapsed = ContinuousClock.now - started
        progress.withLock { line in
            switch event {
            case .planned, .finished: break
            case .started(let name, let action):
                write(line.update("\(action == .load ? "loading" : "building") \(name)", elapsed: elapsed))
            case .progress(let name, let percent):
                write(line.update("\(name) \(Int(percent)) %", elapsed: elapsed))
            case .asking(let name, let progress):
                write(line.update("\(name) \(StepText.progress(progress))", elapsed: elapsed))
            case .retrying(let name, let error, let seconds):
                write(line.clear())
                write("\(name): \(error.message); trying again in \(String(format: "%.1f", seconds)) s\n")
            case .warning(let warning):
                write(line.clear())
                write(ErrorText.renderWarning(warning, on: terminal) + "\n")
            }
        }
    }

    func end() { progress.withLock { write($0.clear()) } }

    private func write(_ text: String?) {
        if let text { FileHandle.standardError.write(Data(text.utf8)) }
    }
}
