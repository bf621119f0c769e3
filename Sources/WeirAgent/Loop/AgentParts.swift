import Foundation
import WeirAI
import WeirCore

/// What an agent is made of.
public struct AgentParts: Sendable {
    public var profile: AgentProfile
    /// As a request names it.
    public var model: String
    public var answerer: any AgentModel
    public var usesSchema: Bool
    public var tools: Toolbox
    public var caller: ToolCaller
    public var memory: AgentMemory
    public var workspace: Workspace
    public var limits: AgentLimits
    public var secrets: [Secret]
    public var project: String
    public var isUnattended: Bool
    /// The most tokens of one answer.
    public var maxAnswerTokens = 8_192
    let aiTools: [AITool]

    public init(
        profile: AgentProfile, model: String, answerer: any AgentModel, usesSchema: Bool = false, tools: Toolbox,
        caller: ToolCaller, memory: AgentMemory = .none, workspace: Workspace, limits: AgentLimits = AgentLimits(),
        secrets: [Secret] = [], project: String, isUnattended: Bool = true
    ) {
        self.profile = profile
        self.model = model
        self.answerer = answerer
        self.usesSchema = usesSchema
        self.tools = tools
        self.caller = caller
        self.memory = memory
        self.workspace = workspace
        self.limits = limits
        self.secrets = secrets
        self.project = project
        self.isUnattended = isUnattended
        aiTools = tools.tools.map { tool in
            AITool(name: tool.spec.name, description: tool.spec.summary, schema: tool.spec.input)
        }
    }

    /// Calls that only read are made so many at once.
    static let mostAtOnce = 8

    var isDryRun: Bool { workspace.isDryRun }

    /// Nothing was asked for that could be proven when nothing may be done.
    var duties: Set<ProofDuty> { isDryRun ? [] : profile.duties }

    func prompt(_ foreign: ForeignText) -> String {
        AgentPrompt(
            profile: profile, project: project, foreign: foreign, isDryRun: isDryRun, isUnattended: isUnattended,
            tools: tools, usesSchema: usesSchema
        ).text
    }

    // MARK: Calls

    /// A call that was made.
    struct Made: Sendable {
        var call: AIToolCall
        var answer: ToolAnswer
        var milliseconds: Int64
        var isChange: Bool
    }

    func make(_ call: AIToolCall, show: @escaping @Sendable (AgentEvent) -> Void) async throws -> Made {
        show(.call(tool: call.name, arguments: call.arguments))
        let began = ContinuousClock.now
        let answer = try await caller.call(call.name, call.arguments) { share, text in
            show(.progress(tool: call.name, share: share, text: text))
        }
        let took = ContinuousClock.now - began
        return Made(
            call: call, answer: answer,
            milliseconds: took.milliseconds,
            isChange: (tools[call.name]?.spec.level ?? .read) > .propose)
    }

    /// A longer result goes to a file.
    static let mostShown = 24_000
    static let headShown = 8_000
    static let tailShown = 2_000
    /// Structured content that is kept in the session.
    static let mostContent = 64_000

    /// What the model is shown of a call.
    func present(_ made: Made, number: Int, session: String, foreign: ForeignText) throws -> RecordedResult {
        var text = secrets.reduce(made.answer.text ?? made.answer.content.line) { $1.wiped(from: $0) }
        var file: String?
        if text.utf8.count > Self.mostShown {
            let name = ".weir/agent/sessions/\(session)/result-\(number + 1).txt"
            try WholeFile.write(text, to: "\(workspace.root)/\(name)", makesFolder: true)
            let head = CutText.head(text, bytes: Self.headShown).text
            let tail = String(text.suffix(Self.tailShown))
            text = """
                \(head)
                … (cut: \(Figures.bytes(Int64(text.utf8.count))) in all; the whole is in \(name), which Read and Grep take) …
                \(tail)
                """
            file = name
        }
        if made.answer.isForeign { text = foreign.mark(text, from: made.call.name) }
        let content = made.answer.content
        return RecordedResult(
            call: made.call.id, tool: made.call.name, arguments: made.call.arguments, text: text,
            content: content.line.utf8.count > Self.mostContent ? nil : clean(content), isError: made.answer.isError,
            file: file, milliseconds: made.milliseconds)
    }

    private func clean(_ content: JSONValue) -> JSONValue {
        if secrets.isEmpty { return content }
        let line = content.line
        let wiped = secrets.reduce(line) { $1.wiped(from: $0) }
        return wiped == line ? content : JSONValue(parsing: wiped) ?? .null
    }
}
