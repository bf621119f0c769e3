import Foundation
import WeirCore

/// Exchanges with a provider, kept in a file without their secrets, to be replayed byte for byte.
public struct Fixture: Sendable, Hashable, Codable {
    public struct Exchange: Sendable, Hashable, Codable {
        public var method: String
        public var url: String
        public var requestHeaders: [String: String]
        public var requestBody: String
        public var status: Int
        public var responseHeaders: [String: String]
        /// The pieces of the body as they came, in base64: where they were cut is part of the exchange.
        public var pieces: [String]
    }

    public var exchanges: [Exchange] = []

    public init() {}

    /// - Throws: `ai.fixture` when the file is none.
    public init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path),
            let found = try? JSONDecoder().decode(Fixture.self, from: data)
        else { throw WeirError("ai.fixture", "\(path) is no file of recorded exchanges", at: Place(file: path)) }
        self = found
    }

    /// The file's text, the same for the same exchanges.
    public func text() throws -> String { try JSONOutput.foreign(self) }

    /// Headers that hold a key, or tell whose account it is.
    static let hidden: Set<String> = [
        "authorization", "x-api-key", "x-goog-api-key", "cookie", "set-cookie", "openai-organization", "openai-project",
        "anthropic-organization-id", "x-goog-user-project",
    ]

    static func cleaned(_ headers: [String: String]) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: headers.map { ($0.key, hidden.contains($0.key.lowercased()) ? "***" : $0.value) })
    }

    /// A text without keys: those that are known, and what looks like one.
    static func cleaned(_ text: String, _ secrets: [Secret]) -> String {
        secrets.reduce(text) { $1.wiped(from: $0) }
            .replacing(/(assertion=|[?&]key=)[^&\s"]+/) { "\($0.output.1)***" }
            .replacing(/("(?:access_token|private_key|id_token)"\s*:\s*")[^"]*/) { "\($0.output.1)***" }
    }

    /// What finds an exchange again: the address without its host, and the question.
    static func mark(_ method: String, _ url: String, _ body: String) -> String {
        let path = url.range(of: "://").flatMap { slashes in
            url[slashes.upperBound...].firstIndex(of: "/").map { String(url[$0...]) }
        }
        return Fingerprint.of([method, path ?? url, body])
    }
}
