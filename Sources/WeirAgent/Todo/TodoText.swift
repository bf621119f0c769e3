import WeirCore

/// The list for reading.
public enum TodoText {
    /// As Markdown: `- [x] …`, nested items below theirs.
    public static func markdown(_ items: [TodoItem]) -> String {
        items.isEmpty ? "There is nothing to do." : lines(items, indent: "").joined(separator: "\n")
    }

    private static func lines(_ items: [TodoItem], indent: String) -> [String] {
        items.flatMap { item in
            var out = ["\(indent)- \(item.status.box) \(item.content)\(notes(item))"]
            if item.status == .blocked, item.children.isEmpty {
                out.append("\(indent)  BLOCKED: \(item.reason ?? "") Impact on the data: \(item.impact ?? "")")
            }
            return out + lines(item.children, indent: indent + "  ")
        }
    }

    private static func notes(_ item: TodoItem) -> String { item.handedTo.map { " (with \($0))" } ?? "" }

    /// As a tree with numbers, for a terminal.
    public static func tree(_ items: [TodoItem]) -> String {
        items.map { node($0).render() }.joined(separator: "\n")
    }

    private static func node(_ item: TodoItem) -> TextTree {
        let why = item.status == .blocked && item.children.isEmpty ? " – \(item.reason ?? "")" : ""
        return TextTree("\(item.status.box) \(item.id) \(item.content)\(notes(item))\(why)", item.children.map(node))
    }

    /// How many are in each state, those that are divided not counted.
    public static func counts(_ items: [TodoItem]) -> [TodoStatus: Int] {
        items.flatMap(\.leaves).reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
    }
}
