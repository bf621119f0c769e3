import Foundation
import WeirCore

/// What calls share: limiters, the health of endpoints, tokens, and calls that are under way.
actor Registry {
    let clock: AIClock
    let exchanger: any Exchanger
    private var limiters: [String: Limiter] = [:]
    private var breakers: [String: CircuitBreaker] = [:]
    private var accounts: [String: ServiceAccount] = [:]
    /// What servers say of themselves, by the names of their providers.
    var servers: [String: Task<DetectedServer?, Never>] = [:]
    /// Until when those that said nothing are not asked again.
    var silences: [String: Duration] = [:]

    init(clock: AIClock, exchanger: any Exchanger) {
        self.clock = clock
        self.exchanger = exchanger
    }

    func limiter(_ endpoint: Endpoint) -> Limiter {
        if let limiter = limiters[endpoint.limitKey] { return limiter }
        let limiter = Limiter(limits: endpoint.provider.limits, clock: clock)
        limiters[endpoint.limitKey] = limiter
        return limiter
    }

    /// - Throws: an `AIFault` while the endpoint is left alone after many failures.
    func pass(_ endpoint: Endpoint) throws {
        if let rest = breakers[endpoint.limitKey, default: CircuitBreaker()].blocked(now: clock.now()) {
            var fault = AIFault(
                .overloaded, "it failed many times in a row and is left alone for a moment")
            fault.retryAfter = rest
            throw fault
        }
    }

    func succeeded(_ endpoint: Endpoint) { breakers[endpoint.limitKey]?.succeeded() }

    func failed(_ endpoint: Endpoint, _ kind: AIFault.Kind) {
        breakers[endpoint.limitKey, default: CircuitBreaker()].failed(kind, now: clock.now())
    }

    func abandoned(_ endpoint: Endpoint) { breakers[endpoint.limitKey]?.abandoned() }

    func account(_ provider: ProviderSettings) throws -> ServiceAccount {
        if let account = accounts[provider.name] { return account }
        guard let path = provider.credentialsPath else {
            throw WeirError(
                "ai.credentials", "the provider \(provider.name) has no credentials",
                hint: "write `credentials: path/to/key.json`, or set GOOGLE_APPLICATION_CREDENTIALS")
        }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw WeirError("ai.credentials", "the key file \(path) cannot be read", at: Place(file: path))
        }
        let key = try ServiceAccount.Key(json: text, path: path)
        let account = ServiceAccount(key: key, exchanger: exchanger, now: clock.date)
        accounts[provider.name] = account
        return account
    }
}

/// Requests that are the same and at the same time are sent once.
actor Flights {
    private struct Flight {
        let task: Task<AIResponse, any Error>
        var passengers: Int
    }

    private var flights: [String: Flight] = [:]

    /// The answer, and whether somebody else's call brought it.
    func join(
        _ key: String, _ fly: @escaping @Sendable () async throws -> AIResponse
    ) async throws -> (AIResponse, isShared: Bool) {
        let isShared = flights[key] != nil
        if !isShared { flights[key] = Flight(task: Task { try await fly() }, passengers: 0) }
        flights[key]?.passengers += 1
        guard let task = flights[key]?.task else { throw CancellationError() }
        // The last one who leaves ends the call.
        let answer = try await withTaskCancellationHandler {
            defer { land(key, task) }
            return try await task.value
        } onCancel: {
            Task { await self.leave(key, task) }
        }
        try Task.checkCancellation()
        return (answer, isShared)
    }

    private func leave(_ key: String, _ task: Task<AIResponse, any Error>) {
        guard flights[key]?.task == task else { return }
        flights[key]?.passengers -= 1
        if flights[key]?.passengers ?? 0 <= 0 {
            task.cancel()
            flights[key] = nil
        }
    }

    private func land(_ key: String, _ task: Task<AIResponse, any Error>) {
        if flights[key]?.task == task { flights[key] = nil }
    }
}
