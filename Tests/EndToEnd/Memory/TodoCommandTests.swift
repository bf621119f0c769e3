import Foundation
import Testing

@Suite("weir todo")
struct TodoCommandTests {
    private struct List: Decodable {
        struct Item: Decodable {
            let id: Int
            let content: String
            let status: String
            let children: [Item]?
        }
        let items: [Item]
    }

    private func list(_ project: TempProject) async throws -> [List.Item] {
        let done = try await project.weir("todo", "list", "-o", "json")
        #expect(done.code == 0, "\(done)")
        return try JSONDecoder.snake.decode(List.self, from: Data(done.out.utf8)).items
    }

    static let documented: [(words: [String], heading: String)] = [
        (["list"], "### weir todo list"), (["show", "1", "--tree"], "### weir todo list"),
        (["add", "Tell the shop"], "### weir todo add, start, done and block"),
        (["start", "1"], "### weir todo add, start, done and block"),
        (["done", "2"], "### weir todo add, start, done and block"),
        (
            ["block", "1", "--reason", "no access", "--impact", "orders are old"],
            "### weir todo add, start, done and block"
        ),
        (["handoff", "1", "--to", "qa"], "### weir todo handoff"), (["patterns"], "### weir todo patterns"),
    ]

    @Test("JSON has the keys that are documented, and no other", arguments: 0..<8)
    func json(index: Int) async throws {
        let (words, heading) = Self.documented[index]
        let project = try TempProject()
        _ = try await project.weir("todo", "add", "Mend the orders")
        _ = try await project.weir("todo", "add", "look", "--under", "1")
        _ = try await project.weir("todo", "block", "1", "--reason", "no access", "--impact", "orders are old")
        let done = try await project.command(["todo"] + words + ["-o", "json"])
        #expect(done.code == 0, "\(done)")
        let block = try #require(
            try Repository.blocks("json", of: "Documentation/Weir.docc/Output.md", under: heading).first)
        let expected = JSONShape.keys(try JSONShape.parse(block))
        let found = JSONShape.keys(try JSONShape.parse(done.out))
        let optional = expected.union(found).filter { key in
            ["reason", "impact", "active_form", "session", "handed_to", "handed_at"].contains {
                key.hasSuffix(".\($0)")
            }
                || key.contains(".children")
        }
        #expect(expected.symmetricDifference(found).subtracting(optional).sorted() == [], "\(done)")
    }

    @Test(
        "mistakes are told with their code",
        arguments: [
            (["start", "9"], "todo.unknown"), (["add", "[QA] Test it"], "todo.prefix"), (["add", ""], "todo.empty"),
            (["add", "x", "--pattern", "etll"], "todo.unknown-pattern"),
            (["add", "x", "--under", "9"], "todo.unknown"),
            (["block", "1", "--reason", "no access", "--impact", ""], "todo.blocked"), (["block", "1"], "usage"),
            (["done", "1"], "todo.open-subtasks"), (["handoff", "1"], "usage"),
            (["handoff", "1", "--to", "data-engineer"], "todo.same-agent"),
        ])
    func mistakes(words: [String], code: String) async throws {
        let project = try TempProject()
        _ = try await project.weir("todo", "add", "Mend the orders")
        _ = try await project.weir("todo", "add", "look", "--under", "1")
        let done = try await project.command(["todo"] + words + ["-o", "json"])
        #expect(done.code == 2 && done.failure?.code == code, "\(done)")
    }

    @Test("the story of a migration, from its pattern to the hand-over")
    func story() async throws {
        let project = try await SampleShop.make()
        #expect(try await project.weir("todo", "add", "raw.orders", "--pattern", "migration").code == 0)
        let top = try #require(try await list(project).first)
        let steps = try #require(top.children)
        #expect(steps.count == 7 && steps[0].content.hasPrefix("[Data Engineer] "))
        #expect(try await project.weir("todo", "start", "\(top.id)").out.contains("[~] \(steps[0].id)"))
        let refused = try await project.weir("todo", "done", "\(top.id)")
        #expect(refused.code == 2 && refused.err.contains("7 subtasks are open"), "\(refused)")
        for step in steps.dropLast() { _ = try await project.weir("todo", "done", "\(step.id)") }
        _ = try await project.weir(
            "todo", "block", "\(steps[6].id)", "--reason", "the shop still reads it", "--impact", "two copies of orders"
        )
        #expect(try await list(project)[0].status == "BLOCKED")
        _ = try await project.weir("memory", "add", "--type", "context", "raw.orders is read by the shop each hour")
        let text = try await project.weir(
            "todo", "handoff", "\(steps[6].id)", "--to", "operations", "--note", "By Friday.")
        for part in [
            "[Operations] Remove the old one", "Part of: Migration: raw.orders", "By Friday.", "BLOCKED",
            "the shop still reads it", "two copies of orders", "- raw.orders: ", "last run: published",
            "read by the shop each hour",
        ] { #expect(text.out.contains(part), "\(part)\n\(text)") }
        _ = try await project.weir("todo", "done", "\(steps[6].id)")
        #expect(try await list(project)[0].status == "completed")
        let markdown = try await project.weir("todo", "list", "--markdown")
        #expect(markdown.out.hasPrefix("- [x] [Data Engineer] Migration: raw.orders\n  - [x] "), "\(markdown)")
    }

    @Test("items that several processes add at once are all there")
    func writers() async throws {
        let project = try TempProject()
        let children = try (0..<12).map { try project.start(["todo", "add", "item \($0)"]) }
        for child in children {
            let done = await child.finish()
            #expect(done.code == 0, "\(done)")
        }
        let items = try await list(project)
        #expect(Set(items.map(\.content)).count == 12 && Set(items.map(\.id)).count == 12)
    }
}
