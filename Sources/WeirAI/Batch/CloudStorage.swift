import Foundation
import WeirCore

/// A folder of Cloud Storage: `gs://bucket/path`.
public struct CloudFolder: Sendable, Hashable {
    public var bucket: String
    /// Without slashes at its ends; empty is the whole bucket.
    public var path: String

    /// Nil where the text is no address of a folder.
    public init?(_ text: String) {
        guard text.hasPrefix("gs://") else { return nil }
        let parts = text.dropFirst(5).split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        // https://cloud.google.com/storage/docs/buckets#naming
        guard let bucket = parts.first, (3...222).contains(bucket.utf8.count),
            bucket.utf8.allSatisfy({ Self.letters.contains($0) })
        else { return nil }
        self.bucket = bucket
        path = parts.dropFirst().joined(separator: "/")
    }

    private static let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)

    /// A folder or an object within.
    func inside(_ name: String) -> CloudFolder {
        var folder = self
        folder.path = path.isEmpty ? name : "\(path)/\(name)"
        return folder
    }

    public var uri: String { path.isEmpty ? "gs://\(bucket)" : "gs://\(bucket)/\(path)" }
}

/// Requests of Cloud Storage's JSON API (https://cloud.google.com/storage/docs/json_api/v1). Pure.
enum CloudStorage {
    static func upload(_ bytes: [UInt8], to object: CloudFolder, at base: String) -> WireRequest {
        WireRequest(
            url: "\(base)/upload/storage/v1/b/\(object.bucket)/o?uploadType=media&name=\(escaped(object.path))",
            headers: ["content-type": "application/octet-stream"], body: bytes)
    }

    /// One page of the objects in a folder.
    static func list(_ folder: CloudFolder, after page: String?, at base: String) -> WireRequest {
        let next = page.map { "&pageToken=\(escaped($0))" } ?? ""
        return WireRequest(
            "GET", url: "\(base)/storage/v1/b/\(folder.bucket)/o?prefix=\(escaped(folder.path + "/"))\(next)")
    }

    static func download(_ object: CloudFolder, at base: String) -> WireRequest {
        WireRequest("GET", url: "\(address(object, base))?alt=media")
    }

    static func delete(_ object: CloudFolder, at base: String) -> WireRequest {
        WireRequest("DELETE", url: address(object, base))
    }

    /// A name's slashes are a part of it, not of the address.
    private static func address(_ object: CloudFolder, _ base: String) -> String {
        "\(base)/storage/v1/b/\(object.bucket)/o/\(escaped(object.path))"
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

extension AIClient {
    /// Does something with the folder of a batch.
    ///
    /// - Throws: `ai.bucket` where the bucket cannot be used as it is, which no other try would change.
    func storing<R: Sendable>(
        _ folder: CloudFolder, _ endpoint: Endpoint, _ attempt: () async throws -> R
    ) async throws -> R {
        try await retrying(endpoint, AICallOptions()) { _ in
            do { return try await attempt() } catch let fault as AIFault {
                guard [.forbidden, .notFound, .badRequest, .tooLarge].contains(fault.kind) else { throw fault }
                let status = fault.status.map { " (\($0))" } ?? ""
                throw WeirError(
                    "ai.bucket",
                    "\(endpoint.provider.name): Cloud Storage refuses \(folder.uri): \(Redaction.clean(fault.message, secrets: settings.secrets))\(status)",
                    hint:
                        "the bucket of `batch_bucket:` must exist, and the service account needs the role Storage Object Admin on it",
                    outcome: .systemFailed)
            }
        }
    }

    /// Paths of all objects in a folder.
    func objects(in folder: CloudFolder, _ endpoint: Endpoint) async throws -> [CloudFolder] {
        let base = endpoint.provider.storageURL
        let limiter = await registry.limiter(endpoint)
        var found: [CloudFolder] = []
        var page: String?
        repeat {
            let request = CloudStorage.list(folder, after: page, at: base)
            let body = try await storing(folder, endpoint) { try await ask(request, endpoint, limiter).value }
            for name in (body["items"]?.items ?? []).compactMap({ $0["name"]?.text }) {
                var object = folder
                object.path = name
                found.append(object)
            }
            page = body["nextPageToken"]?.text
        } while page != nil
        return found
    }

    func download(_ object: CloudFolder, _ endpoint: Endpoint) async throws -> [JSONValue] {
        try await storing(object, endpoint) {
            try BatchLines.read(
                try await fetch(CloudStorage.download(object, at: endpoint.provider.storageURL), endpoint))
        }
    }
}
