internal import AsyncHTTPClient
import Foundation
import WeirCore

/// Carries requests over the network.
///
/// Two clients serve the whole process and keep connections open between calls. They differ in how long an answer may
/// be silent: a stream that says nothing for long is dead, a whole answer may be thought about for minutes.
public struct HTTPExchanger: Exchanger {
    public init() {}

    private static let whole = client(silence: 600)
    private static let streaming = client(silence: 120)

    private static func client(silence: Int64) -> HTTPClient {
        // A redirected POST becomes a GET in most clients, and the key would go to another host.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        configuration.timeout.read = .seconds(silence)
        configuration.decompression = .enabled(limit: .size(512 << 20))
        // Trying again is decided in one place, by one rule.
        configuration.connectionPool.retryConnectionEstablishment = false
        // How many calls may be under way is the limiter's decision.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func exchange(
        _ request: WireRequest, timeout: Duration, take: (WireHead, [UInt8]) async throws -> Void
    ) async throws {
        guard let parts = URLComponents(string: request.url), let host = parts.host, !host.isEmpty,
            ["http", "https"].contains(parts.scheme?.lowercased())
        else {
            throw WeirError(
                "ai.invalid-url", "\"\(shown(request.url))\" is no address of a provider",
                hint: "write base_url in full, like https://host/v1")
        }
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = .RAW(value: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        if !request.body.isEmpty { outgoing.body = .bytes(request.body) }
        let deadline = ContinuousClock.now + timeout
        let client = request.isStream ? Self.streaming : Self.whole
        var head: WireHead?
        do {
            let response = try await client.execute(outgoing, timeout: .nanoseconds(Self.nanoseconds(timeout)))
            let found = WireHead(
                status: Int(response.status.code),
                headers: Dictionary(
                    response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }))
            head = found
            try await take(found, [])
            for try await part in response.body {
                if ContinuousClock.now > deadline { throw AIFault(.timedOut, "no whole answer within \(timeout)") }
                try await take(found, Array(part.readableBytesView))
            }
        } catch let error as HTTPClientError {
            try Task.checkCancellation()
            switch error {
            case .cancelled: throw CancellationError()
            case .deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout:
                throw AIFault(.timedOut, "\(shown(request.url)): \(error.shortDescription)")
            default:
                throw AIFault(head == nil ? .unreachable : .cut, "\(shown(request.url)): \(error.shortDescription)")
            }
        } catch let error as AIFault {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch let error as WeirError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw AIFault(head == nil ? .unreachable : .cut, "\(shown(request.url)): \(error)")
        }
    }

    /// An address without what may hide a secret.
    private func shown(_ url: String) -> String { Redaction.clean(String(url.prefix { $0 != "?" && $0 != "#" })) }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let parts = duration.components
        return min(max(parts.seconds, 0), 86_400) * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }
}
