import Foundation
import Synchronization
import WeirStore

/// A memory that was found, and by what.
public struct MemoryHit: Sendable, Hashable, Encodable {
    public var memory: Memory
    /// Its place among those found by words, and by meaning.
    public var wordRank: Int?
    public var meaningRank: Int?
    public var score: Double
}

extension MemoryBook {
    /// The memories that a task should begin with, most useful first, and a use of each is counted.
    ///
    /// Critical ones come first, then those that have to do with the task, then the ones that were of use lately. Their
    /// lines (``Memory/line``) take at most `bytes` together, each with a line break.
    public func review(for task: String, bytes: Int) async throws -> [Memory] {
        let ranked = try await rank(task, fills: true).map(\.memory)
        var left = bytes
        var chosen: [Memory] = []
        for memory in ranked.filter(\.isCritical) + ranked.filter({ !$0.isCritical }) {
            let size = memory.line.utf8.count + 1
            if size > left { continue }
            left -= size
            chosen.append(memory)
        }
        try await store.countUse(of: chosen, at: now())
        return chosen
    }

    /// Memories that have to do with a text, the nearest first. Nothing is counted: this is for looking.
    public func search(_ text: String, limit: Int = 20) async throws -> [MemoryHit] {
        Array(try await rank(text, fills: false).prefix(limit))
    }

    /// Ranks by several lists at once (reciprocal rank fusion; Cormack, Clarke and Büttcher, SIGIR 2009).
    private func rank(_ text: String, fills: Bool) async throws -> [MemoryHit] {
        var near: [VectorShelf.Hit] = []
        if let shelf, let vector = await prepared(for: text) {
            near = try await shelf.nearest(vector.numbers, limit: Self.candidates, in: store)
                .filter { $0.likeness >= Self.leastLikeness }
        }
        let found = try await store.memoryCandidates(
            query: MemoryWords.query(text), near: near.map(\.stamp), matches: Self.candidates,
            recent: fills ? Self.candidates : 0)
        var hits: [String: MemoryHit] = [:]
        func count(_ list: [Memory], weight: Double, _ note: (inout MemoryHit, Int) -> Void) {
            for (index, memory) in list.enumerated() {
                var hit = hits[memory.id] ?? MemoryHit(memory: scoped(memory), score: 0)
                hit.score += weight / Double(60 + index + 1)
                note(&hit, index + 1)
                hits[memory.id] = hit
            }
        }
        count(found.matching, weight: 1) { $0.wordRank = $1 }
        count(found.near, weight: 1) { $0.meaningRank = $1 }
        let date = now()
        // A quarter: of two that fit the task alike the more useful one wins, and none that does not fit passes one
        // that does.
        count(
            found.recent.sorted { ($0.usefulness(at: date), $0.id) > ($1.usefulness(at: date), $1.id) }, weight: 0.25
        ) { _, _ in }
        return hits.values.sorted { ($0.score, $0.memory.id) > ($1.score, $1.memory.id) }
    }

    /// The text's vector, after memories without one were given theirs: they were written without an embedder, or with
    /// another.
    private func prepared(for text: String) async -> MemoryVector? {
        guard let embedder, let vector = await vectors(of: [String(text.prefix(8000))])?.first else { return nil }
        // Once for a book: looking through all of them takes longer than the search.
        guard let shelf, !shelf.isFilled.load(ordering: .relaxed) else { return vector }
        if let bare = try? await store.memoriesWithoutVector(space: embedder.space, limit: Self.atOnce) {
            if !bare.isEmpty {
                guard let made = await vectors(of: bare.map(\.content)) else { return vector }
                do { try await store.store(zip(bare, made).map { (memory: $0, vector: $1) }) } catch { return vector }
            }
            // Only now: what failed is tried again by the next search.
            if bare.count < Self.atOnce { shelf.isFilled.store(true, ordering: .relaxed) }
        }
        return vector
    }

    private static let candidates = 64
    /// Memories that are given vectors before a search; the next ones go on.
    private static let atOnce = 2_000
    /// Texts that are less alike have nothing to do with each other.
    private static let leastLikeness: Float = 0.2
}
