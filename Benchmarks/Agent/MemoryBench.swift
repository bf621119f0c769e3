import Foundation
import WeirAI
import WeirAgent
import WeirCore
import WeirStore

/// Retrieval for tasks out of many memories.
struct MemoryBench: Sendable {
    let folder: String
    let count: Int

    private static let subjects = [
        "orders", "customers", "shipments", "invoices", "payments", "products", "stock", "suppliers", "returns",
        "visits",
        "sessions", "campaigns", "contracts", "employees", "sensors", "flights", "tickets", "refunds", "stores",
        "regions",
    ]
    private static let deeds = [
        "partition", "index", "deduplicate", "validate", "merge", "backfill", "cast", "cache", "archive", "monitor",
        "mask", "join", "aggregate", "replay", "compact",
    ]
    private static let ways = [
        "by day", "before loading", "after each run", "with a composite key", "in batches", "for late rows",
        "on null keys",
        "when it grows", "with a watermark", "across time zones", "without locks", "in the mart", "at the gate",
        "per region", "during migration",
    ]
    private static let tasks = [
        "orders in the mart are twice what the shop shows since Tuesday; find out why and fix it",
        "the invoices pipeline is slow, make the join with payments faster",
        "rows of customers go to quarantine because of null keys", "write a contract for shipments",
        "move the visits table to the new warehouse without losing late rows",
        "mask personal data in employees and tell who reads it",
    ]

    private func memory(_ number: Int) -> MemoryDraft {
        var dice = Dice(state: UInt64(number) &* 7919 &+ 3)
        func pick(_ words: [String]) -> String { words[Int(dice.next() % UInt64(words.count))] }
        let types = MemoryType.allCases
        return MemoryDraft(
            type: types[number % types.count],
            content:
                "Case \(number): \(pick(Self.deeds)) \(pick(Self.subjects)) \(pick(Self.ways)), see \(pick(Self.subjects))",
            origin: .agent, session: "bench", createdAt: Date(timeIntervalSince1970: 1_700_000_000 + Double(number)))
    }

    func run() async throws -> JSONValue {
        let store = try await StateStore.open("\(folder)/state.db")
        let stored = try await milliseconds {
            for start in stride(from: 0, to: count, by: 500) {
                let drafts = (start..<min(start + 500, count)).map(memory)
                _ = try await store.keep(drafts, limit: count + 1) { _, _, _ in .keep(superseding: [], merging: []) }
            }
        }
        let words = try await median(of: MemoryBook(store: store, limit: count + 1))
        let embedder = try BuiltinEmbedder.shared()
        let meaning = try await median(of: MemoryBook(store: store, embedder: embedder, limit: count + 1))
        return [
            "memories": .int(Int64(try await store.memoryCounts()[.active] ?? 0)), "words_ms": .double(words),
            "meaning_ms": .double(meaning), "store_ms": .double(stored),
        ]
    }

    private func median(of book: MemoryBook) async throws -> Double {
        // What was never asked for by meaning gets its vectors first.
        for _ in 0..<(count / 2_000 + 2) { _ = try await book.review(for: Self.tasks[0], bytes: 4_000) }
        var times: [Double] = []
        for round in 0..<120 {
            let task = Self.tasks[round % Self.tasks.count]
            times.append(
                try await milliseconds {
                    let found = try await book.review(for: task, bytes: 4_000)
                    precondition(!found.isEmpty, "a review found nothing")
                })
        }
        return times.sorted()[times.count / 2]
    }
}
