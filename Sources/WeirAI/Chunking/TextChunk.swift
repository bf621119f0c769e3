/// A part of a document that is short enough to have one meaning.
public struct TextChunk: Sendable, Hashable {
    /// From 0.
    public var number: Int
    /// Where it stands in the document, in characters as Unicode counts them (scalars), which is how databases do too.
    public var range: Range<Int>
    public var text: String
    /// The headings above it, outermost first. One that stands in the chunk itself is among them.
    public var headings: [String]
    /// As the tokenizer counts.
    public var tokens: Int

    /// What is embedded: the headings that the text itself does not show, in front of it.
    public var inContext: String {
        let above = headings.filter { !text.contains($0) }
        return above.isEmpty ? text : above.joined(separator: " > ") + "\n" + text
    }
}

/// How long documents are cut.
public struct Chunking: Sendable, Hashable {
    /// Most tokens of a chunk.
    public let limit: Int
    /// Tokens, at most, that a chunk repeats from the one before it where a text runs on.
    public let overlap: Int

    /// A single character may take five tokens: one for each of its bytes, and one in front.
    public static let leastLimit = 16
    public static let usual = Chunking()

    /// - Parameters:
    ///   - limit: `leastLimit` at the least.
    ///   - overlap: half of the limit at most, so that every chunk brings something new.
    public init(limit: Int = 256, overlap: Int = 32) {
        self.limit = max(Self.leastLimit, limit)
        self.overlap = max(0, min(overlap, self.limit / 2))
    }

    /// The chunks of a document, in order. None for one that is blank.
    ///
    /// Every character but blanks is in one of them, and none has more tokens than the limit. A heading stands with the
    /// text that follows it; fenced code and tables are whole where they fit, else cut between lines; texts are cut
    /// between sentences, then words, and inside a word only where the word alone is too long.
    ///
    /// - Parameter count: how many tokens a text has.
    public func chunks(of text: String, count: @escaping (Substring) -> Int) -> [TextChunk] {
        Packing(text: text, chunking: self, count: count).chunks()
    }

    public func chunks(of text: String, by tokenizer: BPETokenizer) -> [TextChunk] {
        chunks(of: text) { tokenizer.count($0) }
    }
}
