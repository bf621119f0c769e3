import WeirCore
import WeirPipeline
import WeirQuality

/// Holds tables and files against their contracts.
struct CheckTool: Tool {
    let cache: ProjectCache

    let spec = ToolSpec(
        name: "check", title: "Check contracts",
        summary:
            "Holds tables of the warehouse, or a file of the project with `contract`, against their contracts. Answers the rules that do not hold, with example rows; tables in trouble come first. Reads only.",
        input: ToolSchema.object([
            .init(
                "targets", .array(.string), "Tables, patterns like mart.*, tag:NAME, or files. Left out: all tables."),
            .init("contract", .string, "A contract's file, in place of the table's own; needed for files."),
            .init("rules", .array(.string), "Only these rules; * stands for anything."),
            .init("columns", .array(.string), "Only rules about these columns."),
            .init("failing_rows", .integer, "Show so many rows that break a rule, 0 to 20."),
            DataSchema.env, DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            [.init("status", .choice(["passed", "warned", "failed"]), "", isRequired: true)]
                + AnswerCutter.fields("tables", .any, "With the rules that do not hold.")
        ).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let environment = try arguments.environment(context)
        let project = try await cache.project(context)
        let catalogue = try await cache.catalogue(context, environment: environment).value
        let targets = try arguments.texts("targets").map { try Self.target($0, context, catalogue) }
        var check = CheckRun(targets: targets, project: project, folder: context.root)
        check.contract = try arguments.optionalText("contract").map { path in
            _ = try ProjectPath.file(path, in: context.root)
            return path
        }
        check.choice.rules = try arguments.texts("rules")
        check.choice.columns = try arguments.texts("columns")
        check.detail = AuditDetail(
            segments: [], failingRows: try arguments.int("failing_rows", usual: 0, in: 0...20))
        check.environment = environment
        check.progress = { context.progress(nil, $0) }
        let report = try await WarehouseGate.of(context).reading { [check] in try await check.run() }
        let order: [CheckReport.Status] = [.failed, .warned, .passed]
        let tables = try order.flatMap { status in
            try report.tables.filter { $0.status == status }.map(Self.table)
        }
        return ToolAnswer(
            AnswerCutter().answer(
                tables, key: "tables", beside: ["status": .string(report.status.rawValue)],
                from: try arguments.offset(), mark: arguments.mark),
            isForeign: true)
    }

    /// A selector as it is; anything else must be a table or a file of the project.
    private static func target(_ text: String, _ context: ToolContext, _ catalogue: Catalogue) throws -> String {
        let isSelector =
            text.hasPrefix("tag:") || text.hasPrefix("+") || text.hasSuffix("+")
            || (text.hasSuffix("*") && !text.contains("/"))
        if isSelector { return text }
        if let table = try? catalogue.table(text) { return table.name.description }
        if text.contains("/") || (try? ProjectPath.file(text, in: context.root)) != nil {
            return try ProjectPath.glob(text, in: context.root)
        }
        return try catalogue.table(text).name.description
    }

    private static func table(_ table: CheckedTable) throws -> JSONValue {
        let broken = table.checks.filter { ![.passed, .accepted].contains($0.status) }
        var json = try JSONValue.of(table).compact.without("checks", "engine").fields ?? [:]
        json["contract"] = .string(table.contract.file)
        if !broken.isEmpty { json["checks"] = try JSONValue.of(broken).compact }
        json["checks_kept"] = .int(Int64(table.checks.count - broken.count))
        return .object(json)
    }
}
