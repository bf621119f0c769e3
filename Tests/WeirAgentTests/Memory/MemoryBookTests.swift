import Foundation
import Synchronization
import Testing
import WeirAI
import WeirCore
import WeirStore

@testable import WeirAgent

/// Counts on its days, so that tests can make time pass.
final class Calendar: Sendable {
    private let days = Mutex(0.0)
    var now: @Sendable () -> Date {
        { Date(timeIntervalSince1970: 1_700_000_000 + self.days.withLock { $0 } * 86_400) }
    }
    func pass(days count: Double) { days.withLock { $0 += count } }
}

/// Places texts by the subjects that they speak of.
private struct SubjectEmbedder: TextEmbedder {
    let space = "test:subjects"
    let dimensions = 3
    private static let subjects = [
        ["money", "refund", "paid", "price"], ["slow", "fast", "speed", "latency"], ["name"],
    ]

    func embed(_ texts: [String]) async throws -> [[Float]] {
        texts.map { text in
            Self.subjects.map { words in Float(words.count { text.lowercased().contains($0) }) + 0.001 }
        }
    }
}

/// Fails for more than one text, until it is mended.
private final class ShakyEmbedder: TextEmbedder {
    let space = "test:subjects"
    let dimensions = 3
    let isMended = Mutex(false)

    func embed(_ texts: [String]) async throws -> [[Float]] {
        if texts.count > 1, !isMended.withLock({ $0 }) { throw WeirError("ai.network", "no answer") }
        return try await SubjectEmbedder().embed(texts)
    }
}

@Suite("Memories of an agent")
struct MemoryBookTests {
    private static func block(_ content: String, _ type: String = "context") -> String {
        "# Add To Memory:\nType: \(type)\nContent: \(content)\n#\n"
    }

    @Test("are taken from a text, with where they came from, and what was wrong is told")
    func take() async throws {
        let book = MemoryBook(store: try StateStore.inMemory(secrets: [Secret("tr0ub4dor")]))
        let text =
            Self.block("Orders come at 6") + Self.block("x") + Self.block("the shop says tr0ub4dor")
            + Self.block("Refunds are negative", "pattern")
        let harvest = try await book.take(from: text, session: "s7")
        #expect(harvest.kept.map(\.content) == ["Orders come at 6", "Refunds are negative"])
        #expect(harvest.kept.allSatisfy { $0.session == "s7" && $0.origin == .agent && $0.scope == .project })
        #expect(harvest.refused.map(\.line) == [5, 9])
        let correction = try #require(harvest.correction)
        #expect(
            correction.contains("line 5") && correction.contains("pattern | architecture")
                && !correction.contains("tr0ub4dor"))
        #expect(try await book.list().count == 2)
        // The same text again changes nothing but the count.
        let again = try await book.take(from: text, session: "s8")
        #expect(again.results.allSatisfy { $0.outcome == .known })
        #expect(try await book.list().map(\.repeats) == [1, 1])
        #expect(try await book.take(from: "nothing here").correction == nil)
    }

    @Test("contradictions leave the newer one, with a link from the older")
    func supersede() async throws {
        let calendar = Calendar()
        let book = MemoryBook(store: try StateStore.inMemory(), now: calendar.now)
        _ = try await book.take(from: Self.block("Set the pool size to 10", "performance"))
        calendar.pass(days: 1)
        let later = try await book.take(from: Self.block("Set the pool size to 20", "performance"))
        let new = try #require(later.kept.first)
        #expect(later.results[0].superseded.map(\.content) == ["Set the pool size to 10"])
        let old = try #require(try await book.list(status: [.superseded]).first)
        #expect(old.successor == new.id && old.reason == "a newer one says 20, not 10")
        #expect(try await book.list().map(\.content) == ["Set the pool size to 20"])
        // And back again: the old text is news.
        let back = try await book.take(from: Self.block("Set the pool size to 10", "performance"))
        #expect(back.results[0].outcome == .new && back.results[0].superseded.map(\.id) == [new.id])
        // Another type speaks of something else.
        _ = try await book.take(from: Self.block("Set the pool size to 30", "mistake"))
        #expect(try await book.list().count == 2)
    }

    @Test("one that a person put away is not taken up again by an agent, but by the person")
    func putAway() async throws {
        let book = MemoryBook(store: try StateStore.inMemory())
        let kept = try await book.take(from: Self.block("Orders come at six")).kept
        _ = try await book.retire([kept[0].id])
        let again = try await book.take(from: Self.block("orders come at six"))
        #expect(again.kept.isEmpty && again.refused.first?.reason.contains("a person put it away") == true)
        #expect(try await book.add("Orders come at six", type: .context).outcome == .new)
    }

    @Test("a review begins with critical ones, then what has to do with the task, within the bytes, and counts")
    func review() async throws {
        let calendar = Calendar()
        let book = MemoryBook(store: try StateStore.inMemory(), now: calendar.now)
        for number in 0..<60 { _ = try await book.add("Supplier \(number) sends files by post", type: .integration) }
        _ = try await book.add("Orders of the shop are doubled by the join with shipments", type: .mistake)
        _ = try await book.add("Ask before any change of production", type: .guideline, isCritical: true)
        calendar.pass(days: 2)
        let task = "orders in the mart are twice what the shop shows"
        let found = try await book.review(for: task, bytes: 600)
        #expect(found[0].isCritical)
        #expect(found[1].content == "Orders of the shop are doubled by the join with shipments")
        #expect(found.reduce(0) { $0 + $1.line.utf8.count + 1 } <= 600 && found.count > 4)
        let used = try await book.list().filter { $0.uses == 1 }
        #expect(Set(used.map(\.id)) == Set(found.map(\.id)))
        #expect(used.allSatisfy { $0.lastUsedAt == calendar.now() })
        #expect(try await book.review(for: task, bytes: 0).isEmpty)
        #expect(try await book.review(for: task, bytes: 40).isEmpty)
        // A task of no words, and one that is very long.
        #expect(try await book.review(for: "", bytes: 600).count > 3)
        #expect(try await book.review(for: String(repeating: "orders shop ", count: 50_000), bytes: 300).count > 1)
    }

    @Test("a search counts nothing and finds only what has to do with it")
    func search() async throws {
        let book = MemoryBook(store: try StateStore.inMemory())
        for text in ["Orders come at six", "Refunds are negative orders", "Suppliers send post"] {
            _ = try await book.add(text, type: .context)
        }
        let hits = try await book.search("refund of an order")
        #expect(hits.map(\.memory.content) == ["Refunds are negative orders", "Orders come at six"])
        #expect(hits.map(\.wordRank) == [1, 2] && hits[0].meaningRank == nil)
        #expect(try await book.search("pumpernickel").isEmpty)
        #expect(try await book.list().allSatisfy { $0.uses == 0 })
    }

    @Test("are found by meaning where there is an embedder, also those that were written without one")
    func meaning() async throws {
        let store = try StateStore.inMemory()
        let plain = MemoryBook(store: store)
        _ = try await plain.add("Customers get their money back", type: .context)
        let book = MemoryBook(store: store, embedder: SubjectEmbedder())
        _ = try await book.add("The mart is slow on Mondays", type: .performance)
        let hits = try await book.search("refund")
        #expect(hits.map(\.memory.content) == ["Customers get their money back"])
        #expect(hits[0].meaningRank == 1 && hits[0].wordRank == nil)
        #expect(try await book.search("latency").map(\.memory.content) == ["The mart is slow on Mondays"])
        // One that changes is found by what it says now; another process' book sees it too.
        let id = try #require(try await book.search("latency").first?.memory.id)
        _ = try await MemoryBook(store: store, embedder: SubjectEmbedder()).edit(id, content: "Prices are without tax")
        #expect(try await book.search("latency").isEmpty)
        #expect(try await book.search("refund").count == 2)
        _ = try await book.retire([id])
        #expect(try await book.search("price").map(\.memory.content) == ["Customers get their money back"])
    }

    @Test("vectors that could not be made are made by a later search of the same book")
    func filledLater() async throws {
        let store = try StateStore.inMemory()
        let plain = MemoryBook(store: store)
        _ = try await plain.add("Customers get their money back", type: .context)
        _ = try await plain.add("The mart is slow on Mondays", type: .performance)
        let embedder = ShakyEmbedder()
        let book = MemoryBook(store: store, embedder: embedder)
        #expect(try await book.search("refund").isEmpty)
        embedder.isMended.withLock { $0 = true }
        #expect(try await book.search("refund").map(\.memory.content) == ["Customers get their money back"])
    }

    @Test("what cannot be remembered is refused, and an edit too")
    func invalid() async throws {
        let book = MemoryBook(store: try StateStore.inMemory())
        let kept = try #require(try await book.add("  fine   to\nkeep ", type: .context).memory)
        #expect(kept.content == "fine to keep")
        for text in ["", "four", String(repeating: "x", count: 101), "key=sk-proj-a1b2c3d4e5f6a7b8c9"] {
            await #expect(throws: WeirError.self) { try await book.add(text, type: .context) }
            await #expect(throws: WeirError.self) { try await book.edit(kept.id, content: text) }
        }
        #expect(try await book.list() == [kept])
    }
}
