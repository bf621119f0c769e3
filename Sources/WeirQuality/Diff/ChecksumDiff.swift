import WeirCore
import WeirEngine

/// Compares two tables of which at least one is in another database: segments by their checksums, which each database
/// computes itself, then the rows of the segments that differ.
///
/// The idea is that of Merkle trees (Merkle, "A digital signature based on a conventional encryption function", 1987),
/// as rsync and data-diff use it. All rounds of a side are in one transaction, so that they see the same rows.
struct ChecksumDiff {
    let a: SegmentSource
    let b: SegmentSource
    let options: DiffOptions

    struct Outcome: Sendable {
        var a = KeyCheck.Facts()
        var b = KeyCheck.Facts()
        var moved = TableDiff.Moved()
        /// Rows were fetched and are to be compared.
        var hasRows = false
    }

    func run(on first: Connection, and second: Connection) async throws -> Outcome {
        try await begin(a, on: first)
        try await begin(b, on: second)
        var outcome = Outcome()
        options.progress("counting rows")
        async let x = first.perform { try a.extent(on: $0) }
        async let y = second.perform { try b.extent(on: $0) }
        let extents = try await (x, y)
        outcome.a = extents.0.facts
        outcome.b = extents.1.facts
        var bounds: ClosedRange<Int64>?
        if SegmentSource.hasRanges(a.plan) {
            let all = [extents.0.bounds, extents.1.bounds].compactMap(\.self)
            if let low = all.map(\.lowerBound).min(), let high = all.map(\.upperBound).max() { bounds = low...high }
        }
        var grid = SegmentGrid(rows: max(outcome.a.rows, outcome.b.rows), bounds: bounds)
        var only: Part?
        var before: Int?
        while true {
            let sums = try await sums(grid, only, on: first, and: second, &outcome.moved)
            let differing = SegmentSums.differing(sums.0, sums.1)
            outcome.moved.segments = max(outcome.moved.segments, only == nil ? sums.count : 0)
            if only == nil {
                outcome.moved.differingSegments = differing.count
                outcome.a.rows = sums.0.total
                outcome.b.rows = sums.1.total
            } else {
                outcome.moved.rounds += 1
            }
            switch Bisection.next(
                grid, a: sums.0, b: sums.1, differing: differing, before: before, hasIndex: a.hasIndex && b.hasIndex)
            {
            case .done:
                // Checksums of a part can agree that did not as a whole only where a row moved between two looks.
                return outcome
            case .fetch:
                try await fetch(Part(grid: grid, segments: differing), on: first, and: second, &outcome.moved)
            case .fetchEverything: try await fetch(nil, on: first, and: second, &outcome.moved)
            case .divide(let finer):
                before = sums.0.rows(in: differing) + sums.1.rows(in: differing)
                only = Part(grid: grid, segments: differing)
                grid = finer
                continue
            case .restart(let other):
                grid = other
                continue
            }
            break
        }
        outcome.hasRows = true
        return outcome
    }

    /// Some segments of a grid.
    struct Part: Sendable {
        let grid: SegmentGrid
        let segments: Set<Int64?>
        var tuple: (grid: SegmentGrid, segments: Set<Int64?>) { (grid, segments) }
    }

    // MARK: One step on both sides at once

    /// PostgreSQL writes times as ISO and groups in memory; what is set ends with the transaction.
    private func begin(_ source: SegmentSource, on connection: Connection) async throws {
        try await connection.perform { connection in
            try connection.execute("BEGIN TRANSACTION")
            guard source.side.isRemote, source.side.dialect == .postgres else { return }
            let settings = [
                ("DateStyle", "ISO"), ("IntervalStyle", "postgres"), ("TimeZone", "UTC"), ("bytea_output", "hex"),
                ("extra_float_digits", "1"), ("work_mem", "128MB"), ("jit", "off"),
            ]
            let calls = settings.enumerated().map { "set_config('\($1.0)', '\($1.1)', true) AS s\($0)" }
            _ = try source.side.query("SELECT \(calls.joined(separator: ", "))", on: connection)
        }
    }

    private func sums(
        _ grid: SegmentGrid, _ only: Part?, on first: Connection, and second: Connection,
        _ moved: inout TableDiff.Moved
    ) async throws -> (SegmentSums, SegmentSums, count: Int) {
        options.progress(only == nil ? "comparing checksums" : "comparing checksums of smaller segments")
        async let x = first.perform { connection in
            var moved = TableDiff.Moved()
            return (try a.sums(grid, only: only?.tuple, moved: &moved, on: connection), moved)
        }
        async let y = second.perform { connection in
            var moved = TableDiff.Moved()
            return (try b.sums(grid, only: only?.tuple, moved: &moved, on: connection), moved)
        }
        let (one, two) = try await (x, y)
        moved.bytes += one.1.bytes + two.1.bytes
        return (one.0, two.0, Set(one.0.sums.keys).union(two.0.sums.keys).count)
    }

    private func fetch(
        _ part: Part?, on first: Connection, and second: Connection, _ moved: inout TableDiff.Moved
    ) async throws {
        options.progress(part == nil ? "fetching all rows" : "fetching the rows of segments that differ")
        async let x = first.perform { try Self.fetch(a, part, on: $0) }
        async let y = second.perform { try Self.fetch(b, part, on: $0) }
        for more in try await [x, y] {
            moved.bytes += more.bytes
            moved.rows += more.rows
        }
    }

    private static func fetch(
        _ source: SegmentSource, _ part: Part?, on connection: isolated Connection
    ) throws -> TableDiff.Moved {
        var moved = TableDiff.Moved()
        try source.fetch(part?.tuple, moved: &moved, on: connection)
        try connection.execute("COMMIT")
        return moved
    }
}
