import Foundation
import Testing
import WeirCore
import WeirStore

@testable import WeirAI

/// A real language model and a real embedding model, started by `make test-llm`.
enum RealModel {
    static let chat = ProcessInfo.processInfo.environment["WEIR_TEST_LLM"]
    static let embeddings = ProcessInfo.processInfo.environment["WEIR_TEST_EMBEDDINGS"]
    static let isThere = chat != nil && embeddings != nil

    /// Three clients of one server: it speaks all three wires.
    static let models = ["chat/smollm2-135m", "responses/smollm2-135m", "anthropic/smollm2-135m"]

    static func client() async throws -> (AIClient, StateStore) {
        let url = chat ?? ""
        var settings = AISettings()
        let key = Secret("no-key-is-needed")
        let chat = ProviderSettings(name: "chat", type: .openAICompatible, key: key, baseURL: "\(url)/v1")
        var responses = ProviderSettings(name: "responses", type: .openAICompatible, key: key, baseURL: "\(url)/v1")
        responses.usesResponses = true
        var anthropic = ProviderSettings(name: "anthropic", type: .anthropic, key: key, baseURL: url)
        anthropic.version = "2023-06-01"
        settings.providers = [
            chat, responses, anthropic,
            ProviderSettings(
                name: "vectors", type: .openAICompatible, key: key, baseURL: "\(embeddings ?? "")/v1"),
        ]
        settings.cache.isOn = false
        let store = try StateStore.inMemory()
        return (try await AIClient(settings: settings, store: store), store)
    }
}

@Suite("With a real language model", .enabled(if: RealModel.isThere), .serialized, .timeLimit(.minutes(10)))
struct RealModelTests {
    @Test("a question is answered, and what it used is told and kept", arguments: RealModel.models)
    func complete(model: String) async throws {
        let (client, store) = try await RealModel.client()
        let answer = try await client.complete(
            AIRequest(model: model, messages: [.user("Name a colour. One word.")], maxTokens: 24))
        #expect(!answer.text.isEmpty)
        #expect(answer.usage.inputTotal > 5 && answer.usage.outputTotal > 0 && !answer.usage.isMissing)
        let rows = try await store.usageRows(limit: 10)
        #expect(rows.count == 1 && rows[0].outputTotal == answer.usage.outputTotal)
    }

    @Test("a stream brings the same text in pieces", arguments: RealModel.models)
    func stream(model: String) async throws {
        let (client, _) = try await RealModel.client()
        var pieces: [String] = []
        var whole: AIResponse?
        let request = AIRequest(model: model, messages: [.user("Count from one to ten.")], maxTokens: 48)
        for try await event in client.stream(request) {
            if case .textDelta(let piece) = event { pieces.append(piece) }
            if case .finish(let answer) = event { whole = answer }
        }
        let answer = try #require(whole)
        #expect(pieces.count > 1 && pieces.joined() == answer.text)
        #expect(answer.usage.outputTotal > 0 && !answer.usage.isMissing)
    }

    /// llama.cpp enforces a schema in the language of chat only; in the other two it takes no notice of it.
    @Test("an answer keeps to its schema", arguments: ["chat/smollm2-135m"])
    func schema(model: String) async throws {
        let (client, _) = try await RealModel.client()
        var request = AIRequest(
            model: model, messages: [.user("Vendor ACME sent an invoice over 12.50 euros on 2024-01-31.")],
            maxTokens: 200)
        request.output = AIOutputSchema(
            schema: [
                "type": "object", "additionalProperties": false, "required": ["vendor", "total", "kind"],
                "properties": [
                    "vendor": ["type": "string"], "total": ["type": "number"],
                    "kind": ["type": "string", "enum": ["invoice", "letter"]],
                ],
            ])
        request.temperature = 0
        let answer = try await client.complete(request)
        let json = try #require(JSONValue(parsing: answer.text), "\(answer.text)")
        #expect(json["vendor"]?.text != nil && json["total"]?.number != nil)
        #expect(["invoice", "letter"].contains(json["kind"]?.text))
    }

    @Test("a call that is cancelled ends at once, and the server goes on to serve", arguments: RealModel.models)
    func cancellation(model: String) async throws {
        let (client, store) = try await RealModel.client()
        let task = Task {
            var pieces = 0
            for try await event in client.stream(
                AIRequest(model: model, messages: [.user("Tell a very long story.")], maxTokens: 4000))
            {
                if case .textDelta = event { pieces += 1 }
                if pieces == 3 { return pieces }
            }
            return pieces
        }
        #expect(try await task.value == 3)
        let answer = try await client.complete(AIRequest(model: model, messages: [.user("Hi")], maxTokens: 8))
        #expect(answer.usage.outputTotal > 0)
        // The call that was given up stands in the ledger too, once its end is noticed.
        for _ in 0..<100 where try await store.usageRows(limit: 10).count < 2 {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await store.usageRows(limit: 10).count == 2)
    }

    @Test("tokens are counted where the server does so")
    func count() async throws {
        let (client, _) = try await RealModel.client()
        let short = try await client.countTokens(.asking("anthropic/smollm2-135m", "hello")).tokens
        let long = try await client.countTokens(
            .asking("anthropic/smollm2-135m", String(repeating: "hello ", count: 50))
        ).tokens
        #expect(short > 0 && long > short + 40)
    }

    @Test("vectors are of unit length, in their order, and near where texts mean the same")
    func embed() async throws {
        let (client, _) = try await RealModel.client()
        let texts = [
            "the invoice is overdue", "the bill has not been paid in time", "a kitten sleeps in the sun", "ünï 東京 😀",
            " ",
        ]
        let found = try await client.embed(AIEmbeddingRequest(model: "vectors/all-minilm-l6-v2", texts: texts))
        #expect(found.vectors.count == texts.count && found.vectors.allSatisfy { $0.count == 384 })
        func dot(_ a: Int, _ b: Int) -> Float { zip(found.vectors[a], found.vectors[b]).reduce(0) { $0 + $1.0 * $1.1 } }
        for index in texts.indices { #expect(abs(dot(index, index) - 1) < 0.01) }
        #expect(dot(0, 1) > dot(0, 2) + 0.2)
        #expect(found.usage.inputTotal > 0)
    }
}
