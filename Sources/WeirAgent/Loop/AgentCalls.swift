import WeirAI
import WeirCore

extension AgentLoop {
    // MARK: Calls

    /// Makes calls: neighbours that only read at once, the others one after the other.
    ///
    /// - Returns: how many had arguments that were no object.
    func make(_ calls: [AIToolCall]) async throws -> Int {
        var index = 0
        var malformed = 0
        while index < calls.count {
            let group = calls[index...].prefix { parts.tools[$0.name]?.spec.level == .read }
            if group.count > 1 {
                try await makeTogether(Array(group.prefix(AgentParts.mostAtOnce)))
                index += min(group.count, AgentParts.mostAtOnce)
                continue
            }
            let call = calls[index]
            if call.arguments.fields == nil { malformed += 1 }
            if let reason = script.current?.objection(to: call.name, call.arguments) {
                malformed += 1
                try answer(call, reason)
            } else if let reason = guardian.refusal(RepeatGuard.key(call.name, call.arguments)) {
                try answer(call, reason)
            } else {
                let made = try await parts.make(call, show: show)
                try finish(made)
            }
            index += 1
        }
        return malformed
    }

    private func makeTogether(_ calls: [AIToolCall]) async throws {
        var refusals: [Int: String] = [:]
        for (index, call) in calls.enumerated() {
            refusals[index] = guardian.refusal(RepeatGuard.key(call.name, call.arguments))
        }
        let parts = parts
        let show = show
        let made = try await withThrowingTaskGroup(of: (Int, AgentParts.Made).self) { group in
            for (index, call) in calls.enumerated() where refusals[index] == nil {
                group.addTask { (index, try await parts.make(call, show: show)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        // In their own order, whichever came first.
        for (index, call) in calls.enumerated() {
            if let done = made[index] {
                try finish(done)
            } else {
                try answer(call, refusals[index] ?? "not made")
            }
        }
    }

    private func finish(_ made: AgentParts.Made) throws {
        let result = try parts.present(made, number: tally.calls, session: file.id, foreign: foreign)
        guardian.saw(
            RepeatGuard.key(result.tool, result.arguments), result: made.answer.content.line,
            isChange: made.isChange && !result.isError)
        proof.saw(result)
        try keep(result)
        if script.saw(result) || script.obstacle != nil { try orderNext() }
    }

    /// Tells the model the next step of its profile. In a dry run what may not be done is left out.
    func orderNext() throws {
        while parts.isDryRun, let step = script.current, script.obstacle != nil || !isAllowedDry(step) {
            try note("Step \(script.done + 1) of \(script.steps.count), \(step.tool), is left out of a dry run.")
            script.skip()
        }
        if script.obstacle == nil, let order = script.order(parts.tools) { try note(order) }
    }

    private func isAllowedDry(_ step: ScriptedStep) -> Bool { (parts.tools[step.tool]?.spec.level ?? .read) < .run }

    /// Answers a call that was not made.
    func answer(_ call: AIToolCall, _ reason: String) throws {
        try keep(
            RecordedResult(
                call: call.id, tool: call.name, arguments: call.arguments, text: reason, content: nil, isError: true))
    }

    private func keep(_ result: RecordedResult) throws {
        tally.calls += 1
        try record(.result(result))
        show(.result(result))
    }
}
