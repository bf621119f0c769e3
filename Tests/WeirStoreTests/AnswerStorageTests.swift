import Foundation
import Testing

@testable import WeirStore

@Suite("Kept answers of AI services")
struct AnswerStorageTests {
    private func keep(_ count: Int, bytes: Int, of most: Int64, oldest: Date? = nil) async throws -> StateStore {
        let store = try StateStore.inMemory()
        let book = UsageBook(store: store)
        for number in 0..<count {
            let date = Date(timeIntervalSince1970: Double(number))
            let row = UsageRow(
                callID: "call \(number)", attempt: 1, at: date, provider: "p", model: "m", endpoint: "chat",
                status: .done, priceVersion: "1")
            let answer = KeptAnswer(
                key: "key \(number)", text: String(repeating: "x", count: bytes), maxBytes: most, oldest: oldest,
                madeAt: date)
            try await book.settle(nil, amount: 0, accounts: [], row: row, keeping: answer)
        }
        return store
    }

    private func found(_ store: StateStore, among count: Int) async throws -> [Int] {
        let book = UsageBook(store: store)
        var found: [Int] = []
        for number in 0..<count where try await book.answer("key \(number)", madeAfter: .distantPast) != nil {
            found.append(number)
        }
        return found
    }

    @Test("the newest stay, and all of them are no more than the bound and a 64th part of it")
    func bound() async throws {
        // A look at every answer, and one at every tenth.
        #expect(try await found(try await keep(300, bytes: 100, of: 1_000), among: 300) == Array(290..<300))
        let kept = try await found(try await keep(1_000, bytes: 100, of: 64_000), among: 1_000)
        #expect(kept.count >= 640 && kept.count <= 650 && kept.last == 999, "\(kept.count)")
    }

    @Test("an answer that is larger than the bound is not kept; one that is too old goes")
    func odd() async throws {
        #expect(try await found(try await keep(3, bytes: 2_000, of: 1_000), among: 3).isEmpty)
        let young = try await keep(50, bytes: 10, of: 600, oldest: Date(timeIntervalSince1970: 40))
        #expect(try await found(young, among: 50) == Array(40..<50))
    }

    @Test("an answer that is used stays longer than a newer one that is not")
    func used() async throws {
        let store = try StateStore.inMemory()
        let book = UsageBook(store: store)
        func row(_ second: Int) -> UsageRow {
            UsageRow(
                callID: "call \(second)", attempt: 1, at: Date(timeIntervalSince1970: Double(second)), provider: "p",
                model: "m", endpoint: "chat", status: .done, priceVersion: "1")
        }
        for number in 0..<12 {
            let answer = KeptAnswer(
                key: "key \(number)", text: String(repeating: "x", count: 100), maxBytes: 1_000,
                madeAt: Date(timeIntervalSince1970: Double(number)))
            try await book.settle(nil, amount: 0, accounts: [], row: row(number), keeping: answer)
            try await book.settle(nil, amount: 0, accounts: [], row: row(number), using: "key 0")
        }
        #expect(try await found(store, among: 12) == [0] + Array(3..<12))
    }
}
