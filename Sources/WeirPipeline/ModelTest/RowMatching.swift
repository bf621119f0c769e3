/// Finds which expected rows can be matched with which actual rows, as many as possible.
///
/// Both sides are groups of equal rows with a count. A row that names few columns can fit several others, so
/// taking the first that fits is not enough: this is a maximum flow, found by augmenting paths.
struct RowMatching {
    /// Rows of each expected and each actual group that found no partner.
    private(set) var missing: [Int]
    private(set) var unexpected: [Int]

    private let edges: [[Int]]
    /// Matched rows by expected, then by actual group.
    private var flow: [[Int: Int]]
    /// Expected groups that have rows matched with an actual group.
    private var holders: [Set<Int>]

    /// - Parameters:
    ///   - expected: rows in each expected group.
    ///   - actual: rows in each actual group.
    ///   - edges: for each expected group the actual groups that it equals.
    init(expected: [Int], actual: [Int], edges: [[Int]]) {
        missing = expected
        unexpected = actual
        self.edges = edges
        flow = Array(repeating: [:], count: expected.count)
        holders = Array(repeating: [], count: actual.count)
        for group in expected.indices {
            while missing[group] > 0 {
                var visited = Set<Int>()
                let pushed = push(group, missing[group], &visited)
                if pushed == 0 { break }
                missing[group] -= pushed
            }
        }
    }

    /// Matches up to `amount` rows of an expected group, moving others aside where that helps.
    private mutating func push(_ group: Int, _ amount: Int, _ visited: inout Set<Int>) -> Int {
        for target in edges[group] where unexpected[target] > 0 {
            let taken = min(amount, unexpected[target])
            unexpected[target] -= taken
            add(taken, group, target)
            return taken
        }
        for target in edges[group] where visited.insert(target).inserted {
            for other in holders[target] where other != group {
                let held = flow[other][target] ?? 0
                let moved = push(other, min(amount, held), &visited)
                if moved > 0 {
                    add(-moved, other, target)
                    add(moved, group, target)
                    return moved
                }
            }
        }
        return 0
    }

    private mutating func add(_ rows: Int, _ group: Int, _ target: Int) {
        let sum = (flow[group][target] ?? 0) + rows
        flow[group][target] = sum == 0 ? nil : sum
        if sum == 0 { holders[target].remove(group) } else { holders[target].insert(group) }
    }
}
