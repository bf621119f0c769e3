import Testing
import WeirCore

@testable import WeirAgent

/// What becomes of a profile's steps when they cannot be done, and when a task is stopped among them.
@Suite("Steps of a profile")
struct ScriptTests {
    private static let scribe = """
        ---
        name: scribe
        description: Reads a model, builds it and writes down what it does.
        tools: Read, run, Write
        duties: none
        steps:
          - Read: { path: models/mart/orders.sql }
          - run: { tables: [mart.orders] }
          - Write: { path: docs/found.md }
        ---
        You write things down.
        """

    private static let read = #"{"tool":"Read","arguments":{"path":"models/mart/orders.sql"}}"#
    private static let run = #"{"tool":"run","arguments":{"tables":["mart.orders"]}}"#
    private static let write = #"{"tool":"Write","arguments":{"path":"docs/found.md","content":"found"}}"#
    private static let finish = #"{"tool":"finish","arguments":{"answer":"It joins payments."}}"#

    private func lab(level: String? = nil, _ turns: String...) async throws -> AgentLab {
        let agent =
            "  tool_calls: schema\n  profile: scribe\n" + (level.map { "  level: \($0)\n" } ?? "")
        let lab = try await AgentLab(agent: agent, files: ["agents/scribe.md": Self.scribe])
        play(turns, on: lab)
        return lab
    }

    private func play(_ turns: [String], on lab: AgentLab) {
        let answers = turns.map { ["type": "answer", "content": [["text": .string($0)]]] } as [JSONValue]
        let task: JSONValue = ["type": "task", "text": "Say what the model does."]
        lab.server.play(([task] + answers).map(\.line).joined(separator: "\n"))
    }

    private func work(
        _ lab: AgentLab, _ task: String = "Say what the model does.",
        _ change: (inout SessionRequest) -> Void = { _ in }
    ) async throws -> AgentOutcome {
        let session = try await lab.session(model: "local/anything", change)
        let outcome = try await session.loop.run(task)
        await session.close()
        return outcome
    }

    @Test("end the task where one may not be done, with the reason")
    func denied() async throws {
        let lab = try await lab(level: "write", Self.read, Self.run)
        let outcome = try await work(lab)
        #expect(outcome.end.status == .stopped && outcome.end.code == "agent.step", "\(outcome.end)")
        #expect(outcome.end.reason?.hasPrefix("step 2 of 3, run, cannot be done: run is not allowed") == true)
        #expect(lab.server.unsaid == 0 && lab.folder.text("docs/found.md") == nil)
        await lab.server.stop()
    }

    @Test("go on where a stopped task was; a finished one begins anew")
    func resumed() async throws {
        let lab = try await lab(level: "write", Self.read, Self.run)
        let stopped = try await work(lab)
        try lab.folder.write("weir.yaml", (lab.folder.text("weir.yaml") ?? "").replacing("  level: write\n", with: ""))
        play([Self.run, Self.write, Self.finish], on: lab)
        let outcome = try await work(lab, "Go on. Say what the model does.") { $0.resume = stopped.session }
        #expect(outcome.end.status == .done && lab.folder.text("docs/found.md") == "found", "\(outcome.end)")
        #expect(try lab.results(outcome).map(\.tool) == ["Read", "run", "run", "Write"])
        play([Self.read, Self.run, Self.write, Self.finish], on: lab)
        let again = try await work(lab, "Once more: Say what the model does.") { $0.resume = stopped.session }
        #expect(again.end.status == .done && again.calls == 3, "\(again.end)")
        #expect(lab.server.unsaid == 0)
        await lab.server.stop()
    }

    @Test("leave out of a dry run what cannot be tried in it")
    func dryRun() async throws {
        let lab = try await lab(Self.read, Self.write, Self.finish)
        let outcome = try await work(lab) { $0.isDryRun = true }
        #expect(outcome.end.status == .done && outcome.patch.contains("+found"), "\(outcome.end)")
        #expect(lab.folder.text("docs/found.md") == nil && lab.server.unsaid == 0)
        #expect(lab.events.notes.contains("Step 2 of 3, run, is left out of a dry run."))
        await lab.server.stop()
    }

    @Test("a step that fails again and again ends the task")
    func failing() {
        func result(_ code: String?) -> RecordedResult {
            RecordedResult(
                call: "c", tool: "Read", arguments: ["path": "a"], text: "no",
                content: code.map { ["error": ["code": .string($0), "message": "no"]] }, isError: code != nil)
        }
        var script = Script([ScriptedStep(tool: "Read", arguments: ["path": "a"]), ScriptedStep(tool: "run")])
        for _ in 0..<3 {
            let isDone = script.saw(result("file.missing"))
            #expect(!isDone)
        }
        #expect(script.end(mostFailures: 4) == nil && script.done == 0)
        _ = script.saw(result("file.missing"))
        #expect(script.end(mostFailures: 4)?.reason == "step 1 of 2, Read, failed 4 times")
        let isDone = script.saw(result(nil))
        #expect(isDone && script.end(mostFailures: 4) == nil && script.current?.tool == "run")
        // Another call is none of the step's.
        let isOther = script.saw(result(nil))
        #expect(!isOther && script.failures == 0)
        let resumed = Script(script.steps, earlier: [result("tool.denied"), result(nil)])
        #expect(resumed.done == 1 && resumed.obstacle == nil && resumed.failures == 0)
        #expect(Script(script.steps, earlier: [result("tool.denied")]).end(mostFailures: 4) == nil)
    }
}
