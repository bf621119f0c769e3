import WeirCore

struct WriteTool: Tool {
    let workspace: Workspace

    var spec: ToolSpec {
        ToolSpec(
            name: "Write", title: "Write a file",
            summary: "Writes a whole file of the project, and its folders. What was there is replaced: Read it first, "
                + "and prefer Edit for a change.",
            input: ToolSchema.object([
                .init("path", .string, "Path inside the project.", isRequired: true),
                .init("content", .string, "All of its text.", isRequired: true),
            ]).json,
            output: WrittenFile.schema, level: .write, isDestructive: true)
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let path = try workspace.path(try arguments.text("path"))
        let content = try arguments.text("content")
        if content.utf8.count > Workspace.largest {
            throw WeirError("file.too-large", "a tool writes at most \(Figures.bytes(Int64(Workspace.largest)))")
        }
        let isNew = try !workspace.exists(path)
        try workspace.write(path, content)
        return WrittenFile.answer(path, content, isNew ? "created" : "replaced", workspace)
    }
}

struct EditTool: Tool {
    let workspace: Workspace

    var spec: ToolSpec {
        ToolSpec(
            name: "Edit", title: "Change a file",
            summary: "Replaces a piece of text in a file of the project. `old` must stand there exactly once, as it is "
                + "written, white space included; `all` replaces every place.",
            input: ToolSchema.object([
                .init("path", .string, "Path inside the project.", isRequired: true),
                .init("old", .string, "The text to be replaced, without line numbers.", isRequired: true),
                .init("new", .string, "What stands there afterwards.", isRequired: true),
                .init("all", .boolean, "Replace every place."),
            ]).json,
            output: WrittenFile.schema, level: .write, isDestructive: true, isIdempotent: false)
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let path = try workspace.path(try arguments.text("path"))
        var old = try arguments.text("old")
        var new = try arguments.text("new")
        let isAll = try arguments.bool("all")
        if old.isEmpty { throw WeirError("edit.empty", "\"old\" is empty", hint: "Write makes a whole file") }
        if old == new { throw WeirError("edit.nothing", "\"old\" and \"new\" are the same") }
        let text = try workspace.text(path)
        // Read shows lines without their ends: a file of Windows keeps its own.
        if text.contains("\r\n" as Character), !old.contains("\r\n" as Character) {
            old = old.replacing("\n", with: "\r\n")
            new = new.replacing("\n", with: "\r\n")
        }
        let places = text.ranges(of: old)
        if places.isEmpty { throw Self.notFound(old, in: text, path) }
        if places.count > 1, !isAll {
            let lines = places.prefix(5).map { "\(text[..<$0.lowerBound].count(where: \.isNewline) + 1)" }
            throw WeirError(
                "edit.ambiguous",
                "the text stands in \(path) \(places.count) times, at the lines \(lines.joined(separator: ", "))",
                hint: "take more of what is around it into \"old\", or say all: true")
        }
        let changed = text.replacing(old, with: new)
        try workspace.write(path, changed)
        return WrittenFile.answer(path, changed, "changed", workspace, places: places.count)
    }

    /// Tells what a model most often gets wrong: white space, and line numbers that it took for text.
    private static func notFound(_ old: String, in text: String, _ path: String) -> WeirError {
        func squeezed(_ text: some StringProtocol) -> String {
            text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        let first = old.split(whereSeparator: \.isNewline).first { !squeezed($0).isEmpty } ?? ""
        let wanted = squeezed(first)
        let near = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().first {
            !wanted.isEmpty && squeezed($1) == wanted
        }
        return WeirError(
            "edit.not-found", "the text does not stand in \(path)",
            hint: near.map { "line \($0.offset + 1) is alike but for white space: \"\($0.element)\"" }
                ?? "Read the file again and take the text as it is there, without line numbers")
    }
}

/// What the tools that write answer.
enum WrittenFile {
    static let schema = ToolSchema.object([
        .init("path", .string, ""), .init("done", .choice(["created", "replaced", "changed"]), ""),
        .init("lines", .integer, "Lines of the file now."), .init("places", .integer, "Places that were replaced."),
        .init("dry_run", .boolean, "Only proposed: nothing was written."),
    ]).json

    static func answer(
        _ path: String, _ content: String, _ done: String, _ workspace: Workspace, places: Int? = nil
    ) -> ToolAnswer {
        let lines = content.count(where: \.isNewline) + (content.last?.isNewline == false ? 1 : 0)
        var fields: [String: JSONValue] = [
            "path": .string(path), "done": .string(done), "lines": .int(Int64(lines)),
            "dry_run": .bool(workspace.isDryRun),
        ]
        if let places { fields["places"] = .int(Int64(places)) }
        return ToolAnswer(.object(fields))
    }
}
