import WeirCore
import WeirPipeline

/// What a plan would have done: a run, a replay of rows from quarantine, or a backfill.
struct Proposal: Sendable, Hashable {
    enum Action: String, Sendable, CaseIterable { case run, replay, backfill }

    var action: Action
    var environment: String?
    var selectors: [String] = []
    var fullRefresh = false
    /// Of a replay or a backfill.
    var table = ""
    var ids: [String] = []
    var set: [String] = []
    var from = ""
    var to = ""

    /// The command that does the same.
    var command: String {
        let place = environment.map { " --env \($0)" } ?? ""
        switch action {
        case .run:
            return (["run"] + selectors).joined(separator: " ") + (fullRefresh ? " --full-refresh" : "") + place
        case .replay:
            let rows = ids.map { " --id \($0)" } + set.map { " --set \($0)" }
            return "quarantine replay \(table)\(rows.joined())\(place)"
        case .backfill: return "backfill \(table) --from \(from) --to \(to)\(place)"
        }
    }

    /// Reads it from the arguments of `plan`, or of `run`.
    init(_ arguments: ToolArguments, _ context: ToolContext, action: Action? = nil) throws {
        let word = try action?.rawValue ?? arguments.optionalText("action") ?? Action.run.rawValue
        guard let known = Action(rawValue: word) else {
            throw WeirError(
                "tool.bad-arguments", "\(arguments.tool): \"\(word)\" is no action",
                hint: DidYouMean.hint(for: word, among: Action.allCases.map(\.rawValue)))
        }
        self.action = known
        environment = try arguments.environment(context)
        selectors = try arguments.texts("tables")
        fullRefresh = try arguments.bool("full_refresh")
        if known == .run { return }
        table = try arguments.text("table")
        if known == .backfill {
            from = try arguments.text("from")
            to = try arguments.text("to")
        } else {
            ids = try arguments.texts("ids")
            set = try arguments.texts("set")
        }
    }

    func options(command word: String? = nil) -> RunOptions {
        var options = RunOptions()
        options.environment = environment
        options.selection = Selection(selectors)
        options.fullRefresh = fullRefresh
        options.command = word ?? command
        return options
    }

    /// What it would do now, as the items of an answer; nothing is written.
    func preview(_ project: Project) async throws -> Preview {
        switch action {
        case .run:
            let plan = try await Runner(project, options: options()).plan()
            return try Preview(plan)
        case .replay:
            let reader = try QuarantineReader(project: project, environment: environment)
            let name = try Self.table(table)
            let held = try await reader.show(name, limit: 100_000)
            let chosen = held.filter { row in ids.isEmpty || ids.contains { row.id.hasPrefix($0) } }
            return Preview(
                items: chosen.prefix(20).map { row in
                    JSONValue.object([
                        "id": .string(row.id), "reasons": JSONValue(row.reasons), "source": JSONValue(row.source),
                        "line": JSONValue(row.line),
                    ]).compact
                },
                count: chosen.count, isEmpty: chosen.isEmpty,
                summary:
                    "\(Figures.count(Int64(chosen.count), "row")) of the quarantine of \(table) go through its gate again",
                isForeign: true)
        case .backfill:
            let name = try Self.table(table)
            guard let model = project.model(name) else {
                throw WeirError(
                    "table.unknown", "the project has no model \(table)",
                    hint: DidYouMean.hint(for: table, among: project.models.map(\.name.description)))
            }
            guard model.load.interval != nil else {
                throw WeirError(
                    "backfill.no-interval", "\(table) has no intervals", hint: "backfill is for strategy interval")
            }
            return Preview(
                items: [["table": .string(table), "from": .string(from), "to": .string(to)]], count: 1, isEmpty: false,
                summary: "\(table) is built again from \(from) until \(to)", isForeign: false)
        }
    }

    /// Does it.
    func perform(
        _ project: Project, _ events: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> RunSummary {
        let runner = try Runner(project, options: options())
        switch action {
        case .run: return try await runner.run(events)
        case .replay:
            var request = ReplayRequest(table: try Self.table(table))
            request.ids = ids
            request.set = set
            return try await runner.replay(request, events: events)
        case .backfill:
            return try await runner.backfill(
                BackfillRequest(table: try Self.table(table), from: from, to: to), events: events)
        }
    }

    private static func table(_ text: String) throws -> TableName {
        guard let name = TableName(text) else {
            throw WeirError("table.unknown", "\"\(text)\" is no table", hint: "write schema.table, like mart.delays")
        }
        return name
    }
}

/// What a proposal would do.
struct Preview: Sendable, Hashable {
    var items: [JSONValue]
    /// All of them, also those that are not shown.
    var count: Int
    /// It would change nothing.
    var isEmpty: Bool
    /// One sentence, for a person who is asked.
    var summary: String
    var isForeign: Bool
    var removed: [String] = []

    init(items: [JSONValue], count: Int, isEmpty: Bool, summary: String, isForeign: Bool) {
        self.items = items
        self.count = count
        self.isEmpty = isEmpty
        self.summary = summary
        self.isForeign = isForeign
    }

    /// Tables that are to change first, those that stay as they are last and in short.
    init(_ plan: Plan) throws {
        let working = plan.nodes.filter { $0.action != .none || $0.problem != nil }
        let resting = plan.nodes.filter { $0.action == .none && $0.problem == nil }
        items =
            try working.map { node in
                var json = try JSONValue.of(node).compact.without("columns", "kind").fields ?? [:]
                if node.status == .new { json["column_diff"] = nil }
                return .object(json)
            }
            + resting.map { ["name": .string($0.name.description), "status": "unchanged", "action": "none"] }
        count = items.count
        isEmpty = plan.isEmpty
        isForeign = false
        removed = plan.removed.map(\.description)
        let names = working.prefix(8).map { "\($0.name) (\($0.action == .build ? "build" : $0.action.rawValue))" }
        let more = working.count > 8 ? " and \(working.count - 8) more" : ""
        summary =
            plan.isEmpty
            ? "nothing is to be done"
            : "\(Figures.count(Int64(working.count), "table")): \(names.joined(separator: ", "))\(more)"
    }

    /// Equal marks, the same would be done.
    var mark: String { Fingerprint.of(items.map(\.line) + removed) }
}
