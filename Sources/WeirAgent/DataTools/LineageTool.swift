import WeirCore
import WeirPipeline

/// Tells what something is made of, and what is made of it.
struct LineageTool: Tool {
    let cache: ProjectCache

    let spec = ToolSpec(
        name: "lineage", title: "Lineage",
        summary:
            "What a table or one of its columns is made of and what is made of it. Use it to find where a wrong value comes from, and what a change will touch.",
        input: ToolSchema.object([
            .init(
                "subject", .string, "A table like mart.delays, or a column like mart.delays.minutes.", isRequired: true),
            .init("direction", .choice(["both", "upstream", "downstream"]), "both when left out."),
            .init("columns", .boolean, "Of a table: the links of its columns instead of those of tables."),
            DataSchema.env, DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            [
                .init("subject", .string, "", isRequired: true),
                .init("tables", .array(.any), "Every table that was reached, inputs first."),
                .init("gaps", .array(.any), "Tables whose columns could not be followed, and why."),
            ]
                + AnswerCutter.fields(
                    "links", .any,
                    "`from` goes into `to`. Of columns, `kind` is copy, computed, aggregated or influence (it decides which rows there are)."
                )
        ).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let subject = try arguments.text("subject")
        let word = try arguments.optionalText("direction") ?? "both"
        guard let direction = LineageAnswer.Direction(rawValue: word) else {
            throw WeirError(
                "tool.bad-arguments", "lineage: \"\(word)\" is no direction",
                hint: DidYouMean.hint(for: word, among: LineageAnswer.Direction.allCases.map(\.rawValue)))
        }
        let wantsColumns = try arguments.bool("columns")
        var options = RunOptions()
        options.environment = try arguments.environment(context)
        let runner = try Runner(try await cache.project(context), options: options)
        let answer = try await WarehouseGate.of(context).reading {
            try await runner.lineage(of: subject, direction: direction, withColumns: wantsColumns)
        }
        let links: [JSONValue] =
            answer.column != nil || wantsColumns
            ? answer.columns.map { edge in
                JSONValue.object([
                    "from": .string("\(edge.inputTable).\(edge.inputColumn)"),
                    "to": .string(edge.column.isEmpty ? edge.node : "\(edge.node).\(edge.column)"),
                    "kind": .string(edge.kind.rawValue),
                ])
            }
            : answer.links.map { ["from": .string($0.from.description), "to": .string($0.to.description)] }
        return ToolAnswer(
            AnswerCutter().answer(
                links, key: "links",
                beside: [
                    "subject": .string(subject), "tables": try JSONValue.of(answer.tables).compact,
                    "gaps": try JSONValue.of(answer.gaps),
                ], from: try arguments.offset(), mark: arguments.mark))
    }
}
