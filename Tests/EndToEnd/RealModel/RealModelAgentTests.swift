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
              turns: 3
              answer_tokens: 200
            """,
            "agents/tiny.md": """
            ---
            name: tiny
            description: Profiles a file and writes down what it found.
            tools: profile, Write
            ---
            First call profile with {"target": "data/tickets.csv"}. Then call Write with the path docs/findings.md and what
            you found as its content. Then call finish.
            """,
            "data/tickets.csv": "id,text\n1,My parcel never came\n2,How do I change my password?\n2,Thank you\n",
        ])
    }

    @Test("every answer of it is a call that its schema allows, and the session is whole however it ends")
    func schema() async throws {
        let project = try project()
        let done = try await project.command(
            ["agent", "Profile data/tickets.csv and write the findings to docs/findings.md.", "-o", "json"],
            limit: .seconds(800))
        #expect(done.code == 0 || done.code == 1, "\(done)")
        let shelf = SessionShelf(root: project.root)
        let records = try shelf.records(try shelf.find(nil))
        var answers = 0
        var whole = 0
        var results = 0
        for event in records.map(\.event) {
            switch event {
            case .answer(let answer):
                answers += 1
                // One that was cut is no whole object.
                guard answer.finish.kind == .stop else { continue }
                whole += 1
                let call = try #require(
                    try JSONSerialization.jsonObject(with: Data(answer.text.utf8)) as? [String: Any], "\(answer.text)")
                #expect(["profile", "Write", "finish"].contains(call["tool"] as? String), "\(answer.text)")
                #expect(call["arguments"] is [String: Any] && call.count == 2, "\(answer.text)")
            case .result: results += 1
            default: continue
            }
        }
        // So small a model often writes until its answer is cut; what it wrote whole was a call, and was answered.
        #expect(answers > 0 && (whole == 0 || results > 0 || done.code == 0), "\(done)")
        guard case .ended = records.last?.event else {
            Issue.record("the session has no end")
            return
        }
    }
}
