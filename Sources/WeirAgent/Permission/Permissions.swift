import WeirCore
import WeirPipeline

/// Decides what an agent may do: first the level, then rules that deny, that ask, that allow, then what is usual.
public struct Permissions: Sendable {
    /// What is to become of a call.
    public enum Verdict: Sendable, Hashable {
        case allow
        /// A person decides; the reason is for them.
        case ask(String)
        /// The reason is for the model.
        case deny(String)
    }

    private let level: ToolLevel
    private let isDryRun: Bool
    private let deny: [PermissionRule]
    private let ask: [PermissionRule]
    private let allow: [PermissionRule]
    private let root: ProjectFolder

    /// Folders whose files an agent may write unasked.
    static let ownFolders: Set = ["models", "tests", "contracts", "docs"]

    /// - Parameters:
    ///   - isDryRun: only looks and proposes; files are written to the workspace's memory alone.
    ///   - tools: the names that rules may say.
    /// - Throws: `agent.bad-rule`, with all mistakes among its causes.
    public init(_ settings: AgentSettings, root: String, isDryRun: Bool = false, tools: [String]? = nil) throws {
        level = settings.level.flatMap(ToolLevel.init(name:)) ?? .run
        self.isDryRun = isDryRun
        self.root = ProjectFolder(root: root)
        let problems = Problems()
        func read(_ rules: [AgentSettings.Permissions.Rule]) -> [PermissionRule] {
            rules.compactMap { rule in
                problems.catching {
                    let read = try PermissionRule(rule)
                    if let tools, !tools.contains(where: read.isAbout) {
                        throw WeirError(
                            "agent.bad-rule", "there is no tool \"\(read.tool)\"",
                            hint: DidYouMean.hint(for: read.tool, among: tools), at: rule.place)
                    }
                    return read
                }
            }
        }
        deny = read(settings.permissions.deny)
        ask = read(settings.permissions.ask)
        allow = read(settings.permissions.allow)
        try problems.throwIfAny("agent.bad-rule") { "\($0) rules of `agent: permissions:` are wrong" }
    }

    public func verdict(_ spec: ToolSpec, _ arguments: ToolArguments) -> Verdict {
        if spec.level > level {
            return .deny("it needs the level \(spec.level.name), and this agent has \(level.name)")
        }
        let isFile = spec.name == "Write" || spec.name == "Edit"
        if isDryRun, spec.level > .propose, !isFile {
            return .deny("this is a dry run: propose a change with Write or Edit, and do not carry it out")
        }
        let subject: PermissionSubject
        do { subject = try self.subject(spec.name, arguments) } catch {
            return .deny(WeirError.wrapping(error).message)
        }
        if let rule = deny.first(where: { $0.covers(spec.name, subject, isStrict: false) }) {
            return .deny("the rule \(rule.text) of weir.yaml forbids it")
        }
        if isDryRun, isFile { return .allow }
        if let rule = ask.first(where: { $0.covers(spec.name, subject, isStrict: false) }) {
            return .ask("the rule \(rule.text) of weir.yaml says to ask")
        }
        if allow.contains(where: { $0.covers(spec.name, subject, isStrict: true) }) { return .allow }
        return usual(spec, subject)
    }

    private func usual(_ spec: ToolSpec, _ subject: PermissionSubject) -> Verdict {
        switch spec.level {
        case .read, .propose: return .allow
        case .write:
            guard case .path(let path) = subject else { return .ask("it writes") }
            let parts = path.split(separator: "/")
            if parts.count > 1, Self.ownFolders.contains(String(parts[0])) { return .allow }
            return .ask("the file lies outside of models, tests, contracts and docs")
        case .run: return .ask(spec.name == "Bash" ? "it runs a command" : "it changes the warehouse")
        }
    }

    /// What a call is about.
    func subject(_ tool: String, _ arguments: ToolArguments) throws -> PermissionSubject {
        if PathTool.isOne(tool) {
            let path = try arguments.optionalText("path") ?? ""
            return .path(try root.names(path).joined(separator: "/"))
        }
        if tool == "Bash" { return .command(try arguments.text("command")) }
        for key in ["sql", "query", "table", "target", "path", "plan_id", "select"] {
            if let text = try? arguments.optionalText(key) { return .text(text) }
        }
        return .text(JSONValue.object(arguments.values).line)
    }
}
