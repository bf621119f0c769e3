import Foundation
import WeirCore
import WeirStore

/// The Markdown file in which claude-mpm keeps an agent's memories, in each of its forms.
///
/// What is no memory in it, and what somebody else wrote, stays as it is: lines are kept as they are written.
struct MemoryFile: Sendable {
    /// Sources: `template_generator.py`, `memory_format_service.py` and `agents/MEMORY.md` of claude-mpm 6.5.
    enum Generation: Int, Sendable, CaseIterable {
        /// `# Agent Memory: id`, a comment with the time, items.
        case first = 1
        /// `# Id Agent Memory`, `Last Updated:`, `## Learnings`, items.
        case second
        /// Sections CRITICAL, Environment, Decisions, Patterns, Gotchas, items with their day.
        case third
    }

    /// Sections of the third form, in their order.
    enum Section: String, Sendable, CaseIterable {
        case critical = "CRITICAL"
        case environment = "Environment"
        case decisions = "Decisions"
        case patterns = "Patterns"
        case gotchas = "Gotchas"

        init(_ memory: Memory) {
            self =
                switch memory.type {
                case _ where memory.isCritical: .critical
                case .architecture, .strategy: .decisions
                case .pattern, .guideline, .performance: .patterns
                case .mistake: .gotchas
                case .integration, .context: .environment
                }
        }

        /// The type of what stands there without one.
        var type: MemoryType {
            switch self {
            case .critical: .guideline
            case .environment: .context
            case .decisions: .architecture
            case .patterns: .pattern
            case .gotchas: .mistake
            }
        }
    }

    struct Item: Sendable, Hashable {
        var content: String
        /// Nil where the line does not say it.
        var type: MemoryType?
        var day: Date?
        var section: Section?
        var mark: String { MemoryWords.mark(content) }
    }

    struct Line: Sendable, Hashable {
        var text: String
        var item: Item?
        /// What an update of claude-mpm 5 made of the comment with the time.
        var isJunk = false
    }

    var generation: Generation
    var lines: [Line]
    let lineBreak: String

    init(_ text: String) {
        lineBreak = text.contains("\r\n") ? "\r\n" : "\n"
        var section: Section?
        var found: Generation?
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { line in
            let bare = line.trimmingSpace
            if bare.hasPrefix("#") {
                let title = bare.drop { $0 == "#" }.trimmingSpace
                section = Section.allCases.first { $0.rawValue.lowercased() == title.lowercased() }
                if section != nil {
                    found = .third
                } else if found == nil {
                    if bare.hasPrefix("# Agent Memory:") { found = .first }
                    if title.hasSuffix("Agent Memory") || title == "Learnings" { found = .second }
                }
            }
            return Self.line(String(line), section)
        }
        if lines.last?.text.isEmpty == true { lines.removeLast() }
        generation = found ?? .second
    }

    private static func line(_ text: String, _ section: Section?) -> Line {
        let bare = Substring(text).trimmingSpace
        guard bare.hasPrefix("- ") || bare.hasPrefix("* ") else { return Line(text: text) }
        var rest = bare.dropFirst(2).trimmingSpace
        if rest.hasPrefix("<!--"), rest.hasSuffix("-->") { return Line(text: text, isJunk: true) }
        if placeholders.contains(where: rest.lowercased().contains) { return Line(text: text) }
        var item = Item(content: "", section: section)
        if let date = rest.prefixMatch(of: #/\[(\d{4}-\d{2}-\d{2})\]\s+/#), let day = UTC.moment(String(date.1)) {
            item.day = day
            rest = rest[date.range.upperBound...]
        }
        if let word = rest.prefixMatch(of: #/\(([a-z]+)\)\s+/#), let type = MemoryType(rawValue: String(word.1)) {
            item.type = type
            rest = rest[word.range.upperBound...]
        }
        item.content = rest.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return item.content.isEmpty ? Line(text: text) : Line(text: text, item: item)
    }

    private static let placeholders = [
        "[agent will add", "[no ", "no items yet", "memory items will be added",
    ]

    /// A line of a memory in a form.
    static func text(_ memory: Memory, in generation: Generation) -> String {
        let day = generation == .third ? "[\(UTC.text(memory.createdAt).prefix(10))] " : ""
        let full = "- \(day)(\(memory.type.rawValue)) \(memory.content)"
        // claude-mpm cuts lines of more than 120 characters; the type stands in the index beside the file too.
        let plain = "- \(day)\(memory.content)"
        return full.count <= 120 || plain.count > 120 ? full : plain
    }
}
