import Foundation
import WeirCore
import WeirStore

/// How far an item is.
public enum TodoStatus: String, Sendable, Hashable, Codable, CaseIterable {
    case pending
    case inProgress = "in_progress"
    case completed
    case blocked = "BLOCKED"

    /// Reads it in any case.
    public init?(word: String) {
        guard let status = Self.allCases.first(where: { $0.rawValue.lowercased() == word.lowercased() }) else {
            return nil
        }
        self = status
    }

    /// As people write it in a list.
    var box: String {
        switch self {
        case .pending: "[ ]"
        case .inProgress: "[~]"
        case .completed: "[x]"
        case .blocked: "[!]"
        }
    }
}

/// Something to do, with what it consists of.
public struct TodoItem: Sendable, Hashable, Encodable {
    public var id: Int64
    /// With the prefix of its agent: `[Data Engineer] Profile the orders`.
    public var content: String
    /// The same while it is being done: `Profiling the orders`.
    public var activeForm: String?
    /// That of an item with children follows from theirs.
    public var status: TodoStatus
    /// What holds it up.
    public var reason: String?
    /// What that means for the data.
    public var impact: String?
    /// `agent` or `person`.
    public var origin: String
    public var session: String?
    /// The agent that it was given to.
    public var handedTo: String?
    public var handedAt: Date?
    public var createdAt: Date
    public var changedAt: Date
    public var children: [TodoItem] = []

    private enum CodingKeys: String, CodingKey {
        case id, content, activeForm, status, reason, impact, origin, session, handedTo, handedAt, createdAt, changedAt
        case children
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        try box.encode(id, forKey: .id)
        try box.encode(content, forKey: .content)
        try box.encodeIfPresent(activeForm, forKey: .activeForm)
        try box.encode(status, forKey: .status)
        try box.encodeIfPresent(reason, forKey: .reason)
        try box.encodeIfPresent(impact, forKey: .impact)
        try box.encode(origin, forKey: .origin)
        try box.encodeIfPresent(session, forKey: .session)
        try box.encodeIfPresent(handedTo, forKey: .handedTo)
        try box.encodeIfPresent(handedAt, forKey: .handedAt)
        try box.encode(createdAt, forKey: .createdAt)
        try box.encode(changedAt, forKey: .changedAt)
        if !children.isEmpty { try box.encode(children, forKey: .children) }
    }

    /// Itself and everything below it.
    public var all: [TodoItem] { [self] + children.flatMap(\.all) }

    /// Those that are done and not divided any further.
    var leaves: [TodoItem] { children.isEmpty ? [self] : children.flatMap(\.leaves) }
}

/// The list as a tree.
enum TodoTree {
    /// - Parameter records: parents before their children.
    static func items(_ records: [TaskRecord]) -> [TodoItem] {
        let children = Dictionary(grouping: records, by: \.parent)
        func build(_ parent: Int64?, depth: Int) -> [TodoItem] {
            guard depth < 64 else { return [] }
            return (children[parent] ?? []).sorted { ($0.position, $0.id) < ($1.position, $1.id) }.map { record in
                var item = TodoItem(
                    id: record.id, content: record.content, activeForm: record.activeForm,
                    status: TodoStatus(word: record.status) ?? .pending, reason: record.reason, impact: record.impact,
                    origin: record.origin, session: record.session, handedTo: record.handedTo,
                    handedAt: record.handedAt, createdAt: record.createdAt, changedAt: record.changedAt)
                item.children = build(record.id, depth: depth + 1)
                return rolledUp(item)
            }
        }
        return build(nil, depth: 0)
    }

    /// An item with children is completed when they are, in progress while one is, and blocked when none of those that
    /// are left can go on.
    static func rolledUp(_ item: TodoItem) -> TodoItem {
        guard !item.children.isEmpty else { return item }
        var item = item
        let open = item.children.filter { $0.status != .completed }
        (item.reason, item.impact) = (nil, nil)
        if open.isEmpty {
            item.status = .completed
        } else if open.contains(where: { $0.status == .inProgress }) {
            item.status = .inProgress
        } else if let first = open.first, open.allSatisfy({ $0.status == .blocked }) {
            item.status = .blocked
            (item.reason, item.impact) = (first.reason, first.impact)
        } else {
            item.status = .pending
        }
        return item
    }

    /// The records of a tree, parents first; their places are those in the tree.
    static func records(_ items: [TodoItem], parent: Int64? = nil) -> [TaskRecord] {
        items.enumerated().flatMap { index, item in
            [
                TaskRecord(
                    id: item.id, parent: parent, position: index, content: item.content, activeForm: item.activeForm,
                    status: item.status.rawValue, reason: item.reason, impact: item.impact, origin: item.origin,
                    session: item.session, handedTo: item.handedTo, handedAt: item.handedAt,
                    createdAt: item.createdAt, changedAt: item.changedAt)
            ] + records(item.children, parent: item.id)
        }
    }
}
