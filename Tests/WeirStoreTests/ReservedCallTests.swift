import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("What is written down of a call before it is made")
struct ReservedCallTests {
    private static let accounts = [
        SpendAccount(key: "total||", window: "", limit: 5),
        SpendAccount(
            key: "run|m \"x\"|mart.orders", window: "20261129-1", limit: .max,
            since: Date(timeIntervalSince1970: 1_795_000_000.123), runID: "20261129-1", model: "m \"x\"",
            node: "mart.orders"),
    ]

    private static func row(isFull: Bool) -> UsageRow {
        var row = UsageRow(
            callID: "c", attempt: 2, at: Date(timeIntervalSince1970: 1_795_000_000.123), provider: "p\u{1F4A7}",
            model: "m\n", endpoint: "chat", status: .lost, priceVersion: "2026-11-25")
        guard isFull else { return row }
        (row.served, row.runID, row.node, row.step) = ("s", "r", "n.t", "agent")
        (row.error, row.httpStatus, row.requestID, row.serviceTier) = ("ai.cut", 529, "q", "flex")
        (row.inputUncached, row.cacheRead, row.cacheWrite5m, row.cacheWrite1h) = (1, 2, 3, 4)
        (row.outputTotal, row.outputReasoning, row.images, row.audioIn) = (5, 6, 7, 8)
        (row.isBatch, row.inputEstimated, row.isUsageMissing) = (true, 9, true)
        (row.cost, row.firstTokenMs, row.totalMs) = (.max, 10, 11)
        return row
    }

    @Test("is read again as it was", arguments: [false, true])
    func row(_ isFull: Bool) throws {
        let row = Self.row(isFull: isFull)
        let read = try JSONDecoder().decode(UsageRow.self, from: Data(row.document.line.utf8))
        #expect(read == row)
        // Nothing is left out that an encoder would write.
        let encoded = JSONValue(parsing: Array(try JSONEncoder().encode(row)))
        #expect(encoded?.fields?.keys.sorted() == row.document.fields?.keys.sorted())
    }

    @Test("tells the accounts that the money was set aside in", arguments: accounts)
    func account(_ account: SpendAccount) throws {
        let read = try JSONDecoder().decode(SpendAccount.self, from: Data(account.document.line.utf8))
        #expect(read == account)
    }
}
