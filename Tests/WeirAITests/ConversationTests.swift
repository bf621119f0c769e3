import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI

@Suite("Conversations in every wire format")
struct ConversationTests {
    @Test("a question is answered, with its usage in the ledger", arguments: Lab.models)
    func whole(_ model: String) async throws {
        let lab = try await Lab()
        let answer = try await lab.client.complete(.asking(model, "Zürich 東京"))
        #expect(answer.text == "echo: Zürich 東京")
        #expect(answer.finish.kind == .stop)
        #expect(answer.usage.inputUncached > 0 && answer.usage.outputTotal > 0)
        let rows = try await lab.rows()
        #expect(rows.count == 1 && rows[0].status == .done)
        #expect(rows[0].inputUncached == answer.usage.inputUncached)
        #expect(rows[0].cost == answer.cost?.pico)
        #expect((answer.cost == nil) == (model == "local/anything"))
        await lab.server.stop()
    }

    static let styles: [(String, @Sendable (inout StreamStyle) -> Void)] = [
        ("plain", { _ in }), ("byte by byte", { $0.isByteByByte = true }), ("CRLF", { $0.lineEnd = "\r\n" }),
        ("comments", { $0.hasComments = true }), ("unknown events", { $0.hasUnknown = true }),
    ]

    @Test("streams come whole, however they are laid out", arguments: Lab.models, [0, 1, 2, 3, 4])
    func streams(_ model: String, _ style: Int) async throws {
        let lab = try await Lab()
        var layout = StreamStyle()
        Self.styles[style].1(&layout)
        lab.server.set(style: layout)
        let events = try await lab.events(.asking(model, "Zürich 東京 🎉"))
        let deltas = events.reduce(into: "") { if case .textDelta(let text) = $1 { $0 += text } }
        #expect(deltas == "echo: Zürich 東京 🎉")
        guard case .finish(let answer)? = events.last else {
            Issue.record("no end")
            return
        }
        #expect(answer.text == deltas)
        #expect(answer.usage.outputTotal > 0 && !answer.usage.isMissing)
        #expect(try await lab.rows().first?.firstTokenMs != nil)
        await lab.server.stop()
    }

    @Test(
        "two tools are called at once, whole and as a stream, and their results answered", arguments: Lab.models,
        [false, true])
    func tools(_ model: String, _ isStream: Bool) async throws {
        let lab = try await Lab()
        var request = AIRequest.asking(model)
        request.tools = [
            AITool(name: "weather", description: "d", schema: ["type": "object"]),
            AITool(name: "now", description: "d", schema: ["type": "object"]),
        ]
        let first: AIResponse
        if isStream {
            guard case .finish(let answer)? = try await lab.events(request).last else {
                Issue.record("no end")
                return
            }
            first = answer
        } else {
            first = try await lab.client.complete(request)
        }
        #expect(first.finish.kind == .toolCalls)
        #expect(first.toolCalls.map(\.name) == ["weather", "now"])
        #expect(first.toolCalls.first?.arguments == ["city": "Zürich \"West\" 東京", "days": 3])
        #expect(first.toolCalls.last?.arguments == .object([:]))
        #expect(Set(first.toolCalls.map(\.id)).count == 2)
        request.messages += [
            first.message,
            .results(first.toolCalls.map { AIToolResult(id: $0.id, name: $0.name, text: "sunny") }),
        ]
        let second = try await lab.client.complete(request)
        #expect(second.text == "echo: sunny")
        // Blocks that only the provider understands come back unchanged.
        let sent = lab.server.received.last?.text ?? ""
        switch model.prefix(6) {
        case "claude" where !isStream: #expect(sent.contains(#""signature":"sig==""#))
        case "respon": #expect(sent.contains(#""encrypted_content":"sealed""#))
        case "gemini": #expect(sent.contains(#""thoughtSignature":"c2ln""#))
        default: break
        }
        await lab.server.stop()
    }

    @Test("an answer can be held to a schema", arguments: Lab.models)
    func schema(_ model: String) async throws {
        let lab = try await Lab()
        var request = AIRequest.asking(model)
        request.output = AIOutputSchema(schema: .literal(#"{"type":"object","properties":{"z":{},"a":{}}}"#))
        let answer = try await lab.client.complete(request)
        #expect(JSONValue(parsing: answer.text)?["name"]?.text == "Ada")
        // The order of keys is the order in which a model writes.
        #expect(lab.server.received.last?.text.contains(#""properties":{"z":{},"a":{}}"#) == true)
        await lab.server.stop()
    }

    @Test("images and documents are sent in each wire's own form", arguments: Lab.models)
    func media(_ model: String) async throws {
        let lab = try await Lab()
        var request = AIRequest.asking(model)
        request.messages = [
            AIMessage(
                .user,
                [
                    .image(AIMedia(.bytes([1, 2, 3]), mediaType: "image/png")),
                    .document(AIMedia(.bytes([4, 5, 6]), mediaType: "application/pdf", name: "a.pdf")), .text("what?"),
                ])
        ]
        _ = try await lab.client.complete(request)
        let sent = lab.server.received.last?.text ?? ""
        #expect(sent.contains("AQID") && sent.contains("BAUG"))
        await lab.server.stop()
    }

    @Test("version rules: the new version gets no sampling parameters and says so, the old one gets them")
    func versions() async throws {
        var request = AIRequest.asking("claude/claude-haiku-4-5")
        request.temperature = 0.5
        let new = try await Lab()
        let answer = try await new.client.complete(request)
        #expect(answer.warnings.map(\.code) == ["ai.dropped-parameter"])
        let old = try await Lab { $0.providers[0].version = "2023-06-01" }
        #expect(try await old.client.complete(request).warnings.isEmpty)
        #expect(old.server.received.last?.text.contains("\"temperature\":0.5") == true)
        await new.server.stop()
        await old.server.stop()
    }

    @Test("usage with cached tokens means the same in all wires")
    func cachedUsage() async throws {
        let cases = [
            (
                "claude/claude-haiku-4-5",
                #"{"input_tokens":100,"cache_read_input_tokens":900,"cache_creation":{"ephemeral_5m_input_tokens":50,"ephemeral_1h_input_tokens":7},"cache_creation_input_tokens":57,"output_tokens":30,"output_tokens_details":{"thinking_tokens":10}}"#,
                Int64(50), Int64(7)
            ),
            (
                "openai/gpt-4o-mini",
                #"{"prompt_tokens":1050,"completion_tokens":30,"prompt_tokens_details":{"cached_tokens":900,"cache_write_tokens":50},"completion_tokens_details":{"reasoning_tokens":10}}"#,
                50, 0
            ),
            (
                "responses/gpt-4o-mini",
                #"{"input_tokens":1050,"output_tokens":30,"input_tokens_details":{"cached_tokens":900,"cache_write_tokens":50},"output_tokens_details":{"reasoning_tokens":10}}"#,
                50, 0
            ),
            (
                "gemini/gemini-2.5-flash",
                #"{"promptTokenCount":1000,"cachedContentTokenCount":900,"candidatesTokenCount":20,"thoughtsTokenCount":10,"toolUsePromptTokenCount":null}"#,
                0, 0
            ),
        ]
        for (model, told, write, long) in cases {
            let lab = try await Lab()
            lab.server.set(usage: told)
            let usage = try await lab.client.complete(.asking(model)).usage
            #expect(usage.inputUncached == 100, "\(model)")
            #expect(usage.cacheRead == 900 && usage.cacheWrite5m == write && usage.cacheWrite1h == long, "\(model)")
            #expect(usage.outputTotal == 30 && usage.outputReasoning == 10, "\(model)")
            await lab.server.stop()
        }
    }

    @Test(
        "vectors come in the order of their texts",
        arguments: ["openai/text-embedding-3-small", "local/any", "gemini/gemini-embedding-001"])
    func embeddings(_ model: String) async throws {
        let lab = try await Lab()
        let texts = (0..<230).map { String(repeating: "x", count: $0 + 1) }
        let found = try await lab.client.embed(AIEmbeddingRequest(model: model, texts: texts))
        #expect(found.vectors.map { $0[0] } == (1...230).map { Float($0) })
        let short = try await lab.client.embed(AIEmbeddingRequest(model: model, texts: ["abc"], dimensions: 3))
        let length = short.vectors[0].reduce(0) { $0 + $1 * $1 }
        #expect(abs(length - 1) < 1e-5)
        await lab.server.stop()
    }

    @Test("tokens are counted by the provider where it offers that", arguments: Lab.models)
    func counting(_ model: String) async throws {
        let lab = try await Lab()
        let (tokens, isCounted) = try await lab.client.countTokens(.asking(model, "how long is this?"))
        #expect(tokens > 0)
        #expect(isCounted == (model.hasPrefix("claude") || model.hasPrefix("gemini")))
        // It is free.
        #expect(try await lab.rows().isEmpty)
        await lab.server.stop()
    }
}
