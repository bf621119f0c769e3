import WeirCore

/// Keeps the task list of whoever works: the whole list is written each time, as Claude Code's tool of that name does.
public struct TodoWriteTool: Tool {
    let book: TodoBook
    let session: String?
    public let spec: ToolSpec

    public init(book: TodoBook) { self.init(book: book, session: nil) }

    /// - Parameter session: stands beside the items that are written.
    public init(book: TodoBook, session: String?) {
        self.book = book
        self.session = session
        spec = Self.spec(prefix: book.prefix)
    }

    static func spec(prefix: String) -> ToolSpec {
        ToolSpec(
            name: "TodoWrite", title: "Task list",
            summary: """
                Writes the task list of this project, always the whole of it. Use it for work of three steps and more, \
                and mark an item as soon as its status changes. Every item begins with "[\(prefix)] ". At most one is \
                in_progress. One that cannot go on is BLOCKED, with its reason and the impact on the data. An item \
                with subtasks is completed when they are. Answers the list as it is then; items that a person added \
                stay.
                """,
            input: ToolSchema.object([
                .init("todos", .array(item(prefix, depth: TodoRules.deepest)), "the whole list", isRequired: true)
            ]).json,
            output: ToolSchema.object([
                .init("todos", .array(.any), "the list as it is now", isRequired: true),
                .init("kept", .array(.string), "open items of a person that your list did not have"),
            ]).json,
            level: .read, isIdempotent: true)
    }

    private static func item(_ prefix: String, depth: Int) -> ToolSchema {
        var fields: [ToolSchema.Field] = [
            .init("content", .string, "what is to be done: \"[\(prefix)] …\"", isRequired: true),
            .init("status", .choice(TodoStatus.allCases.map(\.rawValue)), "", isRequired: true),
            .init("activeForm", .string, "the same while it is being done: \"Profiling the orders\""),
            .init("reason", .string, "BLOCKED: what holds it up"),
            .init("impact", .string, "BLOCKED: what that means for the data"),
        ]
        if depth > 1 { fields.append(.init("subtasks", .array(item(prefix, depth: depth - 1)), "")) }
        return .object(fields)
    }

    public func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let drafts = try TodoDraft.read(arguments.values["todos"] ?? .null)
        let (items, spared) = try await book.write(drafts, session: session)
        var content: [String: JSONValue] = ["todos": .array(items.map(Self.json))]
        if !spared.isEmpty { content["kept"] = .array(spared.map { .string($0.content) }) }
        return ToolAnswer(.object(content), text: TodoText.markdown(items))
    }

    /// An item as it is written, so that the list can be sent back changed.
    static func json(_ item: TodoItem) -> JSONValue {
        var fields: [String: JSONValue] = [
            "content": .string(item.content), "status": .string(item.status.rawValue),
        ]
        fields["activeForm"] = item.activeForm.map { .string($0) }
        fields["reason"] = item.reason.map { .string($0) }
        fields["impact"] = item.impact.map { .string($0) }
        if !item.children.isEmpty { fields["subtasks"] = .array(item.children.map(json)) }
        return .object(fields)
    }
}
