/// Fenced code in Markdown (CommonMark 4.5): three or more of one mark, until a line of at least as many.
public enum MarkdownFence {
    /// The marks that open a fence; nil for any other line.
    public static func opening(_ line: Substring) -> Substring? {
        for mark in ["`", "~"] as [Character] {
            let run = line.prefix { $0 == mark }
            if run.count >= 3, mark == "~" || !line.dropFirst(run.count).contains("`") { return run }
        }
        return nil
    }

    /// Whether the line ends what these marks opened.
    public static func closes(_ line: Substring, _ open: Substring) -> Bool {
        let run = line.prefix { $0 == open.first }
        return run.count >= open.count && line.dropFirst(run.count).allSatisfy(\.isWhitespace)
    }
}
