/// Joins the pairs of a long run of characters without spaces: Chinese, base64, a single letter a million times.
struct LongWord {
    private var pieces: [Int32]
    /// Neighbours; -1 at the ends.
    private var next: [Int32]
    private var previous: [Int32]
    private var heap: [Candidate] = []

    private struct Candidate {
        let rank: Int32
        let position: Int32
        let left: Int32
        let right: Int32

        func isBefore(_ other: Candidate) -> Bool { (rank, position) < (other.rank, other.position) }
    }

    init(_ pieces: [Int32]) {
        self.pieces = pieces
        next = (0..<Int32(pieces.count)).map { $0 + 1 == pieces.count ? -1 : $0 + 1 }
        previous = (0..<Int32(pieces.count)).map { $0 - 1 }
    }

    /// The pair that ranks first, the leftmost of equals, is joined until none is left.
    consuming func joined(_ pairs: PairTable) -> [Int32] {
        for position in 0..<Int32(pieces.count) { offer(position, pairs) }
        while let best = pop() {
            let position = Int(best.position)
            let after = next[position]
            // What was joined since this pair was seen is another pair.
            guard pieces[position] == best.left, after >= 0, pieces[Int(after)] == best.right,
                let merge = pairs[best.left, best.right]
            else { continue }
            pieces[position] = merge.piece
            pieces[Int(after)] = -1
            next[position] = next[Int(after)]
            if next[position] >= 0 { previous[Int(next[position])] = best.position }
            if previous[position] >= 0 { offer(previous[position], pairs) }
            offer(best.position, pairs)
        }
        return pieces.filter { $0 >= 0 }
    }

    private mutating func offer(_ position: Int32, _ pairs: PairTable) {
        let after = next[Int(position)]
        guard after >= 0, let merge = pairs[pieces[Int(position)], pieces[Int(after)]] else { return }
        heap.append(
            Candidate(rank: merge.rank, position: position, left: pieces[Int(position)], right: pieces[Int(after)]))
        var child = heap.count - 1
        while child > 0, heap[child].isBefore(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() -> Candidate? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].isBefore(heap[least])
            {
                least = child
            }
            if least == parent { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
