import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("The MCP server")
struct MCPServerTests {
    private func code(_ answer: JSONValue) -> Int64? { answer["error"]?["code"]?.integer }

    @Test("a modern client is served without a handshake")
    func modern() async throws {
        let lab = try MCPLab()
        let found = await lab.ask("server/discover")["result"]
        #expect(found?["resultType"] == "complete")
        #expect(found?["supportedVersions"]?.items.contains("2026-07-28") == true)
        #expect(found?["_meta"]?["io.modelcontextprotocol/serverInfo"]?["name"] == "weir")
        #expect(found?["ttlMs"]?.integer != nil)
        #expect(found?["capabilities"]?["tools"] != nil)
        let tools = await lab.ask("tools/list")["result"]
        #expect(tools?["tools"]?.items.map { $0["name"] } == ["schema", "plan"])
        #expect(tools?["cacheScope"] == "private")
        let called = await lab.ask("tools/call", ["name": "schema", "arguments": ["do": "sing"]])["result"]
        #expect(called?["resultType"] == "complete")
        #expect(called?["structuredContent"] == ["did": "sing"])
        #expect(called?["content"]?[0]?["text"] == #"{"did":"sing"}"#)
        #expect(called?["isError"] == false)
        #expect(code(await lab.ask("ping")) == -32601)
        #expect(lab.trail.withLock { $0.map(\.actor) } == ["lab 1"])
    }

    @Test(
        "a client of before is served after its handshake, in its revision",
        arguments: [
            ("2025-11-25", "2025-11-25"), ("2024-11-05", "2024-11-05"), ("2031-01-01", "2025-11-25"),
        ])
    func legacy(wanted: String, given: String) async throws {
        let lab = try MCPLab()
        #expect(code(await lab.plain("tools/list")) == -32602)
        #expect(await lab.plain("ping")["result"] == [:])
        let answer = await lab.initialize(version: wanted)["result"]
        #expect(answer?["protocolVersion"]?.text == given)
        #expect(answer?["serverInfo"]?["name"] == "weir")
        #expect(answer?["resultType"] == nil)
        let tools = await lab.plain("tools/list")["result"]
        #expect(tools?["tools"]?.items.count == 2)
        #expect(tools?["ttlMs"] == nil)
        #expect(await lab.plain("tools/call", ["name": "plan"])["result"]?["structuredContent"] == ["did": "work"])
        #expect(code(await lab.plain("server/discover")) == -32601)
        // A modern request is still one.
        #expect(await lab.ask("tools/list")["result"]?["resultType"] == "complete")
    }

    @Test("revisions and metadata that do not fit have codes of their own")
    func versions() async throws {
        let lab = try MCPLab()
        let unknown = await lab.ask(
            "tools/list",
            meta: [
                "io.modelcontextprotocol/protocolVersion": "1999-01-01",
                "io.modelcontextprotocol/clientCapabilities": [:],
            ])
        #expect(code(unknown) == -32022)
        #expect(unknown["error"]?["data"]?["requested"] == "1999-01-01")
        #expect(unknown["error"]?["data"]?["supported"]?.items.first == "2026-07-28")
        #expect(
            code(await lab.ask("tools/list", meta: ["io.modelcontextprotocol/protocolVersion": "2026-07-28"])) == -32602
        )
        #expect(code(await lab.ask("tools/list", meta: ["io.modelcontextprotocol/clientCapabilities": [:]])) == -32602)
        #expect(code(await lab.ask("tools/list", meta: ["io.modelcontextprotocol/protocolVersion": 7])) == -32602)
        #expect(code(await lab.ask("tools/list", meta: [:])) == -32602)
        #expect(code(await lab.plain("initialize", [:])) == -32602)
    }

    @Test("what is no request, no method or no tool is refused, and the server goes on")
    func faults() async throws {
        let lab = try MCPLab()
        for text in ["{", "[]", "42", #"{"jsonrpc":"2.0"}"#, #"{"jsonrpc":"2.0","id":{},"method":"x"}"#, "\u{0}\u{1}"] {
            await lab.say(text)
        }
        await lab.server.receive(.tooLong)
        #expect(lab.sent.withLock { $0.count { $0["id"] == .null && $0["error"] != nil } } == 7)
        await lab.say(["jsonrpc": "2.0", "method": "notifications/unheard"])
        await lab.say(["jsonrpc": "2.0", "id": "nobody", "result": [:]])
        await lab.say(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 99]])
        #expect(code(await lab.ask("tools/cal")) == -32601)
        #expect(code(await lab.ask("tools/call")) == -32602)
        let near = await lab.ask("tools/call", ["name": "shema"])
        #expect(code(near) == -32602)
        #expect(near["error"]?["message"]?.text?.contains("schema") == true)
        #expect(code(await lab.ask("tools/call", ["name": "schema", "arguments": [1]])) == -32602)
        #expect(code(await lab.ask("tools/list", ["cursor": "nonsense"])) == -32602)
        #expect(code(await lab.ask("tools/list", ["cursor": 3])) == -32602)
        #expect(code(await lab.ask("resources/read", ["uri": "file:///etc/passwd"])) == -32602)
        #expect(code(await lab.ask("resources/read")) == -32602)
        #expect(code(await lab.ask("prompts/get", ["name": "profile_tabel"])) == -32602)
        #expect(code(await lab.ask("prompts/get", ["name": "profile_table"])) == -32602)
        #expect(code(await lab.ask("prompts/get", ["name": "profile_table", "arguments": ["tble": "x"]])) == -32602)
        #expect(code(await lab.ask("completion/complete", ["ref": ["type": "ref/prompt", "name": "x"]])) == -32602)
        #expect(code(await lab.ask("resources/list")) == -32603)
        let failed = await lab.ask("tools/call", ["name": "schema", "arguments": ["do": "fail"]])["result"]
        #expect(failed?["isError"] == true)
        #expect(failed?["structuredContent"]?["error"]?["code"] == "test.failed")
        let wrong = await lab.ask("tools/call", ["name": "schema", "arguments": ["doo": "x"]])["result"]
        #expect(wrong?["structuredContent"]?["error"]?["hint"] == "did you mean \"do\"?")
        let crashed = await lab.ask("tools/call", ["name": "schema", "arguments": ["do": "crash"]])["result"]
        #expect(crashed?["isError"] == true)
        #expect(await lab.ask("tools/call", ["name": "schema"])["result"]?["isError"] == false)
    }

    @Test("rows are marked as data")
    func foreign() async throws {
        let lab = try MCPLab()
        let result = await lab.ask("tools/call", ["name": "schema", "arguments": ["do": "foreign"]])["result"]
        #expect(result?["content"]?.items.count == 2)
        #expect(result?["_meta"]?["weir/foreign"] == true)
    }

    @Test("a cancelled call ends without an answer, and others are not touched")
    func cancels() async throws {
        let lab = try MCPLab()
        for id in 1...3 {
            await lab.say([
                "jsonrpc": "2.0", "id": .int(Int64(id)), "method": "tools/call",
                "params": ["name": "schema", "arguments": ["do": "wait"], "_meta": MCPLab.meta],
            ])
        }
        try await lab.until { await lab.gate.waiting == 3 }
        await lab.say(["jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": ["_meta": MCPLab.meta]])
        #expect(code(lab.answer(2) ?? .null) == -32600, "its id is in use")
        lab.sent.withLock { $0.removeAll() }
        await lab.say(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 2]])
        try await lab.until { await lab.gate.waiting == 2 }
        await lab.gate.open()
        await lab.server.settle()
        #expect(lab.answer(2) == nil)
        #expect(lab.answer(1)?["result"] != nil)
        #expect(lab.answer(3)?["result"] != nil)
        #expect(lab.trail.withLock { $0.map { $0.error ?? "" }.sorted() } == ["", "", "run.cancelled"])
    }

    @Test("so many calls work at once as are allowed, some wait, and more are refused")
    func bounds() async throws {
        let lab = try MCPLab(workers: 3, backlog: 10)
        for id in 0..<14 {
            await lab.say([
                "jsonrpc": "2.0", "id": .int(Int64(id)), "method": "tools/call",
                "params": ["name": "schema", "arguments": ["do": "wait"], "_meta": MCPLab.meta],
            ])
        }
        try await lab.until { await lab.gate.waiting == 3 }
        #expect(lab.sent.withLock { $0.count { $0["error"]?["code"] == -32010 } } == 4)
        // Those that wait can be cancelled as well.
        await lab.say(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 9]])
        await lab.gate.open()
        await lab.server.settle()
        #expect(await lab.gate.most == 3)
        #expect(lab.sent.withLock { $0.count { $0["result"] != nil } } == 9)
    }

    @Test("closing ends what is under way")
    func closes() async throws {
        let lab = try MCPLab()
        await lab.say([
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": ["name": "schema", "arguments": ["do": "wait"], "_meta": MCPLab.meta],
        ])
        try await lab.until { await lab.gate.waiting == 1 }
        await lab.server.close()
        #expect(await lab.gate.waiting == 0)
    }

    @Test("progress rises, is told only where it is asked for, and not after the answer")
    func progress() async throws {
        let lab = try MCPLab()
        var meta = MCPLab.meta.fields ?? [:]
        meta["progressToken"] = "t-1"
        _ = await lab.ask("tools/call", ["name": "schema", "arguments": ["do": "progress"]], meta: .object(meta))
        let told = lab.sent.withLock { $0.filter { $0["method"] == "notifications/progress" } }
        let numbers = told.compactMap { $0["params"]?["progress"]?.number }
        #expect(numbers.count >= 2)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        #expect(told.allSatisfy { $0["params"]?["progressToken"] == "t-1" && $0["params"]?["total"] == 1 })
        #expect(lab.sent.withLock { $0.last?["method"] } == nil)
        _ = await lab.ask("tools/call", ["name": "schema", "arguments": ["do": "progress"]], id: 2)
        #expect(lab.count("notifications/progress") == told.count)
    }

    @Test("20,000 damaged conversations do not end the server")
    func fuzz() async throws {
        let lab = try MCPLab(allowsWrite: true)
        var random = Seeded(7)
        let methods = [
            "tools/call", "tools/list", "resources/read", "prompts/get", "completion/complete", "initialize",
            "notifications/cancelled", "server/discover", "",
        ]
        let values: [JSONValue] = [
            .null, 1, "", "schema", "apply", [], [:], true, ["do": "fail"],
            ["type": "ref/prompt", "name": "profile_table"], "weir://tables/%zz", "weir://runs/",
        ]
        let keys = [
            "name", "arguments", "uri", "ref", "argument", "cursor", "requestState", "inputResponses", "requestId",
            "protocolVersion",
        ]
        for id in 0..<20_000 {
            var params: [String: JSONValue] = [:]
            for key in keys where Bool.random(using: &random) { params[key] = values.randomElement(using: &random) }
            params["_meta"] = [MCPLab.meta, MCPLab.metaThatAsks, .null, 5, ["progressToken": [:]]].randomElement(
                using: &random)
            var message: [String: JSONValue] = [
                "jsonrpc": "2.0", "method": .string(methods.randomElement(using: &random) ?? ""),
                "params": .object(params),
            ]
            if Int.random(in: 0..<10, using: &random) > 0 { message["id"] = .int(Int64(id)) }
            await lab.say(.object(message))
            if id % 100 == 0 {
                await lab.server.settle()
                lab.sent.withLock { $0.removeAll() }
            }
        }
        await lab.server.settle()
        #expect(await lab.ask("tools/call", ["name": "schema"], id: "last")["result"]?["isError"] == false)
    }
}
