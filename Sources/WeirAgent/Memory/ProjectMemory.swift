import Foundation
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

/// The memories of a project, as its settings want them: how many, and found by whose vectors.
public enum ProjectMemory {
    /// - Parameters:
    ///   - finds: memories are looked for by meaning too. It takes a moment to get ready for that, so others leave the
    ///     vectors to the next search, but for those that a provider makes.
    public static func book(
        _ project: Project?, store: StateStore, scope: MemoryScope = .project, finds: Bool
    ) async -> MemoryBook {
        var embedder: (any TextEmbedder)?
        if finds || project?.ai?.embeddings != nil {
            embedder = try? await (project?.ai ?? AISettings()).embedder(for: .document) {
                try await AIDesk.open(project).client()
            }
        }
        return MemoryBook(
            store: store, scope: scope, embedder: embedder, limit: limit(of: scope == .project ? project : nil))
    }

    private static func limit(of project: Project?) -> Int { project?.agent.memory.limit ?? MemoryBook.usualLimit }

    /// What the memories of a task's beginning take of the conversation.
    static let usualBytes = 4_000

    /// The memory of an agent's session: the project's, and that of the person, who has it in every project.
    ///
    /// The embedder is got ready while the session begins, and not at all where nothing is remembered yet.
    static func agent(
        _ project: Project, _ settings: AISettings, _ store: StateStore?, session: String
    ) -> AgentMemory {
        guard let store else { return .none }
        let shelf = LateBook(store: store, limit: limit(of: project)) {
            var options = AICallOptions()
            options.tag = AICallTag(runID: session, step: "memory")
            options.priority = .interactive
            return try await settings.embedder(for: .document, options: options) {
                try await AIClient(settings: settings, store: store)
            }
        }
        let bytes = project.agent.memory.bytes ?? usualBytes
        let ready = Task { if await remembers(store) { await shelf.prepare() } }
        return AgentMemory(
            review: { task in
                await ready.value
                let book = await shelf.book
                let own = try await personal(book.embedder)?.review(for: task, bytes: bytes / 4) ?? []
                let found = try await book.review(for: task, bytes: bytes - own.reduce(0) { $0 + $1.line.utf8.count })
                return (found + own).map { String($0.line.dropFirst(2)) }
            },
            take: { text, session in
                // Most answers have nothing to remember.
                if !MemoryBlocks(text).blocks.isEmpty { await shelf.prepare() }
                let harvest = try await shelf.book.take(from: text, session: session)
                return (harvest.kept.map(\.content), harvest.correction.map { [$0] } ?? [])
            })
    }

    private static func remembers(_ store: StateStore) async -> Bool {
        if let path = try? MemoryScope.userPath(), FileManager.default.fileExists(atPath: path) { return true }
        return ((try? await store.memoryCounts())?[.active] ?? 0) > 0
    }

    /// The book of the person, where there is one.
    private static func personal(_ embedder: (any TextEmbedder)?) async -> MemoryBook? {
        guard let path = try? MemoryScope.userPath(), FileManager.default.fileExists(atPath: path) else { return nil }
        // A person's file that cannot be read keeps no project from being worked on.
        guard let store = try? await StateStore.open(path) else { return nil }
        return MemoryBook(store: store, scope: .user, embedder: embedder)
    }
}

/// A project's book, which gets an embedder when one is needed; where none can be made, memories are found by their
/// words alone.
private actor LateBook {
    private(set) var book: MemoryBook
    private let embedder: @Sendable () async throws -> any TextEmbedder
    private var making: Task<(any TextEmbedder)?, Never>?

    init(store: StateStore, limit: Int, embedder: @escaping @Sendable () async throws -> any TextEmbedder) {
        book = MemoryBook(store: store, limit: limit)
        self.embedder = embedder
    }

    func prepare() async {
        let embedder = embedder
        let making = making ?? Task.detached { try? await embedder() }
        self.making = making
        guard let made = await making.value, book.embedder == nil else { return }
        book = MemoryBook(store: book.store, embedder: made, limit: book.limit)
    }
}
