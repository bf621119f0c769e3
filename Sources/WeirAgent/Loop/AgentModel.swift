import WeirAI
import WeirCore

/// Whoever answers an agent: a provider's model, or one that was recorded.
public protocol AgentModel: Sendable {
    /// - Throws: `ai.…`, `CancellationError`.
    func answer(
        _ request: AIRequest, session: String, deliver: @escaping @Sendable (AIEvent) -> Void,
        warn: @escaping @Sendable (AIWarning) -> Void
    ) async throws -> AIResponse
}

/// A model of a configured provider. What it costs stands in the project's ledger, under the session's id.
public struct ProviderModel: AgentModel {
    let client: AIClient

    public init(_ client: AIClient) { self.client = client }

    public func answer(
        _ request: AIRequest, session: String, deliver: @escaping @Sendable (AIEvent) -> Void,
        warn: @escaping @Sendable (AIWarning) -> Void
    ) async throws -> AIResponse {
        var options = AICallOptions()
        options.priority = .interactive
        // The same question again is asked for another answer.
        options.usesCache = false
        options.tag = AICallTag(runID: session, step: "agent")
        options.warn = warn
        var whole: AIResponse?
        for try await event in client.stream(request, options: options) {
            if case .finish(let answer) = event { whole = answer } else { deliver(event) }
        }
        try Task.checkCancellation()
        guard let whole else { throw CancellationError() }
        return whole
    }
}

/// Says again what was said in a session, whatever it is asked.
public actor RecordedModel: AgentModel {
    private var answers: [RecordedAnswer]

    public init(_ records: [SessionRecord]) {
        answers = records.compactMap { if case .answer(let answer) = $0.event { answer } else { nil } }
    }

    /// Answers that are left.
    public var left: Int { answers.count }

    public func answer(
        _ request: AIRequest, session: String, deliver: @escaping @Sendable (AIEvent) -> Void,
        warn: @escaping @Sendable (AIWarning) -> Void
    ) async throws -> AIResponse {
        guard !answers.isEmpty else {
            throw WeirError("agent.recording-ends", "the recording has no answer left", outcome: .systemFailed)
        }
        let next = answers.removeFirst()
        if !next.text.isEmpty { deliver(.textDelta(next.text)) }
        return next.response
    }
}
