import Foundation
import GRDB
import Testing

@testable import WeirStore

@Suite("Jobs that share transactions")
struct SharedTransactionTests {
    @Test("one that fails takes nothing of the others with it")
    func failing() async throws {
        struct Mistake: Error {}
        let store = try StateStore.inMemory()
        let book = UsageBook(store: store)
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await book.perform { database in
                            try database.execute(
                                sql: "INSERT INTO ai_spend (account, period, spent, reserved) VALUES (?, '', 1, 0)",
                                arguments: ["job \(number)"])
                            if number.isMultiple(of: 3) { throw Mistake() }
                        }
                        return (number, true)
                    } catch { return (number, false) }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes.allSatisfy { $0.value != $0.key.isMultiple(of: 3) })
        let kept = try await store.read { try String.fetchAll($0, sql: "SELECT account FROM ai_spend") }
        #expect(Set(kept) == Set(outcomes.filter(\.value).keys.map { "job \($0)" }))
    }
}
