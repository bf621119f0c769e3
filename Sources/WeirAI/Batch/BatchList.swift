import Foundation
import WeirCore

/// One page of a provider's list of batches, the newest first.
struct BatchList {
    struct Entry {
        var id: String
        /// Our own name for it; Anthropic's batches have none.
        var name: String?
        var questions: Int?
        var createdAt: Date?
    }

    /// Under this key, or before our name, where a batch has a name.
    static let mark = "weir"
    /// A thousand batches since is more than anybody hands over in the time of one call.
    static let mostPages = 10
    /// Clocks differ.
    private static let slack: TimeInterval = 120

    let entries: [Entry]
    /// Of the next page.
    let next: String?
    /// The newest come first. Vertex AI promises no order, but finds batches by their names.
    private let isSorted: Bool

    init(_ body: JSONValue, _ target: WireTarget) {
        let items = (body["data"] ?? body["operations"] ?? body["batchPredictionJobs"])?.items ?? []
        isSorted = target.provider.type != .vertex
        entries = items.compactMap { item in BatchWire.id(item).map { Self.entry($0, item, target) } }
        next =
            target.provider.format == .gemini
            ? body["nextPageToken"]?.text
            : body["has_more"]?.truth == true ? body["last_id"]?.text ?? entries.last?.id : nil
    }

    private static func entry(_ id: String, _ item: JSONValue, _ target: WireTarget) -> Entry {
        var entry = Entry(id: id)
        switch target.provider.format {
        case .anthropic:
            let counts = item["request_counts"]?.fields ?? [:]
            entry.questions = counts.values.reduce(0) { $0 + Int($1.integer ?? 0) }
            entry.createdAt = item["created_at"]?.text.flatMap(UTC.moment)
        case .openAIChat, .openAIResponses:
            entry.name = item["metadata"]?[mark]?.text
            entry.createdAt = item["created_at"]?.number.map { Date(timeIntervalSince1970: $0) }
        case .gemini:
            // The Gemini API wraps what Vertex AI tells plainly.
            let told = item["metadata"] ?? item
            entry.name = told["displayName"]?.text.map { String($0.dropFirst(mark.count + 1)) }
            entry.createdAt = told["createTime"]?.text.flatMap(UTC.moment)
        }
        return entry
    }

    /// - Parameter name: of the batch that is looked for, where the provider can be asked for it.
    static func request(named name: String?, after page: String?, _ target: WireTarget) -> WireRequest {
        let escaped = page?.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        if target.provider.type == .vertex { return VertexBatch.list(named: name, after: escaped, target) }
        let base: String
        let key: String
        switch target.provider.format {
        case .anthropic: (base, key) = ("\(target.baseURL)/v1/messages/batches?limit=100", "after_id")
        case .openAIChat, .openAIResponses: (base, key) = ("\(target.baseURL)/batches?limit=100", "after")
        case .gemini: (base, key) = ("\(target.baseURL)/batches?pageSize=100", "pageToken")
        }
        return WireRequest(
            "GET", url: base + (escaped.map { "&\(key)=\($0)" } ?? ""), headers: BatchWire.versioned(target))
    }

    /// The batch of a ticket. Where batches have no names it is the one of as many questions that came nearest to the
    /// time at which the ticket's was handed over.
    ///
    /// - Parameter taken: ids of other tickets.
    func id(of ticket: AIBatchTicket, besides taken: Set<String>) -> String? {
        if let found = entries.first(where: { $0.name != nil && $0.name == ticket.name }) { return found.id }
        guard let count = ticket.questions, let at = ticket.submittedAt else { return nil }
        let candidates = entries.compactMap { entry -> (id: String, distance: TimeInterval)? in
            guard entry.name == nil, !taken.contains(entry.id), entry.questions == count, let created = entry.createdAt
            else { return nil }
            let distance = created.timeIntervalSince(at)
            return distance >= -Self.slack ? (entry.id, abs(distance)) : nil
        }
        return candidates.min { $0.distance < $1.distance }?.id
    }

    /// No later page can hold the batch.
    func isOlder(than ticket: AIBatchTicket) -> Bool {
        guard isSorted, let at = ticket.submittedAt, let last = entries.last?.createdAt else { return false }
        return last < at.addingTimeInterval(-Self.slack)
    }
}
