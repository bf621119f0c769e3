import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI
@testable import WeirStore

@Suite("The money of batches")
struct BatchMoneyTests {
    static let model = "claude/claude-haiku-4-5"
    static let items = (0..<3).map { AIBatchItem(id: "q\($0)", request: .asking(model)) }

    private func lab() async throws -> Lab {
        try await Lab({ $0.budgets = [Budget(limit: Money("1") ?? .zero)] }, clock: .hurried)
    }

    private func state(_ lab: Lab) async throws -> SpendState? {
        let account = Budget(limit: .zero).account(at: Date(), runID: nil)
        return try await lab.client.book?.states(of: [account]).first
    }

    private static let once: AICallOptions = {
        var options = AICallOptions()
        options.retry = RetryPolicy(attempts: 1)
        return options
    }()

    @Test(
        "where the provider may have a batch its money stays set aside, until it was looked for",
        arguments: [
            (500, "{}"), (529, "{}"), (429, "{}"), (409, "{}"), (408, "{}"), (200, "<html>"), (200, "{}"),
            (502, "<html>"),
        ])
    func unknown(_ status: Int, _ body: String) async throws {
        let lab = try await lab()
        lab.server.next(Reply(status, json: body))
        var draft: AIBatchTicket?
        await #expect(throws: WeirError.self) {
            _ = try await lab.client.submitBatch(Self.items, options: Self.once) { draft = $0 }
        }
        #expect(try await state(lab)?.reserved ?? 0 > 0)
        #expect(try await lab.client.findBatch(try #require(draft)) == nil)
        #expect(try await state(lab) == SpendState(spent: 0, reserved: 0))
        await lab.server.stop()
    }

    @Test(
        "a clear refusal gives its money back, but not after a try whose end nobody knows",
        arguments: [400, 401, 403, 413])
    func refused(_ status: Int) async throws {
        let lab = try await lab()
        let refusal = Reply(status, json: #"{"type":"error","error":{"type":"invalid_request_error","message":"no"}}"#)
        lab.server.next(refusal)
        await #expect(throws: WeirError.self) { try await lab.client.submitBatch(Self.items) }
        #expect(try await state(lab) == SpendState(spent: 0, reserved: 0))
        // Broken, not found in the list, and then refused.
        lab.server.next(Reply(500, json: "{}"), Reply(json: #"{"data":[],"has_more":false}"#), refusal)
        await #expect(throws: WeirError.self) { try await lab.client.submitBatch(Self.items) }
        #expect(try await state(lab)?.reserved ?? 0 > 0)
        await lab.server.stop()
    }

    @Test("where batches have no names, another's is not taken for one's own")
    func besides() async throws {
        let lab = try await lab()
        let other = try await lab.client.submitBatch(Self.items)
        lab.server.next(Reply(500, json: "{}"))
        let ticket = try await lab.client.submitBatch(Self.items, besides: { [other.id] })
        #expect(ticket.id != other.id && lab.server.batches == 2)
        var draft = ticket
        draft.id = ""
        #expect(try await lab.client.findBatch(draft, besides: [other.id])?.id == ticket.id)
        #expect(try await lab.client.findBatch(draft, besides: [other.id, ticket.id]) == nil)
        await lab.server.stop()
    }

    @Test("a server that cannot be reached was handed nothing")
    func unreachable() async throws {
        let lab = try await lab()
        await lab.server.stop()
        await #expect(throws: WeirError.self) { try await lab.client.submitBatch(Self.items, options: Self.once) }
        #expect(try await state(lab) == SpendState(spent: 0, reserved: 0))
    }

    @Test("a hand-over that is stopped half-way keeps its money set aside")
    func cancelled() async throws {
        let lab = try await lab()
        lab.server.set(delay: .seconds(30))
        let task = Task { try await lab.client.submitBatch(Self.items) }
        while lab.server.count == 0 { try await Task.sleep(for: .milliseconds(2)) }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        #expect(try await state(lab)?.reserved ?? 0 > 0)
        await lab.server.stop()
    }

    @Test("answers are accounted to who handed the batch over, whoever fetches them")
    func tags() async throws {
        let lab = try await lab()
        var options = AICallOptions()
        options.tag = AICallTag(runID: "run-1", node: "mart.first", step: "extract")
        let ticket = try await lab.client.submitBatch(Self.items, options: options)
        let kept = try #require(AIBatchTicket(kept: ticket.kept()))
        options.tag = AICallTag(runID: "run-2", node: "mart.second", step: "extract")
        _ = try await lab.client.batchStatus(kept)
        _ = try await lab.client.batchResults(kept, options: options)
        let rows = try await lab.rows()
        #expect(rows.count == 3 && rows.allSatisfy { $0.node == "mart.first" && $0.runID == "run-1" })
        await lab.server.stop()
    }

    @Test("what a batch does not tell of its tokens is estimated, and an answer that cannot be read is paid too")
    func untold() async throws {
        let lab = try await lab()
        let ticket = try await lab.client.submitBatch(Self.items)
        _ = try await lab.client.batchStatus(ticket)
        let lines = [
            #"{"custom_id":"q0","result":{"type":"succeeded","message":{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"some words that were written"}],"stop_reason":"end_turn"}}}"#,
            #"{"custom_id":"q1","result":{"type":"succeeded","message":{"odd":1}}}"#,
            #"{"custom_id":"q2","result":{"type":"errored","error":{"type":"error","error":{"type":"invalid_request_error","message":"bad"}}}}"#,
        ]
        lab.server.next(
            Reply(
                json: #"{"id":"b","processing_status":"ended","results_url":"http://x/v1/messages/batches/b/results"}"#),
            Reply(pieces: [Array(lines.joined(separator: "\n").utf8)]))
        let results = try await lab.client.batchResults(ticket)
        guard case .answered(let answer)? = results["q0"], case .failed(let unread)? = results["q1"] else {
            Issue.record("\(results)")
            return
        }
        #expect(answer.usage.isMissing && answer.usage.inputUncached == ticket.inputTokensEach)
        #expect(answer.usage.outputTotal > 0 && answer.cost ?? .zero > .zero)
        #expect(unread.kind == .garbled)
        let rows = try await lab.rows().reduce(into: [:]) { $0[$1.callID.suffix(2)] = $1 }
        #expect(rows["q0"]?.cost == answer.cost?.pico && rows["q0"]?.isUsageMissing == true)
        #expect(rows["q1"]?.cost ?? 0 > 0 && rows["q1"]?.status == .failed && rows["q1"]?.isUsageMissing == true)
        #expect(rows["q2"]?.cost == 0)
        await lab.server.stop()
    }

    @Test("of a batch that is given up the most that it may have cost counts as spent, once")
    func lost() async throws {
        let lab = try await lab()
        let ticket = try await lab.client.submitBatch(Self.items)
        let reserved = try #require(try await state(lab)?.reserved)
        #expect(try await lab.client.loseBatch(ticket)?.pico == reserved)
        #expect(try await lab.client.loseBatch(ticket) == nil)
        #expect(try await state(lab) == SpendState(spent: reserved, reserved: 0))
        let rows = try await lab.rows()
        #expect(rows.map(\.status) == [.lost] && rows[0].cost == reserved && rows[0].isBatch)
        await lab.server.stop()
    }

    @Test("a batch is no large request: each of its questions is held at the price of its own size")
    func sizes() async throws {
        let lab = try await Lab({ $0.budgets = [Budget(limit: Money("5") ?? .zero)] }, clock: .hurried)
        let price = try #require(lab.client.prices.model("gemini-2.5-pro"))
        func sum(_ items: [AIBatchItem]) -> Int64 {
            items.reduce(0) { sum, item in
                let worst = price.worstCase(
                    inputTokens: item.inputTokens, outputTokens: item.outputTokens, isBatch: true)
                return sum + (worst?.pico ?? 0)
            }
        }
        func items(_ words: Int) -> [AIBatchItem] {
            (0..<3).map {
                let text = String(repeating: "word ", count: words)
                return AIBatchItem(id: "\($0)", request: .asking("gemini/gemini-2.5-pro", text))
            }
        }
        let (small, large) = (items(70_000), items(160_000))
        #expect(small.allSatisfy { $0.inputTokens < 200_000 } && large.allSatisfy { $0.inputTokens > 200_000 })
        #expect(small.reduce(0) { $0 + $1.inputTokens } > 200_000)
        _ = try await lab.client.submitBatch(small)
        #expect(try await state(lab)?.reserved == sum(small))
        _ = try await lab.client.submitBatch(large)
        #expect(try await state(lab)?.reserved == sum(small) + sum(large))
        await lab.server.stop()
    }
}
