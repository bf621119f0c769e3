import WeirCore
import WeirEngine

/// Everything a profile tells of one column.
public struct ColumnFacts: Sendable, Hashable, Codable {
    public var name: String
    /// As DuckDB writes it.
    public var type: String
    public var nulls: Int
    public var distinct: Distinct
    /// Smallest and largest value, as text of at most 200 characters; nil where the type has no order to speak of.
    public var minimum: String?
    public var maximum: String?
    /// The most frequent values.
    public var top: [ValueCount] = []
    public var numbers: NumberFacts?
    public var texts: TextFacts?
    public var times: TimeFacts?
    public var histogram: Histogram?
    /// What the values are, beyond their type.
    public var meaning: Meaning?
    /// Values that stand for a missing one.
    public var standIns: [ValueCount] = []
    /// How the values follow each other in the order of the rows.
    public var order: Order?

    public init(name: String, type: String, nulls: Int, distinct: Distinct) {
        self.name = name
        self.type = type
        self.nulls = nulls
        self.distinct = distinct
    }

    var family: TypeFamily { TypeFamily(sql: type) }

    public struct Distinct: Sendable, Hashable, Codable {
        public var count: Int
        public var isExact: Bool
        /// Standard error of an estimate, as a share; 0 for an exact count.
        public var error: Double

        public static func exact(_ count: Int) -> Distinct { Distinct(count: count, isExact: true, error: 0) }
        /// As ``DistinctSketch`` has it.
        public static func estimate(_ count: Int) -> Distinct {
            Distinct(count: count, isExact: false, error: DistinctSketch.error)
        }
    }

    public struct ValueCount: Sendable, Hashable, Codable {
        /// As text, at most 200 characters.
        public var value: String
        public var count: Int
    }

    public enum Order: String, Sendable, Hashable, Codable {
        case increasing
        case strictlyIncreasing = "strictly_increasing"
        case decreasing
        case strictlyDecreasing =
            "strictly_decreasing"
        case constant
    }
}

public struct NumberFacts: Sendable, Hashable, Codable {
    /// Of finite values.
    public var mean: Double?
    public var deviation: Double?
    public var skew: Double?
    public var zeros: Int
    public var negatives: Int
    public var notANumber: Int
    public var infinite: Int
    public var quantiles: [Quantile] = []
    public var outliers: Outliers?

    public struct Quantile: Sendable, Hashable, Codable {
        /// 0 to 1.
        public var share: Double
        public var value: Double
    }

    /// Values far from the middle, by Tukey's outer fences: three times the distance of the quartiles beyond them.
    public struct Outliers: Sendable, Hashable, Codable {
        public var low: Int
        public var high: Int
        public var lowFence: Double
        public var highFence: Double
    }

    public func quantile(_ share: Double) -> Double? { quantiles.first { $0.share == share }?.value }
}

public struct TextFacts: Sendable, Hashable, Codable {
    /// In characters.
    public var shortest: Int
    public var longest: Int
    public var meanLength: Double
    public var empty: Int
    /// Texts of spaces only.
    public var blank: Int
    /// Texts with spaces before or behind.
    public var padded: Int
    /// Texts with characters outside of ASCII.
    public var nonASCII: Int
    /// Texts that look like UTF-8 read as Latin-1 (`MÃ¼ller`), or that hold the replacement character.
    public var broken: Int
    /// Shapes of the values, `AA-9999`, in a sample; the most frequent first.
    public var patterns: [ColumnFacts.ValueCount] = []
    /// Texts that differ from another only in case or in surrounding spaces; nil where that was not counted.
    public var spellings: Int?
    /// The format that every value has; nil where that was not looked at.
    public var format: String?
}

public struct TimeFacts: Sendable, Hashable, Codable {
    public enum Granularity: String, Sendable, Hashable, Codable {
        case year, month, day, hour, minute, second, fraction
    }
    /// The coarsest unit that all values are whole numbers of.
    public var granularity: Granularity
    /// Values after the time of the profile.
    public var inFuture: Int
    /// Days between the first and the last without any value; nil where the range is too long to tell.
    public var missingDays: Int?
    public var days: Int?
}

/// Counts of values in ranges of equal width.
public struct Histogram: Sendable, Hashable, Codable {
    /// The lower bound of each bar, as text; a value equal to the last upper bound is in the last bar.
    public var bounds: [String]
    public var counts: [Int]
}
