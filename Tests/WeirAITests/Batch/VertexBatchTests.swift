import Foundation
import StandIn
import Synchronization
import Testing
import WeirCore
import WeirStore

@testable import WeirAI

@Suite("Batches of Vertex AI through Cloud Storage")
struct VertexBatchTests {
    static let chat = "vertex/gemini-2.5-flash"

    /// Two questions are equal, and one is refused.
    static let items = ["one", "zwei 東京 🎉", "MAKE-400", "same", "same", "six"].enumerated().map { index, text in
        AIBatchItem(id: "q\(index)", request: .asking(chat, text))
    }

    private func lab(
        bucket: String? = "gs://weir-bucket/some/folder", isOpen: Bool? = true
    ) async throws -> (server: StandIn, client: AIClient, store: StateStore) {
        let store = try StateStore.inMemory()
        let (server, client) = try await VertexTests.lab(clock: .hurried, store: store, bucket: bucket)
        if let isOpen { server.makeBucket("weir-bucket", isOpen: isOpen) }
        return (server, client, store)
    }

    private func reserved(_ client: AIClient) async throws -> Int64? {
        let account = Budget(limit: .zero).account(at: Date(), runID: nil)
        return try await client.book?.states(of: [account]).first?.reserved
    }

    private func results(_ ticket: AIBatchTicket, _ client: AIClient) async throws -> [String: AIBatchResult] {
        _ = try await client.batchStatus(ticket)
        return try await client.batchResults(ticket)
    }

    private func failure(_ body: () async throws -> Void) async -> WeirError? {
        do { try await body() } catch { return error as? WeirError }
        return nil
    }

    @Test("each question has its own answer, though no line says whose it is; then nothing is left in the bucket")
    func answers() async throws {
        let (server, client, store) = try await lab()
        let ticket = try await client.submitBatch(Self.items)
        #expect(ticket.folder == "gs://weir-bucket/some/folder/weir-\(ticket.name ?? "")")
        #expect(ticket.id == "projects/p/locations/global/batchPredictionJobs/771")
        #expect(server.objects == ["weir-bucket/some/folder/weir-\(ticket.name ?? "")/input.jsonl"])
        #expect(try await client.batchStatus(ticket).state == .pending)
        // Kept and read again, as by another process.
        let kept = try #require(AIBatchTicket(kept: ticket.kept()))
        #expect(kept == ticket && ticket.inputTokens ?? 0 > 0 && ticket.questions == 6)
        #expect(AIBatchTicket(kept: "no ticket") == nil)
        // One of an older version.
        let old = #"{"provider":"p","model":"m","id":"1","reservation":"r"}"#
        #expect(AIBatchTicket(kept: old)?.kind == nil && AIBatchTicket(kept: old)?.inputTokensEach == 0)
        let found = try await client.batchResults(kept)
        #expect(found.count == 6)
        let price = try #require(client.prices.model("gemini-2.5-flash", provider: .vertex))
        for (id, text) in [("q0", "one"), ("q1", "zwei 東京 🎉"), ("q3", "same"), ("q4", "same"), ("q5", "six")] {
            guard case .answered(let answer)? = found[id] else {
                Issue.record("\(id) has no answer")
                continue
            }
            #expect(answer.text == "answer \(text)")
            #expect(answer.cost == price.cost(of: answer.usage, isBatch: true) && answer.cost != nil)
        }
        guard case .failed(let fault)? = found["q2"] else {
            Issue.record("q2 was not refused")
            return
        }
        #expect(fault.kind == .badRequest && fault.message == "this text cannot be worked on")
        #expect(try await client.batchResults(kept).count == 6)
        let rows = try await store.usageRows(limit: 100)
        #expect(rows.count == 6 && rows.allSatisfy(\.isBatch))
        #expect(try await reserved(client) == 0)
        await client.clearBatch(kept)
        #expect(server.objects.isEmpty)
        await server.stop()
    }

    @Test("vectors of gemini-embedding, by their keys")
    func vectors() async throws {
        let (server, client, _) = try await lab()
        let items = EmbeddingBatchTests.items("vertex/gemini-embedding-001", dimensions: 768)
        let ticket = try await client.submitBatch(items)
        let found = try await results(ticket, client)
        #expect(found.count == 5)
        guard case .embedded(let first)? = found["q0"], case .failed? = found["q2"] else {
            Issue.record("\(found)")
            return
        }
        #expect(first.usage.inputUncached == 1 && first.cost != nil)
        let input = server.received.first { $0.path.hasPrefix("/upload/") }
        let config = input?.text.split(separator: "\n").first.flatMap { JSONValue(parsing: String($0)) }?["request"]?[
            "embed_content_config"]
        #expect(config == ["output_dimensionality": 768, "task_type": "RETRIEVAL_DOCUMENT"])
        #expect(try client.batchObstacle("vertex/text-embedding-005", embeddings: true)?.code == "ai.unsupported")
        await server.stop()
    }

    @Test("what was done of a batch that ended early is kept", arguments: [BatchFate.partial, .expired])
    func partial(_ fate: BatchFate) async throws {
        let (server, client, store) = try await lab()
        server.set(fate: fate)
        let found = try await results(try await client.submitBatch(Self.items), client)
        #expect(found.keys.sorted() == ["q0", "q1", "q2"])
        #expect(try await store.usageRows(limit: 100).count == 3)
        #expect(try await reserved(client) == 0)
        await server.stop()
    }

    @Test("a job that fails, and one that leaves nothing", arguments: [BatchFate.failed, .empty])
    func failed(_ fate: BatchFate) async throws {
        let (server, client, store) = try await lab()
        server.set(fate: fate)
        let ticket = try await client.submitBatch(Self.items)
        let error = await failure { _ = try await results(ticket, client) }
        #expect(error?.code == "ai.batch-failed")
        #expect(error?.message.contains(fate == .failed ? "could not be read" : "without a single answer") == true)
        // There are files of some kind, and an answer may be among them.
        let folder = try #require(ticket.folder)
        #expect(error?.hint?.contains(folder) == true && server.objects.count == 2)
        #expect(try await store.usageRows(limit: 100).isEmpty)
        #expect(try await reserved(client) == 0)
        await server.stop()
    }

    @Test("of a job that failed and left nothing at all, the questions are deleted")
    func refused() async throws {
        let (server, client, _) = try await lab()
        let ticket = try await client.submitBatch(Self.items)
        _ = try await client.batchStatus(ticket)
        let job = #"{"name":"\#(ticket.id)","state":"JOB_STATE_FAILED","error":{"code":3,"message":"no such model"}}"#
        server.next(Reply(json: job))
        let error = await failure { _ = try await client.batchOutcome(ticket) }
        #expect(error?.message.contains("no such model") == true && error?.hint == nil, "\(String(describing: error))")
        #expect(server.objects.isEmpty)
        await server.stop()
    }

    @Test("a bucket that is not there, or not ours, is told before anything is handed over", arguments: [nil, false])
    func bucket(_ isOpen: Bool?) async throws {
        let (server, client, _) = try await lab(isOpen: isOpen)
        let error = await failure { _ = try await client.submitBatch(Self.items) }
        #expect(error?.code == "ai.bucket")
        #expect(error?.message.contains(isOpen == nil ? "(404)" : "(403)") == true, "\(String(describing: error))")
        #expect(error?.message.contains("gs://weir-bucket/some/folder") == true)
        #expect(!server.received.contains { $0.path.hasSuffix("batchPredictionJobs") })
        #expect(try await reserved(client) == 0)
        await server.stop()
    }

    @Test("without a bucket there is no batch, and nothing is sent")
    func noBucket() async throws {
        let (server, client, _) = try await lab(bucket: nil)
        let error = await failure { _ = try await client.submitBatch(Self.items) }
        #expect(error?.code == "ai.no-bucket" && error?.hint?.contains("batch_bucket: gs://") == true)
        #expect(server.count == 0)
        await server.stop()
    }

    @Test("a download that breaks off half-way and a token that ends are no trouble")
    func faults() async throws {
        let (server, client, _) = try await lab()
        let ticket = try await client.submitBatch(Self.items)
        server.expireTokens()
        #expect(try await client.batchStatus(ticket).state == .pending)
        #expect(server.issuedTokens == 2)
        server.loseAnswer(to: "predictions.jsonl")
        server.next(Reply(429, json: #"{"error":{"code":429,"message":"wait","status":"RESOURCE_EXHAUSTED"}}"#))
        #expect(try await client.batchResults(ticket).count == 6)
        #expect(server.received.count { $0.path.hasSuffix("predictions.jsonl") } == 2)
        await server.stop()
    }

    @Test("a job whose making nobody heard of is found by its name; questions that were never asked are deleted")
    func lost() async throws {
        let (server, client, _) = try await lab()
        let other = try await client.submitBatch([Self.items[0]])
        server.loseAnswer(to: "batchPredictionJobs")
        let ticket = try await client.submitBatch(Self.items)
        #expect(ticket.id != other.id)
        #expect(server.received.count { $0.method == "POST" && $0.path.hasSuffix("batchPredictionJobs") } == 2)
        #expect(try await results(ticket, client).count == 6)
        await client.clearBatch(ticket)
        // A process died between the upload and the job.
        var never = other
        never.id = ""
        never.name = "never"
        never.folder = "gs://weir-bucket/some/folder/weir-never"
        server.put("weir-bucket/some/folder/weir-never/input.jsonl", "{}")
        server.put("weir-bucket/some/folder/weir-nevermore", "somebody else's")
        #expect(try await client.findBatch(never) == nil)
        #expect(
            server.objects
                == [
                    "weir-bucket/some/folder/weir-\(other.name ?? "")/input.jsonl",
                    "weir-bucket/some/folder/weir-nevermore",
                ].sorted(), "nothing but its own is deleted")
        await server.stop()
    }

    @Test("answers to none of the questions are paid and told; where there are no others the batch has failed")
    func strays() async throws {
        let (server, client, store) = try await lab()
        let ticket = try await client.submitBatch([Self.items[0]])
        let folder = try #require(ticket.folder?.dropFirst(5))
        _ = try await client.batchStatus(ticket)
        _ = try await client.batchStatus(ticket)
        let path = "\(folder)/output/prediction-model-1/predictions.jsonl"
        let other =
            #"{"request":{"contents":[{"parts":[{"text":"?"}]}]},"status":"","response":{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3}}}"#
        server.put(path, other)
        let error = await failure { _ = try await client.batchResults(ticket) }
        #expect(error?.code == "ai.batch-failed" && error?.message.contains("belong to no question") == true)
        #expect(try await store.usageRows(limit: 10).map(\.inputUncached) == [3])
        #expect(try await reserved(client) == 0)
        // Beside the real one: both are told of, and nothing may be deleted.
        let own = other.replacing(#"[{"parts":[{"text":"?"}]}]"#, with: #"[{"parts":[{"text":"one"}],"role":"user"}]"#)
        server.put(path, "\(other)\n\(own)\n")
        let outcome = try await client.batchOutcome(ticket)
        #expect(Array(outcome.results.keys) == ["q0"] && !outcome.mayClear)
        server.put(path, own)
        #expect(try await client.batchOutcome(ticket).mayClear)
        await server.stop()
    }

    @Test("what cannot be deleted is told, and nothing else happens")
    func leftovers() async throws {
        let (server, client, _) = try await lab()
        let ticket = try await client.submitBatch(Self.items)
        _ = try await results(ticket, client)
        server.makeBucket("weir-bucket", isOpen: false)
        let warned = Mutex<[AIWarning]>([])
        var options = AICallOptions()
        options.warn = { warning in warned.withLock { $0.append(warning) } }
        await client.clearBatch(ticket, options: options)
        #expect(warned.withLock { $0.map(\.code) } == ["ai.leftovers"])
        #expect(warned.withLock { $0.first?.message.contains("gs://weir-bucket/some/folder/weir-") } == true)
        #expect(!server.objects.isEmpty)
        await server.stop()
    }
}
