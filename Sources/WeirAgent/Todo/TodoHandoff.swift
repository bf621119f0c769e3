import Foundation
import WeirCore
import WeirStore

/// The text with which an item is given to another agent: what is asked, and what it must know for that.
public struct TodoHandoff: Sendable {
    /// A table that the item speaks of.
    public struct Table: Sendable, Hashable {
        public var name: String
        /// Files that make it: a source or a model, its contract.
        public var files: [String]
        /// How it ended when it was last built.
        public var lastResult: String?

        public init(name: String, files: [String], lastResult: String? = nil) {
            self.name = name
            self.files = files
            self.lastResult = lastResult
        }
    }

    public var item: TodoItem
    /// Those that the item is part of, the outermost first.
    public var above: [TodoItem]
    /// Name of the agent that hands over, and of the one that takes.
    public var from: String
    public var to: String
    public var project: String
    public var note: String?
    public var memories: [Memory]
    public var tables: [Table]

    public init(
        item: TodoItem, above: [TodoItem] = [], from: String, to: String, project: String, note: String? = nil,
        memories: [Memory] = [], tables: [Table] = []
    ) {
        self.item = item
        self.above = above
        self.from = from
        self.to = to
        self.project = project
        self.note = note
        self.memories = memories
        self.tables = tables
    }

    /// What an agent of some kind looks after, so that the text asks for that.
    private static let duties: [(words: [String], duty: String)] = [
        (
            ["qa", "quality", "test"],
            "Test it: show what you ran and what it printed, also for empty, null and repeated input."
        ),
        (
            ["ops", "operation", "devops", "sre"],
            "Bring it to where it runs: schedules, secrets, alarms, and the way back."
        ),
        (
            ["security", "compliance"],
            "Judge it: who can see what, what leaves the machine, what is kept and for how long."
        ),
        (["engineer"], "Build it: change what is named here, keep its tests passing, and say what else it touches."),
        (["doc"], "Write it down where its readers look."),
    ]

    /// `qa` is `QA`, `security` is `Security`, `backend-engineer` is `Backend Engineer`.
    public static func agentName(_ name: String) -> String {
        name.split(whereSeparator: { "-_ ".contains($0) }).map { word in
            ["qa", "pm", "sre", "ui", "api", "ai"].contains(word.lowercased())
                ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst()
        }.joined(separator: " ")
    }

    /// The tables of a project that a text names, by `schema.table` or by the table's name alone.
    public static func named(_ tables: [TableName], in text: String) -> [TableName] {
        let words = Set(
            text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
                .map { String($0.drop { $0 == "." }).trimmingCharacters(in: ["."]) })
        return tables.filter {
            words.contains($0.description.lowercased()) || $0.table.count > 3 && words.contains($0.table.lowercased())
        }
    }

    public var text: String {
        let rest = TodoRules.parts(item.content).rest
        var parts = ["[\(to)] \(rest)", "From: \(from), project \(project)."]
        if !above.isEmpty {
            parts.append("Part of: " + above.map { TodoRules.parts($0.content).rest }.joined(separator: " → "))
        }
        if let note, !note.isEmpty { parts.append(note) }
        if let duty = Self.duties.first(where: { $0.words.contains(where: to.lowercased().contains) })?.duty {
            parts.append(duty)
        }
        var state = ["## State", "Status: \(item.status.rawValue), as of \(UTC.text(item.changedAt))"]
        if let reason = item.reason { state.append("Held up by: \(reason)") }
        if let impact = item.impact { state.append("Impact on the data: \(impact)") }
        if !item.children.isEmpty { state.append(TodoText.markdown(item.children)) }
        parts.append(state.joined(separator: "\n"))
        if !tables.isEmpty {
            let lines = tables.map { table in
                "- \(table.name): \(table.files.joined(separator: ", "))"
                    + (table.lastResult.map { "; last run: \($0)" } ?? "")
            }
            parts.append("## Tables\n" + lines.joined(separator: "\n"))
        }
        if !memories.isEmpty {
            parts.append("## What is known\n" + memories.map(\.line).joined(separator: "\n"))
        }
        parts.append(
            "## Give it back\nSay what you did, what shows it, and what is open. Then `weir todo done \(item.id)`, or "
                + "`weir todo block \(item.id) --reason … --impact …`.")
        return parts.joined(separator: "\n\n")
    }
}
