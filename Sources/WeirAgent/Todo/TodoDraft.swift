import WeirCore

/// An item as somebody writes it.
public struct TodoDraft: Sendable, Hashable {
    public var content: String
    public var status: TodoStatus
    public var activeForm: String?
    public var reason: String?
    public var impact: String?
    public var children: [TodoDraft]

    public init(
        _ content: String, status: TodoStatus = .pending, activeForm: String? = nil, reason: String? = nil,
        impact: String? = nil, children: [TodoDraft] = []
    ) {
        self.content = content
        self.status = status
        self.activeForm = activeForm
        self.reason = reason
        self.impact = impact
        self.children = children
    }

    static let keys = ["content", "status", "activeForm", "reason", "impact", "subtasks"]

    /// Reads the items of a call.
    ///
    /// - Throws: `tool.bad-arguments` that names the item.
    static func read(_ value: JSONValue, _ path: String = "todos", depth: Int = 0) throws -> [TodoDraft] {
        guard case .array(let values) = value else {
            throw mistake("\(path) is no list", hint: "send the whole list, as an array of objects")
        }
        guard depth < TodoRules.deepest else {
            throw mistake("\(path) is nested too deep", hint: "\(TodoRules.deepest) levels are the most")
        }
        return try values.enumerated().map { index, value in try one(value, "\(path)[\(index)]", depth) }
    }

    private static func one(_ value: JSONValue, _ path: String, _ depth: Int) throws -> TodoDraft {
        guard let fields = value.fields else { throw mistake("\(path) is no object", hint: nil) }
        for key in fields.keys.sorted() where !keys.contains(key) {
            throw mistake("\(path) has no \"\(key)\"", hint: DidYouMean.hint(for: key, among: keys))
        }
        func text(_ key: String) throws -> String? {
            guard let value = fields[key], value != .null else { return nil }
            guard let text = value.text else { throw mistake("\(path).\(key) is no text", hint: nil) }
            return text
        }
        guard let content = try text("content") else { throw mistake("\(path) has no content", hint: nil) }
        let word = try text("status") ?? TodoStatus.pending.rawValue
        guard let status = TodoStatus(word: word) else {
            throw mistake(
                "\(path).status is \"\(word)\"",
                hint: DidYouMean.hint(for: word, among: TodoStatus.allCases.map(\.rawValue)))
        }
        return TodoDraft(
            content, status: status, activeForm: try text("activeForm"), reason: try text("reason"),
            impact: try text("impact"),
            children: try fields["subtasks"].flatMap { $0 == .null ? nil : $0 }
                .map { try read($0, "\(path).subtasks", depth: depth + 1) } ?? [])
    }

    private static func mistake(_ message: String, hint: String?) -> WeirError {
        WeirError("tool.bad-arguments", "TodoWrite: \(message)", hint: hint)
    }
}
