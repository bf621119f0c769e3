import WeirCore
import WeirPipeline
import WeirStore

/// What the tools of a project's notes share.
struct NoteDesk: Sendable {
    let cache: ProjectCache

    func store(_ context: ToolContext) async throws -> (Project, StateStore) {
        let project = try await cache.project(context)
        return (project, try await StateStore.open("\(project.stateFolder)/state.db", secrets: project.secrets))
    }

    /// - Parameter finds: by meaning too.
    func book(_ context: ToolContext, finds: Bool = false) async throws -> MemoryBook {
        let (project, store) = try await store(context)
        return await ProjectMemory.book(project, store: store, finds: finds)
    }

    static let memory = ToolSchema.object([
        .init("id", .string, "", isRequired: true), .init("type", .string, "", isRequired: true),
        .init("content", .string, "", isRequired: true), .init("critical", .boolean, ""),
        .init("status", .string, "", isRequired: true), .init("uses", .integer, ""),
        .init("created_at", .string, ""), .init("found_by", .array(.string), "words, meaning"),
    ])

    static func json(_ memory: Memory, foundBy: [String] = []) -> JSONValue {
        var fields: [String: JSONValue] = [
            "id": .string(memory.id), "type": .string(memory.type.rawValue), "content": .string(memory.content),
            "status": .string(memory.status.rawValue), "uses": .int(Int64(memory.uses)),
            "created_at": .string(UTC.text(memory.createdAt)),
        ]
        if memory.isCritical { fields["critical"] = true }
        if !foundBy.isEmpty { fields["found_by"] = JSONValue(foundBy) }
        return .object(fields)
    }

    static func type(_ arguments: ToolArguments) throws -> MemoryType? {
        guard let word = try arguments.optionalText("type") else { return nil }
        guard let type = MemoryType(rawValue: word.lowercased()) else {
            throw WeirError(
                "tool.bad-arguments", "\(arguments.tool): \"\(word)\" is no type of memory",
                hint: DidYouMean.hint(for: word, among: MemoryType.allCases.map(\.rawValue)))
        }
        return type
    }

    static let types = ToolSchema.choice(MemoryType.allCases.map(\.rawValue))
}

/// Finds memories that have to do with a text.
struct MemorySearchTool: Tool {
    let desk: NoteDesk

    let spec = ToolSpec(
        name: "memory_search", title: "Search the memory",
        summary:
            "What was learned in this project that has to do with a text, found by its words and its meaning, the nearest first. Call it at the start of every task, with the task.",
        input: ToolSchema.object([
            .init("text", .string, "A task, a question, words.", isRequired: true),
            .init("limit", .integer, "1 to 100; 20 when left out."), DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(AnswerCutter.fields("memories", NoteDesk.memory, "")).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let limit = try arguments.int("limit", usual: 20, in: 1...100)
        let hits = try await desk.book(context, finds: true).search(try arguments.text("text"), limit: limit)
        let items = hits.map { hit in
            let by = [hit.wordRank.map { _ in "words" }, hit.meaningRank.map { _ in "meaning" }].compactMap(\.self)
            return NoteDesk.json(hit.memory, foundBy: by)
        }
        return ToolAnswer(
            AnswerCutter().answer(items, key: "memories", from: try arguments.offset(), mark: arguments.mark),
            isForeign: true)
    }
}

/// Lists memories.
struct MemoryListTool: Tool {
    let desk: NoteDesk

    let spec = ToolSpec(
        name: "memory_list", title: "List the memory",
        summary: "Everything that was learned in this project and still holds, the newest first.",
        input: ToolSchema.object([
            .init("type", NoteDesk.types, "Only those of this type."),
            .init("all", .boolean, "Also those that were merged, superseded or put away."), DataSchema.cursor,
        ]).json,
        output: ToolSchema.object(AnswerCutter.fields("memories", NoteDesk.memory, "")).json)

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let isWhole = try arguments.bool("all")
        let found = try await desk.book(context).list(
            status: isWhole ? Set(Memory.Status.allCases) : [.active], type: try NoteDesk.type(arguments))
        return ToolAnswer(
            AnswerCutter().answer(
                found.map { NoteDesk.json($0) }, key: "memories", from: try arguments.offset(), mark: arguments.mark),
            isForeign: true)
    }
}

/// Remembers something.
struct MemoryAddTool: ConfirmableTool {
    let desk: NoteDesk
    let session: String?

    let spec = ToolSpec(
        name: "memory_add", title: "Remember",
        summary:
            "Keeps something that was learned, for later sessions: one sentence of 5 to 100 characters that is true beyond this task. The same is kept once; what contradicts an older memory takes its place. Secrets are refused.",
        input: ToolSchema.object([
            .init("type", NoteDesk.types, "", isRequired: true),
            .init("content", .string, "5 to 100 characters.", isRequired: true),
        ]).json,
        output: ToolSchema.object([
            .init("outcome", .choice(["new", "known"]), "", isRequired: true),
            .init("memory", NoteDesk.memory, "", isRequired: true),
            .init("superseded", .array(.string), "Contents that this one takes the place of."),
            .init("merged", .array(.string), "Contents that it says too."),
        ]).json, level: .write)

    /// A note of the agent's own, beside the data: nobody is asked.
    func question(_ arguments: ToolArguments, _ context: ToolContext) async throws -> String? { nil }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        guard let type = try NoteDesk.type(arguments) else {
            throw WeirError("tool.bad-arguments", "memory_add: the argument \"type\" is missing")
        }
        let kept = try await desk.book(context).add(
            try arguments.text("content"), type: type, session: session, origin: .agent)
        guard let memory = kept.memory else {
            throw WeirError("memory.invalid", "this cannot be remembered: \(kept.refusal ?? "it was refused")")
        }
        var fields: [String: JSONValue] = [
            "outcome": .string(kept.outcome == .new ? "new" : "known"), "memory": NoteDesk.json(memory),
        ]
        if !kept.superseded.isEmpty { fields["superseded"] = JSONValue(kept.superseded.map(\.content)) }
        if !kept.merged.isEmpty { fields["merged"] = JSONValue(kept.merged.map(\.content)) }
        return ToolAnswer(.object(fields))
    }
}

/// Puts a memory away.
struct MemoryRetireTool: ConfirmableTool {
    let desk: NoteDesk

    let spec = ToolSpec(
        name: "memory_retire", title: "Put a memory away",
        summary: "Puts away memories that no longer hold, by their ids. A person is asked, and can bring them back.",
        input: ToolSchema.object([.init("ids", .array(.string), "", isRequired: true)]).json,
        output: ToolSchema.object([.init("retired", .array(NoteDesk.memory), "", isRequired: true)]).json,
        level: .write, isDestructive: true)

    func question(_ arguments: ToolArguments, _ context: ToolContext) async throws -> String? {
        let ids = try arguments.texts("ids")
        if ids.isEmpty { throw WeirError("tool.bad-arguments", "memory_retire: no id is given") }
        let book = try await desk.book(context)
        var lines: [String] = []
        for id in ids {
            // As the store finds it when the call is made: the person sees what goes, or nobody is asked.
            let memory = try await book.store.memory(id)
            let line = "- \(memory.content)" + (memory.status == .active ? "" : " (\(memory.status.rawValue) already)")
            if !lines.contains(line) { lines.append(line) }
        }
        return "Put these memories away?\n\(lines.joined(separator: "\n"))"
    }

    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer {
        let ids = try arguments.texts("ids")
        if ids.isEmpty { throw WeirError("tool.bad-arguments", "memory_retire: no id is given") }
        let retired = try await desk.book(context).retire(ids)
        return ToolAnswer(["retired": .array(retired.map { NoteDesk.json($0) })])
    }
}
