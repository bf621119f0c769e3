import WeirCore
import WeirPipeline

/// What a run came to, as a tool's answer.
enum RunAnswer {
    static let output = ToolSchema.object(
        [
            .init("run", .string, "Its id, for the tool `usage`.", isRequired: true),
            .init("status", .choice(["done", "gate_failed", "failed"]), "", isRequired: true),
            .init("plan_id", .string, ""),
            .init("already_applied", .boolean, "It was applied before, and nothing was done now."),
            .init("seconds", .number, "", isRequired: true),
            .init(
                "rows",
                .object([
                    .init("read", .integer, "", isRequired: true), .init("published", .integer, "", isRequired: true),
                    .init("quarantined", .integer, "", isRequired: true),
                    .init("filtered", .integer, "", isRequired: true),
                ]), "read = published + quarantined + filtered, over all tables.", isRequired: true),
            .init("warnings", .array(.any), ""), .init("next", .string, "What to do now."),
        ] + AnswerCutter.fields("tables", .any, "Those with trouble first; unchanged ones are left out.")
    ).json

    static func make(_ summary: RunSummary, planID: String? = nil) throws -> ToolAnswer {
        let worked = summary.nodes.filter { $0.status != .unchanged }
        let trouble = worked.filter { $0.status != .published || $0.balance.quarantined > 0 }
        let fine = worked.filter { $0.status == .published && $0.balance.quarantined == 0 }
        let tables = try (trouble + fine).map { node -> JSONValue in
            var json =
                try JSONValue.of(node).compact.without("columns", "inputs", "kind", "started_at", "attempts")
                .fields ?? [:]
            // Rules that hold are many and say little.
            let broken = node.checks.filter { $0.status != .passed && $0.status != .accepted }
            json["checks"] = broken.isEmpty ? nil : try JSONValue.of(broken).compact
            json["checks_kept"] = .int(Int64(node.checks.count - broken.count))
            return .object(json)
        }
        let balance = summary.nodes.map(\.balance).reduce(RowBalance(), +)
        var beside: [String: JSONValue] = [
            "run": .string(summary.id), "status": .string(word(summary.outcome)),
            "seconds": .double(Double(summary.milliseconds) / 1000),
            "rows": [
                "read": .int(Int64(balance.read)), "published": .int(Int64(balance.published)),
                "quarantined": .int(Int64(balance.quarantined)), "filtered": .int(Int64(balance.filtered)),
            ],
        ]
        if let planID { beside["plan_id"] = .string(planID) }
        if !summary.warnings.isEmpty { beside["warnings"] = try JSONValue.of(summary.warnings) }
        if let next = next(summary, balance) { beside["next"] = .string(next) }
        return ToolAnswer(
            AnswerCutter().answer(tables, key: "tables", beside: beside, mark: nil), isForeign: !trouble.isEmpty)
    }

    private static func word(_ outcome: Outcome) -> String {
        switch outcome {
        case .done: "done"
        case .gateFailed: "gate_failed"
        case .wrongUsage, .systemFailed: "failed"
        }
    }

    private static func next(_ summary: RunSummary, _ balance: RowBalance) -> String? {
        if summary.outcome == .gateFailed {
            return "a gate stopped a table: read its checks, mend the model or the contract, then plan again"
        }
        if summary.outcome != .done { return "read the errors of the tables, mend what they name, then plan again" }
        return balance.quarantined > 0 ? "rows are in quarantine: `quarantine` shows them and why" : nil
    }

    /// Passes on what a run tells of itself.
    static func progress(_ context: ToolContext, of count: Int) -> @Sendable (RunEvent) -> Void {
        let done = Counter()
        return { event in
            let share = count > 0 ? min(1, Double(done.value) / Double(count)) : nil
            switch event {
            case .started(let name, let action):
                context.progress(share, "\(action == .load ? "loading" : "building") \(name)")
            case .progress(let name, let percent): context.progress(share, "\(name) \(Int(percent)) %")
            case .retrying(let name, let error, _): context.progress(share, "\(name): \(error.message); trying again")
            case .finished(let result):
                done.add()
                context.progress(
                    count > 0 ? min(1, Double(done.value) / Double(count)) : nil,
                    "\(result.name) \(result.status.rawValue)")
            case .planned, .asking, .warning: break
            }
        }
    }
}
