import Foundation
import StandIn
import Testing
import WeirCore

@testable import WeirAI
@testable import WeirStore

@Suite("Budgets, cache and ledger")
struct LedgerTests {
    /// An answer that costs exactly as much as its worst case allows for is not needed: what counts is never above.
    @Test("64 workers cannot overspend a budget together")
    func budget() async throws {
        let limit = Money("0.002") ?? .zero
        // The day must not end in between.
        let now = Date()
        var clock = AIClock.scaled(by: 200)
        clock.date = { now }
        let lab = try await Lab({ $0.budgets = [Budget(limit: limit, per: .day)] }, clock: clock)
        let refused = await withTaskGroup(of: Int.self) { group in
            for worker in 0..<64 {
                group.addTask {
                    var refused = 0
                    for number in 0..<8 {
                        let error = await lab.failure(.asking("claude/claude-haiku-4-5", "\(worker)-\(number)"))
                        if let error {
                            #expect(error.code == "ai.budget")
                            #expect(error.message.hasPrefix("incomplete: "))
                            refused += 1
                        }
                    }
                    return refused
                }
            }
            return await group.reduce(0, +)
        }
        let rows = try await lab.rows()
        let spent = rows.reduce(Int64(0)) { $0 + ($1.cost ?? 0) }
        #expect(spent > 0 && spent <= limit.pico)
        #expect(refused > 0)
        #expect(rows.count { $0.status == .done } == 64 * 8 - refused)
        let account = Budget(limit: limit, per: .day).account(at: now, runID: nil)
        let state = try await lab.client.book?.states(of: [account]).first
        #expect(state == SpendState(spent: spent, reserved: 0))
        await lab.server.stop()
    }

    @Test("raising a budget goes on from what was spent; a soft limit warns; a budget of zero allows nothing")
    func limits() async throws {
        let store = try StateStore.inMemory()
        let server = try await StandIn()
        var settings = Lab.settings(server)
        settings.budgets = [Budget(limit: .zero)]
        let request = AIRequest.asking("claude/claude-haiku-4-5")
        let none = try await AIClient(settings: settings, store: store)
        await #expect(throws: WeirError.self) { try await none.complete(request) }
        #expect(server.count == 0)
        settings.budgets = [Budget(limit: Money("1") ?? .zero, soft: Money(pico: 1))]
        let some = try await AIClient(settings: settings, store: store)
        let warned = Warnings()
        var options = AICallOptions()
        options.warn = { warned.add($0) }
        _ = try await some.complete(request, options: options)
        #expect(warned.all.map(\.code) == ["ai.soft-budget"])
        // A model without a price cannot be held to a budget.
        await #expect(throws: WeirError.self) { try await some.complete(.asking("local/any")) }
        await server.stop()
    }

    /// - Note: `@unchecked Sendable`: the list is only touched under the lock.
    final class Warnings: @unchecked Sendable {
        private let lock = NSLock()
        private var list: [AIWarning] = []
        func add(_ warning: AIWarning) { lock.withLock { list.append(warning) } }
        var all: [AIWarning] { lock.withLock { list } }
    }

    @Test("money set aside by a process that died is counted as spent, and its call as lost")
    func lost() async throws {
        let store = try StateStore.inMemory()
        let book = UsageBook(store: store)
        let account = SpendAccount(key: "total||", window: "", limit: 100)
        var row = UsageRow(
            callID: "c", attempt: 1, at: Date(), provider: "p", model: "m", endpoint: "chat", status: .lost,
            priceVersion: "v")
        row.runID = "run-1"
        #expect(
            try await book.reserve("r", amount: 60, accounts: [account], row: row)
                != .refused(0, SpendState(spent: 0, reserved: 0)))
        #expect(
            try await book.reserve("s", amount: 60, accounts: [account], row: row)
                == .refused(0, SpendState(spent: 0, reserved: 60)))
        // This process lives.
        #expect(try await book.recover() == 0)
        #expect(try await book.recover { _, _ in false } == 1)
        #expect(try await book.states(of: [account]) == [SpendState(spent: 60, reserved: 0)])
        let rows = try await store.usageRows()
        #expect(rows.map(\.status) == [.lost] && rows[0].runID == "run-1" && rows[0].cost == 60)
    }

    @Test("the same question is paid once: from the cache, and at the same time")
    func cache() async throws {
        let lab = try await Lab { $0.cache.isOn = true }
        lab.server.set(delay: .milliseconds(50))
        let answers = try await withThrowingTaskGroup(of: AIResponse.self) { group in
            for _ in 0..<20 { group.addTask { try await lab.client.complete(.asking("claude/claude-haiku-4-5")) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(lab.server.count == 1)
        #expect(Set(answers.map(\.text)) == ["echo: hello"])
        #expect(answers.count { !$0.isCached } == 1)
        let later = try await lab.client.complete(.asking("claude/claude-haiku-4-5"))
        #expect(later.isCached && later.cost == .zero && later.text == "echo: hello")
        let streamed = try await lab.events(.asking("claude/claude-haiku-4-5"))
        #expect(streamed.contains(.textDelta("echo: hello")))
        #expect(lab.server.count == 1)
        _ = try await lab.client.complete(.asking("claude/claude-haiku-4-5", "another"))
        #expect(lab.server.count == 2)
        let rows = try await lab.rows()
        #expect(rows.count { $0.status == .cached } == 21)
        #expect(rows.filter { $0.status == .cached }.allSatisfy { $0.cost == 0 })
        await lab.server.stop()
    }

    @Test("the ledger sums up by day, provider, model and step")
    func sums() async throws {
        let lab = try await Lab()
        var options = AICallOptions()
        options.tag = AICallTag(runID: "r", node: "mart.a", step: "extract")
        _ = try await lab.client.complete(.asking("claude/claude-haiku-4-5"), options: options)
        _ = try await lab.client.complete(.asking("openai/gpt-4o-mini"))
        #expect(Set(try await lab.store.usage(by: .provider).map(\.name)) == ["claude", "openai"])
        #expect(Set(try await lab.store.usage(by: .step).map(\.name)) == ["mart.a/extract", ""])
        let day = try await lab.store.usage(by: .day)
        #expect(day.count == 1 && day[0].calls == 2)
        #expect(try await lab.store.usage(by: .model, since: Date().addingTimeInterval(86_400 * 400)).isEmpty)
        await lab.server.stop()
    }

    @Test(
        "batches are answered out of order, a bad line apart, at half the price, once in the ledger",
        arguments: ["claude/claude-haiku-4-5", "openai/gpt-4o-mini", "gemini/gemini-2.5-flash"])
    func batches(_ model: String) async throws {
        let lab = try await Lab { $0.budgets = [Budget(limit: Money("1") ?? .zero)] }
        let items = (0..<5).map { AIBatchItem(id: "q\($0)", request: .asking(model)) }
        let ticket = try await lab.client.submitBatch(items)
        #expect(try await lab.client.batchStatus(ticket).state == .pending)
        let results = try await lab.client.batchResults(ticket)
        #expect(results.count == 5)
        guard case .answered(let first)? = results["q0"] else {
            Issue.record("q0 has no answer")
            return
        }
        #expect(first.text == "answer q0")
        guard case .failed(let fault)? = results["q1"] else {
            Issue.record("q1 did not fail")
            return
        }
        #expect(fault.kind == .badRequest)
        let price = lab.client.prices.model(String(model.split(separator: "/")[1]))
        #expect(first.cost == price?.cost(of: first.usage, isBatch: true))
        _ = try await lab.client.batchResults(ticket)
        let rows = try await lab.rows()
        #expect(rows.count == 5 && rows.allSatisfy(\.isBatch))
        let account = Budget(limit: .zero).account(at: Date(), runID: nil)
        let state = try await lab.client.book?.states(of: [account]).first
        #expect(state == SpendState(spent: rows.reduce(0) { $0 + ($1.cost ?? 0) }, reserved: 0))
        await lab.server.stop()
    }

    @Test(
        "a batch whose taking nobody heard of is found again and not handed over twice",
        arguments: ["claude/claude-haiku-4-5", "openai/gpt-4o-mini", "gemini/gemini-2.5-flash"])
    func lostBatch(_ model: String) async throws {
        let lab = try await Lab({ $0.budgets = [Budget(limit: Money("1") ?? .zero)] }, clock: .hurried)
        let items = (0..<5).map { AIBatchItem(id: "q\($0)", request: .asking(model)) }
        let create = model.hasPrefix("gemini") ? "batchGenerateContent" : "/batches"
        func handedOver() -> Int { lab.server.received.count { $0.method == "POST" && $0.path.hasSuffix(create) } }
        // Another one of the past, so that there is something to take for it.
        let other = try await lab.client.submitBatch([AIBatchItem(id: "x", request: .asking(model))])
        // Lost on its way, and asked for again.
        lab.server.loseAnswer(to: create)
        let ticket = try await lab.client.submitBatch(items)
        #expect(ticket.id != other.id && handedOver() == 2)
        #expect(try await lab.client.batchStatus(ticket).state == .pending)
        #expect(try await lab.client.batchResults(ticket).count == 5)
        // Its process died: only what it kept before is there.
        var draft: AIBatchTicket?
        let known = try await lab.client.submitBatch(items) { draft = $0 }
        let found = try await lab.client.findBatch(try #require(draft))
        #expect(draft?.id == "" && found?.reservation == known.reservation)
        if !model.hasPrefix("claude") { #expect(found?.id == known.id) }
        // It died before anything was sent.
        var never = try #require(draft)
        never.name = "never-sent"
        never.questions = 77
        #expect(try await lab.client.findBatch(never) == nil)
        await lab.server.stop()
    }

    @Test("a batch that cannot be handed over leaves no money set aside")
    func refusedBatch() async throws {
        let lab = try await Lab { $0.budgets = [Budget(limit: Money("1") ?? .zero)] }
        lab.server.next(Reply(400, json: #"{"type":"error","error":{"type":"invalid_request_error","message":"no"}}"#))
        let items = [AIBatchItem(id: "q", request: .asking("claude/claude-haiku-4-5"))]
        await #expect(throws: WeirError.self) { try await lab.client.submitBatch(items) }
        let account = Budget(limit: .zero).account(at: Date(), runID: nil)
        #expect(try await lab.client.book?.states(of: [account]).first == SpendState(spent: 0, reserved: 0))
        await lab.server.stop()
    }
}
