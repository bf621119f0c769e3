import Foundation
import WeirAI
import WeirCore

/// The sessions of a project.
public struct SessionShelf: Sendable {
    public let folder: String

    public init(root: String) { folder = "\(root)/.weir/agent/sessions" }

    /// `20261128-193012-3f9a1c`: in the order of time, and one of its own.
    public static func newID(at date: Date = Date()) -> String {
        "\(UTC.compact(date))-\(UUID().uuidString.prefix(6).lowercased())"
    }

    /// Whether a name is one that ``newID(at:)`` makes. No other file of the folder is a session's: `..` is a folder, and
    /// what belongs to a session is taken away with it.
    static func isID(_ name: String) -> Bool {
        name.utf8.count == 22 && name.wholeMatch(of: /[0-9]{8}-[0-9]{6}-[0-9a-f]{6}/) != nil
    }

    /// What a session was, told from its file.
    public struct Summary: Sendable, Encodable {
        public var id: String
        public var agent: String
        public var model: String
        public var beganAt: Date
        public var task: String
        public var turns: Int
        public var calls: Int
        public var cost: Money
        /// `open` for one that did not end.
        public var status: String
    }

    /// The latest first.
    public func list(limit: Int = .max) -> [Summary] {
        ids().prefix(limit).compactMap { id in (try? records(id)).flatMap { Self.summary(id, $0) } }
    }

    /// What a tidying did, or would do.
    public struct Pruned: Sendable, Encodable {
        public var removed: [String] = []
        /// Sessions that would have to go, and that somebody is at work on.
        public var busy: [String] = []
        public var kept = 0
    }

    /// Takes away sessions that are neither among the newest nor young. One that is at work always stays.
    ///
    /// - Parameters:
    ///   - keep: how many of the latest used stay in any case.
    ///   - days: those that were used within so many days stay too.
    ///   - isDry: only says what would be done.
    public func prune(keep: Int, days: Int, now: Date = Date(), isDry: Bool = false) -> Pruned {
        let used = ids().map { id -> (id: String, at: Date) in
            let found = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(id).jsonl")
            return (id, found?[.modificationDate] as? Date ?? now)
        }.sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        let border = now.addingTimeInterval(-Double(days) * 86_400)
        var pruned = Pruned()
        for (place, session) in used.enumerated() {
            if place < keep || session.at >= border {
                pruned.kept += 1
            } else if isDry || SessionFile.remove(id: session.id, folder: folder) {
                pruned.removed.append(session.id)
            } else {
                pruned.busy.append(session.id)
            }
        }
        return pruned
    }

    func ids() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(6)) }.filter(Self.isID).sorted(by: >)
    }

    /// The session that an id or its beginning names; the latest where nil.
    ///
    /// - Throws: `agent.no-session`, `agent.ambiguous-session`.
    public func find(_ name: String?) throws -> String {
        let ids = ids()
        guard let name else {
            if let latest = ids.first { return latest }
            throw WeirError("agent.no-session", "there is no session yet", hint: "weir agent \"…\" starts one")
        }
        if ids.contains(name) { return name }
        let found = ids.filter { $0.hasPrefix(name) }
        if found.count == 1 { return found[0] }
        if found.count > 1 {
            throw WeirError(
                "agent.ambiguous-session", "\(found.count) sessions begin with \"\(name)\"",
                hint: found.prefix(5).joined(separator: ", "))
        }
        throw WeirError(
            "agent.no-session", "there is no session \"\(name)\"",
            hint: DidYouMean.closest(to: name, among: ids).map { "did you mean \"\($0)\"?" }
                ?? "`weir agent sessions` lists them")
    }

    /// A session to go on with. It is locked before it is read, so that nothing is added to it or taken away in between.
    ///
    /// - Throws: `agent.no-session`, `agent.ambiguous-session`, `agent.session-busy`.
    public func resume(_ name: String) throws -> (file: SessionFile, records: [SessionRecord]) {
        let id = try find(name)
        let file = try SessionFile(resuming: id, folder: folder)
        return (file, try records(id))
    }

    /// The lines of a session; those that cannot be read are passed over.
    public func records(_ id: String) throws -> [SessionRecord] { try Self.read("\(folder)/\(id).jsonl") }

    public static func read(_ path: String) throws -> [SessionRecord] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw WeirError("agent.unreadable", "\(path) cannot be read", at: Place(file: path))
        }
        return data.split(separator: UInt8(ascii: "\n")).compactMap { line in
            String(validating: line, as: UTF8.self).flatMap { SessionRecord(line: $0) }
        }
    }

    static func summary(_ id: String, _ records: [SessionRecord]) -> Summary? {
        guard let first = records.first else { return nil }
        var summary = Summary(
            id: id, agent: "", model: "", beganAt: first.at, task: "", turns: 0, calls: 0, cost: .zero, status: "open")
        for record in records {
            switch record.event {
            case .began(let head):
                summary.agent = head.agent
                summary.model = head.model
            case .task(let text):
                if summary.task.isEmpty { summary.task = text }
                summary.status = "open"
            case .answer(let answer):
                summary.turns += 1
                summary.cost += answer.cost ?? .zero
            case .result: summary.calls += 1
            case .ended(let end): summary.status = end.status.rawValue
            case .memory, .note, .summary: break
            }
        }
        return summary
    }
}
