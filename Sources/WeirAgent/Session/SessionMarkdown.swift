import WeirCore

/// A session as a page that people read.
public enum SessionMarkdown {
    /// What a result shows at most.
    static let mostResult = 4_000

    public static func page(_ records: [SessionRecord]) -> String {
        var out = ""
        for record in records {
            switch record.event {
            case .began(let head):
                out += "# Session \(head.id)\n\n"
                out +=
                    "Agent \(MarkdownText.code(head.agent)), model \(MarkdownText.code(head.model)), Weir \(head.weir)"
                out += head.isDryRun ? ", a dry run.\n\n" : ".\n\n"
            case .task(let text): out += "## Task\n\n\(quote(text))\n\n"
            case .memory(let lines):
                if lines.isEmpty { continue }
                out += "**Remembered**\n\n" + lines.map { "- \(MarkdownText.safe($0))\n" }.joined() + "\n"
            case .answer(let answer):
                if !answer.text.isEmpty { out += "\(quote(answer.text))\n\n" }
                for call in answer.calls {
                    out +=
                        "**\(MarkdownText.safe(call.name))** \(MarkdownText.code(CutText.head(call.arguments.line, bytes: 400).text))\n\n"
                }
                if ![.stop, .toolCalls].contains(answer.finish.kind) {
                    out += "*The answer ended with: \(answer.finish.kind.rawValue).*\n\n"
                }
            case .result(let result):
                let cut = CutText.head(result.text, bytes: mostResult)
                out += "<details><summary>\(result.isError ? "✗" : "✓") \(MarkdownText.safe(result.tool))</summary>\n\n"
                out += fence(cut.text + (cut.isCut ? "\n…" : "")) + "\n</details>\n\n"
            case .note(let text): out += "*Weir:* \(MarkdownText.safe(text))\n\n"
            case .summary(let text, _): out += "*Older turns, summed up:*\n\n\(quote(text))\n\n"
            case .ended(let end):
                out += "## End: \(end.status.rawValue)\n\n"
                if let reason = end.reason { out += "\(MarkdownText.safe(reason))\n\n" }
                out += end.missing.map { "- missing: \(MarkdownText.safe($0))\n" }.joined()
            }
        }
        return out
    }

    /// What others wrote, set apart so that it cannot pass for the page's own headings.
    private static func quote(_ text: String) -> String {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            "> \(Cell.visible(String(line)).replacing("<", with: "&lt;"))"
        }.joined(separator: "\n")
    }

    /// A block of code whose fence is longer than any in the text.
    private static func fence(_ text: String) -> String {
        var longest = 2
        var current = 0
        for character in text {
            current = character == "`" ? current + 1 : 0
            longest = max(longest, current)
        }
        let mark = String(repeating: "`", count: longest + 1)
        return "\(mark)text\n\(text)\n\(mark)\n"
    }
}
