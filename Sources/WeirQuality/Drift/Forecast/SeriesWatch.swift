import Foundation

/// One point of a series with the band that it was held against.
public struct JudgedPoint: Sendable, Hashable, Encodable {
    public enum Verdict: String, Sendable, Codable {
        case normal
        /// Above or below its band.
        case high, low
        /// There is not enough history to say.
        case learning
    }

    public var at: Date
    public var value: Double
    public var verdict: Verdict
    public var expected: Double?
    public var lower: Double?
    public var upper: Double?

    public var isAlarm: Bool { verdict == .high || verdict == .low }
}

/// Goes through a series from its beginning and judges each point by those before it, as a run would have done.
public struct SeriesWatch: Sendable {
    let forecaster: Forecaster
    private var history: [SeriesPoint] = []
    private var model: SeriesModel?
    /// Points that came since the model was made.
    private var age = 0

    public init(_ forecaster: Forecaster) { self.forecaster = forecaster }

    /// - Parameter points: in any order.
    public static func judge(_ points: [SeriesPoint], _ forecaster: Forecaster) -> [JudgedPoint] {
        var watch = SeriesWatch(forecaster)
        return points.sorted { $0.at < $1.at }.map { watch.take($0) }
    }

    /// Judges the next point and then learns from it.
    public mutating func take(_ point: SeriesPoint) -> JudgedPoint {
        var judged = JudgedPoint(at: point.at, value: point.value, verdict: .learning)
        guard point.value.isFinite else { return judged }
        renew(before: point.at)
        var kept = point
        if let model {
            let band = forecaster.band(model, at: point.at, noise: point.noise)
            (judged.expected, judged.lower, judged.upper) = (band.expected, band.lower, band.upper)
            judged.verdict = band.contains(point.value) ? .normal : point.value > band.upper ? .high : .low
            if judged.isAlarm, kept.standing == .plain {
                kept.standing = .alarmed
                kept.expected = band.expected
                kept.limit = judged.verdict == .high ? band.upper : band.lower
            }
        }
        learn(kept)
        return judged
    }

    /// Takes a point that was judged before.
    public mutating func learn(_ point: SeriesPoint) {
        history.append(point)
        if point.standing != .anomaly { model?.append(point) }
        age += 1
    }

    /// A choice made from a hundred points is not made anew for one more; it is when a new level has shown itself.
    private mutating func renew(before time: Date) {
        if let model, age * 20 < model.count {
            let streak = model.training.streak
            if streak == 0 || streak % forecaster.patience(model.rhythm) != 0 { return }
        }
        let points = forecaster.usable(history, before: time)
        guard forecaster.learning(points) == nil else { return }
        model = forecaster.model(points)
        age = 0
    }
}
