import Foundation
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

/// What Weir gives its agent beside files and a shell: the data tools, its task list and its memory.
enum AgentTools {
    /// - Parameter store: of the project; without one there is no task list.
    static func all(_ store: StateStore?, profile: AgentProfile, session: String) -> [any Tool] {
        let list = store.map {
            TodoWriteTool(book: TodoBook(store: $0, prefix: profile.todoPrefix), session: session) as any Tool
        }
        return DataTools.all() + [list].compactMap(\.self)
    }
}

extension AgentMemory {
    /// What a task's beginning may take of the conversation.
    static let reviewBytes = 4_000

    /// The project's memories, and those of the person, who has them in every project.
    static func of(_ store: StateStore?, embedder: (any TextEmbedder)? = nil) -> AgentMemory {
        guard let store else { return .none }
        let book = MemoryBook(store: store, scope: .project, embedder: embedder)
        return AgentMemory(
            review: { task in
                let own = try await personal()?.review(for: task, bytes: reviewBytes / 4) ?? []
                let found = try await book.review(
                    for: task, bytes: reviewBytes - own.reduce(0) { $0 + $1.line.utf8.count })
                return (found + own).map { String($0.line.dropFirst(2)) }
            },
            take: { text, session in
                let harvest = try await book.take(from: text, session: session)
                return (harvest.kept.map(\.content), harvest.correction.map { [$0] } ?? [])
            })
    }

    /// The book of the person, where there is one.
    private static func personal() async -> MemoryBook? {
        guard let path = try? MemoryScope.userPath(), FileManager.default.fileExists(atPath: path) else { return nil }
        // A person's file that cannot be read keeps no project from being worked on.
        guard let store = try? await StateStore.open(path) else { return nil }
        return MemoryBook(store: store, scope: .user)
    }
}
