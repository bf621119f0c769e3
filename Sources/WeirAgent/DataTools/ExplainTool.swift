import WeirCore
import WeirPipeline

/// Tells how the engine answers a query, and what of it takes time.
struct ExplainTool: Tool {
    let cache: ProjectCache

    let spec = ToolSpec(
        name: "explain", title: "Explain a query",
        summary:
            "The plan of a SELECT: its operators from the result downwards, with the rows that the engine expects. With `analyze` the query is run, and rows and times are measured. Reads only.",
        input: ToolSchema.object([
            .init("sql", .string, "One SELECT.", isRequired: true),
            .init("analyze", .boolean, "Run it, and measure."),
            .init("timeout_seconds", .integer, "1 to 600; 60 when left out."), DataSchema.env, DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            [.init("seconds", .number, "Of the whole query, where it was run.")]
                + AnswerCutter.fields(
                    "operators",
                    .object([
                        .init("depth", .integer, "", isRequired: true),
                        .init("operator", .string, "", isRequired: true),
                        .init("about", .string, ""), .init("expected_rows", .number, ""), .init("rows", .number, ""),
                        .init("seconds", .number, ""),
                    ]), "The result's operator first; what feeds one follows it, a level deeper.")
        ).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let sql = try arguments.text("sql")
        let runs = try arguments.bool("analyze")
        let environment = try arguments.environment(context)
        let seconds = try arguments.int("timeout_seconds", usual: 60, in: 1...600)
        let project = try await cache.project(context)
        let query = WarehouseQuery(project: project, environment: environment, isSealed: true)
        let plan: JSONValue
        do {
            plan = try await Deadline.within(.seconds(seconds), of: "explain") {
                try await WarehouseGate.of(context).reading { try await query.plan(sql, runs: runs) }
            }
        } catch let error as WeirError {
            throw await NearestTable.named(error, in: cache, context, environment)
        }
        var operators: [JSONValue] = []
        let roots = plan["children"]?.items ?? (plan.items.isEmpty ? [plan] : plan.items)
        for root in roots { Self.walk(root, 0, &operators) }
        var beside: [String: JSONValue] = [:]
        if let time = plan["latency"]?.number { beside["seconds"] = .double(time) }
        return ToolAnswer(
            AnswerCutter().answer(
                operators, key: "operators", beside: beside, from: try arguments.offset(), mark: arguments.mark))
    }

    private static func walk(_ node: JSONValue, _ depth: Int, _ out: inout [JSONValue]) {
        let name = node["operator_type"]?.text ?? node["operator_name"]?.text ?? node["name"]?.text ?? "?"
        var fields: [String: JSONValue] = ["depth": .int(Int64(depth)), "operator": .string(name.trimmingSpaces)]
        let info = node["extra_info"]?.fields ?? [:]
        let about = info.filter { $0.key != "Estimated Cardinality" }.sorted { $0.key < $1.key }.map { key, value in
            "\(key): \(value.text ?? value.items.compactMap(\.text).joined(separator: ", "))"
        }.joined(separator: "; ")
        if !about.isEmpty { fields["about"] = .string(String(about.prefix(400))) }
        if let rows = info["Estimated Cardinality"]?.text.flatMap(Double.init) {
            fields["expected_rows"] = .double(rows)
        }
        if let rows = node["operator_cardinality"]?.number { fields["rows"] = .double(rows) }
        if let time = node["operator_timing"]?.number { fields["seconds"] = .double(time) }
        // The frame that EXPLAIN ANALYZE puts around the query is no part of it.
        let isFrame = name == "EXPLAIN_ANALYZE"
        if !isFrame { out.append(.object(fields)) }
        for child in node["children"]?.items ?? [] where depth < 200 {
            walk(child, isFrame ? depth : depth + 1, &out)
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
