/// Groups of rows that are equal in some columns, without the groups of one row: a stripped partition, as in
/// Huhtala et al., "TANE" (1999).
struct Partition {
    /// Row numbers, group after group.
    var rows: [Int32] = []
    /// Where each group begins, and behind the last where it ends.
    var starts: [Int32] = [0]

    var groups: Int { starts.count - 1 }
    /// Rows that repeat the columns' values of another: each was a chance for a dependency to fail.
    var repeats: Int { rows.count - groups }

    /// All rows in one group: no column divides them.
    init(all count: Int) {
        if count > 1 {
            rows = (0..<Int32(count)).map { $0 }
            starts = [0, Int32(count)]
        }
    }

    init() {}

    /// Rows grouped by a column.
    init(column: [Int32], distinct: Int) {
        var starts = [Int32](repeating: 0, count: distinct + 1)
        for code in column { starts[Int(code) + 1] += 1 }
        var sizes = starts
        self.starts = [0]
        var next: Int32 = 0
        // Groups of one are given no place.
        for code in 0..<distinct {
            let size = sizes[code + 1]
            if size > 1 {
                sizes[code] = next
                next += size
                self.starts.append(next)
            } else {
                sizes[code] = -1
            }
        }
        rows = [Int32](repeating: 0, count: Int(next))
        rows.withUnsafeMutableBufferPointer { rows in
            for row in 0..<column.count {
                let code = Int(column[row])
                let place = sizes[code]
                if place >= 0 {
                    rows[Int(place)] = Int32(row)
                    sizes[code] = place + 1
                }
            }
        }
    }

    /// Divides each group by one more column.
    ///
    /// - Parameter scratch: zeros, at least as many as the column has codes; zeros again afterwards.
    mutating func refine(_ other: Partition, by column: [Int32], scratch: inout [Int32]) {
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
        if rows.count < other.rows.count {
            rows = [Int32](repeating: 0, count: other.rows.count)
        }
        var end = 0
        rows.withUnsafeMutableBufferPointer { out in
            column.withUnsafeBufferPointer { column in
                scratch.withUnsafeMutableBufferPointer { scratch in
                    other.rows.withUnsafeBufferPointer { rows in
                        for group in 0..<other.groups {
                            let (first, last) = (Int(other.starts[group]), Int(other.starts[group + 1]))
                            if last - first == 2 {
                                let (a, b) = (rows[first], rows[first + 1])
                                if column[Int(a)] == column[Int(b)] {
                                    out[end] = a
                                    out[end + 1] = b
                                    end += 2
                                    starts.append(Int32(end))
                                }
                                continue
                            }
                            for place in first..<last { scratch[Int(column[Int(rows[place])])] += 1 }
                            // A count becomes the group's place, kept as −1 − place to tell it from a count.
                            for place in first..<last {
                                let row = rows[place]
                                let code = Int(column[Int(row)])
                                var state = scratch[code]
                                if state == 1 { continue }
                                if state > 1 {
                                    let size = Int(state)
                                    state = Int32(-1 - end)
                                    end += size
                                    starts.append(Int32(end))
                                }
                                out[Int(-1 - state)] = row
                                scratch[code] = state - 1
                            }
                            for place in first..<last { scratch[Int(column[Int(rows[place])])] = 0 }
                        }
                    }
                }
            }
        }
        rows.removeLast(rows.count - end)
    }
}
