import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirPipeline
import WeirStore

struct TodoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "todo", abstract: "See and change the task list that you and the agent share.",
        discussion: """
            weir todo add "Profile the orders"
            weir todo add "orders" --pattern migration     all steps of a kind of work
            weir todo start 3
            weir todo block 3 --reason "no access to the shop" --impact "orders are 2 days old"
            weir todo show --tree
            weir todo handoff 3 --to security
            """,
        subcommands: [
            List.self, Add.self, Start.self, Done.self, Block.self, Show.self, Handoff.self, Patterns.self,
        ], defaultSubcommand: List.self)

    struct Choice: ParsableArguments {
        @Option(name: .long, help: ArgumentHelp("The agent whose list it is.", valueName: "name"))
        var agent: String = "Data Engineer"

        @OptionGroup var state: StateOptions

        var output: OutputOptions { state.output }

        func book() async throws -> TodoBook {
            TodoBook(store: try await state.store(try state.project()), prefix: agent)
        }

        /// Shows an item after it was changed.
        func show(_ item: TodoItem) throws {
            try output.print(Change(item: item)) { _ in TodoText.tree([item]) }
        }
    }

    /// One item after it was changed, and what is in progress.
    struct Change: Encodable {
        var item: TodoItem
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The list. This is what `weir todo` alone does.")

        @Flag(name: .long, help: "Print it as Markdown.")
        var markdown = false

        @OptionGroup var choice: Choice

        func run() async throws {
            let items = try await choice.book().items()
            try choice.output.print(TodoReport(items: items)) {
                markdown ? TodoText.markdown(items) : TodoReport.table(items, on: $0)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "One item, or the whole list, with everything below.")

        @Argument(help: "The item's number; all where not given.")
        var id: Int64?

        @Flag(name: .long, help: "Draw it as a tree, with numbers.")
        var tree = false

        @OptionGroup var choice: Choice

        func run() async throws {
            let book = try await choice.book()
            let items = if let id { [try await book.item(id)] } else { try await book.items() }
            try choice.output.print(TodoReport(items: items)) { _ in
                if items.isEmpty || !tree { return TodoText.markdown(items) }
                return TodoText.tree(items)
            }
        }
    }

    struct Patterns: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "patterns", abstract: "Kinds of work whose steps `weir todo add --pattern` adds.")

        @OptionGroup var output: OutputOptions

        private struct Report: Encodable { var patterns: [TodoPattern] }

        func run() async throws {
            try output.print(Report(patterns: TodoPattern.all)) { terminal in
                TodoPattern.all.map { pattern in
                    "\(terminal.style(pattern.name, .name)): \(pattern.title)\n"
                        + pattern.steps.map { "  - \($0)" }.joined(separator: "\n")
                }.joined(separator: "\n\n")
            }
        }
    }
}

/// The list, as programs and people read it.
struct TodoReport: Encodable {
    struct Counts: Encodable {
        var pending: Int
        var inProgress: Int
        var completed: Int
        var blocked: Int
    }

    var items: [TodoItem]
    var counts: Counts

    init(items: [TodoItem]) {
        self.items = items
        let found = TodoText.counts(items)
        counts = Counts(
            pending: found[.pending] ?? 0, inProgress: found[.inProgress] ?? 0, completed: found[.completed] ?? 0,
            blocked: found[.blocked] ?? 0)
    }

    static func table(_ items: [TodoItem], on terminal: Terminal) -> String {
        if items.isEmpty { return "There is nothing to do; `weir todo add \"…\"` begins." }
        var table = TextTable(["item", "status", "what", "why"], alignments: [.right])
        func add(_ item: TodoItem, depth: Int) {
            let tone: Tone? =
                switch item.status {
                case .completed: .faint
                case .inProgress: .strong
                case .blocked: .bad
                case .pending: nil
                }
            let why =
                item.reason.map { "\($0)\(item.impact.map { " → \($0)" } ?? "")" } ?? item.handedTo.map { "with \($0)" }
            table.add([
                .init("\(item.id)"), .init(item.status.rawValue, tone),
                .init(String(repeating: "  ", count: depth) + item.content, tone), .init(why ?? ""),
            ])
            for child in item.children { add(child, depth: depth + 1) }
        }
        for item in items { add(item, depth: 0) }
        return table.render(on: terminal)
    }
}
