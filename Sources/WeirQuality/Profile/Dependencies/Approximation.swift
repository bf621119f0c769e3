/// Dependencies of one or two columns that hold but for a few rows.
struct Approximation {
    let rows: CodedRows
    let result: DependencySearch.Result

    /// Chances to fail, below which a few failures are as many as one expects.
    private static let fewest = 50
    /// One exception in a hundred chances, and never more.
    private static let share = 100
    /// Tables with more columns are looked at for single columns only.
    private static let mostColumnsForPairs = 24

    static func isFew(_ violations: Int, of repeats: Int) -> Bool {
        repeats >= fewest && violations * share <= repeats
    }

    /// What was found before ``isOver`` said so.
    func find(isOver: () throws -> Bool) rethrows -> [Judged] {
        var found: [Judged] = []
        var scratch = [Int32](repeating: 0, count: (rows.distinct.max() ?? 0) + 1)
        // Columns that each column determines, exactly or nearly: what more columns add says nothing new.
        var told = [UInt64](repeating: 0, count: rows.width)
        for (column, sets) in result.left.dropLast().enumerated() {
            for set in sets where set.nonzeroBitCount == 1 { told[set.trailingZeroBitCount] |= 1 << UInt64(column) }
        }
        let single = rows.columns.indices.map { Partition(column: rows.columns[$0], distinct: rows.distinct[$0]) }
        for from in rows.columns.indices where single[from].repeats * 20 >= rows.count {
            if try isOver() { return found }
            let open = rows.all & ~(1 << UInt64(from)) & ~told[from]
            look(from: 1 << UInt64(from), on: single[from], open, into: &found, &scratch) { told[from] |= $0 }
        }
        guard rows.width <= Self.mostColumnsForPairs else { return found }
        var both = Partition()
        for first in rows.columns.indices {
            for second in (first + 1)..<max(first + 1, rows.width) where rows.distinct[first] > 2 {
                if try isOver() { return found }
                let open = rows.all & ~(1 << UInt64(first) | 1 << UInt64(second)) & ~told[first] & ~told[second]
                // The second says nothing where the first already tells it, and the reverse.
                if open == 0 || told[first] >> UInt64(second) & 1 == 1 || told[second] >> UInt64(first) & 1 == 1 {
                    continue
                }
                both.refine(single[second], by: rows.columns[first], scratch: &scratch)
                if both.repeats * 5 >= rows.count {
                    look(from: 1 << UInt64(first) | 1 << UInt64(second), on: both, open, into: &found, &scratch) { _ in
                    }
                }
            }
        }
        return found
    }

    private func look(
        from set: UInt64, on partition: Partition, _ open: UInt64, into found: inout [Judged],
        _ scratch: inout [Int32], tell: (UInt64) -> Void
    ) {
        let repeats = partition.repeats
        var left = open
        while left != 0 {
            let column = left.trailingZeroBitCount
            left &= left - 1
            let most = repeats / Self.share
            let violations = partition.exceptions(in: rows.columns[column], most: most, scratch: &scratch)
            guard violations > 0, Self.isFew(violations, of: repeats) else { continue }
            tell(1 << UInt64(column))
            found.append(Judged(set, column, violations, repeats))
        }
    }
}

extension Partition {
    /// Rows that differ from the most frequent value of their group: the measure g3 of Kivinen and Mannila (1995),
    /// in rows. Counting stops when there are more than wanted.
    ///
    /// - Parameter scratch: zeros, at least as many as the column has codes; zeros again afterwards.
    func exceptions(in column: [Int32], most: Int, scratch: inout [Int32]) -> Int {
        var exceptions = 0
        column.withUnsafeBufferPointer { column in
            scratch.withUnsafeMutableBufferPointer { counts in
                rows.withUnsafeBufferPointer { rows in
                    for group in 0..<groups {
                        let (first, last) = (Int(starts[group]), Int(starts[group + 1]))
                        var highest: Int32 = 0
                        for place in first..<last {
                            let code = Int(column[Int(rows[place])])
                            counts[code] += 1
                            highest = max(highest, counts[code])
                        }
                        for place in first..<last { counts[Int(column[Int(rows[place])])] = 0 }
                        exceptions += last - first - Int(highest)
                        if exceptions > most { return }
                    }
                }
            }
        }
        return exceptions
    }

    /// How likely two rows of one group are equal in a column.
    func agreement(in column: [Int32], scratch: inout [Int32]) -> Double {
        var (equal, all) = (0.0, 0.0)
        column.withUnsafeBufferPointer { column in
            scratch.withUnsafeMutableBufferPointer { counts in
                rows.withUnsafeBufferPointer { rows in
                    for group in 0..<groups {
                        let (first, last) = (Int(starts[group]), Int(starts[group + 1]))
                        // A row meets as many equal rows as came before it.
                        for place in first..<last {
                            let code = Int(column[Int(rows[place])])
                            equal += Double(counts[code])
                            counts[code] += 1
                        }
                        for place in first..<last { counts[Int(column[Int(rows[place])])] = 0 }
                        all += Double(last - first) * Double(last - first - 1) / 2
                    }
                }
            }
        }
        return all > 0 ? equal / all : 0
    }
}
