import WeirCore
import WeirPipeline

/// Plans and runs in one go.
struct RunTool: ConfirmableTool {
    let cache: ProjectCache

    let spec = ToolSpec(
        name: "run", title: "Run the project",
        summary:
            "Makes the warehouse match the project: builds what is new, changed or stale, checks it and publishes it. Look at `plan` first.",
        input: ToolSchema.object([
            DataSchema.selectors, .init("full_refresh", .boolean, "Build from nothing."), DataSchema.env,
        ]).json, output: RunAnswer.output, level: .run, isDestructive: true)

    func question(_ arguments: ToolArguments, _ context: ToolContext) async throws -> String? {
        let proposal = try Proposal(arguments, context, action: .run)
        let project = try await cache.project(context)
        let preview = try await WarehouseGate.of(context).reading { try await proposal.preview(project) }
        return preview.isEmpty ? nil : "Run weir \(proposal.command)? It does this: \(preview.summary)."
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let proposal = try Proposal(arguments, context, action: .run)
        let project = try await cache.project(context)
        return try await WarehouseGate.of(context).writing {
            let summary = try await proposal.perform(project, RunAnswer.progress(context, of: 0))
            return try RunAnswer.make(summary)
        }
    }
}
