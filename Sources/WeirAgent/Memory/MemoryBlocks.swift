import WeirCore
import WeirStore

/// A memory block of a model's text.
public struct MemoryBlock: Sendable, Hashable {
    /// The line of its heading, from 1.
    public var line: Int
    public var type: MemoryType
    public var content: String
}

/// A memory that was not kept, and why, in words that a model can act on.
public struct RefusedMemory: Sendable, Hashable, Encodable {
    /// Where it begins in the text, from 1.
    public var line: Int
    public var reason: String
    /// What was written, cut and without secrets.
    public var text: String
}

/// Finds the memory blocks of a text:
///
/// ```
/// # Add To Memory:
/// Type: pattern
/// Content: Use composite indexes for multi-column queries
/// #
/// ```
///
/// Also `# Memorize:` and `# Remember:`, with any number of `#`, in any case and spacing, with Markdown around the words.
/// The closing `#` may be missing. A content that goes on in the next lines is one only where it is closed. Blocks
/// in quotes (`>`) are somebody else's; those in fenced code are taken for examples, and refused where they are complete.
public struct MemoryBlocks: Sendable {
    public private(set) var blocks: [MemoryBlock] = []
    public private(set) var refused: [RefusedMemory] = []

    /// Most blocks of one text.
    public static let most = 100

    public init(_ text: String) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var reader = MemoryBlockReader(lines: lines)
        reader.read()
        blocks = reader.blocks
        refused = reader.refused
    }
}

/// One pass over the lines of a text.
struct MemoryBlockReader {
    let lines: [Substring]
    private(set) var blocks: [MemoryBlock] = []
    private(set) var refused: [RefusedMemory] = []
    private var seen: Set<String> = []
    private var open: Draft?

    init(lines: [Substring]) { self.lines = lines }

    /// What was read of a block so far.
    private struct Draft {
        let line: Int
        let heading: MemoryHeading
        var types: [String] = []
        var contents: [String] = []
        /// Lines after the content, until a blank one.
        var rest: [String] = []
        var hasGap = false
        var isFenced = false

        /// A block that has everything and is not closed ends before a blank line, or before text of the message and
        /// what only looks like its keys there.
        func isOver(before line: Substring) -> Bool {
            if types.isEmpty || contents.isEmpty { return false }
            let isKey = MemoryKey.type.value(of: line) != nil || MemoryKey.content.value(of: line) != nil
            return hasGap || (isKey && !rest.isEmpty)
        }
    }

    mutating func read() {
        var fence: Substring?
        for index in lines.indices {
            let line = lines[index].drop(while: \.isWhitespace)
            if let opened = fence {
                if MarkdownFence.closes(line, opened) {
                    finish(isClosed: false)
                    fence = nil
                } else {
                    take(line, at: index, isFenced: true)
                }
            } else if let marks = MarkdownFence.opening(line) {
                finish(isClosed: false)
                fence = marks
            } else if line.first != ">" {
                take(line, at: index, isFenced: false)
            }
        }
        finish(isClosed: false)
    }

    private mutating func take(_ line: Substring, at index: Int, isFenced: Bool) {
        if let heading = MemoryHeading(line, next: { nextLine(after: index) }) {
            finish(isClosed: false)
            open = Draft(line: index + 1, heading: heading, isFenced: isFenced)
            return
        }
        guard var draft = open else { return }
        defer { if open != nil { open = draft } }
        let bare = line.trimmingSpace
        if bare.isEmpty {
            draft.hasGap = true
        } else if bare.allSatisfy({ $0 == "#" }) {
            open = draft
            finish(isClosed: true)
        } else if draft.isOver(before: bare) {
            finish(isClosed: false)
        } else if let type = MemoryKey.type.value(of: bare) {
            draft.types.append(type)
        } else if let content = MemoryKey.content.value(of: bare) {
            draft.contents.append(content)
            draft.hasGap = false
        } else if bare.hasPrefix("# ") || bare.hasPrefix("##") {
            // Another heading: what follows is no longer part of the block.
            open = draft
            finish(isClosed: false)
        } else if !draft.contents.isEmpty, !draft.hasGap {
            draft.rest.append(String(bare))
        }
    }

    private func nextLine(after index: Int) -> Substring? {
        lines[(index + 1)...].first { !$0.allSatisfy(\.isWhitespace) }?.drop(while: \.isWhitespace)
    }

    private mutating func finish(isClosed: Bool) {
        guard let draft = open else { return }
        open = nil
        // A heading that only looks like one: nothing of a block came after it.
        if draft.types.isEmpty, draft.contents.isEmpty, draft.heading.rest.isEmpty, !isClosed, !draft.heading.isFormal {
            return
        }
        let parts = Array(draft.contents.prefix(1)) + (isClosed ? draft.rest : [])
        let content = MemoryRules.tidied(parts.joined(separator: " "))
        do throws(MemoryRules.Refusal) {
            let type = try Self.type(draft)
            if draft.contents.count > 1 { throw MemoryRules.Refusal("it has several contents: write a block for each") }
            if draft.contents.isEmpty { throw MemoryRules.Refusal(MemoryRules.noContent) }
            try MemoryRules.check(content)
            if draft.isFenced {
                throw MemoryRules.Refusal(
                    "it stands in fenced code, which is for examples: write it outside of the fence")
            }
            if !seen.insert(MemoryWords.mark(content)).inserted { return }
            if blocks.count == MemoryBlocks.most {
                throw MemoryRules.Refusal("a text may hold \(MemoryBlocks.most) memories at most: keep what matters")
            }
            blocks.append(MemoryBlock(line: draft.line, type: type, content: content))
        } catch {
            // An example need not be right.
            if draft.isFenced, !isComplete(draft, content) { return }
            refuse(draft, error)
        }
    }

    private func isComplete(_ draft: Draft, _ content: String) -> Bool {
        (try? Self.type(draft)) != nil && (try? MemoryRules.check(content)) != nil
    }

    private mutating func refuse(_ draft: Draft, _ error: MemoryRules.Refusal) {
        guard refused.count < MemoryBlocks.most else { return }
        let written = ([draft.heading.rest] + draft.types + draft.contents).filter { !$0.isEmpty }
            .joined(separator: " | ")
        let shown = SecretShape.found(in: written) == nil ? written : "(left out: it may hold a secret)"
        refused.append(
            RefusedMemory(line: draft.line, reason: error.reason, text: Cell.visible(String(shown.prefix(160)))))
    }

    private static func type(_ draft: Draft) throws(MemoryRules.Refusal) -> MemoryType {
        guard let word = draft.types.first else {
            throw MemoryRules.Refusal(
                draft.contents.isEmpty && !draft.heading.rest.isEmpty ? MemoryRules.form : MemoryRules.noType)
        }
        if draft.types.count > 1 { throw MemoryRules.Refusal("it has several types: a memory has one") }
        return try MemoryRules.type(word)
    }
}
