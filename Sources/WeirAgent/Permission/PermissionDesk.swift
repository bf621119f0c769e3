import WeirCore

/// A call that a person is asked about.
public struct PermissionQuestion: Sendable, Hashable {
    public var tool: String
    /// What it is about: a path, a command, a statement.
    public var subject: String
    public var reason: String
    public var arguments: JSONValue
}

public enum PermissionReply: Sendable, Hashable {
    case yes
    /// Also the next time, for the same thing and in this session.
    case always
    case no(String)
}

/// Carries the questions of a session to a person, one at a time, and remembers what was said for good.
public actor PermissionDesk {
    private let permissions: Permissions
    private let ask: @Sendable (PermissionQuestion) async throws -> PermissionReply
    private let explain: @Sendable (ToolSpec, ToolArguments) async -> Explanation
    private var agreed: Set<String> = []

    /// What a call would do, as far as its tool can tell before it is made.
    enum Explanation: Sendable, Hashable {
        case nothing
        case unknown
        case words(String)
    }

    /// - Parameter explain: asked before a person is.
    init(
        _ permissions: Permissions,
        explain: @escaping @Sendable (ToolSpec, ToolArguments) async -> Explanation = { _, _ in .unknown },
        ask: @escaping @Sendable (PermissionQuestion) async throws -> PermissionReply
    ) {
        self.permissions = permissions
        self.explain = explain
        self.ask = ask
    }

    /// Nobody is there: what would be asked is refused, or with `isAgreed` done.
    public static func unattended(isAgreed: Bool) -> @Sendable (PermissionQuestion) async throws -> PermissionReply {
        { question in
            isAgreed
                ? .yes
                : .no("\(question.reason), and nobody is there to be asked; --yes or a rule in weir.yaml allows it")
        }
    }

    func permit(_ spec: ToolSpec, _ arguments: ToolArguments) async throws -> ToolPermission {
        switch permissions.verdict(spec, arguments) {
        case .allow: return .allowed
        case .deny(let reason): return .denied(reason)
        case .ask(let reason):
            let subject = try permissions.subject(spec.name, arguments)
            let key = "\(spec.name) \(subject.shown)"
            if agreed.contains(key) { return .approved }
            var question = PermissionQuestion(
                tool: spec.name, subject: subject.shown, reason: reason, arguments: .object(arguments.values))
            switch await explain(spec, arguments) {
            // Nobody need be asked about a run that would find nothing to do.
            case .nothing: return .allowed
            case .words(let words): question.subject = words
            case .unknown: break
            }
            switch try await ask(question) {
            case .yes: return .approved
            case .always:
                agreed.insert(key)
                return .approved
            case .no(let reason): return .refused(reason)
            }
        }
    }
}
