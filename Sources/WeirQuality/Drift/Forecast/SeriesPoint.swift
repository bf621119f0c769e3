import Foundation

/// One measured value of a series, and what is thought of it.
public struct SeriesPoint: Sendable, Hashable, Codable {
    public enum Standing: String, Sendable, Codable {
        /// Nobody minded it.
        case plain
        /// It was outside of its band, and nobody has said yet what it is. It counts as the edge of the band.
        case alarmed
        /// A person called it an anomaly: nothing is learnt from it.
        case anomaly
        /// A person called it normal: bands reach at least as far as it from now on.
        case normal
    }

    public var at: Date
    public var value: Double
    /// Standard error of the value itself, for shares and means of a batch that has only so many rows; 0 where it is
    /// a count of everything.
    public var noise: Double
    public var standing: Standing
    /// What was expected when it was judged, and the edge of the band that it passed.
    public var expected: Double?
    public var limit: Double?

    public init(
        at: Date, value: Double, noise: Double = 0, standing: Standing = .plain, expected: Double? = nil,
        limit: Double? = nil
    ) {
        self.at = at
        self.value = value
        self.noise = noise
        self.standing = standing
        self.expected = expected
        self.limit = limit
    }
}

/// What a series measures: what its values can be, and how little of a change is none.
public enum SeriesKind: String, Sendable, Codable, CaseIterable {
    /// Rows, events: never below zero, and a count of n is off by its square root at best.
    case count
    /// Between 0 and 1.
    case share
    /// Lengths of time in seconds, never below zero.
    case duration
    /// The age of the newest value in seconds.
    case age
    /// How many different values there are.
    case distinct
    /// Anything else: means, quantiles, a user's own figures.
    case amount

    /// A standard deviation that no band is narrower than, so that a series which never moved does not alarm at its
    /// first tremor.
    func floor(expected: Double, noise: Double) -> Double {
        let size = abs(expected)
        let least: Double =
            switch self {
            case .count: max(1, size).squareRoot()
            case .share: 0.001
            case .duration: max(0.25, size * 0.1)
            case .age: max(60, size * 0.05)
            case .distinct: max(0.25, size * 0.02)
            case .amount: size * 0.001
            }
        return max(least, noise.isFinite ? noise : 0, Double.leastNormalMagnitude)
    }

    var lowest: Double { self == .amount ? -.infinity : 0 }
    var highest: Double { self == .share ? 1 : .infinity }
}
