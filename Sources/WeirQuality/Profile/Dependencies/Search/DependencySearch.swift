/// Finds all minimal functional dependencies and all minimal keys of a table, exactly.
///
/// Pairs of rows show what does not hold; what may still hold is then proved on partitions, sets of few columns first,
/// and each failure is a new pair. It follows HyFD (Papenbrock and Naumann, SIGMOD 2016), with two differences: what may
/// hold is kept a column as a list of minimal hitting sets, and partitions are shared along common prefixes of the sets.
struct DependencySearch {
    struct Result {
        /// Left sides of each column, as bit masks; one more entry for keys, which determine the row itself.
        var left: [[UInt64]]
        /// Of each left side: rows that repeat its values. Each was a chance for a dependency to fail.
        var repeats: [UInt64: Int] = [:]
        /// Left sides of so many columns and fewer are all there; nil when nothing was given up.
        var completeUpTo: Int?
    }

    let rows: CodedRows
    /// Longer left sides are not looked for.
    var mostColumns = 63
    /// Candidates kept at once; beyond it longer left sides are given up.
    var mostCandidates = 2_000_000

    /// - Parameter isOver: asked now and then; when true, what is proved until then is the result.
    func run(isOver: () throws -> Bool) rethrows -> Result {
        let partitions = rows.columns.indices.map {
            Partition(column: rows.columns[$0], distinct: rows.distinct[$0])
        }
        var work = Work(rows: rows, partitions: partitions, mostColumns: mostColumns, mostCandidates: mostCandidates)
        return try work.run(isOver: isOver)
    }
}

extension DependencySearch {
    private struct Work {
        let rows: CodedRows
        let partitions: [Partition]
        var sampler: Sampler
        var seen = AgreeSets()
        /// How many of ``seen`` the covers know.
        var learned = 0
        var covers: [Cover]
        var limit: Int
        let mostCandidates: Int
        var violated: [UInt64] = []
        var repeats: [UInt64: Int] = [:]

        init(rows: CodedRows, partitions: [Partition], mostColumns: Int, mostCandidates: Int) {
            self.rows = rows
            self.partitions = partitions
            self.mostCandidates = mostCandidates
            sampler = Sampler(rows, partitions)
            let limit = min(mostColumns, rows.width)
            self.limit = limit
            covers = (0...rows.width).map { Cover(allowed: rows.all & ~(1 << UInt64($0)), mostColumns: limit) }
        }

        static let firstYield = 0.0005

        mutating func run(isOver: () throws -> Bool) rethrows -> Result {
            var yield = Self.firstYield
            try sampler.sample(into: &seen, least: yield, isOver: isOver)
            var level = 0
            guard try learn(isOver) else { return result(provedUpTo: -1) }
            while level <= limit {
                var candidates: [UInt64: UInt64] = [:]
                var isLast = true
                for (column, cover) in covers.enumerated() {
                    for set in cover.sets {
                        let size = set.nonzeroBitCount
                        if size == level { candidates[set, default: 0] |= 1 << UInt64(column) }
                        if size > level { isLast = false }
                    }
                }
                let failed = try validate(candidates, isOver)
                guard let failed else { return result(provedUpTo: level - 1) }
                if failed > 0 {
                    // Where proofs fail often, pairs of rows are the cheaper teachers.
                    if failed * 10 > candidates.count, failed > 10 {
                        yield /= 4
                        try sampler.sample(into: &seen, least: yield, isOver: isOver)
                    }
                    guard try learn(isOver) else { return result(provedUpTo: level - 1) }
                } else if isLast {
                    break
                }
                level += 1
            }
            return result(provedUpTo: nil)
        }

        private func result(provedUpTo level: Int?) -> Result {
            let isCut = covers.contains(where: \.isCut)
            let complete = level ?? (isCut ? limit : nil)
            return Result(
                left: covers.map { cover in
                    complete.map { most in cover.sets.filter { $0.nonzeroBitCount <= most } } ?? cover.sets
                }, repeats: repeats, completeUpTo: complete)
        }

        /// Tells the covers what was seen since they were told last. False when there was no time.
        private mutating func learn(_ isOver: () throws -> Bool) rethrows -> Bool {
            let fresh = seen.sets[learned...].sorted { $0.nonzeroBitCount > $1.nonzeroBitCount }
            learned = seen.sets.count
            for (number, set) in fresh.enumerated() {
                if number % 64 == 0, try isOver() { return false }
                for column in covers.indices where set >> UInt64(column) & 1 == 0 {
                    covers[column].rule(out: set, violated: &violated)
                }
                if number % 64 == 0 { shrink() }
            }
            return true
        }

        private mutating func shrink() {
            while covers.reduce(0, { $0 + $1.sets.count }) > mostCandidates, limit > 1 {
                limit -= 1
                for column in covers.indices { covers[column].cut(to: limit) }
            }
        }

        /// Proves candidates, all of the same number of columns.
        ///
        /// - Returns: how many failed; nil when there was no time.
        private mutating func validate(_ candidates: [UInt64: UInt64], _ isOver: () throws -> Bool) rethrows -> Int? {
            // Sorted so, sets with common high bits follow each other, and their partitions are made once.
            let order = candidates.keys.sorted(by: >)
            var path: [Int] = []
            var stack = [Partition](repeating: Partition(), count: rows.width + 1)
            stack[0] = Partition(all: rows.count)
            var scratch = [Int32](repeating: 0, count: (rows.distinct.max() ?? 0) + 1)
            var failed = 0
            for (number, set) in order.enumerated() {
                if number % 16 == 0, try isOver() { return nil }
                let columns = Self.columns(of: set)
                var depth = zip(path, columns).prefix { $0 == $1 }.count
                path.removeLast(path.count - depth)
                while depth < columns.count {
                    let column = columns[depth]
                    if depth == 0 {
                        stack[1] = partitions[column]
                    } else {
                        var next = Partition()
                        swap(&next, &stack[depth + 1])
                        next.refine(stack[depth], by: rows.columns[column], scratch: &scratch)
                        swap(&next, &stack[depth + 1])
                    }
                    path.append(column)
                    depth += 1
                }
                failed += check(candidates[set] ?? 0, on: stack[depth])
                repeats[set] = stack[depth].repeats
            }
            return failed
        }

        /// Columns from the highest bit down.
        private static func columns(of set: UInt64) -> [Int] {
            var (left, columns) = (set, [Int]())
            while left != 0 {
                let column = 63 - left.leadingZeroBitCount
                columns.append(column)
                left ^= 1 << UInt64(column)
            }
            return columns
        }

        /// Looks in each group for a row that differs from the first; such a pair is a lesson for all.
        private mutating func check(_ dependents: UInt64, on partition: Partition) -> Int {
            var failed = 0
            var left = dependents
            while left != 0 {
                let column = left.trailingZeroBitCount
                left &= left - 1
                if let (a, b) = Self.violation(rows, column, partition) {
                    seen.add(rows.agreement(a, b))
                    failed += 1
                }
            }
            return failed
        }

        private static func violation(_ rows: CodedRows, _ column: Int, _ partition: Partition) -> (Int, Int)? {
            if column == rows.width {
                return partition.groups == 0 ? nil : (Int(partition.rows[0]), Int(partition.rows[1]))
            }
            return rows.columns[column].withUnsafeBufferPointer { codes in
                partition.rows.withUnsafeBufferPointer { rows in
                    for group in 0..<partition.groups {
                        let first = Int(partition.starts[group])
                        let code = codes[Int(rows[first])]
                        for place in (first + 1)..<Int(partition.starts[group + 1])
                        where codes[Int(rows[place])] != code {
                            return (Int(rows[first]), Int(rows[place]))
                        }
                    }
                    return nil
                }
            }
        }
    }
}
