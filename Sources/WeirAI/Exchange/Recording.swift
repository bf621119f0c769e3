import Foundation
import WeirCore

/// Carries requests on to another exchanger and keeps what passes, without secrets.
public actor Recorder: Exchanger {
    private let inner: any Exchanger
    private let secrets: [Secret]
    private var kept = Fixture()

    public init(_ inner: any Exchanger = HTTPExchanger(), secrets: [Secret]) {
        self.inner = inner
        self.secrets = secrets
    }

    /// What passed until now.
    public var fixture: Fixture { kept }

    nonisolated public func exchange(
        _ request: WireRequest, timeout: Duration, take: (WireHead, [UInt8]) async throws -> Void
    ) async throws {
        var head = WireHead(status: 0)
        var pieces: [[UInt8]] = []
        try await inner.exchange(request, timeout: timeout) { found, bytes in
            head = found
            if !bytes.isEmpty { pieces.append(bytes) }
            try await take(found, bytes)
        }
        await keep(request, head, pieces)
    }

    private func keep(_ request: WireRequest, _ head: WireHead, _ pieces: [[UInt8]]) {
        let clean = pieces.map { bytes in
            // A piece that holds no secret stays exactly as it came, also one that ends inside a character.
            let text = String(decoding: bytes, as: UTF8.self)
            let cleaned = Fixture.cleaned(text, secrets)
            return Base64.encode(cleaned == text ? bytes : Array(cleaned.utf8))
        }
        kept.exchanges.append(
            Fixture.Exchange(
                method: request.method, url: Fixture.cleaned(request.url, secrets),
                requestHeaders: Fixture.cleaned(request.headers),
                requestBody: Fixture.cleaned(String(decoding: request.body, as: UTF8.self), secrets),
                status: head.status, responseHeaders: Fixture.cleaned(head.headers), pieces: clean))
    }
}

/// Answers from recorded exchanges, each once and in their order, and sends nothing.
public actor Replayer: Exchanger {
    private var left: [Fixture.Exchange]
    private let secrets: [Secret]

    public init(_ fixture: Fixture, secrets: [Secret] = []) {
        left = fixture.exchanges
        self.secrets = secrets
    }

    /// Exchanges that nobody asked for yet.
    public var remaining: Int { left.count }

    nonisolated public func exchange(
        _ request: WireRequest, timeout: Duration, take: (WireHead, [UInt8]) async throws -> Void
    ) async throws {
        let body = Fixture.cleaned(String(decoding: request.body, as: UTF8.self), secrets)
        let mark = Fixture.mark(request.method, Fixture.cleaned(request.url, secrets), body)
        guard let found = await next(mark) else {
            throw WeirError(
                "ai.not-recorded", "no recorded exchange answers \(request.method) \(Redaction.clean(request.url))",
                outcome: .systemFailed)
        }
        let head = WireHead(status: found.status, headers: found.responseHeaders)
        try await take(head, [])
        for piece in found.pieces { try await take(head, Array(Data(base64Encoded: piece) ?? Data())) }
    }

    private func next(_ mark: String) -> Fixture.Exchange? {
        let index = left.firstIndex { Fixture.mark($0.method, $0.url, $0.requestBody) == mark }
        return index.map { left.remove(at: $0) }
    }
}
