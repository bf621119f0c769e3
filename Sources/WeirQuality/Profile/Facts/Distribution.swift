import Foundation
import WeirCore
import WeirEngine

/// Quantiles, outliers and histograms of numbers and times.
struct Distribution {
    let source: String
    let rows: Int

    static let shares = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]
    private static let bars = 24
    /// Up to here quantiles are exact; a sketch (t-digest) is off by less than a percent of the ranks.
    private static let mostExact = 1_000_000

    private func value(_ facts: ColumnFacts) -> String { "t.\(SQL.quote(facts.name))" }

    private func isCounted(_ facts: ColumnFacts) -> Bool {
        (facts.numbers != nil || facts.times != nil) && facts.distinct.count > 1
    }

    func fill(_ columns: inout [ColumnFacts], on connection: isolated Connection) throws {
        try quantiles(&columns, on: connection)
        for index in columns.indices where isCounted(columns[index]) {
            try connection.checkCancelled()
            try histogram(&columns[index], on: connection)
        }
        try order(&columns, on: connection)
    }

    private func quantiles(_ columns: inout [ColumnFacts], on connection: isolated Connection) throws {
        let asked = columns.indices.filter { columns[$0].numbers != nil && columns[$0].distinct.count > 1 }
        let list = Self.shares.map { String($0) }.joined(separator: ", ")
        let function = rows <= Self.mostExact ? "quantile_cont" : "approx_quantile"
        for start in stride(from: 0, to: asked.count, by: 40) {
            let part = Array(asked[start..<min(start + 40, asked.count)])
            let select = part.map { index in
                "\(function)(\(FirstScan.number(value(columns[index]), columns[index].family)), [\(list)])"
            }
            let answer =
                try connection.query("SELECT \(select.joined(separator: ", ")) FROM \(source) AS t").first ?? []
            for (index, value) in zip(part, answer) {
                let found = value.list?.map(\.double) ?? []
                columns[index].numbers?.quantiles = zip(Self.shares, found).compactMap { share, value in
                    value.map { NumberFacts.Quantile(share: share, value: $0) }
                }
            }
        }
    }

    // MARK: Histograms

    /// A column's values as numbers that bars can be made of.
    private func measure(_ facts: ColumnFacts) -> String {
        facts.times == nil
            ? FirstScan.number(value(facts), facts.family)
            : "CASE WHEN isfinite(\(value(facts))) THEN epoch_us(\(value(facts)))::DOUBLE END"
    }

    private func histogram(_ facts: inout ColumnFacts, on connection: isolated Connection) throws {
        let x = measure(facts)
        let bounds = try connection.query("SELECT min(\(x)), max(\(x)) FROM \(source) AS t").first ?? []
        guard let low = bounds.first?.double, let high = bounds.last?.double, high > low, (high - low).isFinite else {
            return
        }
        // Whole numbers of a short range have a bar each.
        let isWhole = facts.family == .integer && high - low < Double(Self.bars)
        let bars = isWhole ? Int(high - low) + 1 : Self.bars
        let width = isWhole ? 1 : (high - low) / Double(bars)
        var fences = ""
        if let numbers = facts.numbers, let first = numbers.quantile(0.25), let third = numbers.quantile(0.75),
            third > first
        {
            let (down, up) = (first - 3 * (third - first), third + 3 * (third - first))
            facts.numbers?.outliers = NumberFacts.Outliers(low: 0, high: 0, lowFence: down, highFence: up)
            fences = ", count(*) FILTER (x < \(down)), count(*) FILTER (x > \(up))"
        }
        let counted = try connection.query(
            """
            SELECT least(\(bars - 1), floor((x - \(low)) / \(width)))::INTEGER AS bar, count(*)\(fences)
            FROM (SELECT \(x) AS x FROM \(source) AS t) WHERE x IS NOT NULL GROUP BY 1
            """)
        var counts = [Int](repeating: 0, count: bars)
        for row in counted.map({ $0 }) {
            guard let bar = row[0].int, counts.indices.contains(Int(bar)) else { continue }
            counts[Int(bar)] = Int(row[1].int ?? 0)
            if row.count == 4 {
                facts.numbers?.outliers?.low += Int(row[2].int ?? 0)
                facts.numbers?.outliers?.high += Int(row[3].int ?? 0)
            }
        }
        let edges = (0..<bars).map { low + Double($0) * width }
        facts.histogram = Histogram(
            bounds: edges.map { label($0, facts) } + [facts.maximum ?? label(high, facts)], counts: counts)
    }

    private func label(_ edge: Double, _ facts: ColumnFacts) -> String {
        guard let times = facts.times else { return Self.short(edge) }
        let text = Value.timestamp(micros: Int64(edge)).display
        return [.year, .month, .day].contains(times.granularity) ? String(text.prefix(10)) : String(text.prefix(19))
    }

    /// Six significant digits at most.
    static func short(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        let magnitude = value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
        let places = max(0, min(15, 5 - magnitude))
        let scale = pow(10, Double(places))
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int64(rounded)) : String(rounded)
    }

    // MARK: Order

    /// Compares every value with the one in the row before, all columns in one scan.
    private func order(_ columns: inout [ColumnFacts], on connection: isolated Connection) throws {
        let asked = columns.indices.filter { isCounted(columns[$0]) && columns[$0].nulls == 0 }.prefix(60)
        guard !asked.isEmpty, rows > 1 else { return }
        let inner = asked.map { "\(value(columns[$0])) AS v\($0), lag(\(value(columns[$0]))) OVER () AS p\($0)" }
        let outer = asked.map { "count(*) FILTER (v\($0) < p\($0)), count(*) FILTER (v\($0) > p\($0))" }
        let counts =
            try connection.query(
                "SELECT \(outer.joined(separator: ", ")) FROM (SELECT \(inner.joined(separator: ", ")) FROM \(source) AS t)"
            ).first?.map { Int($0.int ?? 0) } ?? []
        for (place, index) in asked.enumerated() {
            let (down, up) = (counts[place * 2], counts[place * 2 + 1])
            if down == 0 {
                columns[index].order = up == rows - 1 ? .strictlyIncreasing : .increasing
            } else if up == 0 {
                columns[index].order = down == rows - 1 ? .strictlyDecreasing : .decreasing
            }
        }
    }
}
