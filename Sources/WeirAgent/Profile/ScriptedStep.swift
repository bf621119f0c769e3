import WeirCore

/// One step of work that a profile lays down: a call of a tool, with those of its arguments that are known before.
///
/// Small models cannot plan; with `steps:` a person plans for them, and the model fills in what is left.
public struct ScriptedStep: Sendable, Hashable {
    public var tool: String
    /// What the call must have; the model chooses the rest.
    public var arguments: [String: JSONValue]

    public init(tool: String, arguments: [String: JSONValue] = [:]) {
        self.tool = tool
        self.arguments = arguments
    }

    /// For people and models: `Write {"path":"docs/findings.md"}`.
    public var text: String { arguments.isEmpty ? tool : "\(tool) \(JSONValue.object(arguments).line)" }

    /// Why a call is not the one of this step; nil where it is.
    func objection(to tool: String, _ given: JSONValue) -> String? {
        if tool != self.tool { return "the call must be of \(self.tool), and not of \(tool)" }
        let wrong = arguments.keys.sorted().first { given[$0] != arguments[$0] }
        return wrong.map { "\($0) must be \(arguments[$0]?.line ?? "null")" }
    }
}

/// How far a task has come in the steps of its profile.
struct Script: Sendable {
    let steps: [ScriptedStep]
    private(set) var done = 0

    init(_ steps: [ScriptedStep]) { self.steps = steps }

    /// Nil after the last one.
    var current: ScriptedStep? { done < steps.count ? steps[done] : nil }

    /// What the model is told before it makes the next call; nil where nothing is laid down.
    ///
    /// - Parameter tools: tell what is left for the model to say.
    func order(_ tools: Toolbox) -> String? {
        if steps.isEmpty { return nil }
        guard let current else { return "All steps are done. Now call finish and say what was found and done." }
        let input = tools[current.tool]?.spec.input
        let open = (input?["required"]?.items ?? []).compactMap(\.text).filter { current.arguments[$0] == nil }
        let wanted = open.map { name in
            "\(name)\(input?["properties"]?[name]?["description"]?.text.map { " (\($0))" } ?? "")"
        }
        let order = "Step \(done + 1) of \(steps.count): call \(current.tool)"
        return wanted.isEmpty ? "\(order)." : "\(order). You say its \(wanted.joined(separator: ", "))"
    }

    /// - Returns: whether a step is done by this.
    mutating func saw(_ result: RecordedResult) -> Bool {
        guard let current, !result.isError, current.objection(to: result.tool, result.arguments) == nil else {
            return false
        }
        done += 1
        return true
    }
}
