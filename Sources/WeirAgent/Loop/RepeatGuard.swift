import WeirCore

/// Notices an agent that goes round in circles: the same call with the same result, again and again, while nothing new
/// was changed.
struct RepeatGuard: Sendable {
    /// So often a call may have the same result.
    static let most = 3
    /// So many blocked calls end the task.
    static let mostBlocked = 3

    private struct Seen {
        var result: String
        var count: Int
        var era: Int
    }

    private var seen: [String: Seen] = [:]
    private var changes: Set<String> = []
    /// Begins anew with each change that was not made before: two that undo each other begin none.
    private var era = 0
    private(set) var blocked = 0

    static func key(_ name: String, _ arguments: JSONValue) -> String { "\(name) \(arguments.line)" }

    /// The reason not to make a call, for the model.
    mutating func refusal(_ key: String) -> String? {
        guard let found = seen[key], found.era == era, found.count >= Self.most else { return nil }
        blocked += 1
        return "this call was made \(found.count) times with the same result; do something else, or say what keeps you"
    }

    var isEndless: Bool { blocked >= Self.mostBlocked }

    /// - Parameter isChange: the call changed something, so that others may come to another result.
    mutating func saw(_ key: String, result: String, isChange: Bool) {
        if isChange, changes.insert(key).inserted { era += 1 }
        let mark = Fingerprint.of([result])
        let before = seen[key].flatMap { $0.result == mark && $0.era == era ? $0.count : nil } ?? 0
        seen[key] = Seen(result: mark, count: before + 1, era: era)
    }
}
