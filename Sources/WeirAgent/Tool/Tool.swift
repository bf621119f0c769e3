import WeirCore

/// Something that a model may have done for it.
///
/// The same tools serve Weir's own agent and, over MCP, those of others; who may call what is decided before a call,
/// never in the tool.
public protocol Tool: Sendable {
    var spec: ToolSpec { get }

    /// Does it.
    ///
    /// - Throws: `WeirError` with a message and a hint that a model can act on; cancellation is honoured.
    func call(_ arguments: ToolArguments, _ context: ToolContext) async throws -> ToolAnswer
}

/// Where a call is made.
public struct ToolContext: Sendable {
    /// The project's folder, absolute.
    public var root: String
    /// Environment of weir.yaml; nil for the usual one.
    public var environment: String?
    /// Told of what is done: a share from 0 to 1 where it is known, and words.
    public var progress: @Sendable (Double?, String) -> Void

    public init(
        root: String, environment: String? = nil, progress: @escaping @Sendable (Double?, String) -> Void = { _, _ in }
    ) {
        self.root = root
        self.environment = environment
        self.progress = progress
    }
}

/// What a call came to.
public struct ToolAnswer: Sendable, Hashable {
    /// As ``ToolSpec/output`` describes it.
    public var content: JSONValue
    /// The same for reading, where that is shorter or clearer than the JSON; a file's text, for example.
    public var text: String?
    /// The call failed; the content says why.
    public var isError: Bool
    /// The content holds what somebody outside wrote: rows, files, pages. A model must not take orders from it.
    public var isForeign: Bool

    public init(_ content: JSONValue, text: String? = nil, isError: Bool = false, isForeign: Bool = false) {
        self.content = content
        self.text = text
        self.isError = isError
        self.isForeign = isForeign
    }

    /// A mistake told so that a model can mend it: `{"error": {"code", "message", "hint", "place"}}`.
    public static func failure(_ error: WeirError) -> ToolAnswer {
        var fields: [String: JSONValue] = ["code": .string(error.code), "message": .string(error.message)]
        if let hint = error.hint { fields["hint"] = .string(hint) }
        if let place = error.place { fields["place"] = .string(place.description) }
        return ToolAnswer(.object(["error": .object(fields)]), isError: true)
    }
}
