import Testing

@testable import WeirQuality

@Suite("Segments and their checksums")
struct SegmentTests {
    private func sums(_ values: [Int64?: (Int, String)]) -> SegmentSums {
        SegmentSums(sums: values.mapValues { .init(rows: $0.0, total: $0.1) })
    }

    @Test(
        "ranges cover every key once, from the smallest to the largest",
        arguments: [1...1_000_000, -7...7, 5...5, Int64.max - 9...Int64.max])
    func ranges(bounds: ClosedRange<Int64>) throws {
        var grid: SegmentGrid? = SegmentGrid(rows: 1_000_000, bounds: bounds)
        while let now = grid {
            guard case .ranges(let low, let width) = now.kind else {
                Issue.record("no ranges")
                return
            }
            #expect(low == bounds.lowerBound && width >= 1)
            for key in [
                bounds.lowerBound, bounds.upperBound, bounds.lowerBound + (bounds.upperBound - bounds.lowerBound) / 3,
            ] {
                let segment = (key - low) / width
                #expect(now.range(of: segment)?.contains(key) == true)
            }
            grid = now.finer
        }
        #expect(SegmentGrid(kind: .ranges(low: 0, width: 1)).finer == nil)
    }

    @Test("keys too far apart, and keys that are no numbers, are divided by hash")
    func hashes() {
        #expect(SegmentGrid(rows: 1000, bounds: nil).kind == .hashes(count: 3))
        #expect(SegmentGrid(rows: 0, bounds: nil).kind == .hashes(count: 1))
        #expect(SegmentGrid(rows: 1000, bounds: Int64.min...Int64.max).kind == .hashes(count: 3))
        #expect(SegmentGrid(kind: .hashes(count: 3)).finer?.kind == .hashes(count: 48))
    }

    @Test("a segment differs by its rows, by its sum, and by not being there")
    func differing() {
        let a = sums([0: (2, "5"), 1: (2, "5"), 2: (2, "5"), nil: (1, "9")])
        let b = sums([0: (2, "5"), 1: (3, "5"), 3: (2, "5"), nil: (1, "8")])
        #expect(SegmentSums.differing(a, b) == [1, 2, 3, nil])
        #expect(SegmentSums.differing(a, a).isEmpty)
    }

    private func step(
        _ grid: SegmentGrid, segments: Int, rowsEach: Int, differing: Int, before: Int? = nil, hasIndex: Bool = true
    ) -> Bisection.Step {
        var a: [Int64?: (Int, String)] = [:]
        var b: [Int64?: (Int, String)] = [:]
        for number in 0..<segments {
            a[Int64(number)] = (rowsEach, "1")
            b[Int64(number)] = (rowsEach, number < differing ? "2" : "1")
        }
        let (first, second) = (sums(a), sums(b))
        return Bisection.next(
            grid, a: first, b: second, differing: SegmentSums.differing(first, second), before: before,
            hasIndex: hasIndex)
    }

    @Test("nothing differs: done; few rows: fetched; many: divided again")
    func steps() {
        let grid = SegmentGrid(rows: 1_000_000, bounds: 1...1_000_000)
        #expect(step(grid, segments: 4000, rowsEach: 250, differing: 0) == .done)
        #expect(step(grid, segments: 4000, rowsEach: 250, differing: 4) == .fetch)
        #expect(step(grid, segments: 4000, rowsEach: 250, differing: 5) == .divide(grid.finer ?? grid))
        // Without an index a round costs a scan.
        #expect(step(grid, segments: 4000, rowsEach: 250, differing: 5, hasIndex: false) == .fetch)
        #expect(
            step(grid, segments: 4000, rowsEach: 250, differing: 100, hasIndex: false) == .divide(grid.finer ?? grid))
    }

    @Test("where most segments differ all rows are fetched, and where dividing finds nothing it ends")
    func ends() {
        let grid = SegmentGrid(rows: 1_000_000, bounds: 1...1_000_000)
        #expect(step(grid, segments: 4000, rowsEach: 250, differing: 2001) == .fetchEverything)
        #expect(step(grid, segments: 4000, rowsEach: 250, differing: 1000, before: 600_000) == .fetch)
        #expect(
            step(SegmentGrid(kind: .ranges(low: 0, width: 1)), segments: 100, rowsEach: 5000, differing: 1) == .fetch)
    }

    @Test("keys that crowd in one range are divided by hash instead")
    func skew() {
        let grid = SegmentGrid(rows: 1_000_000, bounds: 1...1_000_000_000_000)
        #expect(
            step(grid, segments: 1, rowsEach: 1_000_000, differing: 1) == .restart(.init(rows: 1_000_000, bounds: nil)))
        // By hash, rows crowd only where their keys are the same.
        let hashed = SegmentGrid(rows: 1_000_000, bounds: nil)
        #expect(step(hashed, segments: 1, rowsEach: 1_000_000, differing: 1) == .divide(hashed.finer ?? hashed))
    }
}
