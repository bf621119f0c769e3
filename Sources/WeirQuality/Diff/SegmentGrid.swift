/// How the rows of a table are divided into segments that both sides number alike, without knowing each other's rows.
///
/// By ranges of a whole-number key, so that an index finds a segment's rows; or by the hash of any other key. A finer
/// grid divides each segment into ``fanOut`` of its own.
struct SegmentGrid: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// Segment n holds the keys from `low + n * width` on.
        case ranges(low: Int64, width: Int64)
        /// Segment n holds the rows whose hash leaves n when divided by `count`.
        case hashes(count: Int64)
    }
    let kind: Kind

    static let fanOut: Int64 = 16
    private static let rowsPerSegment = 256
    private static let mostSegments: Int64 = 16_384
    /// The difference of two keys has to fit 64 bits with room to spare.
    private static let widest: Int64 = 1 << 61

    init(kind: Kind) { self.kind = kind }

    /// - Parameter bounds: smallest and largest key of both sides; nil divides by hash.
    init(rows: Int, bounds: ClosedRange<Int64>?) {
        let count = min(Self.mostSegments, max(1, Int64(rows / Self.rowsPerSegment)))
        guard let bounds,
            case (let span, let overflow) = bounds.upperBound.subtractingReportingOverflow(bounds.lowerBound),
            !overflow, span < Self.widest
        else {
            kind = .hashes(count: count)
            return
        }
        kind = .ranges(low: bounds.lowerBound, width: span / count + 1)
    }

    /// Nil where segments cannot be divided further.
    var finer: SegmentGrid? {
        switch kind {
        case .ranges(_, 1): nil
        case .ranges(let low, let width):
            SegmentGrid(kind: .ranges(low: low, width: (width + Self.fanOut - 1) / Self.fanOut))
        case .hashes(let count):
            count > 1 << 40 ? nil : SegmentGrid(kind: .hashes(count: count * Self.fanOut))
        }
    }

    /// First and last key of a segment; nil for segments by hash.
    func range(of segment: Int64) -> ClosedRange<Int64>? {
        guard case .ranges(let low, let width) = kind else { return nil }
        let first = low + segment * width
        // The last segment of all may reach beyond what 64 bits hold.
        let (last, overflow) = first.addingReportingOverflow(width - 1)
        return first...(overflow ? .max : last)
    }
}

/// What a side says of its segments.
struct SegmentSums: Sendable {
    struct Sum: Sendable, Hashable {
        let rows: Int
        /// Of the rows' hashes, as text: it may have more than 64 bits.
        let total: String
    }
    /// Rows whose key is null are in the segment without a number.
    var sums: [Int64?: Sum] = [:]

    /// Segments that are not the same on both sides.
    static func differing(_ a: SegmentSums, _ b: SegmentSums) -> Set<Int64?> {
        Set(a.sums.keys).union(b.sums.keys).filter { a.sums[$0] != b.sums[$0] }
    }

    var total: Int { sums.values.reduce(0) { $0 + $1.rows } }
    var largest: Int { sums.values.map(\.rows).max() ?? 0 }

    func rows(in segments: Set<Int64?>) -> Int { segments.reduce(0) { $0 + (sums[$1]?.rows ?? 0) } }
}

/// Decides, after each round of checksums, what is asked next.
struct Bisection: Sendable {
    /// Rows that are fetched without dividing their segments again: a round costs more than they do.
    ///
    /// With an index a round reads the rows of its segments; without, the whole table.
    static func cheap(hasIndex: Bool) -> Int { hasIndex ? 2_000 : 20_000 }

    enum Step: Sendable, Hashable {
        case done
        /// The rows of the segments that differ.
        case fetch
        case fetchEverything
        case divide(SegmentGrid)
        /// All over again: the keys lie so unevenly that ranges of them do not divide the rows.
        case restart(SegmentGrid)
    }

    static func next(
        _ grid: SegmentGrid, a: SegmentSums, b: SegmentSums, differing: Set<Int64?>, before: Int?, hasIndex: Bool
    ) -> Step {
        if differing.isEmpty { return .done }
        let rows = a.rows(in: differing) + b.rows(in: differing)
        if rows <= cheap(hasIndex: hasIndex) { return .fetch }
        let total = max(a.total, b.total)
        if before == nil, case .ranges = grid.kind, max(a.largest, b.largest) * 8 > total {
            return .restart(SegmentGrid(rows: total, bounds: nil))
        }
        // Where most segments differ, dividing them finds no segment that is the same.
        let segments = Set(a.sums.keys).union(b.sums.keys).count
        if before == nil, segments >= 16, differing.count * 2 > segments { return .fetchEverything }
        if let before, rows * 2 > before { return .fetch }
        guard let finer = grid.finer else { return .fetch }
        return .divide(finer)
    }
}
