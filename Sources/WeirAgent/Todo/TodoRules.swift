import Foundation
import WeirCore

/// What an item must be. Each mistake says how it is right.
struct TodoRules: Sendable {
    /// The name of the agent whose list it is: `Data Engineer`.
    let prefix: String

    static let longest = 500
    static let most = 200
    static let deepest = 5

    var mark: String { "[\(prefix)] " }

    /// The content as it is kept.
    ///
    /// - Throws: `todo.prefix` with the correction, `todo.empty`, `todo.too-long`.
    func checked(_ content: String) throws -> String {
        let content = content.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let (name, rest) = Self.parts(content)
        guard !rest.isEmpty else {
            throw WeirError("todo.empty", "an item says nothing", hint: "write what is to be done after \(mark)")
        }
        if content.hasPrefix(mark) {
            guard content.count <= Self.longest else {
                throw WeirError(
                    "todo.too-long", "an item has \(content.count) characters",
                    hint: "say it in \(Self.longest), and put the steps below it")
            }
            return content
        }
        let correct = "write \"\(mark)\(rest)\""
        if let name, name.lowercased() != prefix.lowercased() {
            throw WeirError(
                "todo.prefix", "\"\(content)\" is an item of \(name), and this is the list of \(prefix)",
                hint: "\(correct), or hand it over with `weir todo handoff`")
        }
        throw WeirError("todo.prefix", "\"\(content)\" does not begin with \(mark)", hint: correct)
    }

    /// What a person typed, with the prefix put in front where there is none.
    func completed(_ content: String) throws -> String {
        Self.parts(content).name == nil ? try checked(mark + content) : try checked(content)
    }

    /// `[Name] rest`. Marks of a list, like `[ ]`, are no name.
    static func parts(_ content: String) -> (name: String?, rest: String) {
        guard content.first == "[", let end = content.firstIndex(of: "]") else { return (nil, content) }
        let name = content[content.index(after: content.startIndex)..<end].trimmingSpace
        let rest = String(content[content.index(after: end)...].trimmingSpace)
        return (name.count > 1 ? String(name) : nil, rest)
    }

    /// - Throws: `todo.blocked` where the reason or the impact is missing.
    static func checkBlocked(_ item: String, reason: String?, impact: String?) throws {
        let missing = [("reason", reason), ("impact", impact)]
            .filter { ($0.1 ?? "").trimmingCharacters(in: .whitespacesAndNewlines).count < 3 }.map(\.0)
        if missing.isEmpty { return }
        throw WeirError(
            "todo.blocked", "\"\(item)\" is BLOCKED without \(missing.joined(separator: " and "))",
            hint: "say what holds it up (reason) and what that means for the data (impact)")
    }

    /// The whole list keeps the rules.
    ///
    /// - Throws: `todo.several-in-progress`, `todo.too-many`, `todo.too-deep`.
    static func check(_ items: [TodoItem]) throws {
        let busy = items.flatMap(\.leaves).filter { $0.status == .inProgress }
        if busy.count > 1 {
            throw WeirError(
                "todo.several-in-progress",
                "\(busy.count) items are in progress: \(busy.map { "\"\($0.content)\"" }.joined(separator: ", "))",
                hint: "one at a time: leave the others pending")
        }
        let count = items.reduce(0) { $0 + $1.all.count }
        if count > most {
            throw WeirError("todo.too-many", "the list has \(count) items", hint: "\(most) are the most")
        }
        if items.contains(where: { depth($0) > deepest }) {
            throw WeirError(
                "todo.too-deep", "items are nested deeper than \(deepest) levels", hint: "make some of them one item")
        }
    }

    private static func depth(_ item: TodoItem) -> Int { 1 + (item.children.map(depth).max() ?? 0) }
}
