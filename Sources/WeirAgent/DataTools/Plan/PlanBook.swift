import Foundation
import WeirCore

/// Plans that were shown and may be applied, until they are too old.
actor PlanBook {
    struct Entry: Sendable {
        let id: String
        let root: String
        let proposal: Proposal
        /// Of the preview that was shown.
        let mark: String
        let summary: String
        let isEmpty: Bool
        let expires: Date
        /// What applying it came to.
        var result: ToolAnswer?
    }

    static let lifetime: TimeInterval = 30 * 60
    static let limit = 64

    private var entries: [Entry] = []
    private var applying: Set<String> = []
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date = { Date() }) { self.now = now }

    /// Remembers a plan. The same plan of the same state has the same id, for as long as it was not applied.
    func note(_ proposal: Proposal, _ preview: Preview, root: String) -> Entry {
        let date = now()
        entries.removeAll { $0.expires < date }
        if let known = entries.first(where: {
            $0.root == root && $0.proposal == proposal && $0.mark == preview.mark && $0.result == nil
        }) {
            return known
        }
        let entry = Entry(
            id: "plan-" + (0..<4).map { _ in String(format: "%04x", UInt16.random(in: .min ... .max)) }.joined(),
            root: root, proposal: proposal, mark: preview.mark, summary: preview.summary, isEmpty: preview.isEmpty,
            expires: date.addingTimeInterval(Self.lifetime))
        if entries.count >= Self.limit { entries.removeFirst() }
        entries.append(entry)
        return entry
    }

    /// - Throws: `plan.unknown`, `plan.expired`.
    func entry(_ id: String, root: String) throws -> Entry {
        guard let entry = entries.first(where: { $0.id == id && $0.root == root }) else {
            throw WeirError(
                "plan.unknown", "there is no plan \"\(id)\"",
                hint: DidYouMean.closest(to: id, among: entries.map(\.id)).map { "did you mean \"\($0)\"?" }
                    ?? "call `plan` first and give its plan_id; plans are forgotten after half an hour")
        }
        guard entry.result != nil || entry.expires >= now() else {
            throw WeirError("plan.expired", "the plan \(id) is too old", hint: "call `plan` again")
        }
        return entry
    }

    /// - Throws: `plan.applying` where somebody else is at it.
    func begin(_ id: String) throws {
        guard applying.insert(id).inserted else {
            throw WeirError(
                "plan.applying", "the plan \(id) is being applied just now", hint: "wait for its result",
                isTransient: true)
        }
    }

    func end(_ id: String, _ result: ToolAnswer?) {
        applying.remove(id)
        guard let result, let index = entries.firstIndex(where: { $0.id == id }) else { return }
        entries[index].result = result
    }
}
