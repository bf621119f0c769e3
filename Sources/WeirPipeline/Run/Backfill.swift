import WeirConnect
import WeirCore
import WeirEngine

/// What a backfill builds.
public struct BackfillRequest: Sendable {
    public var table: TableName
    /// ISO 8601 date or time, inclusive.
    public var from: String
    /// ISO 8601 date or time, exclusive.
    public var to: String

    public init(table: TableName, from: String, to: String) {
        self.table = table
        self.from = from
        self.to = to
    }
}

extension Runner {
    /// Builds a range of an interval model again, in batches side by side. Each batch is published whole or not
    /// at all; after a crash the same command does all of it again with the same result.
    public func backfill(
        _ request: BackfillRequest, events: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> RunSummary {
        let model = try intervalModel(request.table)
        return try await change("backfill \(request.table)", events) { warehouse, planned, history in
            guard let interval = model.load.interval else { return [] }
            try requireInputs(of: model, planned)
            let ranges = try await warehouse.withConnection { connection in
                try await connection.perform { connection in
                    let schema = environment.physical(model.name).schema
                    try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(schema))")
                    return try TimeSpan.batches(
                        of: try Self.range(request, on: connection), interval: interval, on: connection)
                }
            }
            let context = try nodeContext(model.name, planned, history)
            events(.started(model.name, action: .load))
            return [
                try await build(
                    model, ranges, context, warehouse, StepDesk(project: project, store: history.store), events)
            ]
        }
    }

    private func intervalModel(_ name: TableName) throws -> ModelDefinition {
        guard let model = project.model(name) else {
            throw WeirError(
                "table.unknown", "the project has no model \(name)",
                hint: DidYouMean.hint(for: name.description, among: project.models.map(\.name.description)))
        }
        guard model.load.strategy == .interval else {
            throw WeirError(
                "backfill.not-interval",
                "\(name) has strategy \(model.load.strategy.rawValue), and a backfill needs strategy interval",
                hint: "`weir run --full-refresh \(name)` builds the whole table anew", at: model.place)
        }
        return model
    }

    private func requireInputs(of model: ModelDefinition, _ planned: Planned) throws {
        let missing = (planned.graph[model.name]?.inputs ?? []).filter {
            planned.checkpoints[environment.physical($0).key] == nil
        }
        guard !missing.isEmpty else { return }
        let names = missing.map(\.description).joined(separator: " ")
        let option = environment.name.map { " --env \($0)" } ?? ""
        throw WeirError(
            "backfill.no-input", "\(model.name) reads \(names), which was not built yet",
            hint: "`weir run\(option) \(names)` builds it", at: model.place)
    }

    private static func range(_ request: BackfillRequest, on connection: isolated Connection) throws -> TimeRange {
        func time(_ text: String, _ option: String) throws -> String {
            let read = try connection.query(
                "SELECT strftime(TRY_CAST(? AS TIMESTAMP), '%Y-%m-%d %H:%M:%S')", [.text(text)]
            ).scalar.text
            guard let read else {
                throw WeirError(
                    "backfill.bad-time", "\(option) \"\(text)\" is no date or time",
                    hint: "write 2013-01-31 or 2013-01-31T06:00:00")
            }
            return read
        }
        let range = TimeRange(start: try time(request.from, "--from"), end: try time(request.to, "--to"))
        guard range.start < range.end else {
            throw WeirError(
                "backfill.empty-range", "--from \(request.from) is not before --to \(request.to)",
                hint: "--to is exclusive")
        }
        return range
    }

    private func build(
        _ model: ModelDefinition, _ ranges: [TimeRange], _ context: NodeContext, _ warehouse: Warehouse,
        _ desk: StepDesk, _ events: @escaping @Sendable (RunEvent) -> Void
    ) async throws -> NodeResult {
        @Sendable func one(_ part: Int, _ context: NodeContext) async throws -> NodeResult {
            try await Retry().run(
                announce: { events(.retrying(model.name, $0, seconds: $1)) },
                { _ in
                    try await warehouse.withConnection { connection in
                        let build = ModelBuild(context: context, model: model, range: ranges[part], part: part)
                        if model.ai != nil {
                            let step = try await desk.stepRun(of: model, context, on: connection, events: events)
                            return try await build.run(asking: step, on: connection)
                        }
                        return try await connection.perform { try build.run(on: $0) }
                    }
                })
        }
        var parts: [NodeResult] = []
        var next = 0
        // The first batch alone: it may have to create the table.
        if !ranges.isEmpty {
            parts.append(try await one(0, context))
            next = 1
        }
        // The others find the table as the first left it.
        var following = context
        following.fullRefresh = false
        following.checkpoint = parts.first?.checkpoint ?? context.checkpoint
        let rest = following
        if parts.first?.status == .published {
            try await withThrowingTaskGroup(of: NodeResult.self) { group in
                for _ in 0..<options.threads where next < ranges.count {
                    let part = next
                    group.addTask { try await one(part, rest) }
                    next += 1
                }
                while let done = try await group.next() {
                    parts.append(done)
                    if next < ranges.count {
                        let part = next
                        group.addTask { try await one(part, rest) }
                        next += 1
                    }
                }
            }
        }
        return parts.dropFirst().reduce(parts[0]) { sum, part in
            var sum = sum
            sum.balance = sum.balance + part.balance
            sum.changes.inserted += part.changes.inserted
            sum.changes.deleted += part.changes.deleted
            if part.status != .published {
                sum.status = part.status
                sum.reason = part.reason
                sum.checks = part.checks
            }
            sum.rows = max(sum.rows ?? 0, part.rows ?? 0)
            return sum
        }
    }
}
