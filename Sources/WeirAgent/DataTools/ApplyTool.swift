import WeirCore
import WeirPipeline

/// Does what a plan said, if that is still what would be done.
struct ApplyTool: ConfirmableTool {
    let cache: ProjectCache
    let book: PlanBook

    let spec = ToolSpec(
        name: "apply", title: "Apply a plan",
        summary:
            "Does what `plan` said: builds aside, checks and publishes. Fails when the plan is no longer what would be done; then plan again. Applying a plan twice does nothing twice.",
        input: ToolSchema.object([.init("plan_id", .string, "From `plan`.", isRequired: true)]).json,
        output: RunAnswer.output, level: .run, isDestructive: true)

    func question(_ arguments: ToolArguments, _ context: ToolContext) async throws -> String? {
        let entry = try await book.entry(try arguments.text("plan_id"), root: context.root)
        if entry.result != nil { return nil }
        return "Apply \(entry.id) to the warehouse (weir \(entry.proposal.command))? It does this: \(entry.summary)."
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let id = try arguments.text("plan_id")
        let entry = try await book.entry(id, root: context.root)
        if let result = entry.result { return Self.again(result) }
        try await book.begin(id)
        do {
            let answer = try await perform(entry, context)
            await book.end(id, answer)
            return answer
        } catch {
            await book.end(id, nil)
            throw error
        }
    }

    private func perform(_ entry: PlanBook.Entry, _ context: ToolContext) async throws -> ToolAnswer {
        let project = try await cache.project(context)
        return try await WarehouseGate.of(context).writing {
            let now = try await entry.proposal.preview(project)
            guard now.mark == entry.mark else {
                throw WeirError(
                    "plan.stale", "\(entry.id) is no longer what would be done: now it is \(now.summary)",
                    hint: "call `plan` again and look at what is different")
            }
            let summary = try await entry.proposal.perform(project, RunAnswer.progress(context, of: now.items.count))
            return try RunAnswer.make(summary, planID: entry.id)
        }
    }

    private static func again(_ result: ToolAnswer) -> ToolAnswer {
        var result = result
        var fields = result.content.fields ?? [:]
        fields["already_applied"] = true
        result.content = .object(fields)
        return result
    }
}
