import Foundation
import WeirCore
import WeirStore

/// Whether a call may be made.
public enum ToolPermission: Sendable, Hashable {
    case allowed
    /// A person was asked and agreed.
    case approved
    /// A person was asked and did not agree.
    case refused(String)
    /// A rule forbids it.
    case denied(String)

    var word: String {
        switch self {
        case .allowed: "allowed"
        case .approved: "approved"
        case .refused: "refused"
        case .denied: "denied"
        }
    }
}

/// Makes the calls that a model asks for: reads the arguments, has the permission decided, calls, and writes down
/// what was done.
public struct ToolCaller: Sendable {
    public let tools: Toolbox
    let context: ToolContext
    let session: String?
    /// Who asks: an agent's name, or a client's.
    let actor: String
    let permit: @Sendable (ToolSpec, ToolArguments) async throws -> ToolPermission
    let audit: @Sendable (AuditEntry) async -> Void

    /// - Parameters:
    ///   - permit: decides before each call.
    ///   - audit: is told of each call, those that were not made too.
    public init(
        tools: Toolbox, context: ToolContext, session: String? = nil, actor: String,
        permit: @escaping @Sendable (ToolSpec, ToolArguments) async throws -> ToolPermission,
        audit: @escaping @Sendable (AuditEntry) async -> Void
    ) {
        self.tools = tools
        self.context = context
        self.session = session
        self.actor = actor
        self.permit = permit
        self.audit = audit
    }

    /// Makes one call. What goes wrong with it is an answer, for the model to mend.
    ///
    /// - Throws: `CancellationError` alone.
    public func call(
        _ name: String, _ arguments: JSONValue, progress: (@Sendable (Double?, String) -> Void)? = nil
    ) async throws -> ToolAnswer {
        let began = Date()
        let clock = ContinuousClock.now
        var level = ToolLevel.read
        var decision = ToolPermission.allowed
        var answer: ToolAnswer
        do {
            let tool = try tools.tool(named: name)
            level = tool.spec.level
            let read = try ToolArguments(arguments, for: tool.spec)
            decision = try await permit(tool.spec, read)
            switch decision {
            case .allowed, .approved:
                var context = context
                if let progress { context.progress = progress }
                answer = try await tool.call(read, context)
            case .refused(let reason):
                answer = .failure(WeirError("tool.refused", "\(name) was not allowed: \(reason)"))
            case .denied(let reason):
                answer = .failure(WeirError("tool.denied", "\(name) is not allowed: \(reason)"))
            }
        } catch let error as WeirError {
            answer = .failure(error)
        } catch is CancellationError {
            await write(name, arguments, level, decision, "run.cancelled", began, clock)
            throw CancellationError()
        } catch {
            answer = .failure(WeirError("system.unexpected", "\(error)", outcome: .systemFailed))
        }
        let code = answer.isError ? answer.content["error"]?["code"]?.text ?? "tool.failed" : nil
        await write(name, arguments, level, decision, code, began, clock)
        return answer
    }

    private func write(
        _ name: String, _ arguments: JSONValue, _ level: ToolLevel, _ decision: ToolPermission, _ error: String?,
        _ began: Date, _ clock: ContinuousClock.Instant
    ) async {
        let took = clock.duration(to: .now).components
        await audit(
            AuditEntry(
                at: began, session: session, actor: actor, tool: name, level: level.name, decision: decision.word,
                arguments: arguments.line, error: error,
                microseconds: took.seconds * 1_000_000 + took.attoseconds / 1_000_000_000_000))
    }
}
