import Foundation
import Testing
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

@testable import WeirAgent

@Suite("The memory of an agent's session")
struct ProjectMemoryTests {
    static let near = "Payments are made in euro"
    static let others = [
        "The warehouse holds nine tables", "Suppliers send files by post", "Nightly loads begin at two",
        "Names of columns are lower case",
    ]

    private func project(_ keys: String) throws -> (TempFolder, Project) {
        let folder = try TempFolder(["weir.yaml": "weir: 1\nname: lab\nagent: { memory: { \(keys) } }\n"])
        return (folder, try ProjectLoader.load(root: folder.path, environment: [:]))
    }

    @Test("is found by its meaning, without a word in common, and within the bytes of weir.yaml")
    func meaning() async throws {
        let (folder, project) = try project("bytes: 60, limit: 100")
        let store = try StateStore.inMemory()
        // Written without vectors: the review makes them.
        let book = MemoryBook(store: store)
        for content in [Self.near] + Self.others { _ = try await book.add(content, type: .context) }
        let memory = ProjectMemory.agent(project, AISettings(), store, session: "s1")
        let lines = try await memory.review("which currency do customers use")
        #expect(lines.first?.contains(Self.near) == true, "\(lines)")
        #expect(lines.reduce(0) { $0 + $1.utf8.count + 3 } <= 60, "\(lines)")
        #expect(folder.exists("weir.yaml"))
    }

    @Test("keeps as many as weir.yaml says, and works where an embedder cannot be made")
    func limit() async throws {
        let (folder, project) = try project("limit: 2")
        let store = try StateStore.inMemory()
        var settings = AISettings()
        settings.embeddings = AISettings.EmbeddingSettings(model: "nobody/none", dimensions: 3)
        let memory = ProjectMemory.agent(project, settings, store, session: "s1")
        #expect(try await memory.review("anything").isEmpty)
        for content in Self.others {
            let taken = try await memory.take("# Add To Memory:\nType: context\nContent: \(content)\n#\n", "s1")
            #expect(taken.kept == [content] && taken.refused.isEmpty)
        }
        #expect(try await store.memoryCounts()[.active] == 2)
        #expect(try await memory.review("names of columns").count == 2)
        #expect(folder.exists("weir.yaml"))
    }

    @Test("keys that are wrong are told", arguments: ["limit: 0", "bytes: -1", "byte: 3"])
    func mistakes(keys: String) throws {
        #expect(throws: WeirError.self) { _ = try self.project(keys) }
    }
}
