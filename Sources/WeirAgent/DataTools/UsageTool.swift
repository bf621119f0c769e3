import Foundation
import WeirCore
import WeirPipeline
import WeirStore

/// What was run, and what AI services cost.
struct UsageTool: Tool {
    let cache: ProjectCache

    let spec = ToolSpec(
        name: "usage", title: "Runs and costs",
        summary:
            "Earlier runs of the project (`runs`, or one with `run`: what became of each table, with its checks and errors), or what AI services were asked and cost (`ai`).",
        input: ToolSchema.object([
            .init("view", .choice(["runs", "ai"]), "runs when left out."),
            .init("run", .string, "A run's id, its beginning, or latest."),
            .init("by", .choice(UsageGrouping.allCases.map(\.rawValue)), "Of ai: summed up by; day when left out."),
            .init("since", .string, "Of ai: from this day on, like 2026-11-01."), DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            [.init("run", .any, "The run that was asked about."), .init("budgets", .any, "How much of each is spent.")]
                + AnswerCutter.fields("items", .any, "Runs, the tables of a run, or lines of the ledger.")
        ).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let project = try await cache.project(context)
        let view = try arguments.optionalText("view") ?? "runs"
        let offset = try arguments.offset()
        if view == "ai" { return try await ai(project, arguments, offset) }
        guard view == "runs" else {
            throw WeirError(
                "tool.bad-arguments", "usage: \"\(view)\" is no view",
                hint: DidYouMean.hint(for: view, among: ["runs", "ai"]))
        }
        let book = try await RunBook.open(project)
        guard let id = try arguments.optionalText("run") else {
            let runs = try await book.runs(limit: 500)
            return ToolAnswer(
                AnswerCutter().answer(
                    try runs.map { try JSONValue.of($0).compact }, key: "items", from: offset, mark: arguments.mark))
        }
        let detail = try await book.run(id)
        let items = try detail.nodes.map { node -> JSONValue in
            var json = try JSONValue.of(node).compact.fields ?? [:]
            // Kept as texts of JSON; a model reads them as what they are.
            for (key, value) in json {
                guard let text = value.text, text.hasPrefix("[") || text.hasPrefix("{"),
                    let parsed = JSONValue(parsing: text)
                else { continue }
                json[key] = parsed.compact
            }
            return .object(json)
        }
        return ToolAnswer(
            AnswerCutter().answer(
                items, key: "items", beside: ["run": try JSONValue.of(detail.run).compact], from: offset,
                mark: arguments.mark),
            isForeign: true)
    }

    private func ai(_ project: Project, _ arguments: ToolArguments, _ offset: Int) async throws -> ToolAnswer {
        let word = try arguments.optionalText("by") ?? UsageGrouping.day.rawValue
        guard let grouping = UsageGrouping(rawValue: word) else {
            throw WeirError(
                "tool.bad-arguments", "usage: \"\(word)\" is nothing to sum up by",
                hint: DidYouMean.hint(for: word, among: UsageGrouping.allCases.map(\.rawValue)))
        }
        var since: Date?
        if let text = try arguments.optionalText("since") {
            since = UTC.date(text.count == 10 ? "\(text)T00:00:00Z" : text)
            guard since != nil else {
                throw WeirError(
                    "tool.bad-arguments", "usage: \"\(text)\" is no day", hint: "write it like 2026-11-01")
            }
        }
        let desk = try await AIDesk.open(project)
        let lines = try await desk.usage(by: grouping, since: since)
        let budgets = try await desk.budgets()
        return ToolAnswer(
            AnswerCutter().answer(
                try lines.map { try JSONValue.of($0) }, key: "items",
                beside: ["budgets": try JSONValue.of(budgets)], from: offset, mark: arguments.mark))
    }
}
