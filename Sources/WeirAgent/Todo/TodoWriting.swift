import Foundation
import WeirCore

/// Makes the list that an agent writes out of the one that there is. Pure, so that it can run inside a transaction.
struct TodoWriting: Sendable {
    let rules: TodoRules
    let session: String?
    let date: Date
    /// Items of people that the agent's list does not have: it cannot drop those.
    private(set) var spared: [TodoItem] = []
    /// New items count down from here.
    private var nextID: Int64 = -1

    init(rules: TodoRules, session: String?, date: Date) {
        self.rules = rules
        self.session = session
        self.date = date
    }

    /// - Throws: `todo.…`, with the correction.
    mutating func list(_ drafts: [TodoDraft], over old: [TodoItem]) throws -> [TodoItem] {
        var known = Dictionary(grouping: old.flatMap(\.all), by: { Self.key($0.content) })
        var items = try drafts.map { try item($0, &known) }
        let taken = Set(items.flatMap(\.all).map(\.id))
        let parents = Self.parents(old)
        for left in old.flatMap(\.all) where left.origin == "person" && left.status != .completed {
            // One with children comes with those of them that are not in the new list.
            if taken.contains(left.id) || spared.contains(where: { $0.all.contains { $0.id == left.id } }) { continue }
            let kept = Self.without(taken, left)
            spared.append(kept)
            if let parent = parents[left.id], Self.append(kept, under: parent, in: &items) { continue }
            items.append(kept)
        }
        items = items.map(Self.rolledUp)
        try TodoRules.check(items)
        return items
    }

    private mutating func item(_ draft: TodoDraft, _ known: inout [String: [TodoItem]]) throws -> TodoItem {
        let content = try rules.checked(draft.content)
        var item =
            known[Self.key(content)].flatMap { $0.isEmpty ? nil : $0.first }
            ?? TodoItem(
                id: nextID, content: content, status: .pending, origin: "agent", session: session, createdAt: date,
                changedAt: date)
        if item.id > 0 { known[Self.key(content)]?.removeFirst() } else { nextID -= 1 }
        let before = item
        item.content = content
        item.activeForm = draft.activeForm ?? item.activeForm
        item.children = try draft.children.map { try self.item($0, &known) }
        (item.status, item.reason, item.impact) = (draft.status, nil, nil)
        if item.children.isEmpty {
            if draft.status == .blocked {
                try TodoRules.checkBlocked(content, reason: draft.reason, impact: draft.impact)
                (item.reason, item.impact) = (draft.reason, draft.impact)
            }
        } else if draft.status == .completed {
            let open = item.children.flatMap(\.leaves).filter { $0.status != .completed }
            guard open.isEmpty else { throw Self.incomplete(item, open) }
        }
        if (before.status, before.reason, before.content) != (item.status, item.reason, item.content) {
            item.changedAt = date
            item.session = session ?? item.session
        }
        return item
    }

    static func incomplete(_ item: TodoItem, _ open: [TodoItem]) -> WeirError {
        let names = open.prefix(5).map { "\"\($0.content)\"" }.joined(separator: ", ")
        return WeirError(
            "todo.open-subtasks",
            "\"\(item.content)\" is not completed: \(Figures.count(Int64(open.count), "subtask is", "subtasks are")) open: \(names)",
            hint: "complete them first; it is then completed by itself")
    }

    /// From the leaves up.
    private static func rolledUp(_ item: TodoItem) -> TodoItem {
        var item = item
        item.children = item.children.map(rolledUp)
        return TodoTree.rolledUp(item)
    }

    private static func without(_ ids: Set<Int64>, _ item: TodoItem) -> TodoItem {
        var item = item
        item.children = item.children.filter { !ids.contains($0.id) }.map { without(ids, $0) }
        return item
    }

    private static func parents(_ items: [TodoItem]) -> [Int64: Int64] {
        items.flatMap(\.all).reduce(into: [:]) { found, item in for child in item.children { found[child.id] = item.id }
        }
    }

    private static func append(_ new: TodoItem, under id: Int64, in items: inout [TodoItem]) -> Bool {
        for index in items.indices {
            if items[index].id == id {
                items[index].children.append(new)
                return true
            }
            if append(new, under: id, in: &items[index].children) { return true }
        }
        return false
    }

    private static func key(_ content: String) -> String {
        TodoRules.parts(content).rest.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
