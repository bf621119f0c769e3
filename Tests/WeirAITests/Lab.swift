import Foundation
import StandIn
import WeirCore
import WeirStore

@testable import WeirAI

/// A stand-in server, a client for it and its ledger.
struct Lab {
    let server: StandIn
    let client: AIClient
    let store: StateStore

    init(_ change: (inout AISettings) -> Void = { _ in }, clock: AIClock = .scaled(by: 200)) async throws {
        server = try await StandIn()
        store = try StateStore.inMemory()
        var settings = Self.settings(server)
        change(&settings)
        client = try await AIClient(settings: settings, store: store, clock: clock)
    }

    static func settings(_ server: StandIn) -> AISettings {
        var settings = AISettings()
        let key = Secret(StandIn.key)
        var chat = ProviderSettings(name: "openai", type: .openAI, key: key, baseURL: "\(server.url)/v1")
        chat.limits.inFlight = 256
        var responses = ProviderSettings(name: "responses", type: .openAI, key: key, baseURL: "\(server.url)/v1")
        responses.usesResponses = true
        settings.providers = [
            ProviderSettings(name: "claude", type: .anthropic, key: key, baseURL: server.url), chat, responses,
            ProviderSettings(name: "gemini", type: .gemini, key: key, baseURL: "\(server.url)/v1beta"),
            ProviderSettings(name: "local", type: .openAICompatible, key: key, baseURL: "\(server.url)/v1"),
        ]
        settings.cache.isOn = false
        settings.retry = .unhurried
        return settings
    }

    /// Every wire, by a model of it.
    static let models = [
        "claude/claude-haiku-4-5", "openai/gpt-4o-mini", "responses/gpt-4o-mini", "gemini/gemini-2.5-flash",
        "local/anything",
    ]

    func rows() async throws -> [UsageRow] { try await store.usageRows(limit: 10_000).reversed() }

    /// The error that a call ends with.
    func failure(_ request: AIRequest, _ options: AICallOptions = AICallOptions()) async -> WeirError? {
        do {
            _ = try await client.complete(request, options: options)
            return nil
        } catch { return error as? WeirError }
    }

    func events(_ request: AIRequest) async throws -> [AIEvent] {
        var events: [AIEvent] = []
        for try await event in client.stream(request) { events.append(event) }
        return events
    }
}

extension RetryPolicy {
    /// The clock runs fast, so that a busy machine would use up the time of a call while it does nothing.
    static var unhurried: RetryPolicy {
        var policy = RetryPolicy()
        policy.limit = .seconds(10_000_000)
        return policy
    }
}

extension AIClock {
    /// Waits are short, and its dates are those of the server.
    static var hurried: AIClock {
        var clock = AIClock.scaled(by: 200)
        clock.date = { Date() }
        return clock
    }
}

extension AIRequest {
    static func asking(_ model: String, _ text: String = "hello") -> AIRequest {
        AIRequest(model: model, messages: [.user(text)], maxTokens: 100)
    }
}
