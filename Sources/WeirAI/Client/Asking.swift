import Foundation
import WeirCore

/// Calls that are no conversations, and the keys of all.
extension AIClient {
    /// Makes attempts until one succeeds or the policy is used up.
    func retrying<R: Sendable>(
        _ endpoint: Endpoint, _ options: AICallOptions, _ attempt: (Int) async throws -> R
    ) async throws -> R {
        let policy = options.retry ?? settings.retry
        let began = clock.now()
        var number = 1
        var hasRenewed = false
        while true {
            do { return try await attempt(number) } catch let fault as AIFault {
                if fault.kind == .unauthorized, endpoint.provider.type == .vertex, !hasRenewed {
                    hasRenewed = true
                    continue
                }
                guard case .again(let wait) = policy.decide(fault, attempt: number, elapsed: clock.now() - began) else {
                    throw fault.error(
                        provider: endpoint.provider.name, model: endpoint.model, attempts: number,
                        secrets: settings.secrets)
                }
                if fault.kind == .rateLimited {
                    await registry.limiter(endpoint).pause(for: wait)
                } else {
                    try await clock.sleep(wait)
                }
                number += 1
            }
        }
    }

    /// One signed request and its JSON.
    /// - Throws: an `AIFault` for anything but a success.
    func ask(
        _ request: WireRequest, _ endpoint: Endpoint, _ limiter: Limiter
    ) async throws -> (value: JSONValue, head: WireHead) {
        let signed = try await sign(request, endpoint.provider)
        let reply = try await exchanger.reply(to: signed, timeout: endpoint.provider.timeout)
        await learn(reply.head, endpoint, limiter)
        return (try await success(reply, endpoint, signed), reply.head)
    }

    /// One signed request whose answer is no JSON, or nothing.
    /// - Throws: an `AIFault` for anything but a success.
    func fetch(_ request: WireRequest, _ endpoint: Endpoint) async throws -> [UInt8] {
        let signed = try await sign(request, endpoint.provider)
        let reply = try await exchanger.reply(to: signed, timeout: endpoint.provider.timeout)
        guard (200..<300).contains(reply.head.status) else { throw await refusal(reply, endpoint, signed) }
        return reply.body
    }

    // MARK: Keys

    /// The request with the provider's key.
    func sign(_ request: WireRequest, _ provider: ProviderSettings) async throws -> WireRequest {
        var request = request
        switch provider.type {
        case .anthropic: request.headers["x-api-key"] = try key(provider)
        case .gemini: request.headers["x-goog-api-key"] = try key(provider)
        case .openAI:
            request.headers["authorization"] = "Bearer \(try key(provider))"
            request.headers["openai-organization"] = provider.organization
            request.headers["openai-project"] = provider.project
        case .openAICompatible:
            if let key = provider.key { request.headers["authorization"] = "Bearer \(key.reveal())" }
        case .vertex:
            let account = try await registry.account(provider)
            request.headers["authorization"] = "Bearer \(try await account.bearer().reveal())"
        }
        return request
    }

    private func key(_ provider: ProviderSettings) throws -> String {
        guard let key = provider.key?.reveal(), !key.isEmpty else {
            throw WeirError(
                "ai.no-key", "the provider \(provider.name) has no key",
                hint: "write `key: \"${\(provider.type.usualVariables.first ?? "MY_KEY")}\"` under it")
        }
        return key
    }
}
