import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirPipeline

struct AgentSessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "The sessions of this project, the latest first.")

    @OptionGroup var options: ProjectOptions
    @Option(name: .long, help: "Most sessions.") var limit: Int = 20

    private struct Report: Encodable { var sessions: [SessionShelf.Summary] }

    func validate() throws { if limit < 1 { throw ValidationError("--limit is 1 or more") } }

    func run() async throws {
        let sessions = SessionShelf(root: try ProjectLoader.findRoot(from: options.start)).list(limit: limit)
        try options.output.print(Report(sessions: sessions)) { AgentText.sessions(sessions, on: $0) }
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
        let display = AgentDisplay(console: console, isChat: false)
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
