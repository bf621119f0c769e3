import Foundation
import WeirCore

/// What one batch of rows looked like.
public struct BatchMeasure: Sendable, Hashable {
    public var at: Date
    public var rows: Int
    /// Rows that distinct values, quantiles and sketches come from; less than `rows` where they are a sample.
    public var sampled: Int
    public var schema: [Column]
    public var columns: [ColumnMeasure] = []
    /// Seconds from the newest value of the time column to ``at``.
    public var freshness: Double?
    /// Rows of each whole hour of the time column, without the hours that may still be filling.
    public var hours: [Hour] = []

    public struct Hour: Sendable, Hashable {
        public var start: Date
        public var rows: Int
    }

    public init(at: Date, rows: Int, sampled: Int, schema: [Column]) {
        self.at = at
        self.rows = rows
        self.sampled = sampled
        self.schema = schema
    }
}

/// What one column of a batch looked like.
public struct ColumnMeasure: Sendable, Hashable {
    public var name: String
    public var nulls: Int
    /// Values that are not null.
    public var filled: Int
    public var mean: Double?
    public var deviation: Double?
    public var minimum: Double?
    public var maximum: Double?
    public var median: Double?
    public var distinct: Int?
    public var sketch: ValueSketch?
    /// Nearly every row has a value of its own: a number whose size means nothing.
    public var isIdentifier = false

    public init(name: String, nulls: Int, filled: Int) {
        self.name = name
        self.nulls = nulls
        self.filled = filled
    }
}

/// One number of a batch: what is kept of it, and held against the past.
public struct MeasuredValue: Sendable, Hashable {
    public var metric: DriftMetric
    public var column: String?
    public var value: Double
    /// The value's own standard error.
    public var noise: Double
}

extension BatchMeasure {
    /// All numbers that have a history of their own.
    public var values: [MeasuredValue] {
        var values = [MeasuredValue(metric: .rows, column: nil, value: Double(rows), noise: 0)]
        if let freshness { values.append(.init(metric: .freshness, column: nil, value: freshness, noise: 0)) }
        // Of no row there is no share and no mean.
        guard rows > 0 else { return values }
        for column in columns { values += column.values }
        return values.filter(\.value.isFinite)
    }
}

extension ColumnMeasure {
    var values: [MeasuredValue] {
        let size = Double(nulls + filled)
        let share = Double(nulls) / size
        // A share of none or all is known no better than one of a single row.
        let spread = max(share * (1 - share), (1 / size) * (1 - 1 / size))
        var values = [
            MeasuredValue(metric: .nullShare, column: name, value: share, noise: (spread / size).squareRoot())
        ]
        func add(_ metric: DriftMetric, _ value: Double?, noise: Double) {
            if let value { values.append(.init(metric: metric, column: name, value: value, noise: noise)) }
        }
        guard filled > 0 else { return values }
        if !isIdentifier {
            let error = (deviation ?? 0) / Double(filled).squareRoot()
            add(.mean, mean, noise: error)
            add(.median, median, noise: error * 1.25)
            add(.minimum, minimum, noise: 0)
            add(.maximum, maximum, noise: 0)
            add(.distinct, distinct.map(Double.init), noise: 0)
        }
        return values
    }
}
