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
        /// That of the passenger who began it.
        let number: UInt64
        let task: Task<Void, Never>
        var passengers: [UInt64: CheckedContinuation<AIResponse, any Error>] = [:]
    }

    private var flights: [String: Flight] = [:]
    private var lastPassenger: UInt64 = 0

    /// The answer, and whether somebody else's call brings it. Who is cancelled leaves at once; the last one ends the call.
    func join(
        _ key: String, _ fly: @escaping @Sendable () async throws -> AIResponse
    ) async throws -> (AIResponse, isShared: Bool) {
        try Task.checkCancellation()
        lastPassenger += 1
        let passenger = lastPassenger
        let isShared = flights[key] != nil
        let answer = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                var flight = flights[key] ?? begin(key, number: passenger, fly)
                flight.passengers[passenger] = continuation
                flights[key] = flight
            }
        } onCancel: {
            Task { await self.leave(key, passenger) }
        }
        return (answer, isShared)
    }

    private func begin(
        _ key: String, number: UInt64, _ fly: @escaping @Sendable () async throws -> AIResponse
    ) -> Flight {
        Flight(
            number: number,
            task: Task {
                do { land(key, number, .success(try await fly())) } catch { land(key, number, .failure(error)) }
            })
    }

    private func leave(_ key: String, _ passenger: UInt64) {
        guard let waiting = flights[key]?.passengers.removeValue(forKey: passenger) else { return }
        waiting.resume(throwing: CancellationError())
        guard let flight = flights[key], flight.passengers.isEmpty else { return }
        flight.task.cancel()
        flights[key] = nil
    }

    private func land(_ key: String, _ number: UInt64, _ result: Result<AIResponse, any Error>) {
        guard let flight = flights[key], flight.number == number else { return }
        flights[key] = nil
        for waiting in flight.passengers.values { waiting.resume(with: result) }
    }
}
