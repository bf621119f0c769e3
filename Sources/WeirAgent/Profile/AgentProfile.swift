import WeirCore

/// Who an agent is: Markdown whose front matter says its name, tools and model, and whose body is its instructions.
///
/// It is the format of Claude Code's subagents and of claude-mpm, whose files load unchanged. Keys that Weir does not
/// know are kept; ``text`` is the file as it was, byte by byte.
public struct AgentProfile: Sendable, Hashable {
    public enum Origin: String, Sendable, Hashable, Encodable {
        case project = "agents"
        case claude = ".claude/agents"
        case builtIn = "built in"
    }

    public var name: String
    public var summary: String
    public var version: String?
    public var baseVersion: String?
    public var author: String?
    /// Nil: every tool.
    public var tools: [String]?
    public var disallowedTools: [String]
    /// A model's name, or a class like `opus`, `sonnet`, `haiku`; nil or `inherit` for the usual one.
    public var model: String?
    public var color: String?
    public var maxTurns: Int?
    /// `plan` makes every session a dry run. A profile can never give rights: those are weir.yaml's to give.
    public var isPlanOnly: Bool
    /// What the items of its task list start with.
    public var todoPrefix: String
    /// What must be shown before a task counts as done.
    public var duties: Set<ProofDuty>
    /// The calls of every task, in their order; empty leaves them to the model.
    public var steps: [ScriptedStep] = []
    /// Keys of the front matter that are none of Weir's, in their order.
    public var otherKeys: [String]
    /// What it is told to be and do.
    public var instructions: String
    public var origin: Origin
    /// Relative to the project where it lies in one.
    public var path: String?
    /// The whole file.
    public var text: String

    /// The usual prefix of a name: `data-engineer` is `Data Engineer`.
    public static func title(of name: String) -> String {
        name.split(whereSeparator: { $0 == "-" || $0 == "_" || $0 == " " }).map {
            $0.prefix(1).uppercased() + $0.dropFirst()
        }
        .joined(separator: " ")
    }

    /// Whether the profile gives its agent a tool. Names are compared without regard to case.
    public func allows(_ tool: String) -> Bool {
        let name = tool.lowercased()
        if disallowedTools.contains(where: { Self.bare($0) == name }) { return false }
        guard let tools else { return true }
        return tools.contains { ["*", name].contains(Self.bare($0)) }
    }

    /// `Bash(git:*)` is a rule about Bash.
    static func bare(_ tool: String) -> String {
        (tool.firstIndex(of: "(").map { String(tool[..<$0]) } ?? tool).lowercased()
    }
}
