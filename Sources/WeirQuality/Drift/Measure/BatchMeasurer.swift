import Foundation
import WeirCore
import WeirEngine

/// Measures a batch of rows: what can be counted exactly in one scan, and the rest from a sample.
///
/// The sample takes whole blocks of rows, so that its cost does not grow with the batch.
public struct BatchMeasurer: Sendable {
    /// The rows: a table's quoted name, or a SELECT in brackets.
    public var source: String
    /// Its columns that are the table's own.
    public var schema: [Column]
    /// The time that counts as now.
    public var at: Date
    public var settings = WatchSettings()
    /// What is known to tell how new a row is.
    public var timeColumn: String?
    /// Bucket bounds of earlier batches, by column, so that sketches can be compared.
    public var edges: [String: [Double]] = [:]

    /// Rows that are enough to know a distribution by.
    public static let sampleSize = 200_000
    /// Columns beyond this many are not measured.
    static let mostColumns = 200
    static let sampleTable = "weir_drift_sample"
    /// Hours of a batch that are looked at.
    private static let mostHours = 24 * 35
    private static let bucketShares = stride(from: 0.05, to: 0.96, by: 0.05).map { $0 }

    public init(source: String, schema: [Column], at: Date) {
        self.source = source
        self.schema = schema
        self.at = at
    }

    private struct Asked {
        let column: Column
        let family: TypeFamily
        var value: String { "t.\(SQL.quote(column.name))" }
        var number: String { FirstScan.number(value, family) }
        /// Types whose values can be told apart, and counted, cheaply.
        var isCountable: Bool { [.text, .integer, .boolean, .decimal, .floating, .date].contains(family) }
    }

    private var asked: [Asked] {
        schema.filter { settings.watches(column: $0.name) }.prefix(Self.mostColumns).map {
            Asked(column: $0, family: TypeFamily(sql: $0.type))
        }
    }

    private var time: Asked? {
        timeColumn.flatMap { name in schema.first { $0.name.lowercased() == name.lowercased() } }.map {
            Asked(column: $0, family: TypeFamily(sql: $0.type))
        }.flatMap { [.date, .timestamp, .timestampTZ].contains($0.family) ? $0 : nil }
    }

    public func measure(on connection: isolated Connection) throws -> BatchMeasure {
        var measure = BatchMeasure(at: at, rows: 0, sampled: 0, schema: schema)
        let asked = asked
        try count(asked, &measure, on: connection)
        guard measure.rows > 0 else { return measure }
        let sample = try sample(asked, &measure, on: connection)
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS temp.\(SQL.quote(Self.sampleTable))") }
        try estimate(asked, sample, &measure, on: connection)
        try sketchValues(asked, sample, &measure, on: connection)
        try sketchNumbers(asked, sample, &measure, on: connection)
        try countHours(&measure, on: connection)
        return measure
    }

    // MARK: All rows

    private func count(_ asked: [Asked], _ measure: inout BatchMeasure, on connection: isolated Connection) throws {
        var select = ["count(*)", time.map { "epoch(max(\($0.value)) FILTER (isfinite(\($0.value))))" } ?? "NULL"]
        for item in asked {
            select.append("count(\(item.value))")
            if item.family.isNumeric {
                select += ["avg", "stddev_samp", "min", "max"].map { "\($0)(\(item.number))" }
            }
        }
        let row = try connection.query("SELECT \(select.joined(separator: ", ")) FROM \(source) AS t").first ?? []
        var answers = row[...]
        measure.rows = Int(answers.popFirst()?.int ?? 0)
        measure.sampled = measure.rows
        measure.freshness = answers.popFirst()?.double.map { at.timeIntervalSince1970 - $0 }
        for item in asked {
            let filled = Int(answers.popFirst()?.int ?? 0)
            var column = ColumnMeasure(name: item.column.name, nulls: measure.rows - filled, filled: filled)
            if item.family.isNumeric {
                column.mean = answers.popFirst()?.double
                column.deviation = answers.popFirst()?.double
                column.minimum = answers.popFirst()?.double
                column.maximum = answers.popFirst()?.double
            }
            measure.columns.append(column)
        }
    }

    /// Where the rows are that estimates come from.
    private func sample(
        _ asked: [Asked], _ measure: inout BatchMeasure, on connection: isolated Connection
    ) throws -> String {
        guard measure.rows > Self.sampleSize, !asked.isEmpty else { return source }
        let percent = Double(Self.sampleSize) * 100 / Double(measure.rows)
        let table = "temp.\(SQL.quote(Self.sampleTable))"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(SQL.quote(Self.sampleTable)) AS SELECT \(SQL.list(asked.map(\.column.name)))
            FROM \(source) AS t USING SAMPLE system(\(percent) PERCENT) REPEATABLE (20261125)
            """)
        measure.sampled = Int(try connection.query("SELECT count(*) FROM \(table)").scalar.int ?? 0)
        if measure.sampled > 0 { return table }
        measure.sampled = measure.rows
        return source
    }

    // MARK: The sample

    private func estimate(
        _ asked: [Asked], _ sample: String, _ measure: inout BatchMeasure, on connection: isolated Connection
    ) throws {
        let select = asked.flatMap { item in
            [
                item.isCountable ? DistinctSketch.sql(item.value) : "NULL",
                item.family.isNumeric ? "approx_quantile(\(item.number), 0.5)" : "NULL",
            ]
        }
        guard !select.isEmpty else { return }
        let row = try connection.query("SELECT \(select.joined(separator: ", ")) FROM \(sample) AS t").first ?? []
        for index in asked.indices where row.count > 2 * index + 1 {
            let filled = min(measure.columns[index].filled, measure.sampled)
            measure.columns[index].distinct = row[2 * index].int.map { min(filled, Int($0)) }
            measure.columns[index].median = row[2 * index + 1].double
            // Of few values the estimate may be off by a tenth and more.
            measure.columns[index].isIdentifier =
                [.text, .integer].contains(asked[index].family) && filled > 20
                && Double(measure.columns[index].distinct ?? 0) > 0.65 * Double(filled)
        }
    }

    /// Columns with few values: how often each stands. Of times the hour of the day, because the time moves on.
    private func sketchValues(
        _ asked: [Asked], _ sample: String, _ measure: inout BatchMeasure, on connection: isolated Connection
    ) throws {
        var chosen: [(index: Int, select: String)] = []
        for (index, item) in asked.enumerated() {
            let column = measure.columns[index]
            if [.timestamp, .timestampTZ].contains(item.family) {
                chosen.append(
                    (index, "histogram(CAST(hour(\(item.value)) AS VARCHAR)) FILTER (isfinite(\(item.value)))"))
            } else if edges[item.column.name.lowercased()] == nil, let distinct = column.distinct, !column.isIdentifier,
                item.isCountable, item.family != .date, distinct <= ValueSketch.mostValues + 5
            {
                chosen.append((index, "histogram(left(CAST(\(item.value) AS VARCHAR), 80))"))
            }
        }
        guard !chosen.isEmpty else { return }
        let select = chosen.map(\.select).joined(separator: ", ")
        let row = try connection.query("SELECT \(select) FROM \(sample) AS t").first ?? []
        for (place, value) in zip(chosen, row) {
            guard case .map(let entries) = value, entries.count <= ValueSketch.mostValues else { continue }
            let counts = entries.map { ($0.key.display, $0.value.double ?? 0) }
            measure.columns[place.index].sketch = ValueSketch(
                values: Dictionary(counts, uniquingKeysWith: +))
        }
    }

    /// Numbers with many values: how many lie in each bucket.
    private func sketchNumbers(
        _ asked: [Asked], _ sample: String, _ measure: inout BatchMeasure, on connection: isolated Connection
    ) throws {
        let chosen = asked.indices.filter {
            asked[$0].family.isNumeric && measure.columns[$0].sketch == nil && !measure.columns[$0].isIdentifier
                && measure.columns[$0].filled > 0
        }
        guard !chosen.isEmpty else { return }
        let bounds = try bounds(chosen.map { asked[$0] }, sample, on: connection)
        var select: [String] = []
        for index in chosen {
            let number = asked[index].number
            select.append("count(\(number))")
            select += (bounds[asked[index].column.name.lowercased()] ?? []).map {
                "count(*) FILTER (\(number) <= \($0)::DOUBLE)"
            }
        }
        var answers =
            (try connection.query("SELECT \(select.joined(separator: ", ")) FROM \(sample) AS t").first ?? [])[...]
        for index in chosen {
            let edges = bounds[asked[index].column.name.lowercased()] ?? []
            let total = answers.popFirst()?.double ?? 0
            let upTo = edges.map { _ in answers.popFirst()?.double ?? 0 } + [total]
            let counts = zip(upTo, [0] + upTo).map { $0 - $1 }
            measure.columns[index].sketch = ValueSketch(edges: edges, counts: counts)
        }
    }

    /// The bounds of earlier batches; for columns that have none, quantiles of this one.
    private func bounds(
        _ asked: [Asked], _ sample: String, on connection: isolated Connection
    ) throws -> [String: [Double]] {
        var bounds = edges
        let new = asked.filter { bounds[$0.column.name.lowercased()] == nil }
        guard !new.isEmpty else { return bounds }
        let shares = Self.bucketShares.map { String($0) }.joined(separator: ", ")
        let select = new.map { "approx_quantile(\($0.number), [\(shares)])" }.joined(separator: ", ")
        let row = try connection.query("SELECT \(select) FROM \(sample) AS t").first ?? []
        for (item, value) in zip(new, row) {
            let found = (value.list ?? []).compactMap(\.double).filter(\.isFinite)
            bounds[item.column.name.lowercased()] = Set(found).sorted()
        }
        return bounds
    }

    // MARK: Hours

    private func countHours(_ measure: inout BatchMeasure, on connection: isolated Connection) throws {
        guard let time, time.family != .date, settings.watches(.volume) else { return }
        let counted = try connection.query(
            """
            SELECT epoch(date_trunc('hour', \(time.value)))::BIGINT AS h, count(*) FROM \(source) AS t
            WHERE isfinite(\(time.value)) GROUP BY 1 ORDER BY 1 DESC LIMIT \(Self.mostHours)
            """)
        // The newest hour may still be filling, and the oldest may have begun in the batch before.
        let hours = counted.map { (Int64($0[0].int ?? 0), Int($0[1].int ?? 0)) }.dropFirst().reversed()
        guard let first = hours.first?.0, let last = hours.last?.0, last > first else { return }
        let rows = Dictionary(hours.map { ($0.0, $0.1) }, uniquingKeysWith: +)
        for start in stride(from: max(first + 3600, last - Int64(Self.mostHours) * 3600), through: last, by: 3600) {
            measure.hours.append(
                .init(start: Date(timeIntervalSince1970: Double(start)), rows: rows[start] ?? 0))
        }
    }
}
