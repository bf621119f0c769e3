/// Compares pairs of rows that are likely to agree in much: neighbours in groups of equal values, sorted so that rows
/// alike stand close together. (Papenbrock and Naumann, "A Hybrid Approach to Functional Dependency Discovery", 2016.)
struct Sampler {
    private struct Run {
        let partition: Partition
        /// How far apart the rows are that are compared next.
        var distance = 1
        /// New sets for each comparison, in the last run.
        var yield = Double.infinity
    }
    private var runs: [Run]
    private let rows: CodedRows

    init(_ rows: CodedRows, _ partitions: [Partition]) {
        self.rows = rows
        runs = partitions.indices.compactMap { column in
            guard partitions[column].groups > 0, rows.distinct[column] > 1 || rows.width == 1 else { return nil }
            return Run(partition: Self.sorted(partitions[column], column, rows))
        }
    }

    /// Sorts each group by the other columns, beginning with those of the most values.
    private static func sorted(_ partition: Partition, _ column: Int, _ rows: CodedRows) -> Partition {
        var order = (0..<rows.count).map { Int32($0) }
        var next = order
        // Stable sorts by counting, the least important column first; the group's own column last.
        let others = (1..<rows.width).map { (column + $0) % rows.width }.suffix(4)
        for key in others.map({ $0 }) + [column] {
            let codes = rows.columns[key]
            var places = [Int32](repeating: 0, count: rows.distinct[key] + 1)
            for code in codes { places[Int(code) + 1] += 1 }
            for code in 1..<places.count { places[code] += places[code - 1] }
            for row in order {
                let code = Int(codes[Int(row)])
                next[Int(places[code])] = row
                places[code] += 1
            }
            swap(&order, &next)
        }
        var sorted = Partition()
        sorted.rows.reserveCapacity(partition.rows.count)
        let codes = rows.columns[column]
        var first = 0
        while first < order.count {
            var last = first + 1
            while last < order.count, codes[Int(order[last])] == codes[Int(order[first])] { last += 1 }
            if last - first > 1 {
                sorted.rows += order[first..<last]
                sorted.starts.append(Int32(sorted.rows.count))
            }
            first = last
        }
        return sorted
    }

    /// Compares until a run over a column's groups yields fewer new sets a comparison than wanted.
    mutating func sample(into sets: inout AgreeSets, least: Double, isOver: () throws -> Bool) rethrows {
        while try !isOver() {
            guard let best = runs.indices.max(by: { runs[$0].yield < runs[$1].yield }), runs[best].yield >= least
            else { return }
            step(best, into: &sets)
        }
    }

    private mutating func step(_ index: Int, into sets: inout AgreeSets) {
        let distance = runs[index].distance
        let partition = runs[index].partition
        var comparisons = 0
        let before = sets.sets.count
        rows.comparing { agreement in
            partition.rows.withUnsafeBufferPointer { order in
                var last: UInt64 = .max
                for group in 0..<partition.groups {
                    let end = Int(partition.starts[group + 1])
                    var place = Int(partition.starts[group])
                    while place + distance < end {
                        let set = agreement(Int(order[place]), Int(order[place + distance]))
                        if set != last { sets.add(set) }
                        last = set
                        comparisons += 1
                        place += 1
                    }
                }
            }
        }
        runs[index].distance += 1
        runs[index].yield = comparisons == 0 ? 0 : Double(sets.sets.count - before) / Double(comparisons)
    }
}
