import Foundation
import Testing
import WeirCore
import WeirStore

@testable import WeirAgent

@Suite("TodoWrite")
struct TodoWriteToolTests {
    private let store: StateStore
    private let book: TodoBook
    private let caller: ToolCaller

    init() throws {
        store = try StateStore.inMemory()
        book = TodoBook(store: store, prefix: "Data Engineer")
        caller = ToolCaller(
            tools: Toolbox([TodoWriteTool(book: book, session: "s1")]), context: ToolContext(root: "/"), actor: "test",
            permit: { _, _ in .allowed }, audit: { _ in })
    }

    private func write(_ todos: JSONValue) async throws -> ToolAnswer {
        try await caller.call("TodoWrite", ["todos": todos])
    }

    private static func todo(
        _ content: String, _ status: String = "pending", _ more: [String: JSONValue] = [:]
    ) -> JSONValue {
        .object(["content": .string(content), "status": .string(status)].merging(more) { $1 })
    }

    @Test("keeps the list as it is written, nested, with the numbers of items that stay")
    func writes() async throws {
        let first = try await write([
            Self.todo(
                "[Data Engineer] Mend the orders", "pending",
                [
                    "subtasks": [
                        Self.todo("[Data Engineer] Profile them", "in_progress", ["activeForm": "Profiling them"]),
                        Self.todo("[Data Engineer] Fix the join"),
                    ]
                ]), Self.todo("[Data Engineer] Tell the shop"),
        ])
        #expect(!first.isError, "\(first.content)")
        #expect(
            first.text == """
                - [~] [Data Engineer] Mend the orders
                  - [~] [Data Engineer] Profile them
                  - [ ] [Data Engineer] Fix the join
                - [ ] [Data Engineer] Tell the shop
                """)
        let before = try await book.items()
        #expect(before[0].children[0].activeForm == "Profiling them" && before[0].session == "s1")
        // What it answers can be sent back.
        let todos = try #require(first.content["todos"])
        #expect(try await write(todos).content == first.content)
        let second = try await write([
            Self.todo("[Data Engineer] Tell the shop"),
            Self.todo(
                "[Data Engineer] Mend the orders", "completed",
                [
                    "subtasks": [
                        Self.todo("[Data Engineer] Fix the join", "completed"),
                        Self.todo("[Data Engineer] profile  THEM", "completed"),
                    ]
                ]),
        ])
        #expect(!second.isError, "\(second.content)")
        let after = try await book.items()
        #expect(after.map(\.id) == before.map(\.id).reversed())
        #expect(Set(after[1].children.map(\.id)) == Set(before[0].children.map(\.id)))
        #expect(after[1].status == .completed)
        #expect(try await write([]).text == "There is nothing to do.")
    }

    @Test(
        "refuses what breaks the rules, says how it is right, and changes nothing",
        arguments: [
            (#"[{"content":"Mend it","status":"pending"}]"#, "todo.prefix", "write \"[Data Engineer] Mend it\""),
            (
                #"[{"content":"[data engineer] Mend it","status":"pending"}]"#, "todo.prefix",
                "write \"[Data Engineer] Mend it\""
            ),
            (#"[{"content":"[QA] Mend it","status":"pending"}]"#, "todo.prefix", "hand it over"),
            (#"[{"content":"[Data Engineer]","status":"pending"}]"#, "todo.empty", "after [Data Engineer]"),
            (
                #"[{"content":"[Data Engineer] a","status":"pending","subtasks":[{"content":"b","status":"pending"}]}]"#,
                "todo.prefix", "write \"[Data Engineer] b\""
            ),
            (
                #"[{"content":"[Data Engineer] a","status":"in_progress"},{"content":"[Data Engineer] b","status":"in_progress"}]"#,
                "todo.several-in-progress", "one at a time"
            ),
            (#"[{"content":"[Data Engineer] a","status":"BLOCKED"}]"#, "todo.blocked", "impact"),
            (#"[{"content":"[Data Engineer] a","status":"blocked","reason":"no access"}]"#, "todo.blocked", "impact"),
            (
                #"[{"content":"[Data Engineer] a","status":"completed","subtasks":[{"content":"[Data Engineer] b","status":"pending"}]}]"#,
                "todo.open-subtasks", "complete them first"
            ),
            (
                #"[{"content":"[Data Engineer] a","status":"complete"}]"#, "tool.bad-arguments",
                "did you mean \"completed\"?"
            ),
            (#"[{"content":"[Data Engineer] a","state":"pending"}]"#, "tool.bad-arguments", "did you mean \"status\"?"),
            (#"[{"status":"pending"}]"#, "tool.bad-arguments", ""), (#"["a"]"#, "tool.bad-arguments", ""),
            (#""a""#, "tool.bad-arguments", "whole list"),
            (#"[{"content":7,"status":"pending"}]"#, "tool.bad-arguments", ""),
        ])
    func refuses(todos: String, code: String, hint: String) async throws {
        _ = try await write([Self.todo("[Data Engineer] what was there")])
        let answer = try await write(try #require(JSONValue(parsing: todos)))
        #expect(answer.isError && answer.content["error"]?["code"]?.text == code, "\(answer.content)")
        #expect(hint.isEmpty || answer.content["error"]?["hint"]?.text?.contains(hint) == true, "\(answer.content)")
        #expect(try await book.items().map(\.content) == ["[Data Engineer] what was there"])
    }

    @Test("lists without end are refused")
    func bounds() async throws {
        let many = JSONValue.array((0..<201).map { Self.todo("[Data Engineer] item \($0)") })
        #expect(try await write(many).content["error"]?["code"] == "todo.too-many")
        var deep = Self.todo("[Data Engineer] bottom")
        for level in 0..<5 { deep = Self.todo("[Data Engineer] level \(level)", "pending", ["subtasks": [deep]]) }
        #expect(try await write([deep]).isError)
        let long = Self.todo("[Data Engineer] " + String(repeating: "x", count: 500))
        #expect(try await write([long]).content["error"]?["code"] == "todo.too-long")
        #expect(try await book.items().isEmpty)
    }

    @Test("cannot drop what a person added and nobody has done")
    func persons() async throws {
        let mine = try await book.add(TodoDraft("Ask the shop"))
        let parts = try await book.add(TodoDraft("Look at it", children: [TodoDraft("and again")]), under: nil)
        let done = try await book.add(TodoDraft("done already"))
        try await book.complete(done.id)
        let answer = try await write([
            Self.todo("[Data Engineer] Mend the orders"), Self.todo("[Data Engineer] Look at it"),
        ])
        #expect(
            answer.content["kept"] == ["[Data Engineer] and again", "[Data Engineer] Ask the shop"] as JSONValue
                || answer.content["kept"] == ["[Data Engineer] Ask the shop", "[Data Engineer] and again"] as JSONValue,
            "\(answer.content)")
        let items = try await book.items()
        #expect(
            items.map(\.content) == [
                "[Data Engineer] Mend the orders", "[Data Engineer] Look at it", "[Data Engineer] Ask the shop",
            ])
        #expect(items[1].id == parts.id && items[1].children.map(\.content) == ["[Data Engineer] and again"])
        #expect(items[2].id == mine.id)
        // It may complete them.
        _ = try await write([
            Self.todo("[Data Engineer] Ask the shop", "completed"),
            Self.todo(
                "[Data Engineer] Look at it", "completed",
                ["subtasks": [Self.todo("[Data Engineer] and again", "completed")]]),
        ])
        #expect(try await book.items().allSatisfy { $0.status == .completed })
        #expect(try await write([]).content["todos"] == [])
    }

    @Test("its schema names the prefix, the states, and nested items")
    func schema() throws {
        let spec = TodoWriteTool(book: book).spec
        #expect(spec.name == "TodoWrite" && spec.summary.contains("[Data Engineer] "))
        let item = try #require(spec.input["properties"]?["todos"]?["items"])
        #expect(item["properties"]?["status"]?["enum"] == ["pending", "in_progress", "completed", "BLOCKED"])
        #expect(item["properties"]?["subtasks"]?["items"]?["properties"]?["subtasks"] != nil)
    }
}
