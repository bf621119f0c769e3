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
        // What a person keeps for every project goes to the provider of none.
        let settings = scope == .user ? AISettings() : project?.ai ?? AISettings()
        var embedder: (any TextEmbedder)?
        if finds || settings.embeddings != nil {
            embedder = try? await settings.embedder(for: .document) {
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
    ///
    /// - Parameters:
    ///   - budget: most money of the session, which vectors of a provider are paid from too; that of weir.yaml where nil.
    ///   - personal: the file of the person's memories, which are embedded on this machine alone.
    static func agent(
        _ project: Project, _ settings: AISettings, _ store: StateStore?, session: String, budget: Money? = nil,
        personal: String? = try? MemoryScope.userPath()
    ) -> AgentMemory {
        guard let store else { return .none }
        var bounded = settings
        if let money = budget ?? project.agent.budget { bounded.budgets.append(Budget(limit: money, per: .run)) }
        let settings = bounded
        let shelf = LateBook(store: store, limit: limit(of: project)) {
            var options = AICallOptions()
            options.tag = AICallTag(runID: session, step: "memory")
            options.priority = .interactive
            return try await settings.embedder(for: .document, options: options) {
                try await AIClient(settings: settings, store: store)
            }
        }
        let bytes = project.agent.memory.bytes ?? usualBytes
        let ready = Task {
            let mine = await own(personal)
            if mine != nil { _ = try? BuiltinEmbedder.shared() }
            if ((try? await store.memoryCounts())?[.active] ?? 0) > 0 { await shelf.prepare() }
            return mine
        }
        return AgentMemory(
            review: { task in
                var person = await ready.value
                // They may have begun to remember since.
                if person == nil { person = await own(personal) }
                let book = await shelf.book
                // Theirs has the embedder that comes with Weir, whatever the project has.
                let mine =
                    try await person.map {
                        MemoryBook(store: $0, scope: .user, embedder: try? BuiltinEmbedder.shared())
                    }?
                    .review(for: task, bytes: bytes / 4) ?? []
                let found = try await book.review(for: task, bytes: bytes - mine.reduce(0) { $0 + $1.line.utf8.count })
                return (found + mine).map { String($0.line.dropFirst(2)) }
            },
            take: { text, session in
                // Most answers have nothing to remember.
                if !MemoryBlocks(text).blocks.isEmpty { await shelf.prepare() }
                let harvest = try await shelf.book.take(from: text, session: session)
                return (harvest.kept.map(\.content), harvest.correction.map { [$0] } ?? [])
            })
    }

    /// What the person remembers; nil where that is nothing. A file that cannot be read keeps no project from being
    /// worked on.
    private static func own(_ path: String?) async -> StateStore? {
        guard let path, FileManager.default.fileExists(atPath: path), let store = try? await StateStore.open(path),
            ((try? await store.memoryCounts())?[.active] ?? 0) > 0
        else { return nil }
        return store
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
