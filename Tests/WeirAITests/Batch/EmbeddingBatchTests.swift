import Foundation
import StandIn
import Testing
import WeirCore
import WeirStore

@testable import WeirAI

@Suite("Batches of embeddings")
struct EmbeddingBatchTests {
    static let models = ["openai/text-embedding-3-small", "gemini/gemini-embedding-001"]
    static let texts = ["a", "héé 東京 🎉", "MAKE-400", "two\nlines\u{2028}and more", "\"quoted\" \\ text"]

    static func items(_ model: String, dimensions: Int? = nil) -> [AIBatchItem] {
        texts.enumerated().map { index, text in
            AIBatchItem(
                id: "q\(index)",
                embedding: AIEmbeddingRequest(model: model, texts: [text], dimensions: dimensions, purpose: .document))
        }
    }

    private func lab() async throws -> Lab {
        try await Lab({ $0.budgets = [Budget(limit: Money("1") ?? .zero)] }, clock: .hurried)
    }

    private func reserved(_ lab: Lab) async throws -> Int64? {
        let account = Budget(limit: .zero).account(at: Date(), runID: nil)
        return try await lab.client.book?.states(of: [account]).first?.reserved
    }

    /// The batch's answers, when it is over.
    private func results(_ ticket: AIBatchTicket, _ lab: Lab) async throws -> [String: AIBatchResult] {
        _ = try await lab.client.batchStatus(ticket)
        return try await lab.client.batchResults(ticket)
    }

    @Test("each text has its vector, whatever the order, at half the price and once in the ledger", arguments: models)
    func vectors(_ model: String) async throws {
        let lab = try await lab()
        let ticket = try await lab.client.submitBatch(Self.items(model))
        #expect(ticket.kind == .embeddings)
        #expect(try await lab.client.batchStatus(ticket).state == .pending)
        let results = try await lab.client.batchResults(ticket)
        #expect(try await lab.client.batchResults(ticket) == results)
        #expect(results.count == 5)
        let price = try #require(lab.client.prices.model(String(model.split(separator: "/")[1])))
        for (index, text) in Self.texts.enumerated() {
            guard text != "MAKE-400" else {
                guard case .failed(let fault)? = results["q\(index)"] else {
                    Issue.record("\(text) was not refused")
                    continue
                }
                #expect(fault.kind == .badRequest && fault.message.contains("cannot be worked on"))
                continue
            }
            guard case .embedded(let found)? = results["q\(index)"] else {
                Issue.record("\(text) has no vector")
                continue
            }
            #expect(found.vectors == [[Float(text.utf8.count), Float(text.utf8.first ?? 0), 1]])
            let tokens = model.hasPrefix("gemini") ? text.utf8.count : text.utf8.count / 4 + 1
            #expect(found.usage.inputUncached == Int64(tokens) && !found.usage.isMissing)
            let single = try #require(price.cost(of: found.usage))
            #expect(found.cost.map { $0.pico * 2 } == single.pico)
        }
        let rows = try await lab.rows()
        #expect(rows.count == 5 && rows.allSatisfy(\.isBatch))
        #expect(rows.count { $0.status == .done } == 4 && rows.allSatisfy { $0.inputEstimated ?? 0 > 0 })
        #expect(try await reserved(lab) == 0)
        await lab.server.stop()
    }

    @Test("a shorter vector has the length of one again", arguments: models)
    func shortened(_ model: String) async throws {
        let lab = try await lab()
        let ticket = try await lab.client.submitBatch(Self.items(model, dimensions: 3))
        let again = try #require(AIBatchTicket(kept: ticket.kept()))
        guard case .embedded(let found)? = try await results(again, lab)["q1"] else {
            Issue.record("no vector")
            return
        }
        let length = found.vectors[0].reduce(0) { $0 + Double($1) * Double($1) }
        #expect(abs(length - 1) < 1e-6)
        #expect(lab.server.received.contains { $0.text.contains("imension") && $0.text.contains("3") })
        await lab.server.stop()
    }

    @Test("what is sent is what the providers want", arguments: models)
    func wire(_ model: String) async throws {
        let lab = try await lab()
        _ = try await lab.client.submitBatch(Self.items(model))
        let sent = lab.server.received
        if model.hasPrefix("openai") {
            #expect(sent[0].path == "/v1/files" && sent[0].text.contains("\"url\":\"/v1/embeddings\""))
            #expect(JSONValue(parsing: sent[1].body)?["endpoint"] == "/v1/embeddings")
        } else {
            #expect(sent[0].path == "/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent")
            let first = JSONValue(parsing: sent[0].body)?["batch"]?["inputConfig"]?["requests"]?["requests"]?[0]
            #expect(first?["metadata"]?["key"] == "q0")
            #expect(first?["request"]?["content"]?["parts"]?[0]?["text"] == "a")
            #expect(first?["request"]?["taskType"] == "RETRIEVAL_DOCUMENT")
        }
        await lab.server.stop()
    }

    @Test("a batch whose taking nobody heard of is found again", arguments: models)
    func lost(_ model: String) async throws {
        let lab = try await lab()
        let end = model.hasPrefix("gemini") ? "asyncBatchEmbedContent" : "/batches"
        lab.server.loseAnswer(to: end)
        let ticket = try await lab.client.submitBatch(Self.items(model))
        #expect(lab.server.received.count { $0.method == "POST" && $0.path.hasSuffix(end) } == 1)
        #expect(try await results(ticket, lab).count == 5)
        var draft: AIBatchTicket?
        let known = try await lab.client.submitBatch(Self.items(model)) { draft = $0 }
        #expect(try await lab.client.findBatch(try #require(draft))?.id == known.id)
        await lab.server.stop()
    }

    @Test("too many at once are waited for, and an answer that breaks off is fetched again")
    func faults() async throws {
        let lab = try await lab()
        lab.server.next(
            Reply(
                429, json: #"{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}"#,
                headers: ["retry-after": "1"]))
        let ticket = try await lab.client.submitBatch(Self.items(Self.models[0]))
        lab.server.loseAnswer(to: "/content")
        #expect(try await results(ticket, lab).count == 5)
        await lab.server.stop()
    }

    @Test("of a batch that expires, what is done is kept and the rest is open", arguments: models)
    func expired(_ model: String) async throws {
        let lab = try await lab()
        lab.server.set(fate: .expired)
        let ticket = try await lab.client.submitBatch(Self.items(model))
        let found = try await results(ticket, lab)
        if model.hasPrefix("openai") {
            #expect(found.count == 5)
            guard case .embedded? = found["q1"], case .skipped? = found["q4"] else {
                Issue.record("\(found)")
                return
            }
        } else {
            #expect(found.isEmpty)
        }
        #expect(try await lab.rows().count == (model.hasPrefix("openai") ? 2 : 0))
        #expect(try await reserved(lab) == 0)
        await lab.server.stop()
    }

    @Test(
        "a batch that is refused, or ends with nothing, fails and costs nothing", arguments: [BatchFate.failed, .empty])
    func failed(_ fate: BatchFate) async throws {
        for model in Self.models {
            let lab = try await lab()
            lab.server.set(fate: fate)
            let ticket = try await lab.client.submitBatch(Self.items(model))
            do {
                _ = try await results(ticket, lab)
                Issue.record("\(model): \(fate) is no failure")
            } catch let error as WeirError {
                #expect(error.code == "ai.batch-failed", "\(error)")
            }
            #expect(try await lab.rows().isEmpty)
            #expect(try await reserved(lab) == 0)
            await lab.server.stop()
        }
    }

    @Test("a count of tokens may be a number, a text, or not there")
    func counts() throws {
        func usage(_ json: String) throws -> AIUsage {
            let body = try #require(JSONValue(parsing: json))
            return try EmbeddingWire.decodeOne(body, type: .gemini, shortened: false).usage
        }
        #expect(try usage(#"{"embedding":{"values":[1]},"tokenCount":7}"#).inputUncached == 7)
        #expect(try usage(#"{"embedding":{"values":[1]},"tokenCount":"7"}"#).inputUncached == 7)
        #expect(try usage(#"{"embedding":{"values":[1]},"usageMetadata":{"promptTokenCount":7}}"#).inputUncached == 7)
        #expect(try usage(#"{"embedding":{"values":[1]}}"#).isMissing)
        for broken in [#"{"embedding":{"values":[]}}"#, "{}", #"{"embedding":{"values":["x"]}}"#] {
            #expect(throws: AIFault.self) { try usage(broken) }
        }
    }

    @Test("questions go in portions that a service takes")
    func portions() async throws {
        let lab = try await lab()
        let many = (0..<4_500).map {
            AIBatchItem(id: "\($0)", embedding: AIEmbeddingRequest(model: Self.models[1], texts: ["text \($0)"]))
        }
        #expect(try lab.client.batchPortions(many).map(\.count) == [2_000, 2_000, 500])
        #expect(try lab.client.batchPortions(many).flatMap { $0 } == many)
        #expect(try lab.client.batchPortions([]).isEmpty)
        // Eight texts of four million bytes are too much for one request, and one that is too large stands alone.
        let large = (0..<8).map {
            AIBatchItem(
                id: "\($0)",
                embedding: AIEmbeddingRequest(
                    model: Self.models[1], texts: [String(repeating: "x", count: $0 == 0 ? 20_000_000 : 4_000_000)]))
        }
        #expect(try lab.client.batchPortions(large).map(\.count) == [1, 3, 3, 1])
        await lab.server.stop()
    }

    @Test("Anthropic makes no vectors, and kinds are not mixed")
    func refused() async throws {
        let lab = try await lab()
        let vector = AIBatchItem(id: "v", embedding: AIEmbeddingRequest(model: "claude/claude-haiku-4-5", texts: ["a"]))
        #expect(try lab.client.batchObstacle("claude/claude-haiku-4-5", embeddings: true)?.code == "ai.unsupported")
        #expect(try lab.client.batchObstacle("claude/claude-haiku-4-5", embeddings: false) == nil)
        let mixed = [AIBatchItem(id: "c", request: .asking("claude/claude-haiku-4-5")), vector]
        do {
            _ = try await lab.client.submitBatch(mixed)
            Issue.record("kinds were mixed")
        } catch let error as WeirError { #expect(error.code == "ai.bad-batch") }
        #expect(lab.server.count == 0)
        await lab.server.stop()
    }
}
