import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("Clients that listen to resources")
struct ResourceWatchTests {
    private func listen(_ lab: MCPLab, _ id: JSONValue, _ notifications: JSONValue) async {
        await lab.say(
            [
                "jsonrpc": "2.0", "id": id, "method": "subscriptions/listen",
                "params": ["notifications": notifications, "_meta": MCPLab.meta],
            ])
    }

    private func messages(_ lab: MCPLab, _ method: String) -> [JSONValue] {
        lab.sent.withLock { $0.filter { $0["method"]?.text == method }.compactMap { $0["params"] } }
    }

    @Test("are told what is agreed to, what changed and nothing else, until they end it")
    func changes() async throws {
        let data = try await DataLab()
        let lab = try MCPLab(root: data.root, tools: DataTools.all(cache: data.cache), looksEvery: .milliseconds(20))
        let contract = try #require(
            try FileManager.default.subpathsOfDirectory(atPath: data.path("contracts")).first { $0.hasSuffix(".yaml") })
        let uri = "weir://contracts/contracts/\(contract)"
        await listen(
            lab, "l1",
            [
                "toolsListChanged": true, "resourcesListChanged": true,
                "resourceSubscriptions": [.string(uri), "weir://runs", "weir://what", .string(uri)],
            ])
        try await lab.until { lab.count("notifications/subscriptions/acknowledged") == 1 }
        let agreed = messages(lab, "notifications/subscriptions/acknowledged")[0]
        #expect(
            agreed["notifications"] == [
                "resourcesListChanged": true, "resourceSubscriptions": [.string(uri), "weir://runs"],
            ])
        #expect(agreed["_meta"]?["io.modelcontextprotocol/subscriptionId"] == "l1")
        // Calls go on beside it, and settling does not wait for it.
        #expect(await lab.ask("tools/call", ["name": "schema"])["result"]?["isError"] == false)
        let path = "contracts/\(contract)"
        try data.write(path, try data.text(path) + "\n# looked at\n")
        try await lab.until {
            self.messages(lab, "notifications/resources/updated").contains { $0["uri"] == .string(uri) }
        }
        #expect(!messages(lab, "notifications/resources/updated").contains { $0["uri"] == "weir://runs" })
        try data.write("models/mart/more.sql", "/* weir\nwhy: more\n*/\nSELECT count(*) AS n FROM staging.orders\n")
        try await lab.until { lab.count("notifications/resources/list_changed") == 1 }
        try await data.run()
        try await lab.until {
            self.messages(lab, "notifications/resources/updated").contains { $0["uri"] == "weir://runs" }
        }
        await lab.say([
            "jsonrpc": "2.0", "method": "notifications/cancelled", "params": ["requestId": "l1"],
        ])
        let before = lab.sent.withLock { $0.count }
        try data.write(path, try data.text(path) + "\n# again\n")
        try await Task.sleep(for: .milliseconds(200))
        #expect(lab.sent.withLock { $0.count } == before && lab.answer("l1") == nil)
    }

    @Test("are answered when the server ends, and get mistakes told")
    func ends() async throws {
        let lab = try MCPLab(looksEvery: .milliseconds(20))
        await listen(lab, 7, [:])
        try await lab.until { lab.count("notifications/subscriptions/acknowledged") == 1 }
        #expect(messages(lab, "notifications/subscriptions/acknowledged")[0]["notifications"] == [:])
        await lab.server.close()
        #expect(lab.answer(7)?["result"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"] == 7)
        for (number, wrong): (Int64, JSONValue) in [
            (1, 3), (2, ["resourceSubscriptions": "weir://runs"]), (3, ["resourceSubscriptions": [1]]),
            (4, ["resourceSubscriptions": .array(Array(repeating: "weir://runs", count: 101))]),
        ] {
            await listen(lab, .int(number), wrong)
            #expect(lab.answer(.int(number))?["error"]?["code"] == -32602, "\(wrong)")
        }
        for number in 100..<(100 + Int64(Listening.atOnce) + 1) { await listen(lab, .int(number), [:]) }
        #expect(lab.answer(.int(100 + Int64(Listening.atOnce)))?["error"] != nil)
        await lab.server.close()
        // Revisions before have no such call.
        _ = await lab.initialize()
        #expect(await lab.plain("subscriptions/listen", ["notifications": [:]], id: 5)["error"]?["code"] == -32601)
    }
}
