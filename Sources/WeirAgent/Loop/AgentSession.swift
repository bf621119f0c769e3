import Foundation
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

/// What a person asks of a session, before it begins.
public struct SessionRequest: Sendable {
    /// The profile; that of weir.yaml or the built-in one where nil.
    public var agent: String?
    public var model: String?
    /// Only proposes: nothing is written, run or published.
    public var isDryRun = false
    public var maxTurns: Int?
    public var budget: Money?
    /// Goes on with this session.
    public var resume: String?
    public var environment: String?
    public var isUnattended = true
    /// Asked before what the rules do not decide.
    public var ask: @Sendable (PermissionQuestion) async throws -> PermissionReply = PermissionDesk.unattended(
        isAgreed: false)
    public var show: @Sendable (AgentEvent) -> Void = { _ in }
    /// Answers in place of the provider's model.
    public var answerer: (any AgentModel)?
    /// Where the session's file goes, when it does not belong to the project's own.
    public var folder: String?
    /// Beside the general tools; the usual ones where nil.
    public var tools: [any Tool]?
    /// The project's memory where nil.
    public var memory: AgentMemory?

    public init() {}
}

/// A session that was put together and can be given tasks.
public struct AgentSession: Sendable {
    public let id: String
    public let profile: AgentProfile
    /// As the provider names it.
    public let model: String
    public let isDryRun: Bool
    public let loop: AgentLoop
    public let tools: [String]
    private let trail: AuditTrail
    private let servers: ToolServers?
    private let tidy: @Sendable () -> Void

    /// Ends what was started for the session, when everything is written down.
    public func close() async {
        await trail.flush()
        await servers?.close()
        tidy()
    }

    /// - Parameter settings: of AI services; the project's, or those of whoever benches.
    /// - Throws: `agent.unknown-profile`, `agent.bad-rule`, `agent.no-session`, `ai.no-provider` and its like: all before
    ///   anything is sent.
    public static func open(
        _ project: Project, settings: AISettings, store: StateStore?, request: SessionRequest
    ) async throws -> AgentSession {
        let shelf = SessionShelf(root: project.root)
        let folder = request.folder ?? shelf.folder
        var records: [SessionRecord] = []
        var id = SessionShelf.newID()
        var head: SessionHead?
        var held: SessionFile?
        if let resume = request.resume {
            let resumed = try shelf.resume(resume)
            (id, held, records) = (resumed.file.id, resumed.file, resumed.records)
            head = records.lazy.compactMap { if case .began(let head) = $0.event { head } else { nil } }.first
        }
        let name = request.agent ?? head?.agent ?? project.agent.profile ?? BuiltInProfiles.usual
        let profile = try ProfileShelf(root: project.root).profile(name)
        let memory =
            request.memory == nil
            ? ProjectMemory.agent(project, settings, store, session: id, budget: request.budget) : nil
        let isDryRun = request.isDryRun || head?.isDryRun == true || profile.isPlanOnly
        let workspace = Workspace(root: project.root, isDryRun: isDryRun)
        var servers: ToolServers?
        if request.tools == nil, !project.mcp.isEmpty { servers = await ToolServers.connect(project) }
        for warning in servers?.warnings ?? [] { request.show(.warning(AIWarning(warning.code, warning.message))) }
        let extra =
            request.tools ?? (AgentTools.all(store, profile: profile, session: id) + (servers?.tools ?? []))
        let all = FileTools.all(workspace, search: project.agent.search) + extra
        let toolbox = Toolbox(all.filter { profile.allows($0.spec.name) })
        let names = (Toolbox(all).tools.map(\.spec.name) + ProfileReader.ownTools).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let permissions = try Permissions(project.agent, root: project.root, isDryRun: isDryRun, tools: names)
        let limits = limits(project.agent, profile, request)
        let choice = try await Answerer.choose(project, settings, store, profile, request, limits)
        var bounded = limits
        if project.agent.contextTokens == nil, let most = choice.maxInputTokens {
            bounded.contextTokens = min(150_000, most * 3 / 4)
        }
        let context = ToolContext(root: project.root, environment: request.environment)
        let desk = PermissionDesk(
            permissions,
            explain: { spec, arguments in
                guard let tool = toolbox[spec.name] as? any ConfirmableTool else { return .unknown }
                do {
                    guard let words = try await tool.question(arguments, context) else { return .nothing }
                    return .words(words)
                } catch {
                    // What cannot be told is asked about all the same.
                    return .unknown
                }
            }, ask: request.ask)
        let trail = AuditTrail(
            open: {
                guard let store else { throw WeirError("state.none", "outside of a project nothing is written down") }
                return store
            }, warn: { warning in if store != nil { request.show(.warning(AIWarning(warning.code, warning.message))) } }
        )
        let caller = ToolCaller(
            tools: toolbox, context: context, session: id,
            actor: profile.name, permit: { try await desk.permit($0, $1) },
            audit: { await trail.add($0) })
        var parts = AgentParts(
            profile: profile, model: choice.name, answerer: choice.model, usesSchema: choice.usesSchema,
            tools: toolbox, caller: caller, memory: request.memory ?? memory ?? .none,
            workspace: workspace, limits: bounded,
            secrets: project.secrets, project: project.name, isUnattended: request.isUnattended)
        // A small model would talk until its window is full.
        parts.maxAnswerTokens =
            project.agent.answerTokens ?? min(parts.maxAnswerTokens, max(512, (choice.maxInputTokens ?? .max) / 4))
        let file = try held ?? SessionFile(id: id, folder: folder)
        let rules = project.agent.sessions
        let keepsOwn = request.folder == nil
        return AgentSession(
            id: id, profile: profile, model: choice.shown, isDryRun: isDryRun,
            loop: try AgentLoop(parts, file: file, records: records, show: request.show),
            tools: toolbox.tools.map(\.spec.name), trail: trail, servers: servers,
            tidy: { if keepsOwn { _ = shelf.prune(keep: rules.keep, days: rules.days) } })
    }

    private static func limits(
        _ settings: AgentSettings, _ profile: AgentProfile, _ request: SessionRequest
    ) -> AgentLimits {
        var limits = AgentLimits()
        if let turns = request.maxTurns ?? settings.turns { limits.turns = turns }
        if let most = profile.maxTurns { limits.turns = min(limits.turns, most) }
        if let within = settings.within { limits.time = .seconds(within.seconds) }
        limits.money = request.budget ?? settings.budget
        if let tokens = settings.contextTokens { limits.contextTokens = tokens }
        return limits
    }
}

/// The model of a session, found before anything is sent.
private struct Answerer {
    var model: any AgentModel
    /// As a request names it.
    var name: String
    var shown: String
    var usesSchema: Bool
    var maxInputTokens: Int?

    static func choose(
        _ project: Project, _ settings: AISettings, _ store: StateStore?, _ profile: AgentProfile,
        _ request: SessionRequest, _ limits: AgentLimits
    ) async throws -> Answerer {
        let name = ModelChoice.name(asked: request.model, settings: project.agent, profile: profile)
        if let given = request.answerer {
            return Answerer(
                model: given, name: name.isEmpty ? "recorded" : name, shown: "recorded",
                usesSchema: project.agent.toolCalls == .schema)
        }
        var settings = settings
        // The provider's ledger holds it for the whole session, across processes and before the money is spent.
        if let money = limits.money { settings.budgets.append(Budget(limit: money, per: .run)) }
        let client = try await AIClient(settings: settings, store: store)
        let found = try client.model(named: name)
        return Answerer(
            model: ProviderModel(client), name: "\(found.provider)/\(found.model)", shown: found.model,
            usesSchema: ModelChoice.usesSchema(project.agent, found.profile),
            maxInputTokens: found.profile.maxInputTokens)
    }
}
