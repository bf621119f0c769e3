import WeirCore
import WeirEngine

/// The values of one column that a change comes from.
public struct SegmentShare: Sendable, Hashable, Codable {
    public var column: String
    public var value: String
    /// Part of the change that these rows make, 0 to 1.
    public var share: Double
    /// The measured value of these rows alone: their rows, their share of nulls, their mean.
    public var observed: Double
    public var rows: Double

    /// `country = DE makes 92% of the change`.
    public var words: String {
        "\(column) = \(value) makes \(Int((share * 100).rounded()))% of the change"
    }
}

/// Finds which rows a change comes from: drills down by the columns that have few values.
public struct SegmentFinder: Sendable {
    let source: String
    let dimensions: [String]

    /// Segments that explain less than this are no explanation.
    static let least = 0.3
    private static let mostDimensions = 12

    public init(source: String, measure: BatchMeasure, settings: WatchSettings) {
        self.source = source
        let known = measure.schema.map(\.name)
        if settings.dimensions.isEmpty {
            let times = Set(
                measure.schema.filter { TypeFamily(sql: $0.type).isTemporal }.map(\.name))
            dimensions = Array(
                measure.columns.filter { ($0.sketch?.values?.count ?? 0) > 1 && !times.contains($0.name) }
                    .map(\.name).prefix(Self.mostDimensions))
        } else {
            dimensions = settings.dimensions.compactMap { wanted in
                known.first { $0.lowercased() == wanted.lowercased() }
            }
        }
    }

    // MARK: Rows

    /// Which value has gained or lost most of the rows, compared with its part of earlier batches.
    ///
    /// - Parameters:
    ///   - history: sketches of earlier batches by column, newest last.
    ///   - expected: rows that were expected in all.
    public func ofRows(
        _ measure: BatchMeasure, history: [String: [ValueSketch]], expected: Double
    ) -> SegmentShare? {
        let change = Double(measure.rows) - expected
        guard change != 0, measure.sampled > 0 else { return nil }
        let scale = Double(measure.rows) / Double(measure.sampled)
        var found: [(score: Double, segment: SegmentShare)] = []
        for column in measure.columns where dimensions.contains(column.name) {
            guard let now = column.sketch?.values, let past = history[column.name.lowercased()] else { continue }
            let all = past.reduce(into: ValueSketch(values: [:])) { $0.add($1) }
            let total = all.size
            guard total > 0 else { continue }
            for value in Set(now.keys).union(all.values?.keys.map { $0 } ?? []) {
                let part = (all.values?[value] ?? 0) / total
                let rows = (now[value] ?? 0) * scale
                let share = (rows - part * expected) / change
                found.append(
                    (share - part, .init(column: column.name, value: value, share: share, observed: rows, rows: rows)))
            }
        }
        return Self.best(found)
    }

    // MARK: Shares and means

    /// Which value's rows move a column's share of nulls, or its mean, away from what was expected.
    public func find(
        _ metric: DriftMetric, of column: String, expected: Double, on connection: isolated Connection
    ) throws -> SegmentShare? {
        let others = dimensions.filter { $0.lowercased() != column.lowercased() }
        guard !others.isEmpty, metric == .nullShare || metric == .mean else { return nil }
        // Rows that count, and how far they are above what was expected of so many.
        let (size, sum) =
            metric == .nullShare
            ? ("count(*)", "count(*) - count(c)")
            : ("count(c)", "coalesce(sum(c::DOUBLE) FILTER (isfinite(c::DOUBLE)), 0)")
        let names = others.enumerated().map { "left(CAST(t.\(SQL.quote($1)) AS VARCHAR), 80) AS d\($0)" }
        let sets = others.indices.map { "(d\($0))" }.joined(separator: ", ")
        let list = others.indices.map { "d\($0)" }.joined(separator: ", ")
        let rows = try connection.query(
            """
            SELECT grouping(\(list)) AS g, coalesce(\(list)) AS v, \(size) AS n, \(sum) AS s
            FROM (SELECT \(names.joined(separator: ", ")), t.\(SQL.quote(column)) AS c FROM \(source) AS t)
            GROUP BY GROUPING SETS (\(sets))
            """)
        var byColumn: [Int: [(value: String, rows: Double, excess: Double, observed: Double)]] = [:]
        for row in rows.map({ $0 }) {
            // One bit a column, the last one lowest; it is 0 for the column that was grouped by.
            let mask = Int(row[0].int ?? 0)
            guard let place = others.indices.first(where: { mask & (1 << (others.count - 1 - $0)) == 0 }) else {
                continue
            }
            let (n, s) = (row[2].double ?? 0, row[3].double ?? 0)
            guard n > 0 else { continue }
            byColumn[place, default: []].append((row[1].text ?? "NULL", n, s - expected * n, s / n))
        }
        var found: [(score: Double, segment: SegmentShare)] = []
        for (place, segments) in byColumn where segments.count > 1 {
            let change = segments.reduce(0) { $0 + $1.excess }
            let total = segments.reduce(0) { $0 + $1.rows }
            guard change != 0, total > 0 else { continue }
            for segment in segments {
                let share = segment.excess / change
                found.append(
                    (
                        share - segment.rows / total,
                        SegmentShare(
                            column: others[place], value: segment.value, share: share, observed: segment.observed,
                            rows: segment.rows)
                    ))
            }
        }
        return Self.best(found)
    }

    /// The segment that makes most of the change beyond its part of the rows. Two opposite changes may make more than
    /// the whole: it is told as the whole.
    private static func best(_ found: [(score: Double, segment: SegmentShare)]) -> SegmentShare? {
        let order = found.sorted {
            ($0.score, $1.segment.column, $1.segment.value) > ($1.score, $0.segment.column, $0.segment.value)
        }
        guard var segment = order.first(where: { $0.segment.share >= least && $0.score > 0.1 })?.segment else {
            return nil
        }
        segment.share = min(1, segment.share)
        return segment
    }
}
