import WeirCore

/// The tools of a data engineer: what Weir can do with a project, for a model to use.
///
/// All read a project through one ``ProjectCache``. SQL of a model runs in a sealed engine; what changes the
/// warehouse goes plan → approve → apply.
public enum DataTools {
    /// Every tool, in a fixed order.
    public static func all(cache: ProjectCache = ProjectCache()) -> [any Tool] {
        let book = PlanBook()
        return [
            SchemaTool(cache: cache), QueryTool(cache: cache), ProfileTool(cache: cache), ExplainTool(cache: cache),
            LineageTool(cache: cache), DocsTool(cache: cache), PlanTool(cache: cache, book: book),
            ApplyTool(cache: cache, book: book), TestTool(cache: cache), CheckTool(cache: cache),
            QuarantineTool(cache: cache), DiffTool(cache: cache), UsageTool(cache: cache), RunTool(cache: cache),
        ]
    }
}

/// A tool whose calls a person should be asked about, in words that tell what will happen.
public protocol ConfirmableTool: Tool {
    /// The question; nil where nobody need be asked: nothing will happen, or nothing but a note beside the data.
    ///
    /// - Throws: where the call would fail anyway.
    func question(_ arguments: ToolArguments, _ context: ToolContext) async throws -> String?
}
