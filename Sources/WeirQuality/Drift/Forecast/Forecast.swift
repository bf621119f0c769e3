import Foundation
import WeirCore

/// Where a value should be, or why that cannot be said yet.
public enum Forecast: Sendable {
    case learning(Learning)
    case band(Band)

    /// How much history there is, and how much is needed.
    public struct Learning: Sendable, Hashable, Codable {
        public enum Unit: String, Sendable, Codable { case points, days }

        public var have: Int
        public var need: Int
        public var unit: Unit

        public init(have: Int, need: Int, unit: Unit) {
            self.have = have
            self.need = need
            self.unit = unit
        }

        /// `5 of 8 points`.
        public var words: String { "\(have) of \(need) \(unit.rawValue)" }
    }

    public struct Band: Sendable, Hashable, Codable {
        public var expected: Double
        public var lower: Double
        public var upper: Double
        /// Points that it was learnt from.
        public var trainedOn: Int
        /// Cycles that were found: `weekday`, `hour`, `day of the month`.
        public var seasons: [String]
        /// The value follows a line, up or down.
        public var hasTrend: Bool
        /// Since when the series has the level that it has now, where that changed.
        public var newLevelSince: Date?
        /// Points just before this one that were outside of their bands on one side.
        public var streak: Int
        /// So many in a row are a new level.
        public var patience: Int

        public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
    }
}

/// Tells where the next value of a series should be.
///
/// ```swift
/// let forecaster = Forecaster(kind: .count)
/// if case .band(let band) = forecaster.forecast(past, at: now) { print(band.lower, band.upper) }
/// ```
///
/// The value that is judged is never among those that the band is learnt from. Level and trend are medians and
/// Theil–Sen lines, cycles are medians of their slots, and the width of the band is the robust deviation of errors that
/// the same forecast made on the past.
public struct Forecaster: Sendable {
    public struct Settings: Sendable, Hashable {
        /// Robust standard deviations from the middle of a band to its edge.
        public var sensitivity = 4.0
        /// Points before anything is said. Never fewer than five.
        public var minimum = 8
        /// Days of history that count.
        public var history = 180
        /// Alarms in a row on one side after which the new level is taken as normal.
        public var patience = 5

        public init() {}
    }

    public let kind: SeriesKind
    public let settings: Settings

    /// More points than this say nothing new.
    static let mostPoints = 1500

    public init(kind: SeriesKind, settings: Settings = Settings()) {
        self.kind = kind
        self.settings = settings
    }

    /// - Parameters:
    ///   - history: in any order; what is not before `time`, is no number or was called an anomaly does not count.
    ///   - noise: standard error of the value that is to be judged.
    public func forecast(_ history: [SeriesPoint], at time: Date, noise: Double = 0) -> Forecast {
        let points = usable(history, before: time)
        if let learning = learning(points) { return .learning(learning) }
        return .band(band(model(points), at: time, noise: noise))
    }

    /// What can be learnt from, in order.
    func usable(_ history: [SeriesPoint], before time: Date) -> [SeriesPoint] {
        let first = time.addingTimeInterval(-Double(settings.history) * Rhythm.day)
        return history.filter {
            $0.at < time && $0.at >= first && $0.value.isFinite && $0.standing != .anomaly
        }.sorted { $0.at < $1.at }.suffix(Self.mostPoints)
    }

    /// Nil when there is enough to speak.
    func learning(_ points: [SeriesPoint]) -> Forecast.Learning? {
        let need = max(5, settings.minimum)
        if points.count < need { return .init(have: points.count, need: need, unit: .points) }
        let rhythm = Rhythm(points.map(\.at.timeIntervalSince1970))
        // Who has not seen a weekend does not know what it looks like.
        if rhythm.isHourly, rhythm.days < 7 { return .init(have: Int(rhythm.days), need: 7, unit: .days) }
        return nil
    }

    /// Several points a day need half a day to be a new level.
    func patience(_ rhythm: Rhythm) -> Int { max(settings.patience, rhythm.perDay / 2) }

    func model(_ points: [SeriesPoint]) -> SeriesModel {
        let rhythm = Rhythm(points.map(\.at.timeIntervalSince1970))
        return SeriesModel(points, kind: kind, patience: patience(rhythm))
    }

    func band(_ model: SeriesModel, at time: Date, noise: Double) -> Forecast.Band {
        let told = model.tell(at: time.timeIntervalSince1970)
        let width = settings.sensitivity * told.deviation
        let expected = min(kind.highest, max(kind.lowest, model.scale.back(told.value)))
        let least = settings.sensitivity * kind.floor(expected: expected, noise: noise)
        let normal = model.training.normal
        func edge(_ side: Double, _ allowed: Double) -> Double {
            model.scale.back(told.value + side * max(width, allowed * 1.02))
        }
        return Forecast.Band(
            expected: expected,
            lower: max(kind.lowest, min(edge(-1, normal.below), expected - least)),
            upper: min(kind.highest, max(edge(1, normal.above), expected + least)),
            trainedOn: model.count, seasons: model.season.words, hasTrend: model.hasTrend,
            newLevelSince: model.training.newLevel?.since, streak: model.training.streak,
            patience: patience(model.rhythm))
    }
}

extension SeriesModel {
    var hasTrend: Bool { if case .line = level { true } else { false } }
}
