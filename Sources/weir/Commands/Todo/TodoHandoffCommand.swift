import ArgumentParser
import WeirAgent
import WeirCore
import WeirPipeline
import WeirStore

extension TodoCommand {
    struct Handoff: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "handoff", abstract: "Write the text with which an item goes to another agent.",
            discussion: "It holds what is asked, the state, the tables that it names, and what is remembered of them.")

        @Argument(help: "The item's number.")
        var id: Int64

        @Option(
            name: .long,
            help: ArgumentHelp("The agent that takes it: engineer, ops, qa, security …", valueName: "name"))
        var to: String

        @Option(name: .long, help: ArgumentHelp("What else it should know.", valueName: "text"))
        var note: String?

        @OptionGroup var choice: Choice

        func validate() throws {
            if TodoHandoff.agentName(to).isEmpty { throw ValidationError("--to names an agent") }
        }

        private struct Report: Encodable {
            var item: TodoItem
            var to: String
            var text: String
        }

        func run() async throws {
            let project = try choice.state.project()
            let store = try await choice.state.store(project)
            let book = TodoBook(store: store, prefix: choice.agent)
            let name = TodoHandoff.agentName(to)
            if name.lowercased() == choice.agent.lowercased() {
                throw WeirError("todo.same-agent", "item \(id) is on the list of \(choice.agent) already")
            }
            let item = try await book.handOver(id, to: name)
            let words = item.all.map(\.content).joined(separator: "\n") + "\n" + (note ?? "")
            var tables: [TodoHandoff.Table] = []
            if let project {
                for table in TodoHandoff.named(project.sources.map(\.name) + project.models.map(\.name), in: words) {
                    tables.append(try await Self.table(table, project, store))
                }
            }
            let handoff = TodoHandoff(
                item: item, above: Self.above(id, try await book.items()), from: choice.agent, to: name,
                project: project?.name ?? "here", note: note,
                memories: try await MemoryBook(store: store).search(words, limit: 8).map(\.memory), tables: tables)
            try choice.output.print(Report(item: item, to: name, text: handoff.text)) { _ in handoff.text }
        }

        private static func table(
            _ name: TableName, _ project: Project, _ store: StateStore
        ) async throws -> TodoHandoff.Table {
            let model = project.model(name)
            let source = project.source(name)
            let files = [model?.place.file ?? source?.place.file, model?.contract ?? source?.contract]
            let last = try await store.history(of: name.description, environment: nil, limit: 1).first
            let result = last.map { "\($0.status.rawValue)\($0.reason.map { " (\($0))" } ?? ""), run \($0.runID)" }
            return TodoHandoff.Table(name: name.description, files: files.compactMap(\.self), lastResult: result)
        }

        /// Those that an item is part of, the outermost first.
        private static func above(_ id: Int64, _ items: [TodoItem]) -> [TodoItem] {
            for item in items {
                if item.id == id { return [] }
                if item.all.contains(where: { $0.id == id }) { return [item] + above(id, item.children) }
            }
            return []
        }
    }
}
