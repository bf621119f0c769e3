import WeirAI
import WeirCore

/// Chooses the embedder of a project, and tells when an index does not fit it.
struct SearchDesk: Sendable {
    let project: Project

    /// Whether making a vector costs nothing.
    var isFree: Bool { project.ai?.embeddings == nil }

    /// - Parameter target: stands in the ledger, where a provider is asked.
    func embedder(
        for purpose: AIEmbeddingRequest.Purpose, in target: String
    ) async throws -> any TextEmbedder {
        var options = AICallOptions()
        options.priority = purpose == .query ? .interactive : .batch
        options.tag = AICallTag(node: target, step: "search")
        return try await (project.ai ?? AISettings()).embedder(for: purpose, options: options) {
            try await AIDesk.open(project).client()
        }
    }

    /// - Throws: `search.other-space`, `search.other-key`.
    static func check(_ record: SearchRecord, fits space: String, key: [String]) throws {
        guard record.space == space else {
            throw WeirError(
                "search.other-space",
                "the vectors of \(record.label) were made by \(record.space), and this project now uses \(space)",
                hint:
                    "`weir search index --in \(record.label) --rebuild` makes them again, or set `ai: embeddings:` back"
            )
        }
        guard record.key.map({ $0.lowercased() }) == key.map({ $0.lowercased() }) else {
            throw WeirError(
                "search.other-key",
                "the index of \(record.label) tells rows apart by \(record.key.joined(separator: ", "))",
                hint: "leave --key out, or `weir search index --in \(record.label) --key … --rebuild`")
        }
    }
}
