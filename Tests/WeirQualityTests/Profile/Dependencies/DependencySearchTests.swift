import Testing

@testable import WeirQuality

/// The definition itself, tried on every left side: right and slow.
private struct Oracle {
    let rows: [[Int]]
    let width: Int

    func holds(_ left: UInt64, _ right: Int) -> Bool {
        var seen: [[Int]: Int] = [:]
        for (number, row) in rows.enumerated() {
            let key = (0..<width).filter { left >> UInt64($0) & 1 == 1 }.map { row[$0] }
            let value = right == width ? number : row[right]
            if let known = seen[key], known != value { return false }
            seen[key] = value
        }
        return true
    }

    /// Minimal left sides of every column, and of the row itself.
    var minimal: [Set<UInt64>] {
        (0...width).map { right in
            var found: Set<UInt64> = []
            for left in (0..<(UInt64(1) << UInt64(width))).sorted(by: { $0.nonzeroBitCount < $1.nonzeroBitCount })
            where left >> UInt64(right) & 1 == 0 && !found.contains(where: { $0 & ~left == 0 }) && holds(left, right) {
                found.insert(left)
            }
            return found
        }
    }
}

@Suite("The search for dependencies")
struct DependencySearchTests {
    private func search(_ rows: [[Int]], width: Int, mostColumns: Int = 63) -> DependencySearch.Result {
        var search = DependencySearch(rows: coded(rows, width: width))
        search.mostColumns = mostColumns
        return search.run(isOver: { false })
    }

    private func coded(_ rows: [[Int]], width: Int) -> CodedRows {
        let columns = (0..<width).map { column in
            var numbers = ValueNumbers()
            numbers.add(rows.map { UInt64(truncatingIfNeeded: $0[column]) })
            return numbers
        }
        return CodedRows(columns: columns.map(\.codes), distinct: columns.map(\.distinct))
    }

    @Test("finds exactly the minimal ones, of random tables of every shape", arguments: 1...60)
    func random(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let width = Int.random(in: 1...7, using: &random)
        let count = [0, 1, 2, 3, 10, 40, 150][Int.random(in: 0...6, using: &random)]
        let most = (0..<width).map { _ in [1, 2, 3, 8, 40, 1000][Int.random(in: 0...5, using: &random)] }
        var rows: [[Int]] = []
        for _ in 0..<count {
            var row = most.map { Int.random(in: 0..<$0, using: &random) }
            // Some columns follow from others, as in real tables.
            if width > 2, seed % 2 == 0 { row[width - 1] = (row[0] * 7 + row[1]) % 5 }
            if let last = rows.last, seed % 5 == 0, Int.random(in: 0...9, using: &random) == 0 { row = last }
            rows.append(row)
        }
        let found = search(rows, width: width)
        #expect(found.completeUpTo == nil)
        #expect(found.left.map(Set.init) == Oracle(rows: rows, width: width).minimal)
        #expect(found.left.allSatisfy { Set($0).count == $0.count })
    }

    @Test("wide tables: more columns than fill a lane of the comparison, and more than 32")
    func wide() {
        var random = SeededRandom(seed: 7)
        let width = 40
        var rows = (0..<300).map { _ in (0..<width).map { _ in Int.random(in: 0..<100_000, using: &random) } }
        for index in rows.indices {
            rows[index][35] = rows[index][36] % 3
            rows[index][36] = index / 2
            rows[index][35] = rows[index][36] % 3
        }
        let found = search(rows, width: width, mostColumns: 1)
        #expect(found.left[35].contains(1 << 36))
        for set in found.left[35] { #expect(Oracle(rows: rows, width: width).holds(set, 35)) }
    }

    @Test("longer left sides than wanted are given up, and it says so")
    func limited() {
        var random = SeededRandom(seed: 3)
        let rows = (0..<200).map { _ in (0..<8).map { _ in Int.random(in: 0..<4, using: &random) } }
        let all = search(rows, width: 8)
        let short = search(rows, width: 8, mostColumns: 3)
        #expect(short.completeUpTo == 3)
        #expect(short.left.map(Set.init) == all.left.map { Set($0.filter { $0.nonzeroBitCount <= 3 }) })
    }

    @Test("memory is bounded: with too many candidates the longest are given up")
    func bounded() {
        var random = SeededRandom(seed: 5)
        let rows = (0..<300).map { _ in (0..<14).map { _ in Int.random(in: 0..<3, using: &random) } }
        var search = DependencySearch(rows: coded(rows, width: 14))
        search.mostCandidates = 200
        let found = search.run(isOver: { false })
        #expect(found.completeUpTo != nil)
        let oracle = Oracle(rows: rows, width: 14)
        for (right, sets) in found.left.enumerated() {
            for set in sets { #expect(oracle.holds(set, right)) }
        }
    }

    @Test("when the time is over, only what is proved is told", arguments: [0, 1, 3, 10, 30, 100])
    func stopped(after questions: Int) {
        var random = SeededRandom(seed: 9)
        let rows = (0..<400).map { _ in (0..<7).map { Int.random(in: 0..<(3 + $0 * 2), using: &random) } }
        let whole = search(rows, width: 7)
        var asked = 0
        let found = DependencySearch(rows: coded(rows, width: 7)).run {
            asked += 1
            return asked > questions
        }
        let most = found.completeUpTo ?? 7
        #expect(found.left.map(Set.init) == whole.left.map { Set($0.filter { $0.nonzeroBitCount <= most }) })
    }

    private struct Stop: Error {}

    @Test("a search that is cancelled ends with the error")
    func cancelled() {
        let rows = (0..<50).map { [$0 % 3, $0 % 7, $0] }
        #expect(throws: Stop.self) {
            try DependencySearch(rows: coded(rows, width: 3)).run { throw Stop() }
        }
    }

    @Test("exceptions are the rows that differ from the most frequent value of their group")
    func exceptions() {
        let rows = coded([[1, 1], [1, 1], [1, 2], [2, 5], [2, 6], [3, 9]], width: 2)
        var scratch = [Int32](repeating: 0, count: 6)
        let partition = Partition(column: rows.columns[0], distinct: rows.distinct[0])
        #expect(partition.exceptions(in: rows.columns[1], most: 100, scratch: &scratch) == 2)
        #expect(scratch.allSatisfy { $0 == 0 })
        #expect(partition.repeats == 3)
    }
}
