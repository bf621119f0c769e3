import WeirCore
import WeirEngine

/// Turns rows without a partner into a readable difference: rows that came with a few other values are told
/// apart from rows that are missing and rows that nobody expected.
struct RowDifferences {
    let columns: [Column]
    /// Positions of the columns that count, for each kind of expected row; empty when none is compared.
    let compared: [[Int]]
    /// Rows without a partner in each group.
    let missing: [Int]
    let unexpected: [Int]
    /// Quoted tables of groups.
    let expected: String
    let actual: String

    /// Groups of each side that are looked at as pairs; beyond it rows are only missing or unexpected.
    private static let pairLimit = 200

    private struct Pair {
        let expected: Int
        let actual: Int
        let equal: Int
        let differing: [Int]
    }

    func fill(_ diff: inout RowDiff, on connection: isolated Connection) throws {
        var missing = missing
        var unexpected = unexpected
        for pair in try pairs(on: connection) {
            let rows = min(missing[pair.expected], unexpected[pair.actual])
            guard rows > 0 else { continue }
            missing[pair.expected] -= rows
            unexpected[pair.actual] -= rows
            diff.changedCount += rows
            let room = max(0, RowDiff.limit - diff.changed.count)
            guard room > 0 else { continue }
            let changed = RowDiff.Changed(
                expected: try row(pair.expected, in: expected, hasPattern: true, on: connection),
                actual: try row(pair.actual, in: actual, hasPattern: false, on: connection),
                differing: pair.differing.map { columns[$0].name })
            diff.changed += Array(repeating: changed, count: min(room, rows))
        }
        diff.missingCount = missing.reduce(0, +)
        diff.unexpectedCount = unexpected.reduce(0, +)
        diff.missing = try samples(missing, in: expected, hasPattern: true, on: connection)
        diff.unexpected = try samples(unexpected, in: actual, hasPattern: false, on: connection)
    }

    /// Pairs that agree in at least half of their columns, the closest first.
    private func pairs(on connection: isolated Connection) throws -> [Pair] {
        let left = missing.indices.filter { missing[$0] > 0 }.prefix(Self.pairLimit)
        let right = unexpected.indices.filter { unexpected[$0] > 0 }.prefix(Self.pairLimit)
        guard !left.isEmpty, !right.isEmpty, !compared.isEmpty, !columns.isEmpty else { return [] }
        let tests = columns.indices.map { RowComparison.equality($0, columns[$0].type) }.joined(separator: ", ")
        let rows = try connection.query(
            """
            SELECT e.g, a.g, e.p, [\(tests)] FROM \(expected) AS e, \(actual) AS a
            WHERE e.g IN (\(left.map(String.init).joined(separator: ", "))) AND a.g IN (\(right.map(String.init).joined(separator: ", ")))
            """)
        let pairs = rows.map { row -> Pair in
            let counting = compared[min(Int(row[2].int ?? 0), compared.count - 1)]
            let differing = counting.filter { row[3].list?[$0] != .bool(true) }
            return Pair(
                expected: Int(row[0].int ?? 0), actual: Int(row[1].int ?? 0), equal: counting.count - differing.count,
                differing: differing)
        }
        return pairs.filter { $0.equal > 0 && $0.equal >= $0.differing.count }.sorted {
            ($0.differing.count, -$0.equal, $0.expected, $0.actual) < (
                $1.differing.count, -$1.equal, $1.expected, $1.actual
            )
        }
    }

    private func samples(
        _ counts: [Int], in table: String, hasPattern: Bool, on connection: isolated Connection
    ) throws -> [[RowDiff.Cell]] {
        var samples: [[RowDiff.Cell]] = []
        for group in counts.indices where counts[group] > 0 && samples.count < RowDiff.limit {
            let row = try row(group, in: table, hasPattern: hasPattern, on: connection)
            samples += Array(repeating: row, count: min(counts[group], RowDiff.limit - samples.count))
        }
        return samples
    }

    private func row(
        _ group: Int, in table: String, hasPattern: Bool, on connection: isolated Connection
    ) throws -> [RowDiff.Cell] {
        let list = columns.indices.map { "v\($0)::VARCHAR" }.joined(separator: ", ")
        let pattern = hasPattern ? "p" : "0"
        let values = try connection.query("SELECT \(pattern), [\(list)] FROM \(table) WHERE g = \(group)").first ?? []
        let texts = values.last?.list ?? []
        let number = Int(values.first?.int ?? 0)
        let shown = hasPattern && compared.indices.contains(number) ? compared[number] : Array(columns.indices)
        return shown.map { RowDiff.Cell(column: columns[$0].name, value: texts[$0].text) }
    }
}
