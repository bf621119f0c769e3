import Foundation
import WeirAI
import WeirCore

/// Works on tasks: asks the model, makes the calls that it wants, and ends when what had to be shown was shown, or a
/// limit says so. Everything stands in the session's file before the next step begins.
public actor AgentLoop {
    let parts: AgentParts
    let file: SessionFile
    var conversation: Conversation
    var proof: ProofLedger
    var tally = Tally()
    var guardian = RepeatGuard()
    var script = Script([])
    /// The last task was stopped, or its process died: the next one goes on with its steps.
    private var isTaskOpen: Bool
    let foreign: ForeignText
    let show: @Sendable (AgentEvent) -> Void

    /// What a task used until now.
    struct Tally: Sendable {
        var turns = 0
        var calls = 0
        var cost = Money.zero
        var unpriced = 0
        var inputTokens: Int64 = 0
        var outputTokens: Int64 = 0
        var slips = 0
        var sentBack = false
        var sentBackMemory = false
        var remembered: [String] = []
        var answer = ""
        var began = ContinuousClock.now
    }

    /// - Parameters:
    ///   - records: what the session's file held before.
    ///   - show: is told of everything as it happens.
    public init(
        _ parts: AgentParts, file: SessionFile, records: [SessionRecord] = [],
        show: @escaping @Sendable (AgentEvent) -> Void = { _ in }
    ) throws {
        self.parts = parts
        self.file = file
        self.show = show
        foreign = ForeignText(session: file.id)
        conversation = Conversation(usesSchema: parts.usesSchema, records: records)
        proof = ProofLedger(duties: parts.duties)
        for case .result(let result) in records.map(\.event) { proof.saw(result) }
        isTaskOpen = records.reduce(false) { Self.isOpen(after: $1.event, $0) }
        if records.isEmpty {
            try file.append(
                .began(
                    SessionHead(id: file.id, agent: parts.profile.name, model: parts.model, isDryRun: parts.isDryRun)))
        }
    }

    // MARK: One task

    /// Works on a task until its end.
    ///
    /// - Throws: `CancellationError` when it was stopped (the session is kept), and what the provider throws.
    public func run(_ task: String) async throws -> AgentOutcome {
        tally = Tally()
        guardian = RepeatGuard()
        script = Script(
            parts.usesSchema ? parts.profile.steps : [], earlier: isTaskOpen ? conversation.resultsOfTask : [])
        for call in conversation.openCalls {
            try record(
                .result(
                    RecordedResult(
                        call: call.id, tool: call.name, arguments: call.arguments, text: "(stopped before it ended)",
                        content: nil, isError: true)))
        }
        let remembered = try await parts.memory.review(task)
        if !remembered.isEmpty {
            try record(.memory(remembered))
            show(.memory(remembered))
        }
        try record(.task(task))
        do {
            try orderNext()
            return try close(try await work())
        } catch is CancellationError {
            _ = try? close(SessionEnd(.cancelled, code: "agent.cancelled", reason: "stopped on request"))
            throw CancellationError()
        } catch let error as WeirError where error.code == "ai.budget" {
            return try close(SessionEnd(.stopped, code: error.code, reason: error.message))
        } catch {
            let known = WeirError.wrapping(error)
            _ = try? close(SessionEnd(.failed, code: known.code, reason: known.message))
            throw known
        }
    }

    /// All that was changed in this session.
    public func patch() -> String { parts.workspace.patch() }

    private func close(_ end: SessionEnd) throws -> AgentOutcome {
        try record(.ended(end))
        let took = ContinuousClock.now - tally.began
        return AgentOutcome(
            session: file.id, end: end, answer: tally.answer, turns: tally.turns, calls: tally.calls, cost: tally.cost,
            unpriced: tally.unpriced, inputTokens: tally.inputTokens, outputTokens: tally.outputTokens,
            milliseconds: took.milliseconds,
            changedFiles: parts.workspace.changed, patch: parts.workspace.patch(), remembered: tally.remembered)
    }

    private func work() async throws -> SessionEnd {
        while true {
            try Task.checkCancellation()
            if let end = script.end(mostFailures: parts.limits.slips) { return end }
            let took = ContinuousClock.now - tally.began
            if let end = parts.limits.exceeded(turns: tally.turns, took: took, spent: tally.cost) { return end }
            try await makeRoom(force: false)
            let answer: AIResponse
            do { answer = try await ask() } catch let error as WeirError where error.code == "ai.context-overflow" {
                guard try await makeRoom(force: true) else { throw error }
                continue
            }
            let refused = try await harvest(answer.text)
            let step = TurnJudge.judge(answer, usesSchema: parts.usesSchema, number: tally.turns)
            if let end = try await act(step, refusedMemories: refused) { return end }
        }
    }

    /// Does what an answer asks for; the end, where this is it.
    private func act(_ step: TurnStep, refusedMemories: [String]) async throws -> SessionEnd? {
        switch step {
        case .refused(let reason):
            return SessionEnd(.refused, code: "agent.refused", reason: "the model refused: \(reason)")
        case .overflow:
            guard try await makeRoom(force: true) else {
                return SessionEnd(.stopped, code: "agent.context", reason: "the conversation is too long for the model")
            }
        case .goOn(let text, let isSlip):
            tally.slips = isSlip ? tally.slips + 1 : tally.slips
            if let text { try note(text) }
        case .cut(let calls):
            tally.slips += 1
            for call in calls {
                try answer(
                    call, "the answer was cut at the limit of its length, so the call was not made; write less at once")
            }
        case .calls(let calls):
            let malformed = try await make(calls)
            tally.slips = malformed == calls.count ? tally.slips + 1 : 0
            if guardian.isEndless {
                return SessionEnd(
                    .stopped, code: "agent.loop",
                    reason: "the same calls were made again and again with the same results")
            }
            try noteRefused(refusedMemories)
        case .finished(let text):
            if script.current != nil, let order = script.order(parts.tools) {
                tally.slips += 1
                try note("The work is not finished. \(order)")
                break
            }
            tally.answer = text
            return try finish(text, refusedMemories)
        }
        if tally.slips >= parts.limits.slips {
            return SessionEnd(
                .stopped, code: "agent.slips", reason: "\(tally.slips) answers in a row could not be used")
        }
        return nil
    }

    /// The end, unless something has to be sent back first.
    private func finish(_ text: String, _ refusedMemories: [String]) throws -> SessionEnd? {
        let missing = parts.isDryRun ? [] : proof.missing(claim: text, workspace: parts.workspace)
        if !missing.isEmpty, !tally.sentBack {
            tally.sentBack = true
            try note(
                """
                This is not shown yet:
                \(missing.map { "- \($0)" }.joined(separator: "\n"))
                Show it with the tools, or finish and say that it is unproven.
                """)
            try noteRefused(refusedMemories)
            return nil
        }
        if !refusedMemories.isEmpty, !tally.sentBackMemory {
            tally.sentBackMemory = true
            try noteRefused(refusedMemories)
            return nil
        }
        if missing.isEmpty { return SessionEnd(.done) }
        return SessionEnd(
            .unproven, code: "agent.unproven", reason: "the agent says that it is finished, and did not show it",
            missing: missing)
    }

    // MARK: Asking

    private func ask() async throws -> AIResponse {
        var request = AIRequest(
            model: parts.model, system: parts.prompt(foreign), messages: conversation.messages(),
            maxTokens: parts.maxAnswerTokens)
        request.systemCache = .fiveMinutes
        if !request.messages.isEmpty { request.messages[request.messages.count - 1].cache = .fiveMinutes }
        if parts.usesSchema {
            // Small models are steadier without chance.
            request.temperature = 0
            request.output =
                script.steps.isEmpty
                ? SchemaCalls.schema(parts.tools, answerTokens: parts.maxAnswerTokens)
                : SchemaCalls.schema(of: script.current, parts.tools, answerTokens: parts.maxAnswerTokens)
        } else {
            request.tools = parts.aiTools
        }
        let isQuiet = parts.usesSchema
        let show = show
        let answer = try await parts.answerer.answer(
            request, session: file.id,
            deliver: { event in
                switch event {
                case .textDelta(let text): if !isQuiet { show(.text(text)) }
                case .thinkingDelta(let text): show(.thinking(text))
                default: break
                }
            }, warn: { show(.warning($0)) })
        show(.textEnded)
        count(answer)
        try record(.answer(RecordedAnswer(answer)))
        return answer
    }

    func count(_ answer: AIResponse) {
        tally.turns += 1
        tally.cost += answer.cost ?? .zero
        if answer.cost == nil { tally.unpriced += 1 }
        tally.inputTokens += answer.usage.inputTotal
        tally.outputTokens += answer.usage.outputTotal
    }

    func note(_ text: String) throws {
        try record(.note(text))
        show(.note(text))
    }

    func record(_ event: SessionRecord.Event) throws {
        try file.append(event)
        conversation.add(event)
        isTaskOpen = Self.isOpen(after: event, isTaskOpen)
    }

    private static func isOpen(after event: SessionRecord.Event, _ wasOpen: Bool) -> Bool {
        switch event {
        case .task: true
        case .ended(let end): ![.done, .unproven].contains(end.status)
        default: wasOpen
        }
    }
}
