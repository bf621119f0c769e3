import WeirCore
import WeirPipeline

/// The general tools of an agent: files, a shell, and the web where a search service is configured.
public enum FileTools {
    /// Tools that work on the project's files themselves.
    public static func all(root: String) -> [any Tool] { all(Workspace(root: root)) }

    /// - Parameters:
    ///   - workspace: what the file tools read and write; also tells what was changed.
    ///   - search: web search is left out where nil.
    public static func all(_ workspace: Workspace, search: AgentSettings.Search? = nil) -> [any Tool] {
        let files: [any Tool] = [
            ReadTool(workspace: workspace), WriteTool(workspace: workspace), EditTool(workspace: workspace),
            GrepTool(workspace: workspace), GlobTool(workspace: workspace), ListTool(workspace: workspace),
            BashTool(root: workspace.root),
        ]
        return files + (search.map { [WebSearchTool(settings: $0)] } ?? [])
    }
}

/// Text that is cut where it gets long, and says so.
enum CutText {
    /// The beginning of a text, cut between characters.
    static func head(_ text: String, bytes: Int) -> (text: String, isCut: Bool) {
        if text.utf8.count <= bytes { return (text, false) }
        var end = text.utf8.index(text.startIndex, offsetBy: max(0, bytes))
        while end > text.startIndex, String.Index(end, within: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return (String(text[..<end]), true)
    }
}
