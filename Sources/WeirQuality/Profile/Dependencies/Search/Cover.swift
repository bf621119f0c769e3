/// The smallest sets of columns that may still determine one column, after what was seen: the minimal hitting sets of
/// the complements of the agree sets without that column.
struct Cover {
    /// Columns that may stand on the left.
    let allowed: UInt64
    /// No set holds another.
    private(set) var sets: [UInt64] = [0]
    /// Sets with more columns are given up.
    var mostColumns: Int
    /// True when sets were given up.
    private(set) var isCut = false

    init(allowed: UInt64, mostColumns: Int) {
        self.allowed = allowed
        self.mostColumns = mostColumns
    }

    /// Two rows agree in `agreed` and not in the column: sets inside of it do not determine the column. Each is
    /// replaced by those with one column more, as far as no smaller set is among them.
    mutating func rule(out agreed: UInt64, violated: inout [UInt64]) {
        let outside = ~agreed
        var isHit = false
        for set in sets where set & outside == 0 {
            isHit = true
            break
        }
        guard isHit else { return }
        violated.removeAll(keepingCapacity: true)
        var kept = 0
        for index in sets.indices {
            let set = sets[index]
            if set & outside == 0 {
                violated.append(set)
            } else {
                sets[kept] = set
                kept += 1
            }
        }
        sets.removeLast(sets.count - kept)
        let free = allowed & outside
        for set in violated {
            if set.nonzeroBitCount >= mostColumns {
                isCut = true
                continue
            }
            // A kept set that is this one and a single column more forbids that column. New sets never hold each other:
            // each has just one column outside of `agreed`.
            var blocked: UInt64 = 0
            sets.withUnsafeBufferPointer { sets in
                for index in 0..<kept {
                    let more = sets[index] & ~set
                    blocked |= more & (more &- 1) == 0 ? more : 0
                }
            }
            var left = free & ~blocked
            while left != 0 {
                let column = left & (0 &- left)
                sets.append(set | column)
                left ^= column
            }
        }
    }

    /// Gives up what has more columns than wanted.
    mutating func cut(to most: Int) {
        mostColumns = most
        let before = sets.count
        sets.removeAll { $0.nonzeroBitCount > most }
        if sets.count < before { isCut = true }
    }
}
