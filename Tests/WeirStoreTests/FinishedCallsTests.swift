import Foundation
import Testing

@testable import WeirStore

@Suite("What finished calls took")
struct FinishedCallsTests {
    private func row(
        _ number: Int, node: String? = "mart.a", step: String? = "extract", model: String = "m",
        status: UsageRow.Status = .done, _ change: (inout UsageRow) -> Void = { _ in }
    ) -> UsageRow {
        var row = UsageRow(
            callID: "c\(number)", attempt: 1, at: Date(timeIntervalSince1970: Double(number)), provider: "p",
            model: model, endpoint: "messages", status: status, priceVersion: "v")
        row.node = node
        row.step = step
        row.inputUncached = 10
        row.outputTotal = 5
        row.inputEstimated = 20
        change(&row)
        return row
    }

    private func sums(
        _ rows: [UsageRow], last: Int = 500, node: String = "mart.a"
    ) async throws -> FinishedCalls {
        let store = try StateStore.inMemory()
        let book = UsageBook(store: store)
        for row in rows { try await book.settle(nil, amount: 0, accounts: [], row: row) }
        return try await store.finishedCalls(
            node: node, step: "extract", provider: "p", model: "m", last: last)
    }

    @Test("only finished calls of that step and model count, whose usage was told")
    func which() async throws {
        let found = try await sums([
            row(1), row(2) { $0.cacheRead = 7 }, row(3, node: "mart.b"), row(4, step: "classify"), row(5, model: "n"),
            row(6, status: .failed), row(7, status: .cached), row(8) { $0.isUsageMissing = true },
            row(9) { $0.provider = "q" }, row(10, node: nil, step: nil), row(11, status: .lost),
            row(12) { $0.inputEstimated = nil },
        ])
        #expect(found.calls == 3)
        #expect(found.inputTotal == 37 && found.outputTotal == 15)
        #expect(found.inputExpected == 40 && found.inputOfExpected == 27, "where somebody estimated")
    }

    @Test("those of batches can be told apart, and nothing is nothing")
    func batches() async throws {
        let rows = [row(1), row(2) { $0.isBatch = true }]
        let found = try await sums(rows)
        #expect(found.calls == 2)
        #expect(found.calls - found.batchCalls == 1)
        #expect(try await sums([]) == FinishedCalls())
        #expect(try await sums(rows, node: "x'; DROP TABLE ai_calls") == FinishedCalls())
    }

    @Test("the newest are read, and no more than asked for")
    func bound() async throws {
        let rows = (1...30).map { number in row(number) { $0.outputTotal = Int64(number) } }
        let found = try await sums(rows, last: 10)
        #expect(found.calls == 10 && found.outputTotal == (21...30).reduce(0, +))
        #expect(try await sums(rows, last: 0).calls == 0)
        #expect(try await sums(rows, last: -1).calls == 0)
    }
}
