import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("Asking before something is changed")
struct ConfirmationTests {
    private let yes: JSONValue = ["confirm": ["action": "accept", "content": ["confirm": true]]]

    private func call(_ lab: MCPLab, _ more: [String: JSONValue] = [:], tool: String = "apply", id: JSONValue = 1) async
        -> JSONValue
    {
        var params: [String: JSONValue] = ["name": .string(tool), "arguments": ["do": "it"]]
        params.merge(more) { $1 }
        return await lab.ask("tools/call", .object(params), id: id, meta: MCPLab.metaThatAsks)
    }

    @Test("a modern client is asked, and the call is made when the person agrees")
    func modern() async throws {
        let lab = try MCPLab(allowsWrite: true)
        let asked = await call(lab)["result"]
        #expect(asked?["resultType"] == "input_required")
        let form = asked?["inputRequests"]?["confirm"]
        #expect(form?["method"] == "elicitation/create")
        #expect(form?["params"]?["mode"] == "form")
        #expect(form?["params"]?["message"] == "Do it?")
        #expect(lab.trail.withLock { $0.isEmpty }, "nothing was called yet")
        let state = try #require(asked?["requestState"])
        let done = await call(lab, ["requestState": state, "inputResponses": yes], id: 2)["result"]
        #expect(done?["structuredContent"] == ["did": "it"])
        #expect(lab.trail.withLock { $0.map(\.decision) } == ["approved"])
        let again = await call(lab, ["requestState": state, "inputResponses": yes], id: 3)
        #expect(again["error"]?["code"] == -32602, "a state is good for one answer")
        #expect(lab.trail.withLock { $0.count } == 1)
    }

    @Test(
        "nothing is done when the person does not agree",
        arguments: [
            ["action": "decline"], ["action": "cancel"], ["action": "accept"],
            ["action": "accept", "content": ["confirm": false]],
            ["action": "accept", "content": ["confirm": "true"]], ["action": "accept", "content": ["go": true]],
        ] as [JSONValue])
    func refused(answer: JSONValue) async throws {
        let lab = try MCPLab(allowsWrite: true)
        let state = try #require(await call(lab)["result"]?["requestState"])
        let done = await call(lab, ["requestState": state, "inputResponses": ["confirm": answer]], id: 2)["result"]
        #expect(done?["isError"] == true)
        #expect(done?["structuredContent"]?["error"]?["code"] == "tool.refused")
        #expect(lab.trail.withLock { $0.map(\.decision) } == ["refused"])
    }

    @Test("who gives no answer is asked again")
    func unanswered() async throws {
        let lab = try MCPLab(allowsWrite: true)
        let state = try #require(await call(lab)["result"]?["requestState"])
        for responses in [[:], ["other": ["action": "accept"]], ["confirm": [:]]] as [JSONValue] {
            let again = await call(lab, ["requestState": state, "inputResponses": responses], id: 2)["result"]
            #expect(again?["resultType"] == "input_required")
        }
        #expect(await call(lab, ["requestState": state], id: 2)["result"]?["resultType"] == "input_required")
        #expect(await call(lab, ["inputResponses": yes], id: 3)["result"]?["resultType"] == "input_required")
    }

    @Test("a state that was changed, is of another call or of another process is refused")
    func tampered() async throws {
        let lab = try MCPLab(allowsWrite: true)
        let state = try #require(await call(lab)["result"]?["requestState"]?.text)
        let parts = state.split(separator: ".").map(String.init)
        var payload = Array(try #require(Data(base64Encoded: parts[0])))
        payload[payload.count / 2] ^= 1
        let other = try #require(try await call(MCPLab(allowsWrite: true))["result"]?["requestState"]?.text)
        let states = [
            "", ".", "x", "a.b", state + "x", "x" + state, String(state.dropLast(4)), parts[0], "\(parts[0]).",
            ".\(parts[1])", "\(parts[0]).\(parts[0])", "\(Data(payload).base64EncodedString()).\(parts[1])", other,
        ]
        for wrong in states {
            let answer = await call(lab, ["requestState": .string(wrong), "inputResponses": yes], id: 2)
            #expect(answer["error"]?["code"] == -32602, "\(wrong)")
        }
        for more in [["arguments": ["do": "more"]], ["name": "run"]] as [[String: JSONValue]] {
            var params: [String: JSONValue] = ["requestState": .string(state), "inputResponses": yes]
            params.merge(more) { $1 }
            #expect(await call(lab, params, id: 2)["error"]?["code"] == -32602)
        }
        #expect(lab.trail.withLock { $0.isEmpty })
    }

    @Test("a state grows old")
    func expired() throws {
        let clock = TestClock()
        let confirmation = Confirmation(now: { clock.now })
        let state = try #require(confirmation.ask("?", tool: "apply", arguments: [:])["requestState"]?.text)
        clock.advance(Confirmation.lifetime - 1)
        #expect(try confirmation.verdict(nil, state: state, tool: "apply", arguments: [:]) == .unanswered)
        clock.advance(2)
        #expect(throws: RPCFault.self) {
            _ = try confirmation.verdict(yes, state: state, tool: "apply", arguments: [:])
        }
    }

    @Test("a client of before is asked by a request to it")
    func legacy() async throws {
        for (answer, did) in [
            (["action": "accept", "content": ["confirm": true]], true), (["action": "decline"], false),
        ] as [(JSONValue, Bool)] {
            let lab = try MCPLab(allowsWrite: true)
            _ = await lab.initialize(["elicitation": [:]])
            await lab.say([
                "jsonrpc": "2.0", "id": 5, "method": "tools/call",
                "params": ["name": "run", "arguments": ["do": "it"]],
            ])
            try await lab.until { lab.count("elicitation/create") == 1 }
            let question = try #require(lab.sent.withLock { $0.first { $0["method"] == "elicitation/create" } })
            #expect(question["params"]?["message"] == "Do it?")
            await lab.say(["jsonrpc": "2.0", "id": question["id"] ?? .null, "result": answer])
            await lab.server.settle()
            #expect((lab.answer(5)?["result"]?["isError"] == false) == did)
        }
        let lab = try MCPLab(allowsWrite: true)
        _ = await lab.initialize(["elicitation": [:]])
        await lab.say(["jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": ["name": "run"]])
        try await lab.until { lab.count("elicitation/create") == 1 }
        await lab.say(["jsonrpc": "2.0", "id": "weir-1", "error": ["code": -1, "message": "no"]])
        await lab.server.settle()
        #expect(lab.answer(5)?["result"]?["structuredContent"]?["error"]?["code"] == "tool.refused")
    }

    @Test("a call that waits for a person ends when it is cancelled, and when the client goes")
    func abandoned() async throws {
        let lab = try MCPLab(allowsWrite: true)
        _ = await lab.initialize(["elicitation": [:]])
        for id in [5, 6] as [JSONValue] {
            await lab.say(["jsonrpc": "2.0", "id": id, "method": "tools/call", "params": ["name": "run"]])
        }
        try await lab.until { lab.count("elicitation/create") == 2 }
        await lab.say(["jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": 5]])
        await lab.server.close()
        #expect(
            lab.trail.withLock {
                $0.allSatisfy { $0.decision != "approved" && $0.decision != "allowed" || $0.error != nil }
            })
    }

    @Test("where nobody can be asked, a plan that was shown may be applied, and nothing else")
    func nobody() async throws {
        let lab = try MCPLab(allowsWrite: true)
        #expect(await lab.ask("tools/call", ["name": "apply"])["result"]?["isError"] == false)
        #expect(
            await lab.ask("tools/call", ["name": "run"])["result"]?["structuredContent"]?["error"]?["code"]
                == "tool.denied")
        let urls: JSONValue = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": ["elicitation": ["url": [:]]],
        ]
        #expect(await lab.ask("tools/call", ["name": "run"], meta: urls)["result"]?["isError"] == true)
    }

    @Test("nobody is asked about what does nothing or cannot work, nor about reading")
    func needless() async throws {
        let lab = try MCPLab(allowsWrite: true)
        #expect(await call(lab, ["arguments": ["do": "nothing"]])["result"]?["structuredContent"] == ["did": "nothing"])
        #expect(await call(lab, ["arguments": ["do": "mistake"]])["result"]?["isError"] == true)
        #expect(await call(lab, ["arguments": ["wrong": 1]])["result"]?["isError"] == true)
        #expect(await call(lab, tool: "schema")["result"]?["resultType"] == "complete")
    }

    @Test("a server that only reads lists no tool that writes, and makes no such call")
    func readOnly() async throws {
        let lab = try MCPLab()
        for tool in ["apply", "run"] {
            let answer = await call(lab, tool: tool)["result"]
            #expect(answer?["structuredContent"]?["error"]?["code"] == "tool.denied")
            #expect(answer?["structuredContent"]?["error"]?["message"]?.text?.contains("--allow-write") == true)
        }
        #expect(lab.trail.withLock { $0.map(\.decision) } == ["denied", "denied"])
        let writing = try MCPLab(allowsWrite: true)
        #expect(
            await writing.ask("tools/list")["result"]?["tools"]?.items.compactMap { $0["name"]?.text }
                == ["schema", "plan", "apply", "run"])
    }
}
