import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirPipeline

struct AgentSessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "The sessions of this project, and which of them stay.",
        subcommands: [List.self, Prune.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The latest first. This is what `weir agent sessions` alone does.")

        @OptionGroup var options: ProjectOptions
        @Option(name: .long, help: "Most sessions.") var limit: Int = 20

        private struct Report: Encodable { var sessions: [SessionShelf.Summary] }

        func validate() throws { if limit < 1 { throw ValidationError("--limit is 1 or more") } }

        func run() async throws {
            let sessions = SessionShelf(root: try ProjectLoader.findRoot(from: options.start)).list(limit: limit)
            try options.output.print(Report(sessions: sessions)) { AgentText.sessions(sessions, on: $0) }
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prune", abstract: "Take away sessions that are neither among the newest nor young.",
            discussion: """
                Each session does this when it ends, as `agent: sessions:` in weir.yaml says (200 and 30 days where it says \
                nothing). One that somebody is at work on stays.
                """)

        @OptionGroup var options: ProjectOptions
        @Option(name: .long, help: ArgumentHelp("How many of the newest stay.", valueName: "n")) var keep: Int?
        @Option(name: .long, help: ArgumentHelp("Those younger than so many days stay too.", valueName: "n"))
        var days: Int?
        @Flag(name: .long, help: "Only say which would go.") var dryRun = false

        private struct Report: Encodable {
            var busy: [String]
            var dryRun: Bool
            var kept: Int
            var removed: [String]
        }

        func validate() throws {
            if let keep, keep < 0 { throw ValidationError("--keep is 0 or more") }
            if let days, days < 0 { throw ValidationError("--days is 0 or more") }
        }

        func run() async throws {
            let root = try ProjectLoader.findRoot(from: options.start)
            // A project that cannot be read has sessions too; its rules are read where they are needed alone.
            let rules =
                keep == nil || days == nil
                ? try ProjectLoader.load(root: root).agent.sessions : AgentSettings.Sessions()
            let done = SessionShelf(root: root).prune(
                keep: keep ?? rules.keep, days: days ?? rules.days, isDry: dryRun)
            let report = Report(busy: done.busy, dryRun: dryRun, kept: done.kept, removed: done.removed)
            try options.output.print(report) { _ in
                let verb = report.dryRun ? "would be taken away" : "taken away"
                var text = "\(Figures.count(Int64(report.removed.count), "session")) \(verb), \(report.kept) kept"
                if !report.busy.isEmpty { text += ", \(report.busy.count) at work and left alone" }
                return ([text + "."] + (report.dryRun ? report.removed : [])).joined(separator: "\n")
            }
        }
    }
}

struct AgentExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "A session as a page of Markdown.")

    @OptionGroup var options: ProjectOptions
    @Option(name: .long, help: ArgumentHelp("Write it to this file.", valueName: "path")) var to: String?
    @Argument(help: "The session, or the beginning of its id; the last one where not given.") var session: String?

    private struct Report: Encodable {
        var markdown: String
        var path: String?
        var session: String
    }

    func run() async throws {
        let shelf = SessionShelf(root: try ProjectLoader.findRoot(from: options.start))
        let id = try shelf.find(session)
        let page = SessionMarkdown.page(try shelf.records(id))
        if let to { try WholeFile.write(page, to: to, makesFolder: true) }
        try options.output.print(Report(markdown: page, path: to, session: id)) { _ in
            to.map { "written to \($0)" } ?? page
        }
    }
}

struct AgentReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Show a session again as it went, without a model.",
        discussion: """
            With --again the recorded answers are given to the tools once more, in a dry run, and what comes out \
            differently is told: what the agent saw then is no longer so.
            """)

    @OptionGroup var options: ProjectOptions
    @Flag(name: .long, help: "Make the calls again that only read or propose, and compare.") var again = false
    @Argument(help: "The session, or the beginning of its id; the last one where not given.") var session: String?

    private struct Report: Encodable {
        var calls: Int
        var differences: [SessionReplay.Difference]
        var session: String
        var turns: Int
    }

    func run() async throws {
        let root = try ProjectLoader.findRoot(from: options.start)
        let shelf = SessionShelf(root: root)
        let id = try shelf.find(session)
        let records = try shelf.records(id)
        let console = Console(format: options.output.output)
        let display = AgentDisplay(console: console)
        var differences: [SessionReplay.Difference] = []
        if again {
            differences = try await SessionReplay.again(records, project: try ProjectLoader.load(root: root)) {
                display.show($0)
            }
        } else {
            for event in SessionReplay.events(records) { display.show(event) }
        }
        display.close()
        let events = records.map(\.event)
        let report = Report(
            calls: events.count { if case .result = $0 { true } else { false } }, differences: differences, session: id,
            turns: events.count { if case .answer = $0 { true } else { false } })
        let isAgain = again
        try console.show(report) { _ in
            let text = "\(Figures.count(Int64(report.turns), "turn")), \(Figures.count(Int64(report.calls), "call"))"
            if !isAgain { return text }
            let lines = differences.map {
                "\($0.tool) \(Cell.cut(Cell.visible($0.arguments.line), to: 80)): another result now"
            }
            return (lines + ["\(text), \(Figures.count(Int64(differences.count), "difference"))"]).joined(
                separator: "\n")
        }
        if !differences.isEmpty { throw ExitCode(Outcome.gateFailed.rawValue) }
    }
}
