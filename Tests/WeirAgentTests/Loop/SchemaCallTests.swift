import Testing
import WeirCore

@testable import WeirAgent

@Suite("Models without tool calls")
struct SchemaCallTests {
    @Test("work by a schema")
    func schema() async throws {
        let lab = try await AgentLab(agent: "  tool_calls: schema")
        let turns = [
            #"{"tool":"Read","arguments":{"path":"models/mart/orders.sql"}}"#, "I do not know how to answer.",
            #"```json\#n{"tool":"Write","arguments":{"path":"docs/found.md","content":"found"}}\#n```"#,
            #"{"tool":"finish","arguments":{"answer":"The model joins payments."}}"#,
        ]
        lab.server.play(
            ([["type": "task", "text": "Say what the model does."]]
                + turns.map { ["type": "answer", "content": [["text": .string($0)]]] } as [JSONValue]).map(\.line)
                .joined(separator: "\n"))
        let outcome = try await lab.session(model: "local/anything").loop.run("Say what the model does.")
        #expect(outcome.end.status == .done && outcome.answer == "The model joins payments.", "\(outcome.end)")
        #expect(lab.folder.text("docs/found.md") == "found")
        let sent = try #require(lab.server.received.first { $0.path.hasSuffix("/chat/completions") }?.text)
        #expect(sent.contains("json_schema") && sent.contains(#""const":"Read""#) && !sent.contains(#""tools":["#))
        #expect(lab.events.notes.contains { $0.contains("no JSON object") })
        await lab.server.stop()
    }

    @Test("can make only the calls that the steps of their profile lay down, one after the other")
    func steps() async throws {
        let agent = "  tool_calls: schema\n  profile: scribe\n  answer_tokens: 200"
        let scribe = """
            ---
            name: scribe
            description: Reads a model and writes down what it does.
            tools: Read, Write
            duties: none
            steps:
              - Read: { path: models/mart/orders.sql }
              - Write: { path: docs/found.md }
            ---
            You write things down.
            """
        let lab = try await AgentLab(agent: agent, files: ["agents/scribe.md": scribe])
        let turns = [
            // Too early, another tool, another argument, and a call that fails: the step stays.
            #"{"tool":"finish","arguments":{"answer":"done"}}"#,
            #"{"tool":"Write","arguments":{"path":"docs/found.md","content":"x"}}"#,
            #"{"tool":"Read","arguments":{"path":"models/mart/orders.sql"}}"#,
            #"{"tool":"Write","arguments":{"path":"docs/other.md","content":"x"}}"#,
            #"{"tool":"Write","arguments":{"path":"docs/found.md","content":"found"}}"#,
            #"{"tool":"finish","arguments":{"answer":"It joins payments."}}"#,
        ]
        lab.server.play(
            ([["type": "task", "text": "Say what the model does."]]
                + turns.map { ["type": "answer", "content": [["text": .string($0)]]] } as [JSONValue]).map(\.line)
                .joined(separator: "\n"))
        let outcome = try await lab.session(model: "local/anything").loop.run("Say what the model does.")
        #expect(outcome.end.status == .done && outcome.answer == "It joins payments.", "\(outcome.end)")
        #expect(lab.folder.text("docs/found.md") == "found" && lab.folder.text("docs/other.md") == nil)
        #expect(outcome.changedFiles == ["docs/found.md"])
        let sent = lab.server.received.filter { $0.path.hasSuffix("/chat/completions") }.map(\.text)
        #expect(sent.count == turns.count)
        // The first asks for the first step and nothing else, and the last for the end.
        #expect(sent[0].contains(#""const":"Read""#) && !sent[0].contains(#""const":"Write""#), "\(sent[0])")
        #expect(sent[0].contains(#"{"const":"models/mart/orders.sql"}"#) && !sent[0].contains(#""oneOf""#))
        #expect(sent[3].contains(#""const":"Write""#) && sent[3].contains(#""maxLength":300"#), "\(sent[3])")
        #expect(sent[5].contains(#""const":"finish""#) && !sent[5].contains(#""const":"Write""#), "\(sent[5])")
        #expect(lab.events.notes.contains("Step 1 of 2: call Read."))
        #expect(lab.events.notes.contains("Step 2 of 2: call Write. You say its content (All of its text.)"))
        await lab.server.stop()
    }

    @Test("texts and lists of a call are bounded where answers are short")
    func bounds() throws {
        let input: JSONValue = [
            "type": "object", "required": ["names"],
            "properties": [
                "names": ["type": "array", "items": ["type": "string"]],
                "kind": ["type": "string", "enum": ["a", "b"]], "few": ["type": "array", "maxItems": 2],
            ],
        ]
        let tools = Toolbox([Idle(spec: ToolSpec(name: "list", title: "", summary: "", input: input, level: .read))])
        let short = "\(SchemaCalls.schema(tools, answerTokens: 200).schema.line)"
        #expect(
            short.contains(#""names":{"items":{"maxLength":37,"type":"string"},"maxItems":8,"type":"array"}"#),
            "\(short)")
        #expect(short.contains(#""kind":{"enum":["a","b"],"type":"string"}"#) && short.contains(#""maxItems":2"#))
        let long = SchemaCalls.schema(tools).schema.line
        #expect(!long.contains("maxLength") && !long.contains(#""maxItems":8"#), "\(long)")
    }

    private struct Idle: Tool {
        let spec: ToolSpec
        func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer { ToolAnswer([:]) }
    }
}
