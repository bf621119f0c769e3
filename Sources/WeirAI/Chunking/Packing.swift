/// Packs the pieces of a document into chunks.
struct Packing {
    private let text: String
    private let chunking: Chunking
    private let count: (Substring) -> Int
    private let pieces: [Piece]

    init(text: String, chunking: Chunking, count: @escaping (Substring) -> Int) {
        self.text = text
        self.chunking = chunking
        self.count = count
        pieces = PieceCutter.pieces(of: text, limit: chunking.limit, count: count)
    }

    func chunks() -> [TextChunk] {
        var found: [TextChunk] = []
        // Of the chunk before: its first piece.
        var previous = 0
        var first = 0
        // Places in code points are counted on from the last known one.
        var mark = text.startIndex
        var offset = 0
        while first < pieces.count {
            let (range, last) = stretch(from: first, after: previous)
            let scalars = text.unicodeScalars
            offset += scalars.distance(from: mark, to: range.lowerBound)
            mark = range.lowerBound
            found.append(
                TextChunk(
                    number: found.count, range: offset..<offset + scalars[range].count, text: String(text[range]),
                    headings: pieces[first].headings, tokens: count(text[range])))
            previous = first
            first = last + 1
        }
        return found
    }

    /// The chunk that begins with a piece, and its last piece.
    private func stretch(from first: Int, after previous: Int) -> (Range<String.Index>, last: Int) {
        var start = overlapStart(before: first, from: previous)
        let repeated = start < pieces[first].range.lowerBound ? count(text[start..<pieces[first].range.lowerBound]) : 0
        if repeated + pieces[first].tokens > chunking.limit { start = pieces[first].range.lowerBound }
        var last = end(from: first, room: chunking.limit - repeated)
        // Counted as a whole: blanks between pieces count too, and pieces may join.
        while count(text[start..<pieces[last].range.upperBound]) > chunking.limit {
            if last > first {
                last -= 1
            } else if start < pieces[first].range.lowerBound {
                start = pieces[first].range.lowerBound
            } else {
                break
            }
        }
        // Headings at the end go to the next chunk, with their text.
        while last > first, pieces[last].level != nil, last + 1 < pieces.count { last -= 1 }
        return (start..<pieces[last].range.upperBound, last)
    }

    /// The last piece that goes with the first by the sum of their tokens, and by their sections: what follows a section
    /// in one chunk is a section below it.
    private func end(from first: Int, room: Int) -> Int {
        var last = first
        var tokens = pieces[first].tokens
        var ground = pieces[first].level
        while last + 1 < pieces.count {
            let next = pieces[last + 1]
            tokens += next.tokens
            if tokens > room { break }
            if let level = next.level {
                // A chunk that begins inside a section ends with it.
                guard let own = ground, level > own else { break }
                ground = own
            }
            last += 1
        }
        return last
    }

    /// Where the chunk of a piece begins: in the text before it, where that runs on.
    ///
    /// - Parameter previous: the first piece of the chunk before.
    private func overlapStart(before first: Int, from previous: Int) -> String.Index {
        let start = pieces[first].range.lowerBound
        var earliest = first
        while earliest > previous, pieces[earliest - 1].repeats, pieces[earliest].level == nil,
            pieces[earliest - 1].headings == pieces[first].headings
        {
            earliest -= 1
        }
        guard chunking.overlap > 0, earliest < first else { return start }
        let before = text[pieces[earliest].range.lowerBound..<pieces[first - 1].range.upperBound]
        var best = start
        for word in before.split(whereSeparator: \.isWhitespace).reversed() {
            if count(text[word.startIndex..<before.endIndex]) > chunking.overlap { break }
            best = word.startIndex
        }
        return best
    }
}
