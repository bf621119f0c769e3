/// A stretch of a document that is not cut any more, within the limit of a chunk.
struct Piece {
    let range: Range<String.Index>
    let tokens: Int
    /// Headings above it, itself among them where it is one.
    let headings: [String]
    /// Begins a section of this level.
    var level: Int?
    /// May be repeated at the head of the next chunk.
    var repeats = false
}

/// Cuts the blocks of a document into pieces.
struct PieceCutter {
    private let text: String
    private let limit: Int
    private let count: (Substring) -> Int
    private var pieces: [Piece] = []
    private var headings: [String] = []
    /// Where the headings begin that the next piece must have room for.
    private var lead: String.Index?

    private enum Cut { case sentences, lines, words }

    static func pieces(of text: String, limit: Int, count: @escaping (Substring) -> Int) -> [Piece] {
        var cutter = PieceCutter(text: text, limit: limit, count: count)
        cutter.cut()
        return cutter.pieces
    }

    private init(text: String, limit: Int, count: @escaping (Substring) -> Int) {
        self.text = text
        self.limit = limit
        self.count = count
    }

    private mutating func cut() {
        var path: [(level: Int, title: String)] = []
        var firstHeading: String.Index?
        for block in MarkdownBlocks.read(text) {
            let first = pieces.count
            switch block.kind {
            case .heading(let level, let title):
                path.removeAll { $0.level >= level }
                path.append((level, title))
                headings = path.map(\.title)
                lead = nil
                add(block.range, [.words])
                if pieces.count > first { pieces[first].level = level }
                let start = firstHeading ?? block.range.lowerBound
                firstHeading = start
                // A heading as long as a chunk must not leave crumbs of room to its text.
                lead = count(text[start..<block.range.upperBound]) <= limit / 2 ? start : nil
                continue
            case .solid: add(block.range, [.lines, .words])
            case .prose:
                add(block.range, [.sentences, .words], always: true)
                for index in first..<pieces.count { pieces[index].repeats = true }
            }
            firstHeading = nil
            lead = nil
        }
    }

    /// A stretch as one piece where it fits, else what the first of the cuts makes of it.
    ///
    /// - Parameter always: cuts also what fits, so that a chunk can end inside it.
    private mutating func add(_ range: Range<String.Index>, _ cuts: ArraySlice<Cut>, always: Bool = false) {
        guard let range = trimmed(range) else { return }
        if !always, tokens(range) <= limit { return append(range) }
        switch cuts.first {
        case .sentences: for part in sentences(range) { add(part, cuts.dropFirst()) }
        case .lines: for part in MarkdownBlocks.lines(of: text, in: range) { add(part, cuts.dropFirst()) }
        case .words: for part in words(range) { add(part, cuts.dropFirst()) }
        case nil: addBits(of: range)
        }
    }

    private mutating func append(_ range: Range<String.Index>) {
        pieces.append(Piece(range: range, tokens: count(text[range]), headings: headings))
        lead = nil
    }

    /// Tokens of a stretch, with the headings that must go with it.
    private func tokens(_ range: Range<String.Index>) -> Int {
        count(text[(lead ?? range.lowerBound)..<range.upperBound])
    }

    private func trimmed(_ range: Range<String.Index>) -> Range<String.Index>? {
        let part = text[range]
        guard let first = part.firstIndex(where: { !$0.isWhitespace }),
            let last = part.lastIndex(where: { !$0.isWhitespace })
        else { return nil }
        return first..<text.index(after: last)
    }

    /// Ends of sentences that need no space behind them.
    private static let fullStops: Set<Character> = ["。", "！", "？", "｡"]
    private static let stops: Set<Character> = [".", "!", "?", "…", "؟", "।"]

    /// Sentences, and the items of lists.
    private func sentences(_ range: Range<String.Index>) -> [Range<String.Index>] {
        var found: [Range<String.Index>] = []
        var start = range.lowerBound
        var position = start
        var ends = false
        while position < range.upperBound {
            let character = text[position]
            let next = text.index(after: position)
            let isItem = character.isNewline && Self.beginsItem(text[next..<range.upperBound])
            if isItem || (ends && character.isWhitespace) || Self.fullStops.contains(character) {
                found.append(start..<next)
                start = next
            }
            ends = Self.stops.contains(character) || (ends && "\"'”’»)]".contains(character))
            position = next
        }
        if start < range.upperBound { found.append(start..<range.upperBound) }
        return found
    }

    private static func beginsItem(_ rest: Substring) -> Bool {
        let line = rest.drop { $0 == " " || $0 == "\t" }
        let marker = line.prefix { !$0.isWhitespace }
        return ["-", "*", "+"].contains(marker)
            || (marker.count <= 4 && marker.dropLast().allSatisfy(\.isNumber) && marker.count > 1
                && (marker.last == "." || marker.last == ")"))
    }

    private func words(_ range: Range<String.Index>) -> [Range<String.Index>] {
        text[range].split(whereSeparator: \.isWhitespace).map { $0.startIndex..<$0.endIndex }
    }

    /// A word that is too long by itself, between its characters; a character that is (they can be joined without end),
    /// between its code points.
    private mutating func addBits(of range: Range<String.Index>) {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = furthest(from: start, to: range.upperBound) { text.index($0, offsetBy: $1, limitedBy: $2) ?? $2 }
            if end == start {
                let scalars = text.unicodeScalars
                end = furthest(from: start, to: range.upperBound) {
                    scalars.index($0, offsetBy: $1, limitedBy: $2) ?? $2
                }
            }
            // A limit below one code point's bytes does not exist (`Chunking.leastLimit`).
            if end == start { end = text.unicodeScalars.index(after: start) }
            append(start..<end)
            start = end
        }
    }

    /// The furthest place that keeps within the limit: steps double while they fit, then halve.
    private func furthest(
        from start: String.Index, to limit: String.Index,
        step: (String.Index, Int, String.Index) -> String.Index
    ) -> String.Index {
        var end = start
        var width = 1
        var isGrowing = true
        while width > 0 {
            let next = step(end, width, limit)
            if next > end, tokens(start..<next) <= self.limit {
                end = next
                if end == limit { return end }
                width = isGrowing ? width * 2 : width / 2
            } else {
                isGrowing = false
                width /= 2
            }
        }
        return end
    }
}
