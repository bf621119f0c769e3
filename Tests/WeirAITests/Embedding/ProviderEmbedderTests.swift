import StandIn
import Testing
import WeirCore

@testable import WeirAI

@Suite("Embedders of providers")
struct ProviderEmbedderTests {
    @Test("vectors come in order, in as many requests as the provider's size demands; their length is found out")
    func order() async throws {
        let lab = try await Lab()
        let embedder = try await ProviderEmbedder.make(.init(model: "local/any"), client: lab.client)
        #expect(embedder.dimensions == 3 && embedder.space == "openai-compatible:any")
        let texts = (0..<2100).map { String(repeating: "x", count: $0 % 50 + 1) }
        let vectors = try await embedder.embed(texts)
        #expect(vectors.map { Int($0[0]) } == texts.map(\.utf8.count))
        // One to find the length, two for the texts.
        #expect(lab.server.count == 3)
        #expect(try await lab.rows().allSatisfy { $0.status == .done })
        await lab.server.stop()
    }

    @Test("a length that is told is asked for, and names a space of its own")
    func shortened() async throws {
        let lab = try await Lab()
        let settings = AISettings.EmbeddingSettings(model: "openai/text-embedding-3-small", dimensions: 3)
        let embedder = try await ProviderEmbedder.make(settings, client: lab.client)
        #expect(embedder.space == "openai:text-embedding-3-small@3" && lab.server.count == 0)
        _ = try await embedder.embed(["abc"])
        #expect(lab.server.received.last?.text.contains(#""dimensions":3"#) == true)
        await lab.server.stop()
    }

    @Test("an empty text is not sent; a vector of another length is an error, not a vector")
    func hardCases() async throws {
        let lab = try await Lab()
        let embedder = try await ProviderEmbedder.make(
            .init(model: "gemini/gemini-embedding-001", dimensions: 3), client: lab.client)
        #expect(try await embedder.embed([]).isEmpty)
        #expect(try await embedder.embed(["", " \n"]) == [[0, 0, 0], [0, 0, 0]])
        #expect(lab.server.count == 0)
        let mixed = try await embedder.embed(["", "abc", " "])
        #expect(mixed[0] == [0, 0, 0] && mixed[2] == [0, 0, 0] && mixed[1] != [0, 0, 0])
        // The table knows that this model makes 3,072 numbers; the stand-in makes three.
        let whole = try await ProviderEmbedder.make(.init(model: "gemini/gemini-embedding-001"), client: lab.client)
        #expect(whole.dimensions == 3072)
        let error = await #expect(throws: WeirError.self) { try await whole.embed(["abc"]) }
        #expect(error?.code == "ai.vector-length")
        await lab.server.stop()
    }

    @Test("a question is embedded as one, in the space of the documents")
    func purpose() async throws {
        let lab = try await Lab { $0.embeddings = .init(model: "gemini/gemini-embedding-001", dimensions: 3) }
        let client = lab.client
        let document = try await client.settings.embedder(for: .document) { client }
        let question = try await client.settings.embedder(for: .query) { client }
        #expect(document.space == question.space && document.space == "gemini:gemini-embedding-001@3")
        _ = try await question.embed(["abc"])
        #expect(lab.server.received.last?.text.contains("RETRIEVAL_QUERY") == true)
        await lab.server.stop()
    }

    @Test("without a word in the settings the built-in one is used, whatever keys there are")
    func builtin() async throws {
        let settings = AISettings.usual(["OPENAI_API_KEY": "x"])
        let embedder = try await settings.embedder { throw CancellationError() }
        #expect(embedder.space == "builtin:wordllama-256")
    }
}
