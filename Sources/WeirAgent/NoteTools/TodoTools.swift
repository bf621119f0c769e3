import WeirCore
import WeirPipeline
import WeirStore

/// Shows the task list that people and agents share.
struct TodoListTool: Tool {
    let desk: NoteDesk

    let spec = ToolSpec(
        name: "todo_list", title: "Task list",
        summary:
            "The task list of this project, which people and agents share: what is pending, in progress, completed, or BLOCKED with its reason and the impact on the data.",
        input: ToolSchema.object([
            .init("open", .boolean, "Only what is not completed."), DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(AnswerCutter.fields("todos", .any, "Items with their subtasks.")).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let book = TodoBook(store: try await desk.store(context).1)
        let isOpen = try arguments.bool("open")
        let items = try await book.items().filter { !isOpen || $0.status != .completed }
        return ToolAnswer(
            AnswerCutter().answer(
                items.map(TodoWriteTool.json), key: "todos", from: try arguments.offset(), mark: arguments.mark),
            isForeign: true)
    }
}

/// The agent's own tool of the list, for others: the store is found with each call.
struct TodoSharedTool: ConfirmableTool {
    let desk: NoteDesk
    let session: String?
    let spec: ToolSpec

    init(desk: NoteDesk, session: String?, prefix: String = "Data Engineer") {
        self.desk = desk
        self.session = session
        var spec = TodoWriteTool.spec(prefix: prefix)
        spec.name = "todo_write"
        spec.title = "Write the task list"
        spec.level = .write
        self.spec = spec
    }

    /// A note of the agent's own, beside the data: nobody is asked.
    func question(_ arguments: ToolArguments, _ context: ToolContext) async throws -> String? { nil }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let book = TodoBook(store: try await desk.store(context).1)
        var answer = try await TodoWriteTool(book: book, session: session).call(arguments, context)
        // Clients that read no structure get the same JSON as text.
        answer.text = nil
        return answer
    }
}
