import Foundation
import WeirAI
import WeirCore
import WeirStore

/// The memories of a project or of a person.
///
/// ```swift
/// let book = MemoryBook(store: store)
/// let begin = try await book.review(for: "why are orders doubled?", bytes: 4_000)
/// let harvest = try await book.take(from: answer, session: "s1")
/// if let correction = harvest.correction { … }   // tell the model
/// ```
public struct MemoryBook: Sendable {
    /// Most active memories; beyond it the least useful ones are put away.
    public static let usualLimit = 1_000

    public let scope: MemoryScope
    let store: StateStore
    let embedder: (any TextEmbedder)?
    let shelf: VectorShelf?
    let limit: Int
    let now: @Sendable () -> Date

    /// - Parameters:
    ///   - store: the project's, or that of ``MemoryScope/userPath(environment:)``.
    ///   - embedder: finds memories by meaning too; by their words alone without one.
    public init(
        store: StateStore, scope: MemoryScope = .project, embedder: (any TextEmbedder)? = nil,
        limit: Int = MemoryBook.usualLimit, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.scope = scope
        self.embedder = embedder
        self.limit = limit
        self.now = now
        shelf = embedder.map { VectorShelf(space: $0.space, dimensions: $0.dimensions) }
    }

    // MARK: Adding

    /// Reads every memory block of a model's text and keeps the good ones: all of them are on the disk when this
    /// returns.
    public func take(from text: String, session: String? = nil) async throws -> MemoryHarvest {
        let found = MemoryBlocks(text)
        let date = now()
        let drafts = found.blocks.map {
            MemoryDraft(type: $0.type, content: $0.content, origin: .agent, session: session, createdAt: date)
        }
        var harvest = MemoryHarvest(refused: found.refused)
        for (block, result) in zip(found.blocks, try await keep(drafts)) {
            if result.outcome == .refused {
                let isSecret = store.holdsSecret(block.content)
                harvest.refused.append(
                    RefusedMemory(
                        line: block.line, reason: result.refusal ?? "",
                        text: isSecret ? "(left out: it may hold a secret)" : block.content))
            } else {
                harvest.results.append(result)
            }
        }
        harvest.refused.sort { $0.line < $1.line }
        return harvest
    }

    /// Keeps one that a person wrote, or an agent by a tool.
    ///
    /// - Throws: `memory.invalid` with the reason.
    public func add(
        _ content: String, type: MemoryType, isCritical: Bool = false, session: String? = nil,
        origin: Memory.Origin = .person
    ) async throws -> KeptMemory {
        let content = MemoryRules.tidied(content)
        do { try MemoryRules.check(content) } catch { throw Self.invalid(error.reason) }
        var draft = MemoryDraft(type: type, content: content, origin: origin, session: session, createdAt: now())
        draft.isCritical = isCritical
        let result = try await keep([draft]).first
        guard let result, result.outcome != .refused else {
            throw Self.invalid(result?.refusal ?? "the content holds a secret")
        }
        return result
    }

    static func invalid(_ reason: String) -> WeirError {
        WeirError("memory.invalid", "this cannot be remembered: \(reason)")
    }

    /// Keeps drafts together; the results are in their order.
    func keep(_ drafts: [MemoryDraft]) async throws -> [KeptMemory] {
        if drafts.isEmpty { return [] }
        var drafts = drafts
        var hits: [[VectorShelf.Hit]] = []
        if let vectors = await vectors(of: drafts.map(\.content)), let shelf {
            for (index, vector) in vectors.enumerated() {
                drafts[index].vector = vector
                hits.append((try? await shelf.nearest(vector.numbers, limit: 8, in: store)) ?? [])
            }
        }
        let likeness = hits.map { Dictionary($0.map { ($0.memory, $0.likeness) }, uniquingKeysWith: max) }
        let asked = drafts
        let kept = try await store.keep(asked, limit: limit, near: hits.map { $0.map(\.memory) }) {
            index, alike, same in
            MemoryJudgement(likeness: index < likeness.count ? likeness[index] : [:])
                .decide(asked[index], alike: alike, same: same)
        }
        return kept.map(scoped)
    }

    /// The texts' vectors; nil where there are none to be had. What an embedder cannot do must not lose a memory.
    func vectors(of texts: [String]) async -> [MemoryVector]? {
        guard let embedder, let found = try? await embedder.embed(texts), found.count == texts.count else { return nil }
        return found.map { MemoryVector(space: embedder.space, numbers: $0) }
    }

    // MARK: Changing

    /// Changes a memory's text, type or standing.
    ///
    /// - Throws: `memory.unknown`, `memory.ambiguous`, `memory.inactive`, `memory.exists`, `memory.invalid`.
    public func edit(
        _ id: String, content: String? = nil, type: MemoryType? = nil, isCritical: Bool? = nil, restores: Bool = false
    ) async throws -> Memory {
        var edit = MemoryEdit()
        let content = content.map(MemoryRules.tidied)
        if let content { do { try MemoryRules.check(content) } catch { throw Self.invalid(error.reason) } }
        (edit.content, edit.type, edit.isCritical, edit.restores) = (content, type, isCritical, restores)
        let text: String
        if let content { text = content } else { text = try await store.memory(id).content }
        edit.vector = await vectors(of: [text])?.first
        return scoped(try await store.edit(id, edit, at: now()))
    }

    /// Puts memories away, all or none.
    ///
    /// - Throws: `memory.unknown`, `memory.ambiguous`.
    public func retire(_ ids: [String]) async throws -> [Memory] {
        try await store.retire(ids, at: now()).map(scoped)
    }

    // MARK: Looking

    /// Memories, the newest first.
    public func list(
        status: Set<Memory.Status> = [.active], type: MemoryType? = nil, limit: Int? = nil
    ) async throws -> [Memory] {
        try await store.memories(status: status, type: type, limit: limit).map(scoped)
    }

    public func counts() async throws -> [Memory.Status: Int] { try await store.memoryCounts() }

    func scoped(_ memory: Memory) -> Memory {
        var memory = memory
        memory.scope = scope
        return memory
    }

    private func scoped(_ kept: KeptMemory) -> KeptMemory {
        var kept = kept
        kept.memory = kept.memory.map(scoped)
        kept.superseded = kept.superseded.map(scoped)
        kept.merged = kept.merged.map(scoped)
        kept.retired = kept.retired.map(scoped)
        return kept
    }
}
