import Foundation
import Testing
import WeirCore
import WeirPipeline

@testable import WeirAgent

@Suite("Tools of data")
struct DataToolsTests {
    @Test("have good names, schemas and a fixed order")
    func specs() {
        let tools = DataTools.all()
        #expect(
            tools.map(\.spec.name) == [
                "schema", "query", "profile", "explain", "lineage", "docs", "plan", "apply", "test", "check",
                "quarantine",
                "diff", "usage", "run",
            ])
        for tool in tools {
            #expect(tool.spec.output?["type"] == "object", "\(tool.spec.name)")
            #expect(tool.spec.input["type"] == "object", "\(tool.spec.name)")
            #expect(tool.spec.summary.count > 40, "\(tool.spec.name)")
        }
        #expect(tools.filter { $0.spec.level > .propose }.map(\.spec.name) == ["apply", "run"])
        let catalogue = JSONValue.array(tools.map { MCPToolset.describe($0.spec) })
        #expect(catalogue.bytes.count < 24_000, "the list of all tools is itself something that a model has to read")
    }

    @Test("schema tells tables, columns, types, keys and rules, and the nearest name for a wrong one")
    func schema() async throws {
        let lab = try await DataLab()
        let all = try await lab.call("schema")
        #expect(
            all["tables"]?.items.compactMap { $0["name"]?.text } == [
                "mart.sales_by_day", "raw.orders", "staging.orders",
            ])
        #expect(all["tables"]?[0]?["columns"] == nil)
        let one = try await lab.call("schema", ["tables": "raw.orders"])["tables"]?[0]
        #expect(one?["built"] == true)
        #expect((one?["rows"]?.integer ?? 0) >= 7, "an estimate")
        #expect(one?["primary_key"] == ["order_id"])
        let column = one?["columns"]?.items.first { $0["name"] == "quantity" }
        #expect(column?["type"] == "INTEGER" || column?["type"] == "BIGINT", "\(column?.line ?? "")")
        #expect(column?["rules"]?.items.isEmpty == false)
        #expect(try await lab.call("schema", ["tables": ["staging.*", "sales_by_day"]])["total"] == 2)
        #expect(try await lab.call("schema", ["search": "revenue"])["tables"]?[0]?["name"] == "mart.sales_by_day")
        let wrong = try await lab.error("schema", ["tables": "mart.sale_by_day"])
        #expect(wrong["code"] == "table.unknown")
        #expect(wrong["hint"]?.text == "did you mean \"mart.sales_by_day\"?")
        #expect(
            try await lab.error("schema", ["tables": "martt.sales_by_dy"])["hint"]?.text?.contains("sales_by_day")
                == true)
    }

    @Test("schema knows the tables before the first run")
    func schemaBefore() async throws {
        let lab = try await DataLab(runs: false)
        let tables = try await lab.call("schema", ["search": "s"])
        let mart = tables["tables"]?.items.first { $0["name"] == "mart.sales_by_day" }
        #expect(mart?["built"] == false)
        #expect((mart?["column_count"]?.integer ?? 0) > 1, "\(tables.line)")
        #expect(tables["note"]?.text?.isEmpty == false)
        #expect(try await lab.error("query", ["sql": "SELECT 1"])["code"] == "warehouse.missing")
    }

    @Test("schema follows every change of the files and of the warehouse")
    func invalidation() async throws {
        let lab = try await DataLab(runs: false)
        #expect(try await lab.call("schema")["total"] == 3)
        #expect(try await lab.call("schema", ["tables": "raw.orders"])["tables"]?[0]?["built"] == false)
        try await lab.run()
        #expect(try await lab.call("schema", ["tables": "raw.orders"])["tables"]?[0]?["built"] == true)
        for number in 0..<5 {
            try lab.write("models/mart/more\(number).sql", "/* weir\nwhy: number \(number)\n*/\nSELECT 1 AS a")
            #expect(try await lab.call("schema")["total"] == .int(Int64(4 + number)))
        }
        // The same length, the same moment: only the content is another.
        for letter in ["b", "c", "d", "e"] {
            try lab.write("models/mart/more0.sql", "/* weir\nwhy: number \(letter)\n*/\nSELECT 1 AS a")
            let table = try await lab.call("schema", ["tables": "mart.more0"])["tables"]?[0]
            #expect(table?["why"]?.text == "number \(letter)")
        }
        try FileManager.default.removeItem(atPath: lab.path("models/mart/more1.sql"))
        #expect(try await lab.call("schema")["total"] == 7)
        try lab.write("weir.yaml", "weir: 2\n")
        #expect(try await lab.error("schema")["code"] == "project.version")
    }

    @Test("in an environment, SQL has its own names for tables, and schema tells them")
    func environments() async throws {
        let lab = try await DataLab()
        let plan = try await lab.call("plan", ["env": "dev", "full_refresh": true])
        #expect(try await lab.call("apply", ["plan_id": try #require(plan["plan_id"])])["status"] == "done")
        let table = try await lab.call("schema", ["env": "dev", "tables": "raw.orders"])["tables"]?[0]
        let name = try #require(table?["sql_name"]?.text)
        #expect(name == "dev__raw.orders")
        #expect(
            try await lab.call("query", ["env": "dev", "sql": .string("SELECT count(*) FROM \(name)")])["rows"] == [[7]]
        )
        #expect(try await lab.error("schema", ["env": "dve"])["hint"]?.text == "did you mean \"dev\"?")
    }

    @Test("query gives rows as values, in pages that add up to all of them")
    func query() async throws {
        let lab = try await DataLab()
        let typed = try await lab.call(
            "query",
            [
                "sql":
                    "SELECT 1 AS a, 2.50::DECIMAL(9,2) AS b, NULL AS c, 'ü' AS d, [1,2] AS e, 170141183460469231731687303715884105727 AS f, true AS g"
            ])
        #expect(typed["rows"] == [[1, "2.50", .null, "ü", [1, 2], "170141183460469231731687303715884105727", true]])
        #expect(typed["columns"]?[1] == ["name": "b", "type": "DECIMAL(9,2)"])
        #expect(typed["truncated"] == false)
        #expect(typed["total"] == 1)
        var seen: [Int64] = []
        var arguments: [String: JSONValue] = ["sql": "SELECT i FROM range(237) t(i)", "limit": 100]
        repeat {
            let page = try await lab.call("query", .object(arguments))
            #expect(page["total"] == 237)
            seen += (page["rows"]?.items ?? []).compactMap { $0[0]?.integer }
            arguments["cursor"] = page["next_cursor"]
            #expect((page["truncated"] == true) == (page["next_cursor"] != nil))
        } while arguments["cursor"] != nil
        #expect(seen == Array(0..<237))
        #expect(try await lab.call("query", ["sql": "SELECT 1 WHERE false"])["rows"] == [])
    }

    @Test("query keeps within its bytes, whatever the rows hold")
    func wideRows() async throws {
        let lab = try await DataLab()
        let long = try await lab.call(
            "query", ["sql": "SELECT repeat('x', 1000000) AS a FROM range(500)", "limit": 500])
        #expect(long["truncated"] == true)
        #expect((long["cut_values"]?.integer ?? 0) > 0)
        #expect(long["total"] == 500)
        let nested = try await lab.call("query", ["sql": "SELECT range(100000) AS a"])
        #expect(nested["truncated"] == true)
        let wide = (0..<900).map { "\($0) AS column_with_a_long_name_\($0)" }.joined(separator: ", ")
        #expect(try await lab.call("query", ["sql": .string("SELECT \(wide)")])["truncated"] == true)
    }

    @Test("query names the nearest column and table, and ends what takes too long")
    func queryMistakes() async throws {
        let lab = try await DataLab()
        let column = try await lab.error("query", ["sql": "SELECT quantty FROM raw.orders"])
        #expect(column["code"] == "sql.unknown-column")
        #expect(column["hint"]?.text?.contains("quantity") == true)
        let table = try await lab.error("query", ["sql": "SELECT * FROM raw.oders"])
        #expect(table["hint"]?.text?.contains("raw.orders") == true, "\(table.line)")
        let plain = try await lab.error("query", ["sql": "SELECT * FROM sales_by_day"])
        #expect(plain["hint"]?.text?.contains("mart.sales_by_day") == true, "\(plain.line)")
        let slow = try await lab.error(
            "query",
            [
                "sql": "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range % 7 = b.range % 11",
                "timeout_seconds": 1,
            ])
        #expect(slow["code"] == "tool.timeout")
        let other = try await lab.call("query", ["sql": "SELECT i FROM range(9) t(i)", "limit": 2])
        let cursor = try #require(other["next_cursor"])
        #expect(
            try await lab.error("query", ["sql": "SELECT 2", "limit": 2, "cursor": cursor])["code"] == "tool.bad-cursor"
        )
        #expect(try await lab.error("query", ["sql": "SELECT 2", "cursor": "AAAA"])["code"] == "tool.bad-cursor")
        #expect(try await lab.error("query", ["sql": "SELECT 2", "env": "prd"])["code"] == "environment.unknown")
    }

    @Test("explain shows the operators, and measures them where it is asked to")
    func explain() async throws {
        let lab = try await DataLab()
        let plan = try await lab.call("explain", ["sql": "SELECT status, sum(quantity) FROM raw.orders GROUP BY 1"])
        let names = (plan["operators"]?.items ?? []).compactMap { $0["operator"]?.text }
        #expect(names.contains { $0.contains("GROUP") }, "\(plan.line)")
        let measured = try await lab.call(
            "explain", ["sql": "SELECT status, sum(quantity) FROM raw.orders GROUP BY 1", "analyze": true])
        let scan = measured["operators"]?.items.first { $0["operator"]?.text?.contains("SCAN") == true }
        #expect(scan?["rows"]?.number == 7, "\(measured.line)")
    }

    @Test("profile, check, quarantine, lineage, docs, test, diff and usage answer as their schemas say")
    func others() async throws {
        let lab = try await DataLab()
        let profile = try await lab.call("profile", ["target": "raw.orders"])
        #expect(profile["rows"] == 7)
        #expect(profile["columns"]?.items.count == 7)
        #expect(try await lab.call("profile", ["target": "data/orders.csv", "columns": "status"])["total"] == 1)
        #expect(
            try await lab.error("profile", ["target": "raw.orders", "columns": "statsu"])["hint"]?.text
                == "did you mean \"status\"?")
        #expect(try await lab.error("profile", ["target": "raw.ordres"])["hint"]?.text?.contains("raw.orders") == true)
        #expect(try await lab.call("check")["status"] == "passed")
        let file = try await lab.call(
            "check", ["targets": "data/orders.csv", "contract": "contracts/orders.yaml", "failing_rows": 3])
        #expect(file["status"] == "failed")
        #expect(file["tables"]?[0]?["checks"]?.items.isEmpty == false)
        #expect(try await lab.call("quarantine")["items"]?[0]?["table"] == "raw.orders")
        let held = try await lab.answer("quarantine", ["table": "raw.orders"])
        #expect(held.isForeign)
        #expect(held.content["items"]?.items.count == 1)
        #expect(try await lab.call("quarantine", ["table": "raw.orders", "reason": "nothing"])["total"] == 0)
        let lineage = try await lab.call("lineage", ["subject": "mart.sales_by_day.revenue"])
        #expect(lineage["links"]?.items.contains { $0["from"] == "raw.orders.quantity" } == true, "\(lineage.line)")
        #expect(try await lab.call("lineage", ["subject": "raw.orders"])["links"]?.items.isEmpty == false)
        #expect(
            try await lab.error("lineage", ["subject": "mart.sales_by_dy"])["hint"]?.text?.contains("sales_by_day")
                == true)
        #expect(try await lab.call("docs", ["search": "shop exports"])["passages"]?[0]?["about"] == "raw.orders")
        let table = try await lab.call("docs", ["table": "mart.sales_by_day"])
        #expect(table["passages"]?.items.contains { $0["kind"] == "sql" } == true)
        #expect(
            try await lab.call("docs", ["contract": "contracts/orders.yaml"])["passages"]?[0]?["text"]?.text
                == (try lab.text("contracts/orders.yaml")))
        #expect(
            try await lab.error("docs", ["contract": "contracts/order.yaml"])["hint"]?.text?.contains("orders") == true)
        #expect(try await lab.call("test")["failed"] == 0)
        #expect(try await lab.call("test", ["data": true])["total"] == 1)
        let diff = try await lab.call("diff", ["a": "raw.orders", "b": "data/orders.csv", "key": "order_id"])
        #expect(diff["is_same"] == false)
        #expect(diff["samples"]?.items.count == 1, "\(diff.line)")
        #expect(
            try await lab.call("diff", ["a": "raw.orders", "b": "staging.orders", "schema_only": true])["total"] == 0)
        let runs = try await lab.call("usage")
        #expect(runs["total"] == 1)
        #expect(try await lab.call("usage", ["run": "latest"])["items"]?.items.count == 3)
        #expect(try await lab.error("usage", ["run": "1999"])["code"] == "run.unknown")
        #expect(try await lab.call("usage", ["view": "ai", "by": "model"])["total"] == 0)
    }

    @Test(
        "no tool leaves the project's folder",
        arguments: [
            ("profile", "target", "/etc/passwd"), ("profile", "target", "../secret.csv"),
            ("profile", "target", "data/../../secret.csv"), ("profile", "target", "http://127.0.0.1:9/x.csv"),
            ("profile", "target", "link/secret.csv"), ("profile", "target", "link/*.csv"),
            ("profile", "target", "**/*.csv"), ("profile", "target", "data/../../*.csv"),
            ("profile", "target", "SELECT * FROM read_text('/etc/passwd')"), ("profile", "target", "linked.csv"),
            ("check", "targets", "../secret.csv"), ("check", "targets", "SELECT content FROM read_text('/etc/passwd')"),
            ("check", "targets", "link/secret.csv"), ("diff", "a", "../secret.csv"), ("diff", "a", "link/secret.csv"),
            ("diff", "a", "SELECT 1 AS a"), ("diff", "a", "postgres://127.0.0.1/x#y"),
            ("diff", "a", "x.duckdb#raw.orders"),
            ("docs", "contract", "../secret.csv"), ("docs", "contract", "link/secret.csv"),
        ])
    func paths(tool: String, argument: String, value: String) async throws {
        let lab = try await DataLab()
        let folder = URL(fileURLWithPath: lab.root).deletingLastPathComponent().path
        try Data("content\ncanary\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/secret.csv"))
        try FileManager.default.createSymbolicLink(atPath: lab.path("link"), withDestinationPath: folder)
        try FileManager.default.createSymbolicLink(
            atPath: lab.path("linked.csv"), withDestinationPath: "\(folder)/secret.csv")
        var arguments: [String: JSONValue] = [argument: .string(value)]
        if tool == "diff" { arguments["b"] = "raw.orders" }
        if tool == "check" { arguments["contract"] = "contracts/orders.yaml" }
        let answer = try await lab.answer(tool, .object(arguments))
        #expect(answer.isError, "\(answer.content.line)")
        #expect(!answer.content.line.contains("canary"))
    }

    @Test("calls side by side answer as they do alone, also while the warehouse is written")
    func sideBySide() async throws {
        let lab = try await DataLab()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    switch number % 4 {
                    case 0:
                        #expect(
                            try await lab.call("query", ["sql": "SELECT count(*) FROM raw.orders"])["rows"] == [[7]])
                    case 1: #expect(try await lab.call("schema")["total"] == 3)
                    case 2: _ = try await lab.call("plan")
                    default:
                        let done = try await lab.call("run", ["tables": "raw.orders", "full_refresh": true])
                        #expect(done["status"] == "done")
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
