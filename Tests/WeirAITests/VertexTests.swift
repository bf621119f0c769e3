import Foundation
import StandIn
import Testing
import WeirCore
import WeirStore

@testable import WeirAI

@Suite("Vertex AI and its service accounts")
struct VertexTests {
    /// A server that knows a fresh key, and the settings of a client that holds it.
    static func lab(
        clock: AIClock = .system, store: StateStore? = nil, bucket: String? = nil
    ) async throws -> (StandIn, AIClient) {
        let server = try await StandIn()
        let path = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString).json").path
        try server.serviceAccount().write(toFile: path, atomically: true, encoding: .utf8)
        var provider = ProviderSettings(name: "vertex", type: .vertex, baseURL: "\(server.url)/v1")
        provider.project = "p"
        provider.credentialsPath = path
        provider.storageURL = server.url
        provider.batchFolder = bucket.flatMap(CloudFolder.init)
        var settings = AISettings()
        settings.providers = [provider]
        settings.retry = .unhurried
        if store != nil { settings.budgets = [Budget(limit: Money("1") ?? .zero)] }
        return (server, try await AIClient(settings: settings, store: store, clock: clock))
    }

    @Test("one token serves all who wait for it, and is used again")
    func token() async throws {
        let (server, client) = try await Self.lab()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let answer = try await client.complete(.asking("gemini-2.5-flash", "\(number)"))
                    #expect(answer.text == "echo: \(number)")
                }
            }
            try await group.waitForAll()
        }
        #expect(server.issuedTokens == 1)
        #expect(
            server.received.last?.path
                == "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent")
        let vectors = try await client.embed(AIEmbeddingRequest(model: "gemini-embedding-001", texts: ["a", "bb"]))
        #expect(vectors.vectors.map { $0[0] } == [1, 2])
        await server.stop()
    }

    @Test("a token that ends in the middle is renewed once")
    func expiry() async throws {
        let (server, client) = try await Self.lab()
        _ = try await client.complete(.asking("gemini-2.5-flash", "a"))
        server.expireTokens()
        #expect(try await client.complete(.asking("gemini-2.5-flash", "b")).text == "echo: b")
        #expect(server.issuedTokens == 2)
        await server.stop()
    }

    @Test("a wrong clock is named as the likely cause")
    func skew() async throws {
        var clock = AIClock.system
        clock.date = { Date().addingTimeInterval(-7200) }
        let (server, client) = try await Self.lab(clock: clock)
        do {
            _ = try await client.complete(.asking("gemini-2.5-flash"))
            Issue.record("a statement of two hours ago was accepted")
        } catch let error as WeirError {
            #expect(error.code == "ai.unauthorized")
            #expect(error.message.contains("clock"))
        }
        await server.stop()
    }
}
