import Foundation
import Testing
import WeirCore
import WeirPipeline

@testable import WeirAgent

@Suite("The MCP server of a project")
struct MCPProjectTests {
    private func make(_ data: DataLab, allowsWrite: Bool = false) throws -> MCPLab {
        try MCPLab(allowsWrite: allowsWrite, root: data.root, tools: DataTools.all(cache: data.cache))
    }

    @Test("offers at most 15 tools in an order that never changes")
    func tools() async throws {
        let data = try await DataLab(runs: false)
        let lists = try [false, true].map {
            try MCPToolset(DataTools.all(), toolsets: [], allowsWrite: $0).offered.map(\.spec.name)
        }
        #expect(lists[0].count == 12)
        #expect(lists[1] == lists[0] + ["apply", "run"])
        #expect(throws: WeirError.self) { _ = try MCPToolset(DataTools.all(), toolsets: ["dta"], allowsWrite: false) }
        // Naming the set that writes does not let it write.
        #expect(try MCPToolset(DataTools.all(), toolsets: ["write"], allowsWrite: false).offered.isEmpty)
        let every = DataTools.all() + NoteTools.all(cache: ProjectCache())
        let sets = try ["default", "todo,memory", "search"].map {
            try MCPToolset(every, toolsets: $0.split(separator: ",").map(String.init), allowsWrite: false)
                .offered.map(\.spec.name)
        }
        #expect(sets == [lists[0], ["memory_search", "memory_list", "todo_list"], ["search"]])
        #expect(try MCPToolset(every, toolsets: ["all"], allowsWrite: true).offered.count == 21)
        let lab = try make(data)
        let tools = await lab.ask("tools/list")["result"]?["tools"]?.items ?? []
        #expect(tools.compactMap { $0["name"]?.text } == lists[0])
        for tool in tools {
            #expect(tool["annotations"]?["readOnlyHint"] == true)
            #expect(tool["inputSchema"]?["type"] == "object")
            #expect(tool["outputSchema"]?["type"] == "object")
        }
    }

    @Test("calls nothing that is not offered, and the search takes no SQL", arguments: [false, true])
    func offered(allowsWrite: Bool) async throws {
        let data = try await DataLab(runs: false)
        let every = DataTools.all() + NoteTools.all(cache: ProjectCache())
        let lab = try MCPLab(allowsWrite: allowsWrite, root: data.root, tools: every, toolsets: ["memory"])
        for (name, arguments) in [
            ("search", ["in": "raw.orders.status", "question": "paid"]), ("todo_list", [:]),
            ("query", ["sql": "SELECT 1"]),
            ("todo_write", ["todos": []]),
        ] as [(String, JSONValue)] {
            let result = await lab.ask("tools/call", ["name": .string(name), "arguments": arguments])["result"]
            #expect(result?["structuredContent"]?["error"]?["code"] == "tool.denied", "\(name): \(result?.line ?? "")")
        }
        let listed = await lab.ask("tools/call", ["name": "memory_list", "arguments": [:]])["result"]
        #expect(listed?["isError"] == false, "\(listed?.line ?? "")")
        // Resources read the project whatever sets are offered.
        let docs = await lab.ask("resources/list")["result"]?["resources"]?.items ?? []
        #expect(!docs.isEmpty)
        let search = try #require(every.first { $0.spec.name == "search" })
        #expect(search.spec.level == .read && search.spec.input["properties"]?["where"] == nil)
    }

    @Test("its resources can be listed, read and completed")
    func resources() async throws {
        let data = try await DataLab()
        let lab = try make(data)
        let list = await lab.ask("resources/list")["result"]?["resources"]?.items ?? []
        #expect(list.contains { $0["uri"] == "weir://tables/raw.orders" })
        for entry in list {
            let read = await lab.ask("resources/read", ["uri": entry["uri"] ?? .null])["result"]
            let contents = read?["contents"]?[0]
            #expect(contents?["uri"] == entry["uri"])
            #expect(contents?["text"]?.text?.isEmpty == false)
            #expect(read?["ttlMs"]?.integer != nil)
        }
        let contract = await lab.ask("resources/read", ["uri": "weir://contracts/contracts/orders.yaml"])["result"]
        #expect(contract?["contents"]?[0]?["text"]?.text == (try data.text("contracts/orders.yaml")))
        #expect(contract?["contents"]?[0]?["mimeType"] == "application/yaml")
        for uri in ["weir://lineage/mart.sales_by_day.revenue", "weir://runs/latest", "weir://docs/raw.orders"] {
            #expect(await lab.ask("resources/read", ["uri": .string(uri)])["result"]?["contents"]?.items.count == 1)
        }
        for uri in [
            "weir://tables/raw.ordrs", "weir://tables/*", "weir://runs/1999", "weir://nothing", "weir://tables/",
            "weir://contracts/..%2F..%2Fetc%2Fpasswd",
        ] {
            let answer = await lab.ask("resources/read", ["uri": .string(uri)])
            #expect(answer["error"]?["code"] == -32602, "\(uri): \(answer.line)")
        }
        let wrong = await lab.ask("resources/read", ["uri": "weir://tables/raw.ordrs"])
        #expect(wrong["error"]?["message"]?.text?.contains("raw.orders") == true)
        _ = await lab.initialize()
        #expect(await lab.plain("resources/read", ["uri": "weir://nothing"])["error"]?["code"] == -32002)
        let completed = await lab.ask(
            "completion/complete",
            [
                "ref": ["type": "ref/resource", "uri": "weir://tables/{table}"],
                "argument": ["name": "table", "value": "ord"],
            ])
        #expect(completed["result"]?["completion"]?["values"] == ["raw.orders", "staging.orders"])
        let columns = await lab.ask(
            "completion/complete",
            [
                "ref": ["type": "ref/resource", "uri": "weir://lineage/{subject}"],
                "argument": ["name": "subject", "value": "mart.sales_by_day.rev"],
            ])
        #expect(columns["result"]?["completion"]?["values"] == ["mart.sales_by_day.revenue"])
    }

    @Test("every prompt is filled with what it is given")
    func prompts() async throws {
        let lab = try make(try await DataLab(runs: false))
        let prompts = await lab.ask("prompts/list")["result"]?["prompts"]?.items ?? []
        #expect(prompts.count == 4)
        for prompt in prompts {
            let arguments = (prompt["arguments"]?.items ?? []).compactMap { $0["name"]?.text }
            let given = JSONValue.object(
                Dictionary(uniqueKeysWithValues: arguments.map { ($0, .string("canary.\($0)")) }))
            let answer = await lab.ask("prompts/get", ["name": prompt["name"] ?? .null, "arguments": given])
            let text = answer["result"]?["messages"]?[0]?["content"]?["text"]?.text ?? ""
            for argument in arguments { #expect(text.contains("canary.\(argument)"), "\(answer.line)") }
        }
    }

    @Test("a project of a thousand tables is listed page by page, and no page is long")
    func pages() async throws {
        let data = try await DataLab(runs: false)
        for number in 0..<1000 {
            try data.write(
                "models/many/t\(number).sql", "/* weir\nwhy: table \(number)\n*/\nSELECT \(number) AS number")
        }
        let lab = try make(data)
        var names: Set<String> = []
        var params: [String: JSONValue] = [:]
        repeat {
            let page = await lab.ask("resources/list", .object(params))["result"]
            let part = (page?["resources"]?.items ?? []).compactMap { $0["uri"]?.text }
            #expect(!part.isEmpty && part.count <= 100)
            names.formUnion(part)
            params["cursor"] = page?["nextCursor"]
        } while params["cursor"] != nil
        #expect(names.count == 1006)
        let answer = await lab.ask("tools/call", ["name": "schema"])["result"]?["structuredContent"]
        #expect(answer?["total"] == 1003)
        #expect(answer?["truncated"] == true)
        #expect((answer?.bytes.count ?? .max) < 24_000)
    }

    @Test("a broken project is told in every answer, and mended files are taken up")
    func broken() async throws {
        let data = try await DataLab()
        let lab = try make(data)
        let model = try data.text("models/mart/sales_by_day.sql")
        try data.write("weir.yaml", "weir: 1\nnme: x\n")
        let answer = await lab.ask("tools/call", ["name": "schema"])["result"]
        #expect(answer?["isError"] == true)
        #expect(answer?["structuredContent"]?["error"]?["hint"]?.text?.contains("name") == true)
        try data.write("weir.yaml", "weir: 1\nname: x\n")
        #expect(await lab.ask("tools/call", ["name": "schema"])["result"]?["isError"] == false)
        try data.write("models/mart/sales_by_day.sql", model + "\nSELEC")
        #expect(await lab.ask("tools/call", ["name": "plan"])["result"]?["isError"] == true)
        #expect(await lab.ask("tools/call", ["name": "schema"])["result"]?["isError"] == false)
    }

    @Test("a change is planned, agreed to and applied")
    func applies() async throws {
        let data = try await DataLab(runs: false)
        let lab = try make(data, allowsWrite: true)
        let plan = await lab.ask("tools/call", ["name": "plan"])["result"]?["structuredContent"]
        let arguments: JSONValue = ["plan_id": plan?["plan_id"] ?? .null]
        let asked = await lab.ask("tools/call", ["name": "apply", "arguments": arguments], meta: MCPLab.metaThatAsks)[
            "result"]
        #expect(asked?["inputRequests"]?["confirm"]?["params"]?["message"]?.text?.contains("raw.orders") == true)
        let done = await lab.ask(
            "tools/call",
            [
                "name": "apply", "arguments": arguments, "requestState": asked?["requestState"] ?? .null,
                "inputResponses": ["confirm": ["action": "accept", "content": ["confirm": true]]],
            ], id: 2, meta: MCPLab.metaThatAsks)["result"]
        #expect(done?["structuredContent"]?["status"] == "done", "\(done?.line ?? "")")
        #expect(lab.trail.withLock { $0.map { "\($0.tool) \($0.decision)" } } == ["plan allowed", "apply approved"])
    }
}
