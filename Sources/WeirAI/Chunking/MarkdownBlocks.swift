import WeirCore

/// What a line of Markdown belongs to, as far as cutting is concerned.
struct MarkdownBlock {
    enum Kind: Equatable {
        case heading(level: Int, title: String)
        /// Fenced code or a table: lines that make sense together.
        case solid
        case prose
    }

    let kind: Kind
    /// Lines without the blank ones around them.
    let range: Range<String.Index>
}

/// Divides a document into headings, fences, tables and paragraphs. A text without any Markdown is paragraphs.
struct MarkdownBlocks {
    private let text: String
    private var blocks: [MarkdownBlock] = []
    /// Of the block that is being read.
    private var start: String.Index?
    private var end: String.Index
    private var isTable = false

    static func read(_ text: String) -> [MarkdownBlock] {
        var reader = MarkdownBlocks(text)
        reader.read()
        return reader.blocks
    }

    private init(_ text: String) {
        self.text = text
        end = text.startIndex
    }

    private mutating func read() {
        var fence: Substring?
        for line in Self.lines(of: text) {
            let content = text[line].drop { $0 == " " || $0 == "\t" }
            if let open = fence {
                end = line.upperBound
                if MarkdownFence.closes(content, open) {
                    fence = nil
                    finish(.solid)
                }
                continue
            }
            if let mark = MarkdownFence.opening(content) {
                finish(current)
                start = line.lowerBound
                end = line.upperBound
                fence = mark
            } else if content.allSatisfy(\.isWhitespace) {
                finish(current)
            } else if let heading = Self.heading(text[line]) {
                finish(current)
                start = line.lowerBound
                end = line.upperBound
                finish(heading)
            } else {
                let row = content.first == "|"
                if start != nil, row != isTable { finish(current) }
                isTable = row
                if start == nil { start = line.lowerBound }
                end = line.upperBound
            }
        }
        finish(fence == nil ? current : .solid)
    }

    private var current: MarkdownBlock.Kind { isTable ? .solid : .prose }

    private mutating func finish(_ kind: MarkdownBlock.Kind) {
        if let start { blocks.append(MarkdownBlock(kind: kind, range: start..<end)) }
        start = nil
        isTable = false
    }

    /// The lines, without what ends them.
    static func lines(of text: String, in range: Range<String.Index>? = nil) -> [Range<String.Index>] {
        let range = range ?? text.startIndex..<text.endIndex
        var lines: [Range<String.Index>] = []
        var start = range.lowerBound
        var position = start
        while position < range.upperBound {
            let next = text.index(after: position)
            if text[position].isNewline {
                lines.append(start..<position)
                start = next
            }
            position = next
        }
        if start < range.upperBound { lines.append(start..<range.upperBound) }
        return lines
    }

    /// CommonMark 4.2: one to six `#`, then a space, at most three spaces in front.
    private static func heading(_ line: Substring) -> MarkdownBlock.Kind? {
        let indent = line.prefix { $0 == " " }.count
        let marks = line.dropFirst(indent).prefix { $0 == "#" }
        let rest = line.dropFirst(indent + marks.count)
        guard indent <= 3, (1...6).contains(marks.count), rest.first?.isWhitespace == true else { return nil }
        var title = rest.drop(while: \.isWhitespace)
        while let last = title.last, last.isWhitespace || last == "#" { title.removeLast() }
        return title.isEmpty ? nil : .heading(level: marks.count, title: String(title))
    }
}
