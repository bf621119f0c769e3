import WeirCore
import WeirPipeline

/// Runs the tests of a project.
struct TestTool: Tool {
    let cache: ProjectCache

    let spec = ToolSpec(
        name: "test", title: "Run tests",
        summary:
            "Runs model tests (given rows, expected rows) in memory; with `data` or `schema` it holds the warehouse's rows or columns against the contracts instead. Failures come first, with how the rows differ.",
        input: ToolSchema.object([
            .init("paths", .array(.string), "Files or folders of tests/ or contracts/; left out: all."),
            .init("data", .boolean, "Check the rows of the warehouse."),
            .init("schema", .boolean, "Compare the columns of the warehouse."), DataSchema.env, DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(
            [
                .init("passed", .integer, "", isRequired: true), .init("failed", .integer, "", isRequired: true),
                .init("invalid", .integer, "Tests with a mistake in them.", isRequired: true),
            ] + AnswerCutter.fields("tests", .any, "What failed first.")
        ).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        var options = TestOptions()
        options.paths = try arguments.texts("paths")
        options.workingFolder = context.root
        options.data = try arguments.bool("data")
        options.schema = try arguments.bool("schema")
        options.models = !options.data && !options.schema
        options.environment = try arguments.environment(context)
        let suite = try TestSuite(try await cache.project(context), options: options)
        let report = try await WarehouseGate.of(context).reading {
            try await suite.run { done, count in
                context.progress(Double(done) / Double(max(1, count)), "test \(done) of \(count)")
            }
        }
        let tests = report.tests.filter { $0.status != .passed } + report.tests.filter { $0.status == .passed }
        let tables = report.tables.filter { !$0.passed } + report.tables.filter(\.passed)
        let items = try tests.map { try JSONValue.of($0).compact } + tables.map { try Self.table($0) }
        return ToolAnswer(
            AnswerCutter().answer(
                items, key: "tests",
                beside: [
                    "passed": .int(Int64(report.passed)), "failed": .int(Int64(report.failed)),
                    "invalid": .int(Int64(report.invalid)),
                ], from: try arguments.offset(), mark: arguments.mark),
            isForeign: !report.tables.isEmpty)
    }

    private static func table(_ result: TableTestResult) throws -> JSONValue {
        let broken = result.checks.filter(\.fails)
        var json = try JSONValue.of(result).compact.without("checks").fields ?? [:]
        json["status"] = .string(result.passed ? "passed" : "failed")
        if !broken.isEmpty { json["checks"] = try JSONValue.of(broken).compact }
        if !result.checks.isEmpty { json["checks_kept"] = .int(Int64(result.checks.count - broken.count)) }
        return .object(json)
    }
}
