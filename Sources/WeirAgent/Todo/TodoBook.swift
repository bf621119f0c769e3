import Foundation
import WeirCore
import WeirStore

/// The task list of a project. The agent and people write the same one.
///
/// ```swift
/// let book = TodoBook(store: store, prefix: "Data Engineer")
/// let item = try await book.add("[Data Engineer] Profile the orders")
/// try await book.start(item.id)
/// ```
public struct TodoBook: Sendable {
    /// The name that every item begins with, in brackets.
    public var prefix: String { rules.prefix }
    let store: StateStore
    let rules: TodoRules
    let now: @Sendable () -> Date

    public init(store: StateStore, prefix: String = "Data Engineer", now: @escaping @Sendable () -> Date = { Date() }) {
        self.store = store
        rules = TodoRules(prefix: prefix)
        self.now = now
    }

    public func items() async throws -> [TodoItem] { TodoTree.items(try await store.tasks()) }

    /// Writes the whole list. Items that were there keep their id; those that are left out are dropped, but for open
    /// ones that a person added.
    ///
    /// - Returns: the list as it is now, and the items that were kept for a person.
    /// - Throws: `todo.…`, with the correction; nothing is changed then.
    @discardableResult
    public func write(
        _ drafts: [TodoDraft], session: String? = nil
    ) async throws -> (items: [TodoItem], spared: [TodoItem]) {
        let (rules, date) = (rules, now())
        let records = try await store.changeTasks { records in
            var writing = TodoWriting(rules: rules, session: session, date: date)
            return TodoTree.records(try writing.list(drafts, over: TodoTree.items(records)))
        }
        let items = TodoTree.items(records)
        let written = Set(drafts.flatMap(Self.contents))
        let spared = items.flatMap(\.all).filter {
            $0.origin == "person" && $0.status != .completed && !written.contains($0.content)
        }
        return (items, spared)
    }

    private static func contents(_ draft: TodoDraft) -> [String] {
        [draft.content.split(whereSeparator: \.isWhitespace).joined(separator: " ")] + draft.children.flatMap(contents)
    }

    // MARK: One item

    /// Adds an item of a person, with what it consists of. The prefix is put in front where there is none.
    ///
    /// - Throws: `todo.…`.
    public func add(_ draft: TodoDraft, under parent: Int64? = nil, session: String? = nil) async throws -> TodoItem {
        let (rules, date) = (rules, now())
        let records = try await store.changeTasks { records in
            var items = TodoTree.items(records)
            var next: Int64 = -1
            let new = try Self.item(draft, rules, session, date, &next)
            if let parent {
                try Self.change(parent, in: &items) { $0.children.append(new) }
            } else {
                items.append(new)
            }
            try TodoRules.check(items)
            return TodoTree.records(items)
        }
        let all = TodoTree.items(records).flatMap(\.all)
        let content = try rules.completed(draft.content)
        guard let added = all.filter({ $0.content == content }).max(by: { $0.id < $1.id }) else {
            throw Self.unknown(0)
        }
        return added
    }

    private static func item(
        _ draft: TodoDraft, _ rules: TodoRules, _ session: String?, _ date: Date, _ next: inout Int64
    ) throws -> TodoItem {
        var item = TodoItem(
            id: next, content: try rules.completed(draft.content), activeForm: draft.activeForm, status: draft.status,
            origin: "person", session: session, createdAt: date, changedAt: date)
        next -= 1
        item.children = try draft.children.map { try Self.item($0, rules, session, date, &next) }
        return item
    }

    /// Begins with an item, or with the first open one below it. What was in progress is pending again.
    ///
    /// - Throws: `todo.unknown`, `todo.completed`.
    @discardableResult
    public func start(_ id: Int64) async throws -> TodoItem {
        let date = now()
        return try await change(id) { item, items in
            let open = item.leaves.filter { $0.status != .completed }
            guard let first = open.first(where: { $0.status != .blocked }) ?? open.first else {
                throw WeirError("todo.completed", "\(id) is completed", hint: "`weir todo add` adds what is left")
            }
            for busy in items.flatMap(\.leaves) where busy.status == .inProgress && busy.id != first.id {
                try Self.set(busy.id, .pending, date, in: &items)
            }
            try Self.set(first.id, .inProgress, date, in: &items)
        }
    }

    /// Completes an item.
    ///
    /// - Throws: `todo.unknown`, `todo.open-subtasks`.
    @discardableResult
    public func complete(_ id: Int64) async throws -> TodoItem {
        let date = now()
        return try await change(id) { item, items in
            if !item.children.isEmpty {
                let open = item.leaves.filter { $0.status != .completed }
                if !open.isEmpty { throw TodoWriting.incomplete(item, open) }
            }
            try Self.set(id, .completed, date, in: &items)
        }
    }

    /// Says that an item cannot go on; with what is open below it.
    ///
    /// - Throws: `todo.unknown`, `todo.blocked`, `todo.completed`.
    @discardableResult
    public func block(_ id: Int64, reason: String, impact: String) async throws -> TodoItem {
        let date = now()
        return try await change(id) { item, items in
            try TodoRules.checkBlocked(item.content, reason: reason, impact: impact)
            let open = item.leaves.filter { $0.status != .completed }
            if open.isEmpty { throw WeirError("todo.completed", "\(id) is completed") }
            for leaf in open {
                try Self.set(leaf.id, .blocked, date, in: &items, reason: reason, impact: impact)
            }
        }
    }

    /// Notes that an item was given to another agent.
    @discardableResult
    public func handOver(_ id: Int64, to agent: String) async throws -> TodoItem {
        let date = now()
        return try await change(id) { _, items in
            try Self.change(id, in: &items) {
                $0.handedTo = agent
                $0.handedAt = date
            }
        }
    }

    /// - Throws: `todo.unknown`.
    public func item(_ id: Int64) async throws -> TodoItem {
        guard let item = try await items().flatMap(\.all).first(where: { $0.id == id }) else { throw Self.unknown(id) }
        return item
    }

    // MARK: Changing

    private func change(
        _ id: Int64, _ body: @escaping @Sendable (TodoItem, inout [TodoItem]) throws -> Void
    ) async throws -> TodoItem {
        let records = try await store.changeTasks { records in
            var items = TodoTree.items(records)
            guard let item = items.flatMap(\.all).first(where: { $0.id == id }) else { throw Self.unknown(id) }
            try body(item, &items)
            try TodoRules.check(items)
            return TodoTree.records(items)
        }
        guard let item = TodoTree.items(records).flatMap(\.all).first(where: { $0.id == id }) else {
            throw Self.unknown(id)
        }
        return item
    }

    private static func set(
        _ id: Int64, _ status: TodoStatus, _ date: Date, in items: inout [TodoItem], reason: String? = nil,
        impact: String? = nil
    ) throws {
        try change(id, in: &items) {
            ($0.status, $0.reason, $0.impact, $0.changedAt) = (status, reason, impact, date)
        }
    }

    /// Changes one item wherever it is in the tree.
    private static func change(
        _ id: Int64, in items: inout [TodoItem], _ body: (inout TodoItem) throws -> Void
    ) throws {
        if try !changed(id, in: &items, body) { throw unknown(id) }
    }

    private static func changed(
        _ id: Int64, in items: inout [TodoItem], _ body: (inout TodoItem) throws -> Void
    ) throws -> Bool {
        for index in items.indices {
            if items[index].id == id {
                try body(&items[index])
                return true
            }
            if try changed(id, in: &items[index].children, body) {
                return true
            }
        }
        return false
    }

    private static func unknown(_ id: Int64) -> WeirError {
        WeirError("todo.unknown", "there is no item \(id)", hint: "`weir todo list` shows their numbers")
    }
}
