/// Tools beside those of data, which a server offers where they are asked for: the project's memory, its task list, and
/// the search by meaning.
public enum NoteTools {
    /// Every one, in a fixed order.
    ///
    /// - Parameter session: stands beside what is noted down.
    public static func all(cache: ProjectCache, session: String? = nil) -> [any Tool] {
        let desk = NoteDesk(cache: cache)
        return [
            MemorySearchTool(desk: desk), MemoryListTool(desk: desk), MemoryAddTool(desk: desk, session: session),
            MemoryRetireTool(desk: desk), TodoListTool(desk: desk), TodoSharedTool(desk: desk, session: session),
            SearchTool(cache: cache),
        ]
    }
}
