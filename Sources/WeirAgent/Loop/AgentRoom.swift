import WeirAI
import WeirCore

extension AgentLoop {
    // MARK: Memory and room

    /// - Returns: why memories were refused.
    func harvest(_ text: String) async throws -> [String] {
        let spoken: String
        if parts.usesSchema, case .finished(let answer) = SchemaCalls.read(text, number: 0) {
            spoken = answer
        } else {
            spoken = text
        }
        let taken = try await parts.memory.take(spoken, file.id)
        if !taken.kept.isEmpty {
            tally.remembered += taken.kept
            show(.remembered(taken.kept))
        }
        return taken.refused
    }

    func noteRefused(_ reasons: [String]) throws {
        if reasons.isEmpty { return }
        try note(reasons.joined(separator: "\n"))
    }

    /// Makes the conversation as short as it can be, before it has to be.
    ///
    /// - Returns: whether it is shorter than before.
    public func compact() async throws -> Bool { try await makeRoom(force: true) }

    /// Shortens old results, and sums up old turns where that is not enough.
    ///
    /// - Returns: whether there is more room than before.
    @discardableResult
    func makeRoom(force: Bool) async throws -> Bool {
        let limit = parts.limits.contextTokens
        if !force, conversation.tokens <= limit { return false }
        let isShorter = conversation.shorten()
        if isShorter, conversation.tokens <= limit * 3 / 4 { return true }
        guard let (through, messages) = conversation.summaryRequest() else { return isShorter }
        var text: String?
        do {
            let request = AIRequest(
                model: parts.model, system: parts.prompt(foreign), messages: messages, maxTokens: 2_000)
            let answer = try await parts.answerer.answer(
                request, session: file.id, deliver: { _ in }, warn: { _ in })
            count(answer)
            if answer.finish.kind == .stop, !answer.text.isEmpty { text = answer.text }
        } catch let error as WeirError where error.code != "ai.budget" {
            // The work goes on with the plain list of what was done.
            text = nil
        }
        try record(.summary(text ?? conversation.plainSummary(through: through), through: through))
        show(.summed)
        return true
    }
}
