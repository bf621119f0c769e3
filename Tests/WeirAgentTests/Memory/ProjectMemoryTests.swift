import Foundation
import StandIn
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

    /// A project whose vectors come from a provider.
    private func served(_ server: StandIn, _ keys: String = "") throws -> (TempFolder, Project) {
        let folder = try TempFolder([
            "weir.yaml": """
            weir: 1
            name: lab
            ai:
              cache: { on: false }
              retry: { attempts: 1 }
              embeddings: { model: openai/text-embedding-3-small, dimensions: 3 }
              providers:
                openai: { type: openai, key: \(StandIn.key), base_url: "\(server.url)/v1" }
            \(keys)
            """
        ])
        return (folder, try ProjectLoader.load(root: folder.path, environment: [:]))
    }

    @Test("a person's memories are not sent to the project's provider, and are found by their meaning")
    func personal() async throws {
        let server = try await StandIn()
        let (folder, project) = try served(server)
        let path = "\(folder.path)/person.db"
        let own = MemoryBook(store: try await StateStore.open(path), scope: .user)
        for content in [Self.near] + Self.others { _ = try await own.add(content, type: .context) }
        let store = try StateStore.inMemory()
        _ = try await MemoryBook(store: store).add("Orders come at six", type: .context)
        let memory = ProjectMemory.agent(project, project.ai ?? AISettings(), store, session: "s1", personal: path)
        let lines = try await memory.review("which currency do customers use")
        #expect(lines.contains { $0.contains(Self.near) }, "\(lines)")
        let sent = server.received.map(\.text).joined()
        #expect(sent.contains("Orders come at six") && sent.contains("which currency"))
        for content in [Self.near] + Self.others { #expect(!sent.contains(content)) }
        // Nor by a command for them that is called in the project.
        let before = server.count
        let book = await ProjectMemory.book(project, store: own.store, scope: .user, finds: true)
        _ = try await book.add("Refunds are negative orders", type: .context)
        _ = try await book.search("refund of an order")
        #expect(server.count == before && book.embedder != nil)
        await server.stop()
    }

    @Test("vectors of a provider are paid from the session's budget", arguments: [true, false])
    func budget(isAsked: Bool) async throws {
        let server = try await StandIn()
        let (folder, project) = try served(server, isAsked ? "" : "agent: { budget: $0.000000001 }")
        let store = try StateStore.inMemory()
        _ = try await MemoryBook(store: store).add("Orders come at six", type: .context)
        let money = try #require(Money("$0.000000001"))
        let memory = ProjectMemory.agent(
            project, project.ai ?? AISettings(), store, session: "s1", budget: isAsked ? money : nil, personal: nil)
        // Without vectors they are found by their words.
        #expect(try await memory.review("orders").count == 1)
        #expect(server.count == 0 && folder.exists("weir.yaml"))
        await server.stop()
    }

    @Test("keys that are wrong are told", arguments: ["limit: 0", "bytes: -1", "byte: 3"])
    func mistakes(keys: String) throws {
        #expect(throws: WeirError.self) { _ = try self.project(keys) }
    }
}
