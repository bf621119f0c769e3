import Foundation
import Testing
import WeirCore
import WeirStore

@testable import WeirAgent

@Suite("The task list")
struct TodoBookTests {
    private let book: TodoBook

    init() throws { book = TodoBook(store: try StateStore.inMemory(), prefix: "Data Engineer") }

    private func code(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch { return (error as? WeirError)?.code }
        return nil
    }

    @Test("gets the prefix in front of what a person types, but not in front of another agent's")
    func prefix() async throws {
        #expect(try await book.add(TodoDraft(" Profile  the orders ")).content == "[Data Engineer] Profile the orders")
        #expect(try await book.add(TodoDraft("[Data Engineer] Twice")).content == "[Data Engineer] Twice")
        #expect(await code { _ = try await book.add(TodoDraft("[QA] Test it")) } == "todo.prefix")
        #expect(await code { _ = try await book.add(TodoDraft("  ")) } == "todo.empty")
        let other = TodoBook(store: try StateStore.inMemory(), prefix: "Warehouse Keeper")
        #expect(try await other.add(TodoDraft("Count")).content == "[Warehouse Keeper] Count")
    }

    @Test("one item is in progress at a time, and an item is completed with its last part")
    func flow() async throws {
        let top = try await book.add(TodoDraft("Mend", children: [TodoDraft("look"), TodoDraft("fix")]))
        let other = try await book.add(TodoDraft("Tell"))
        let (look, fix) = (top.children[0].id, top.children[1].id)
        #expect(try await book.start(top.id).children.map(\.status) == [.inProgress, .pending])
        #expect(try await book.start(other.id).status == .inProgress)
        #expect(try await book.item(look).status == .pending)
        #expect(await code { try await book.complete(top.id) } == "todo.open-subtasks")
        try await book.complete(look)
        #expect(try await book.item(top.id).status == .pending)
        try await book.start(top.id)
        #expect(try await book.item(fix).status == .inProgress)
        try await book.complete(fix)
        #expect(try await book.item(top.id).status == .completed)
        #expect(await code { try await book.start(top.id) } == "todo.completed")
        #expect(await code { try await book.start(999) } == "todo.unknown")
        // A new part opens it again.
        _ = try await book.add(TodoDraft("check"), under: top.id)
        #expect(try await book.item(top.id).status == .pending)
    }

    @Test("BLOCKED needs a reason and an impact, goes down to the parts, and ends with a start")
    func blocked() async throws {
        let top = try await book.add(TodoDraft("Mend", children: [TodoDraft("look"), TodoDraft("fix")]))
        try await book.complete(top.children[0].id)
        #expect(await code { try await book.block(top.id, reason: "", impact: "orders are old") } == "todo.blocked")
        #expect(await code { try await book.block(top.id, reason: "no access", impact: " ") } == "todo.blocked")
        let blocked = try await book.block(top.id, reason: "no access", impact: "orders are 2 days old")
        #expect(blocked.status == .blocked && blocked.reason == "no access")
        #expect(blocked.children.map(\.status) == [.completed, .blocked])
        #expect(TodoText.markdown([blocked]).contains("BLOCKED: no access Impact on the data: orders are 2 days old"))
        let started = try await book.start(top.id)
        #expect(started.status == .inProgress && started.children[1].reason == nil)
        #expect(
            await code { try await book.block(top.children[0].id, reason: "abc", impact: "def") } == "todo.completed")
    }

    @Test("every pattern adds its steps, each a right item")
    func patterns() async throws {
        #expect(
            TodoPattern.all.map(\.name) == ["schema", "etl", "ai", "performance", "quality", "migration", "security"])
        for pattern in TodoPattern.all {
            let item = try await book.add(pattern.draft(for: "mart.orders", prefix: "Data Engineer"))
            #expect(item.content == "[Data Engineer] \(pattern.title): mart.orders")
            #expect(item.children.count >= 6)
            #expect(
                item.children.allSatisfy {
                    $0.content.hasPrefix("[Data Engineer] ") && $0.content.hasSuffix("(mart.orders)")
                })
        }
        #expect(await code { _ = try TodoPattern.named("migraton") } == "todo.unknown-pattern")
    }

    @Test("is drawn as a tree with numbers")
    func tree() async throws {
        let top = try await book.add(TodoDraft("Mend", children: [TodoDraft("look\u{1B}[31m"), TodoDraft("fix")]))
        try await book.start(top.children[1].id)
        let text = TodoText.tree(try await book.items())
        #expect(
            text == """
                [~] \(top.id) [Data Engineer] Mend
                ├─ [ ] \(top.children[0].id) [Data Engineer] look\\u{1B}[31m
                └─ [~] \(top.children[1].id) [Data Engineer] fix
                """)
        #expect(TodoText.counts(try await book.items()) == [.pending: 1, .inProgress: 1])
    }

    @Test("a hand-over says what is asked, the state, the tables and what is known")
    func handoff() async throws {
        let top = try await book.add(TodoDraft("Mend mart.orders", children: [TodoDraft("test the join")]))
        let item = try await book.handOver(top.children[0].id, to: TodoHandoff.agentName("qa"))
        #expect(item.handedTo == "QA" && item.handedAt != nil)
        let memories = MemoryBook(store: try StateStore.inMemory())
        let memory = try #require(try await memories.add("The join doubles orders", type: .mistake).memory)
        let text = TodoHandoff(
            item: item, above: [top], from: "Data Engineer", to: "QA", project: "shop", note: "Only on Mondays.",
            memories: [memory],
            tables: [.init(name: "mart.orders", files: ["models/orders.sql"], lastResult: "published")]
        ).text
        for part in [
            "[QA] test the join", "From: Data Engineer, project shop.", "Part of: Mend mart.orders", "Only on Mondays.",
            "Test it:", "Status: pending", "- mart.orders: models/orders.sql; last run: published",
            "(mistake) The join doubles orders", "weir todo done \(item.id)",
        ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
        #expect(TodoHandoff.agentName("backend-engineer") == "Backend Engineer")
        let tables = ["mart.orders", "mart.sales", "raw.x"].compactMap(TableName.init)
        #expect(TodoHandoff.named(tables, in: "Mend MART.ORDERS, and the sales.") == Array(tables.prefix(2)))
    }
}
