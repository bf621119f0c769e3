import Testing

@testable import WeirPipeline

@Suite("Matching of rows")
struct ModelTestMatchingTests {
    @Test(
        "finds as many partners as there are",
        arguments: [
            ([1], [1], [[0]], 0, 0), ([2], [1], [[0]], 1, 0), ([1, 1], [1, 1], [[0, 1], [0]], 0, 0),
            ([3, 2], [2, 3], [[0, 1], [0]], 0, 0), ([1, 1, 1], [1, 1, 1], [[0], [0, 1], [1, 2]], 0, 0),
            ([1, 1, 1], [1, 1, 1], [[0, 1, 2], [0, 1], [0]], 0, 0), ([5], [], [[]], 5, 0), ([], [4], [], 0, 4),
            ([1, 1], [1, 1], [[0], [0]], 1, 1), ([100_000], [99_999], [[0]], 1, 0),
        ])
    func most(_ expected: [Int], _ actual: [Int], _ edges: [[Int]], _ missing: Int, _ unexpected: Int) {
        let matching = RowMatching(expected: expected, actual: actual, edges: edges)
        #expect(matching.missing.reduce(0, +) == missing)
        #expect(matching.unexpected.reduce(0, +) == unexpected)
    }

    @Test("agrees with trying everything, on small random cases")
    func exhaustive() {
        var state: UInt64 = 7
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<500 {
            let left = next(5)
            let right = next(5)
            let edges = (0..<left).map { _ in (0..<right).filter { _ in next(2) == 0 } }
            func best(_ row: Int, _ free: Set<Int>) -> Int {
                if row == left { return 0 }
                var most = best(row + 1, free)
                for target in edges[row] where free.contains(target) {
                    most = max(most, 1 + best(row + 1, free.subtracting([target])))
                }
                return most
            }
            let matching = RowMatching(
                expected: Array(repeating: 1, count: left), actual: Array(repeating: 1, count: right), edges: edges)
            #expect(left - matching.missing.reduce(0, +) == best(0, Set(0..<right)))
        }
    }
}
