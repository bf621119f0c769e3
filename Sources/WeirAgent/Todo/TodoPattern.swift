import WeirCore

/// The steps of a kind of work that data engineers do again and again.
public struct TodoPattern: Sendable, Hashable, Encodable {
    /// To be typed: `schema`.
    public var name: String
    public var title: String
    public var steps: [String]

    /// The items for a piece of such work.
    ///
    /// - Parameter subject: what it is about, like `orders`.
    public func draft(for subject: String, prefix: String) -> TodoDraft {
        let mark = TodoRules(prefix: prefix).mark
        let subject = TodoRules.parts(subject.split(whereSeparator: \.isWhitespace).joined(separator: " ")).rest
        return TodoDraft(
            mark + (subject.isEmpty ? title : "\(title): \(subject)"),
            children: steps.map { TodoDraft(mark + (subject.isEmpty ? $0 : "\($0) (\(subject))")) })
    }

    /// - Throws: `todo.unknown-pattern`.
    public static func named(_ name: String) throws -> TodoPattern {
        if let pattern = all.first(where: { $0.name == name.lowercased() }) { return pattern }
        throw WeirError(
            "todo.unknown-pattern", "there is no pattern \"\(name)\"",
            hint: DidYouMean.hint(for: name, among: all.map(\.name)))
    }

    public static let all: [TodoPattern] = [
        TodoPattern(
            name: "schema", title: "Schema and database design",
            steps: [
                "Profile the data that it is to hold", "Choose grain, keys and history, and write down why",
                "Write the contract: types, keys, nulls, accepted values", "Write the model and its description",
                "Test it with rows that pass, fail and are null", "Check lineage and whom the change breaks",
                "Document tables and columns",
            ]),
        TodoPattern(
            name: "etl", title: "ETL and pipelines",
            steps: [
                "Look at the source: form, volume, how it changes", "Choose the strategy and the watermark",
                "Write source and models, each step to be run again without harm",
                "Put rules at the gate, and say what goes to quarantine",
                "Run it, and hold the row balance up to the source",
                "Kill it half-way and run it again", "Say when it runs and who is told",
            ]),
        TodoPattern(
            name: "ai", title: "AI integration",
            steps: [
                "Say what is asked of the model, and how a good answer is known", "Estimate calls, tokens and cost",
                "Set a budget, limits and what happens when they are used up",
                "Write the step and the rules for its answers",
                "Try it on a sample, and measure it against answers by hand",
                "Keep personal data and secrets out of what is sent", "Watch cost and refusals",
            ]),
        TodoPattern(
            name: "performance", title: "Performance",
            steps: [
                "Measure it as it is, with the same data each time", "Explain the plan, and find where the time goes",
                "Change one thing", "Measure it again, and show both figures", "Check that the rows are the same",
                "Write down what was learned",
            ]),
        TodoPattern(
            name: "quality", title: "Quality and monitoring",
            steps: [
                "Profile the tables, and list what is surprising",
                "Write the rules that should hold, with their owners",
                "Decide for each: warn, quarantine or stop", "Look at what is in quarantine, and why",
                "Watch volume, freshness and drift", "Say who is told, and what is done then",
            ]),
        TodoPattern(
            name: "migration", title: "Migration",
            steps: [
                "List what moves, and who reads it", "Write the new shape beside the old one",
                "Write the move so that it can stop and go on", "Test the move, and the way back",
                "Compare old and new row by row", "Switch the readers, and watch",
                "Remove the old one when nobody reads it",
            ]),
        TodoPattern(
            name: "security", title: "Security and compliance",
            steps: [
                "Find personal and secret data in the tables", "Say who may see what, and why",
                "Mask, drop or keep apart what need not be seen", "Set how long it is kept, and test that it goes",
                "Check that no secret is in code, logs or memories", "Write down what is kept for the audit",
            ]),
    ]
}
