internal import AsyncHTTPClient
import Foundation
import WeirCore

/// Posts JSON over the network.
///
/// One client serves the whole process: it keeps connections open between posts and lives as long as the
/// process does.
public struct HTTPPoster: JSONPoster {
    public init() {}

    private static let client: HTTPClient = {
        // A redirected POST becomes a GET in most clients and its document is lost without a word.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(5)
        // Trying again is decided here, by one rule, and not a second time below.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    public func post(_ post: JSONPost) async throws -> HTTPReply {
        let request = try Self.request(for: post)
        var attempt = 1
        while true {
            let verdict: HTTPVerdict
            do {
                let answer = try await Self.send(request, timeout: post.timeout)
                let excerpt = String(decoding: answer.body.prefix(300), as: UTF8.self).trimmingCharacters(
                    in: .whitespacesAndNewlines)
                verdict = .of(
                    status: answer.status, retryAfter: answer.retryAfter, excerpt: excerpt, post: post)
                if verdict == .accepted {
                    return HTTPReply(status: answer.status, body: answer.body, attempts: attempt)
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                try Task.checkCancellation()
                verdict = .of(failure: "\(error)", post: post)
            }
            switch verdict {
            case .accepted: break
            case .refused(let error): throw error
            case .again(let error, let asked):
                guard let wait = post.backoff.wait(after: attempt, asked: asked) else { throw error }
                try await Task.sleep(for: wait)
                attempt += 1
            }
        }
    }

    private static func request(for post: JSONPost) throws -> HTTPClientRequest {
        guard var parts = URLComponents(string: post.url), let host = parts.host, !host.isEmpty,
            ["http", "https"].contains(parts.scheme?.lowercased())
        else {
            throw WeirError(
                "http.invalid-url", "\"\(post.shownURL)\" is no address to post to",
                hint: "write it in full, like https://host/path")
        }
        let user = parts.user.map { "\($0):\(parts.password ?? "")" }
        parts.user = nil
        parts.password = nil
        var request = HTTPClientRequest(url: parts.string ?? post.url)
        request.method = .POST
        if let user {
            request.headers.add(name: "Authorization", value: "Basic \(Data(user.utf8).base64EncodedString())")
        }
        request.headers.add(name: "Content-Type", value: "application/json")
        for (name, value) in post.headers.sorted(by: { $0.key < $1.key }) {
            request.headers.replaceOrAdd(name: name, value: value)
        }
        if let key = post.apiKey {
            request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(key.reveal())")
        }
        request.body = .bytes(post.body)
        return request
    }

    private struct Answer: Sendable {
        let status: Int
        let retryAfter: String?
        let body: [UInt8]
    }

    private struct TimedOut: Error, CustomStringConvertible {
        let limit: Duration
        var description: String { "no answer within \(limit)" }
    }

    /// The client's own limit ends with the answer's head; this one holds until its last byte.
    private static func send(_ request: HTTPClientRequest, timeout: Duration) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask { try await exchange(request, timeout: timeout) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw TimedOut(limit: timeout)
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private static func exchange(_ request: HTTPClientRequest, timeout: Duration) async throws -> Answer {
        let response = try await client.execute(request, timeout: .nanoseconds(nanoseconds(timeout)))
        var body: [UInt8] = []
        // The answer is only quoted in messages; an endless one must not fill the memory.
        for try await part in response.body {
            body += part.readableBytesView.prefix(65_536 - body.count)
            if body.count >= 65_536 { break }
        }
        return Answer(
            status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"), body: body)
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let parts = duration.components
        // A day is beyond any timeout that makes sense, and far from what would overflow.
        return min(max(parts.seconds, 0), 86_400) * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }
}
