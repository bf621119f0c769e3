import Foundation
import Testing
import WeirAgent

/// The agent with a real language model that knows no tool calls, started by `make test-llm`.
@Suite(
    "The agent with a real model", .enabled(if: ProcessInfo.processInfo.environment["WEIR_TEST_LLM"] != nil),
    .serialized, .timeLimit(.minutes(15)))
struct RealModelAgentTests {
    private func project() throws -> TempProject {
        let address = ProcessInfo.processInfo.environment["WEIR_TEST_LLM"] ?? ""
        return try TempProject([
            "weir.yaml": """
            weir: 1
            name: real
            ai:
              model: chat/smollm2-135m
              providers:
                chat: { type: openai-compatible, base_url: "\(address)/v1", limits: { in_flight: 1 } }
            agent:
              profile: tiny
              tool_calls: schema
              turns: 8
              answer_tokens: 200
            """,
            "agents/tiny.md": """
            ---
            name: tiny
            description: Profiles a file and writes down what it found.
            tools: profile, Write
            duties: none
            steps:
              - profile: { target: data/tickets.csv }
              - Write: { path: docs/findings.md }
            ---
            You profile data files, and write down in one sentence what the profile tells of the columns.
            """,
            "data/tickets.csv": "id,text\n1,My parcel never came\n2,How do I change my password?\n2,Thank you\n",
        ])
    }

    @Test("completes a task whose steps are laid down: a file is profiled, and the findings are written")
    func task() async throws {
        let project = try project()
        let done = try await project.command(
            ["agent", "Profile data/tickets.csv and write the findings to docs/findings.md.", "-o", "json"],
            limit: .seconds(800))
        #expect(done.code == 0, "\(done)")
        let shelf = SessionShelf(root: project.root)
        let events = try shelf.records(try shelf.find(nil)).map(\.event)
        var called: [String] = []
        for event in events {
            switch event {
            case .answer(let answer) where answer.finish.kind == .stop:
                // What it wrote whole is a call that the schema allows.
                let call = try #require(
                    try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any], "\(answer.text)")
                #expect(["profile", "Write", "finish"].contains(call["tool"] as? String), "\(answer.text)")
                #expect(call["arguments"] is [String: Any] && call.count == 2, "\(answer.text)")
            case .result(let result):
                called.append(result.tool)
                #expect(!result.isError, "\(result.text)")
                if result.tool == "profile" { #expect(result.text.contains("tickets"), "\(result.text)") }
            default: continue
            }
        }
        #expect(called == ["profile", "Write"], "\(called)")
        let findings = try String(contentsOfFile: project.path("docs/findings.md"), encoding: .utf8)
        // It saw these only in what the profile showed.
        #expect(["password", "parcel", "Thank you"].contains { findings.contains($0) }, "\(findings)")
        guard case .ended(let end) = events.last else {
            Issue.record("the session has no end")
            return
        }
        #expect(end.status == .done, "\(end)")
    }
}
