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
    /// How often the current step's call failed.
    private(set) var failures = 0
    /// Why the current step cannot be done by any call.
    private(set) var obstacle: String?

    /// - Parameter earlier: results of the same task, which was stopped and goes on.
    init(_ steps: [ScriptedStep], earlier: [RecordedResult] = []) {
        self.steps = steps
        for result in earlier { _ = saw(result) }
        failures = 0
        obstacle = nil
    }

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

    /// Words of an answer that no other call of the same tool would change.
    private static let final: Set<String> = ["tool.denied", "tool.refused", "tool.unknown"]

    /// - Returns: whether a step is done by this.
    mutating func saw(_ result: RecordedResult) -> Bool {
        guard let current, current.objection(to: result.tool, result.arguments) == nil else { return false }
        if result.isError {
            failures += 1
            let code = result.content?["error"]?["code"]?.text ?? ""
            if Self.final.contains(code) { obstacle = result.content?["error"]?["message"]?.text ?? result.text }
            return false
        }
        skip()
        return true
    }

    /// Goes on with the next step.
    mutating func skip() {
        done += 1
        failures = 0
        obstacle = nil
    }

    /// The end of a task whose current step cannot be done; nil while it may.
    ///
    /// - Parameter mostFailures: so often in a row a step may fail.
    func end(mostFailures: Int) -> SessionEnd? {
        guard let current, obstacle != nil || failures >= mostFailures else { return nil }
        let name = "step \(done + 1) of \(steps.count), \(current.tool),"
        return SessionEnd(
            .stopped, code: "agent.step",
            reason: obstacle.map { "\(name) cannot be done: \($0)" } ?? "\(name) failed \(failures) times")
    }
}
