/// A tree of texts, drawn with lines.
///
/// ```swift
/// let tree = TextTree("mart.delays", [TextTree("staging.flights", [TextTree("raw.flights")])])
/// print(tree.render())
/// ```
public struct TextTree: Sendable {
    public let label: String
    public let children: [TextTree]

    public init(_ label: String, _ children: [TextTree] = []) {
        self.label = label
        self.children = children
    }

    /// The tree, one label a line, without a line break at its end.
    public func render() -> String { ([Cell.visible(label)] + branches(indent: "")).joined(separator: "\n") }

    private func branches(indent: String) -> [String] {
        children.enumerated().flatMap { index, child in
            let isLast = index == children.count - 1
            return ["\(indent)\(isLast ? "└─ " : "├─ ")\(Cell.visible(child.label))"]
                + child.branches(indent: indent + (isLast ? "   " : "│  "))
        }
    }
}
