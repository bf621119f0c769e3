import WeirCore

/// The tools that somebody may use, in an order that never changes: providers cache what they have read before.
public struct Toolbox: Sendable {
    public let tools: [any Tool]
    private let byName: [String: Int]

    /// A later tool of a name replaces an earlier one.
    public init(_ tools: [any Tool]) {
        var kept: [any Tool] = []
        var byName: [String: Int] = [:]
        for tool in tools {
            if let index = byName[tool.spec.name] {
                kept[index] = tool
            } else {
                byName[tool.spec.name] = kept.count
                kept.append(tool)
            }
        }
        self.tools = kept
        self.byName = byName
    }

    public subscript(name: String) -> (any Tool)? { byName[name].map { tools[$0] } }

    /// The tool, or the mistake in its name.
    ///
    /// - Throws: `tool.unknown`.
    public func tool(named name: String) throws -> any Tool {
        if let tool = self[name] { return tool }
        let names = tools.map(\.spec.name)
        throw WeirError(
            "tool.unknown", "there is no tool \"\(name)\"", hint: DidYouMean.hint(for: name, among: names))
    }
}
