import WeirCore

/// How much a tool may do. Each level includes those before it.
public enum ToolLevel: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Looks, and changes nothing.
    case read
    /// Says what would be changed: a plan, a patch, a draft.
    case propose
    /// Changes files of the project.
    case write
    /// Changes the warehouse, runs programs.
    case run

    public var name: String {
        switch self {
        case .read: "read"
        case .propose: "propose"
        case .write: "write"
        case .run: "run"
        }
    }

    public init?(name: String) {
        guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    public static func < (a: ToolLevel, b: ToolLevel) -> Bool { a.rawValue < b.rawValue }
}

/// What a tool says of itself to a model, over MCP as well as in Weir's own agent.
public struct ToolSpec: Sendable, Hashable {
    /// `[A-Za-z0-9_.-]`, at most 128 characters.
    public var name: String
    /// For people.
    public var title: String
    /// For the model: what it does, when to use it, what it answers.
    public var summary: String
    /// JSON Schema (2020-12) of the arguments; an object.
    public var input: JSONValue
    /// JSON Schema of the structured answer.
    public var output: JSONValue?
    public var level: ToolLevel
    /// May destroy something that was there before.
    public var isDestructive: Bool
    /// The same call again changes nothing more.
    public var isIdempotent: Bool
    /// Reaches things outside of the project: the web.
    public var isOpenWorld: Bool

    public init(
        name: String, title: String, summary: String, input: JSONValue, output: JSONValue? = nil,
        level: ToolLevel = .read, isDestructive: Bool = false, isIdempotent: Bool = true, isOpenWorld: Bool = false
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.input = input
        self.output = output
        self.level = level
        self.isDestructive = isDestructive
        self.isIdempotent = isIdempotent
        self.isOpenWorld = isOpenWorld
    }
}
