/// Text that somebody else wrote, inside a page of Markdown.
public enum MarkdownText {
    /// Text in which nothing is taken for Markdown, HTML, or the end of a line or a table's cell.
    public static func safe(_ text: String) -> String {
        var out = ""
        for character in oneLine(text) {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "|", "*", "_", "`", "[", "]", "#", "\\": out += "\\\(character)"
            default: out.append(character)
            }
        }
        return out
    }

    /// The text as code; where that is not possible in a table's cell, as text.
    public static func code(_ text: String) -> String {
        text.isEmpty || text.contains("`") || text.contains("|") ? safe(text) : "`\(oneLine(text))`"
    }

    private static func oneLine(_ text: String) -> String {
        Cell.visible(String(text.map { $0.isNewline ? " " : $0 }))
    }
}
