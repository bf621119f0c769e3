import Foundation
import WeirCore

/// A dependency on its way to a rank.
struct Judged {
    var from: UInt64
    var to: Int
    var violations: Int
    var repeats: Int
    var plausibility = 0.0

    init(_ from: UInt64, _ to: Int, _ violations: Int, _ repeats: Int) {
        self.from = from
        self.to = to
        self.violations = violations
        self.repeats = repeats
    }
}

/// Tells rules from accidents.
///
/// In a table of twenty columns hundreds of dependencies hold, most because their left side hardly ever repeats. What
/// speaks for one: that it could have failed often and did not (in bits, less the bits that it takes to name it among
/// all of its size), few columns on the left, left columns that are named and typed like something that identifies, and
/// that it does not follow from two others.
struct Plausibility {
    let rows: CodedRows
    /// In the order of the codes.
    let columns: [ColumnFacts]
    let result: DependencySearch.Result
    private let single: [Partition]
    /// How likely two rows are equal in each column.
    private let agreement: [Double]

    init(rows: CodedRows, columns: [ColumnFacts], result: DependencySearch.Result) {
        self.rows = rows
        self.columns = columns
        self.result = result
        single = rows.columns.indices.map { Partition(column: rows.columns[$0], distinct: rows.distinct[$0]) }
        let pairs = Double(rows.count) * Double(rows.count - 1)
        agreement = single.map { partition in
            let equal = (0..<partition.groups).reduce(0.0) { sum, group in
                let size = Double(partition.starts[group + 1] - partition.starts[group])
                return sum + size * (size - 1)
            }
            return pairs > 0 ? equal / pairs : 0
        }
    }

    /// The most plausible first, at most as many as are worth a closer look.
    func rank(_ found: [Judged]) -> [Judged] {
        // Columns that each column tells but for a few rows.
        var nearly = [UInt64](repeating: 0, count: rows.width)
        for judged in found where judged.from.nonzeroBitCount == 1 {
            nearly[judged.from.trailingZeroBitCount] |= 1 << UInt64(judged.to)
        }
        // What a closer look can only lower.
        let guessed = found.map { judged in
            var judged = judged
            judged.plausibility =
                evidence(judged, accident: agreement[judged.to]) * likeness(judged)
                * (isImplied(judged, nearly) ? 0.4 : 1)
            return judged
        }
        var groups = Groups(rows: rows, single: single)
        return Self.sorted(guessed).prefix(Self.mostRanked).map { judged in
            guard judged.from.nonzeroBitCount > 1, judged.plausibility > 0 else { return judged }
            var closer = judged
            let before = evidence(judged, accident: agreement[judged.to])
            closer.plausibility *= evidence(judged, accident: accident(judged, &groups)) / before
            return closer
        }.sorted(by: Self.isMore)
    }

    private static let mostRanked = 80

    private static func sorted(_ all: [Judged]) -> [Judged] { all.sorted(by: isMore) }

    private static func isMore(_ a: Judged, _ b: Judged) -> Bool {
        if a.plausibility != b.plausibility { return a.plausibility > b.plausibility }
        return (a.from.nonzeroBitCount, b.repeats, a.from, a.to) < (b.from.nonzeroBitCount, a.repeats, b.from, b.to)
    }

    // MARK: Evidence

    /// How often rows agree by accident: with one column of the left side less.
    private func accident(_ judged: Judged, _ groups: inout Groups) -> Double {
        members(judged.from).reduce(agreement[judged.to]) { most, column in
            max(most, groups.agreement(of: judged.from & ~(1 << UInt64(column)), in: judged.to))
        }
    }

    private func evidence(_ judged: Judged, accident: Double) -> Double {
        guard accident < 1 else { return 0 }
        let expected = Double(judged.repeats) * (1 - accident)
        // Failures that were expected and did not come.
        guard Double(judged.violations) * 20 <= expected else { return 0 }
        let passed = Double(judged.repeats - judged.violations * 20)
        let bits = passed * -log2(max(accident, 1e-9)) - naming(judged.from)
        let strength = bits > 0 ? bits / (bits + 40) : 0
        // A left side that hardly repeats is nearly a key.
        let coverage = min(1, Double(judged.repeats) / Double(max(1, rows.count)) * 4)
        return strength * (0.4 + 0.6 * coverage)
    }

    /// Bits that name one left side among all of its size, and its right side.
    private func naming(_ set: UInt64) -> Double {
        let (width, size) = (rows.width, set.nonzeroBitCount)
        return (0..<size).reduce(log2(Double(width))) { $0 + log2(Double(width - $1) / Double($1 + 1)) }
    }

    private func members(_ set: UInt64) -> [Int] { rows.columns.indices.filter { set >> UInt64($0) & 1 == 1 } }

    // MARK: Looks

    private func likeness(_ judged: Judged) -> Double {
        let left = members(judged.from).map { columns[$0] }
        let scores = left.map { facts -> Double in
            if KeyName.isLikely(facts.name) { return 1 }
            return switch facts.family {
            case .text where (facts.texts?.longest ?? 0) > 64: 0.4
            case .integer, .text, .uuid: 0.85
            case .boolean, .date: 0.6
            case .timestamp, .timestampTZ, .time: 0.4
            default: 0.25
            }
        }
        let mean = scores.reduce(0, +) / Double(max(1, scores.count))
        let stems = left.map { KeyName.words($0.name) }
        let target = KeyName.words(columns[judged.to].name)
        let isNamedAlike = stems.contains { !$0.isDisjoint(with: target) }
        // Two columns that nearly tell a third are common; two that always do are not.
        let size = pow(judged.violations > 0 ? 0.45 : 0.75, Double(left.count - 1))
        return min(1, mean * (isNamedAlike ? 1.15 : 1)) * size
    }

    /// `order → country` follows from `order → customer` and `customer → country`, and is told by those.
    private func isImplied(_ judged: Judged, _ nearly: [UInt64]) -> Bool {
        rows.columns.indices.contains { between in
            let mark: UInt64 = 1 << UInt64(between)
            guard between != judged.to, judged.from & mark == 0, determines(judged.from, between),
                determines(mark, judged.to) || judged.violations > 0 && nearly[between] >> UInt64(judged.to) & 1 == 1
            else { return false }
            return !members(judged.from).allSatisfy { determines(mark, $0) }
        }
    }

    private func determines(_ set: UInt64, _ column: Int) -> Bool { result.left[column].contains { $0 & ~set == 0 } }

    // MARK: Keys

    private static let mostKeys = 40

    /// Keys of several columns with what speaks for them: pairs of rows that each of the columns had to tell apart.
    func keys(_ sets: [UInt64]) -> [(UInt64, evidence: Double)] {
        var groups = Groups(rows: rows, single: single)
        let several = sets.filter { $0.nonzeroBitCount > 1 }.sorted {
            ($0.nonzeroBitCount, $1) < ($1.nonzeroBitCount, $0)
        }
        return several.prefix(Self.mostKeys).map { set in
            let told = members(set).map { column in
                Double(groups.partition(of: set & ~(1 << UInt64(column))).repeats) * agreement[column]
            }
            let least = told.min() ?? 0
            return (set, least / (least + 3))
        }
    }
}

/// Partitions by several columns, each made once.
private struct Groups {
    let rows: CodedRows
    let single: [Partition]
    private var known: [UInt64: Partition] = [:]
    private var scratch: [Int32]

    init(rows: CodedRows, single: [Partition]) {
        self.rows = rows
        self.single = single
        scratch = [Int32](repeating: 0, count: (rows.distinct.max() ?? 0) + 1)
    }

    mutating func partition(of set: UInt64) -> Partition {
        if set == 0 { return Partition(all: rows.count) }
        if set.nonzeroBitCount == 1 { return single[set.trailingZeroBitCount] }
        if let made = known[set] { return made }
        // The lowest bit is the column that divides the least.
        let last = set.trailingZeroBitCount
        var made = Partition()
        made.refine(partition(of: set & (set - 1)), by: rows.columns[last], scratch: &scratch)
        known[set] = made
        return made
    }

    mutating func agreement(of set: UInt64, in column: Int) -> Double {
        partition(of: set).agreement(in: rows.columns[column], scratch: &scratch)
    }
}
