import Foundation
import Testing
import WeirAgent
import WeirCore
import WeirPipeline

@Suite("weir mcp")
struct MCPCommandTests {
    /// Lines given to the server's input, which then ends; what it wrote.
    private func talk(
        _ project: TempProject, _ lines: [String], options: String = "", limit: Duration = .seconds(60)
    ) async throws -> Invocation {
        try project.write("input.ndjson", lines.map { $0 + "\n" }.joined())
        let logs = URL(fileURLWithPath: project.root).deletingLastPathComponent().appending(path: "logs").path
        let inherited = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "TMPDIR", "LANG", "DUCKDB_LIB_DIR", "LD_LIBRARY_PATH"].contains($0.key)
        }
        return try await Turns.shared.take {
            try await Child(
                "/bin/sh", ["-c", "\"$0\" mcp \(options) < input.ndjson", Binary.path], in: project.root,
                environment: inherited, logs: logs
            ).finish(limit: limit)
        }
    }

    private func call(_ id: Int, _ method: String, _ params: String = "") -> String {
        let meta =
            #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
        return
            #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params)\#(params.isEmpty ? "" : ",")\#(meta)}}"#
    }

    @Test("writes one message a line and nothing else, and ends with its input")
    func pure() async throws {
        let project = try await SampleShop.make()
        let huge = String(repeating: "x", count: 17 << 20)
        let done = try await talk(
            project,
            [
                call(1, "server/discover"), "nonsense", "", call(2, "tools/list"), huge,
                call(3, "tools/call", #""name":"query","arguments":{"sql":"SELECT 'a\nb' AS t"}"#),
                call(4, "tools/call", #""name":"schema""#), call(5, "no/such"),
            ])
        #expect(done.code == 0, "\(done)")
        #expect(done.err.isEmpty, "\(done.err)")
        let messages = done.out.split(separator: "\n").map { JSONValue(parsing: String($0)) }
        #expect(messages.count == 7)
        #expect(messages.allSatisfy { $0?["jsonrpc"] == "2.0" })
        let ids = messages.compactMap { $0?["id"]?.integer }.sorted()
        #expect(ids == [1, 2, 3, 4, 5])
        let answer = messages.first { $0?["id"] == 3 }??["result"]?["structuredContent"]
        #expect(answer?["rows"] == [["a\nb"]])
        // Each call is in the trail.
        let trail = try await StateTrail.entries(of: project)
        #expect(trail.sorted() == ["query allowed", "schema allowed"])
    }

    @Test("says on standard error why it does not start, and writes nothing on standard output")
    func failures() async throws {
        let project = try await SampleShop.make(run: false)
        let set = try await talk(project, [], options: "--toolsets dta")
        #expect(set.code == 2)
        #expect(set.out.isEmpty)
        #expect(set.err.contains("data"))
        try project.remove("weir.yaml")
        let none = try await talk(project, [])
        #expect(none.code == 2)
        #expect(none.out.isEmpty)
        #expect(none.err.contains("weir init"))
    }

    @Test("a project's servers become tools, by their names and with their levels")
    func otherServers() async throws {
        let inner = try await SampleShop.make()
        let outer = try TempProject([
            "weir.yaml": """
            weir: 1
            name: outer
            mcp:
              shop: { command: "\(Binary.path)", args: [mcp, --project, "\(inner.root)", --allow-write], env: { WEIR_X: "${INNER:-1}" } }
              gone: { command: no-such-program }
              dies: { command: /bin/false }
            """
        ])
        let servers = await ToolServers.connect(try ProjectLoader.load(root: outer.root))
        #expect(servers.warnings.map(\.code).sorted() == ["mcp.gone", "mcp.no-command"])
        let tools = Toolbox(servers.tools)
        #expect(tools["shop.query"]?.spec.level == .read)
        #expect(tools["shop.apply"]?.spec.level == .run)
        let caller = ToolCaller(
            tools: tools, context: ToolContext(root: outer.root), actor: "test", permit: { _, _ in .allowed },
            audit: { _ in })
        let rows = try await caller.call("shop.query", ["sql": "SELECT count(*) AS n FROM raw.orders"])
        #expect(rows.content["rows"] == [[7]])
        #expect(rows.isForeign)
        let wrong = try await caller.call("shop.query", ["sql": "SELECT quantty FROM raw.orders"])
        #expect(wrong.isError)
        #expect(wrong.content["error"]?["message"]?.text?.contains("quantity") == true)
        #expect(try await caller.call("shop.query", ["sql": 1]).isError)
        // Several at once, and one that is given up.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    let answer = try await caller.call("shop.query", ["sql": .string("SELECT \(number)")])
                    #expect(answer.content["rows"] == [[.int(Int64(number))]])
                }
            }
            try await group.waitForAll()
        }
        let slow = Task {
            try await caller.call(
                "shop.query",
                [
                    "sql":
                        "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range % 7 = b.range % 11"
                ])
        }
        try await Task.sleep(for: .milliseconds(300))
        slow.cancel()
        await #expect(throws: CancellationError.self) { _ = try await slow.value }
        #expect(try await caller.call("shop.schema", [:]).isError == false)
        await servers.close()
        #expect(try await caller.call("shop.schema", [:]).content["error"]?["code"] == "mcp.gone")
    }

    @Test("`mcp:` is read as strictly as everything else")
    func configuration() async throws {
        let project = try TempProject([
            "weir.yaml": """
            weir: 1
            name: x
            mcp:
              good: { command: a, args: b }
              bad.name: { command: a }
              none: { arguments: [] }
              secret: { command: a, env: { TOKEN: "${NO_SUCH_VARIABLE}" } }
            """
        ])
        let done = try await project.weir("plan", "-o", "json")
        #expect(done.code == 2)
        let codes = done.faults.map(\.code)
        #expect(codes.contains("project.bad-name"))
        #expect(codes.contains("yaml.missing-key"))
        #expect(codes.contains("yaml.unknown-key"))
        #expect(done.out.contains("NO_SUCH_VARIABLE"))
        #expect(done.out.contains("args"), "the nearest key")
    }

    @Test("install shows, then writes, and keeps what was there")
    func installs() async throws {
        let project = try await SampleShop.make(run: false)
        try project.write(".mcp.json", "{\n  \"mcpServers\": {\n    \"other\": { \"command\": \"x\" }\n  }\n}\n")
        let shown = try await project.weir("mcp", "install", "--client", "claude-code")
        #expect(shown.code == 0, "\(shown)")
        #expect(shown.out.contains("Nothing was written"))
        #expect(!FileManager.default.fileExists(atPath: project.path(".claude")))
        let written = try await project.weir("mcp", "install", "--client", "claude-code", "--write", "-o", "json")
        #expect(written.code == 0, "\(written)")
        let text = try String(contentsOfFile: project.path(".mcp.json"), encoding: .utf8)
        let servers = JSONValue(parsing: text)?["mcpServers"]
        #expect(servers?["other"] == ["command": "x"])
        #expect(servers?["weir"]?["args"] == ["mcp"])
        #expect(FileManager.default.fileExists(atPath: project.path(".claude/skills/weir/SKILL.md")))
        let again = try await project.weir("mcp", "install", "--client", "claude-code", "--write")
        #expect(again.out.contains("has it already"))
        #expect(try await project.weir("mcp", "install", "--client", "emacs").code == 2)
    }
}

/// What the audit trail of a project holds.
enum StateTrail {
    static func entries(of project: TempProject) async throws -> [String] {
        let store = try await AIDesk.open(try ProjectLoader.load(root: project.root)).store
        return try await store?.audit().map { "\($0.tool) \($0.decision)" } ?? []
    }
}
