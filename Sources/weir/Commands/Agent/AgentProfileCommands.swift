import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirPipeline

/// One profile of `weir agent list`.
struct AgentItemReport: Encodable {
    var description: String
    var errors: Int
    /// Another profile of its name comes first.
    var hidden: Bool
    var model: String?
    var name: String?
    var origin: String
    var path: String
    var version: String?
    var warnings: Int

    init(_ item: ProfileShelf.Item) {
        description = item.reading.profile?.summary ?? ""
        errors = item.reading.errors.count
        hidden = item.isHidden
        model = item.reading.profile?.model
        name = item.reading.profile?.name
        origin = item.origin.rawValue
        path = item.path
        version = item.reading.profile?.version
        warnings = item.reading.warnings.count
    }
}

extension ProjectOptions {
    /// The project's folder, or nil outside of any.
    var rootIfAny: String? { try? ProjectLoader.findRoot(from: start) }
}

struct AgentListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The agents that there are.")

    @OptionGroup var options: ProjectOptions

    private struct Report: Encodable { var agents: [AgentItemReport] }

    func run() async throws {
        let items = ProfileShelf(root: options.rootIfAny).items.map(AgentItemReport.init)
        try options.output.print(Report(agents: items)) { AgentText.profiles(items.filter { !$0.hidden }, on: $0) }
    }
}

struct AgentShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "An agent's profile, as it is written.")

    @OptionGroup var options: ProjectOptions
    @Argument(help: "Its name.") var name: String = BuiltInProfiles.usual

    struct Report: Encodable {
        var author: String?
        var baseVersion: String?
        var color: String?
        var description: String
        var disallowedTools: [String]
        var duties: [String]
        var instructions: String
        var maxTurns: Int?
        var model: String?
        var name: String
        var origin: String
        var otherKeys: [String]
        var path: String?
        var todoPrefix: String
        var tools: [String]?
        var version: String?
    }

    func run() async throws {
        let profile = try ProfileShelf(root: options.rootIfAny).profile(name)
        let report = Report(
            author: profile.author, baseVersion: profile.baseVersion, color: profile.color,
            description: profile.summary, disallowedTools: profile.disallowedTools,
            duties: profile.duties.map(\.rawValue).sorted(), instructions: profile.instructions,
            maxTurns: profile.maxTurns, model: profile.model, name: profile.name, origin: profile.origin.rawValue,
            otherKeys: profile.otherKeys, path: profile.path, todoPrefix: profile.todoPrefix, tools: profile.tools,
            version: profile.version)
        try options.output.print(report) { _ in
            profile.text.hasSuffix("\n") ? String(profile.text.dropLast()) : profile.text
        }
    }
}

struct AgentNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Write a new agent's profile, to be filled in.")

    @OptionGroup var options: ProjectOptions

    @Option(name: .long, help: ArgumentHelp("When to use it, in a sentence.", valueName: "text"))
    var description: String = "Say in a sentence when to use this agent."

    @Argument(help: "Its name: small letters, digits, - and _.") var name: String

    private struct Report: Encodable { var path: String }

    func validate() throws {
        if name.wholeMatch(of: /[a-z][a-z0-9_\-]{0,49}/) == nil {
            throw ValidationError("a name is small letters, digits, - and _, beginning with a letter")
        }
    }

    func run() async throws {
        let root = try ProjectLoader.findRoot(from: options.start)
        let path = "agents/\(name).md"
        if FileManager.default.fileExists(atPath: "\(root)/\(path)") {
            throw WeirError(
                "agent.exists", "\(path) is there already", hint: "choose another name", at: Place(file: path))
        }
        try WholeFile.write(
            AgentProfile.draft(name: name, summary: description), to: "\(root)/\(path)", makesFolder: true)
        try options.output.print(Report(path: path)) { _ in
            "\(path) is written; fill it in, and try it with weir agent --agent \(name)"
        }
    }
}

struct AgentValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Look for mistakes in agents' profiles: all, or the files named.")

    @OptionGroup var options: ProjectOptions
    @Argument(help: "Files, or names of agents.") var names: [String] = []

    struct Report: Encodable {
        struct File: Encodable {
            var errors: [WeirError]
            var path: String
            var warnings: [WeirError]
        }
        var agents: [File]
        var errors: Int
        var warnings: Int
    }

    func run() async throws {
        let items = try chosen()
        let files = items.map {
            Report.File(errors: $0.reading.errors, path: $0.path, warnings: $0.reading.warnings)
        }
        let report = Report(
            agents: files, errors: files.reduce(0) { $0 + $1.errors.count },
            warnings: files.reduce(0) { $0 + $1.warnings.count })
        try options.output.print(report) { terminal in Self.text(report, on: terminal) }
        if report.errors > 0 { throw ExitCode(Outcome.wrongUsage.rawValue) }
    }

    private func chosen() throws -> [ProfileShelf.Item] {
        let shelf = ProfileShelf(root: options.rootIfAny)
        if names.isEmpty { return shelf.items }
        return try names.map { name in
            if let item = shelf.items.first(where: { $0.path == name || $0.reading.profile?.name == name }) {
                return item
            }
            if FileManager.default.fileExists(atPath: name) { return ProfileShelf.item(path: name) }
            throw WeirError(
                "agent.unknown-profile", "there is no agent and no file \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: shelf.items.compactMap(\.reading.profile?.name)))
        }
    }

    private static func text(_ report: Report, on terminal: Terminal) -> String {
        var lines: [String] = []
        for file in report.agents {
            lines += file.errors.map { ErrorText.render($0, on: terminal) }
            lines += file.warnings.map { ErrorText.renderWarning($0, on: terminal) }
        }
        lines.append(
            "\(Figures.count(Int64(report.agents.count), "profile")), \(Figures.count(Int64(report.errors), "mistake")), \(Figures.count(Int64(report.warnings), "warning"))"
        )
        return lines.joined(separator: "\n")
    }
}
