import Foundation
import WeirCore
import WeirPipeline

/// Says what a change would do, and names it so that it can be applied.
struct PlanTool: Tool {
    let cache: ProjectCache
    let book: PlanBook

    let spec = ToolSpec(
        name: "plan", title: "Plan a change",
        summary:
            "What a run would build, load or break, and why; or what a replay of quarantined rows or a backfill would do. Changes nothing. Its plan_id can be given to `apply`, where that is allowed.",
        input: ToolSchema.object([
            .init("action", .choice(Proposal.Action.allCases.map(\.rawValue)), "run when left out."),
            DataSchema.selectors, .init("full_refresh", .boolean, "Of a run: build from nothing."),
            .init("table", .string, "Of a replay or backfill."),
            .init("ids", .array(.string), "Of a replay: beginnings of row ids; left out: all rows."),
            .init("set", .array(.string), "Of a replay: column=SQL expression, to mend rows first."),
            .init("from", .string, "Of a backfill: the first date or time, inclusive."),
            .init("to", .string, "Of a backfill: the last date or time, exclusive."),
            DataSchema.env, DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            [
                .init("plan_id", .string, "", isRequired: true), .init("action", .string, "", isRequired: true),
                .init("summary", .string, "", isRequired: true),
                .init("empty", .boolean, "There is nothing to do.", isRequired: true),
                .init("expires_at", .string, "", isRequired: true),
                .init("removed", .array(.string), "Tables that the project no longer has; they stay."),
            ] + AnswerCutter.fields("items", .any, "Tables that would change first; of a replay, rows.")
        ).json, level: .propose)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let proposal = try Proposal(arguments, context)
        let project = try await cache.project(context)
        let preview = try await WarehouseGate.of(context).reading { try await proposal.preview(project) }
        let entry = await book.note(proposal, preview, root: context.root)
        var beside: [String: JSONValue] = [
            "plan_id": .string(entry.id), "action": .string(proposal.action.rawValue),
            "summary": .string(preview.summary), "empty": .bool(preview.isEmpty),
            "expires_at": .string(UTC.text(entry.expires)),
        ]
        if !preview.removed.isEmpty { beside["removed"] = JSONValue(preview.removed) }
        var answer = AnswerCutter().answer(
            preview.items, key: "items", beside: beside, from: try arguments.offset(), mark: arguments.mark)
        if preview.count > preview.items.count, var fields = answer.fields {
            fields["total"] = .int(Int64(preview.count))
            fields["truncated"] = true
            answer = .object(fields)
        }
        return ToolAnswer(answer, isForeign: preview.isForeign)
    }
}
