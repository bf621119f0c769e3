import Foundation

/// What was learnt from a series: its seasons, the way its level is told, and how far it was off.
///
/// Ways to forecast compete on the past. Each tells every point from those before it, with seasons that were learnt
/// from other points than that one; the one that erred least counts, and its errors are what the bands are made of.
struct SeriesModel: Sendable {
    let kind: SeriesKind
    let scale: SeriesScale
    let rhythm: Rhythm
    private(set) var training: SeriesTraining
    private(set) var season = Season()
    private(set) var level = LevelMethod.median(28)
    /// The values without their seasons.
    private var rest: [Double] = []
    /// What was measured minus what was told, of the newest quiet points.
    private(set) var errors: [Double] = []

    /// A cycle has to make errors so much smaller to be believed, a more eager level so much.
    private static let seasonGain = 0.85
    private static let levelGain = 0.94

    /// - Parameter points: in order of time, without those that nothing is learnt from.
    init(_ points: [SeriesPoint], kind: SeriesKind, patience: Int) {
        self.kind = kind
        rhythm = Rhythm(points.map(\.at.timeIntervalSince1970))
        let lag = rhythm.isHourly ? rhythm.perDay : rhythm.isDaily ? 7 : 1
        scale = SeriesScale.fitting(kind, points.map(\.value), lag: lag)
        training = SeriesTraining(points, scale: scale, patience: patience)
        let methods = LevelMethod.candidates(rhythm)
        var best = (season: Season(), rest: training.values.map(Double?.some), cost: Double.infinity)
        for parts in Self.cycles(rhythm) {
            let (season, rest) = Season.fit(parts, to: training.values, at: training.times, perDay: rhythm.perDay)
            // A steady level, and the most eager one: a season must not win only because the level is slow.
            let cost = [methods[0], methods[2], .last].map { self.cost(rest, $0) }.min() ?? .infinity
            if cost < best.cost * (parts.isEmpty ? 1 : Self.seasonGain) { best = (season, rest, cost) }
        }
        season = best.season
        var adjusted = best.rest
        addMonthDays(&adjusted)
        rest = zip(adjusted, training.values).map { $0 ?? $1 }
        var cheapest = Double.infinity
        for method in methods {
            let cost = cost(adjusted, method)
            if cost < cheapest * Self.levelGain { (level, cheapest) = (method, cost) }
        }
        errors = oneStepErrors(adjusted, level)
    }

    private static func cycles(_ rhythm: Rhythm) -> [[Season.Part]] {
        var cycles: [[Season.Part]] = [[]]
        if rhythm.isHourly {
            if rhythm.days >= 2 { cycles.append([.hour]) }
            if rhythm.days >= 13.5 { cycles += [[.hour, .weekday], [.dayKind]] }
            if rhythm.days >= 20.5 { cycles.append([.weekHour]) }
        } else if rhythm.isDaily, rhythm.days >= 12.5 {
            cycles.append([.weekday])
        }
        return cycles
    }

    private mutating func addMonthDays(_ rest: inout [Double?]) {
        guard rhythm.isDaily || rhythm.isHourly, rhythm.days >= 45 else { return }
        // Days that alarmed once a month were pulled to the edge of their band; here they are as they were.
        let measured = rest.indices.map { index in
            rest[index].map { $0 + training.raw[index] - training.values[index] }
        }
        let errors = oneStepErrors(rest, .median(rhythm.isHourly ? rhythm.perDay : 28))
        let spread = Robust.deviation(errors, from: Robust.median(errors))
        let before = season.parts.count
        let without = season.addMonthDays(measured, at: training.times, spread: spread)
        guard season.parts.count > before else { return }
        let month = Season(only: season.parts[before])
        for index in rest.indices where (month.effect(at: training.times[index]) ?? 0) != 0 {
            rest[index] = without[index]
            training.isQuiet[index] = true
        }
    }

    // MARK: One step ahead

    /// Points that are told from those before them: the newest, after the first few.
    private var told: Range<Int> {
        let count = training.times.count
        let most = rhythm.isHourly ? min(240, 10 * rhythm.perDay) : 100
        return max(min(count, max(3, count / 4)), count - most)..<count
    }

    private func oneStepErrors(_ rest: [Double?], _ method: LevelMethod) -> [Double] {
        let filled = zip(rest, training.values).map { $0 ?? $1 }
        let levels = method.values(filled, training.times, over: told)
        return zip(told, levels).compactMap { index, level in
            guard training.isQuiet[index], let value = rest[index] else { return nil }
            return value - level
        }
    }

    /// The middle and the larger of the errors, around their own middle: a steady lag can be told.
    private func cost(_ rest: [Double?], _ method: LevelMethod) -> Double {
        let errors = oneStepErrors(rest, method)
        guard errors.count >= 4, errors.count * 2 >= told.count else { return .infinity }
        let middle = Robust.median(errors)
        let sizes = errors.map { abs($0 - middle) }
        return Robust.quantile(sizes, 0.5) + Robust.quantile(sizes, 0.9)
    }

    // MARK: Telling

    struct Telling {
        /// On the model's scale.
        let value: Double
        let deviation: Double
        let isKnownSlot: Bool
    }

    var count: Int { training.times.count }

    func tell(at time: Double) -> Telling {
        let effect = season.effect(at: time)
        let middle = errors.count >= 5 ? Robust.median(errors) : 0
        let value = level.value(rest, training.times, before: count, at: time) + (effect ?? 0) + middle
        let sizes = errors.map { abs($0 - middle) }
        // Tails that are heavier than a normal distribution's widen the band.
        var deviation = max(1.4826 * Robust.median(sizes), Robust.quantile(sizes, 0.9) / 1.645)
        if sizes.count >= 60 { deviation = max(deviation, Robust.quantile(sizes, 0.98) / 2.33) }
        if effect == nil, let part = season.parts.first {
            deviation += Robust.quantile(part.effects.values.map(abs), 0.9)
        }
        // Of few errors little is known.
        deviation *= 1 + 3 / Double(max(1, sizes.count))
        return Telling(value: value, deviation: deviation, isKnownSlot: effect != nil)
    }

    /// Goes on with one more point without choosing anew.
    mutating func append(_ point: SeriesPoint) {
        let time = point.at.timeIntervalSince1970
        let isAlarm = point.standing == .alarmed && point.limit != nil
        let value = scale.forward(isAlarm ? point.limit ?? point.value : point.value)
        let effect = season.effect(at: time) ?? 0
        if !isAlarm {
            errors.append(value - effect - level.value(rest, training.times, before: count, at: time))
            if errors.count > 400 { errors.removeFirst() }
        }
        training.times.append(time)
        training.values.append(value)
        training.raw.append(scale.forward(point.value))
        training.isQuiet.append(!isAlarm)
        training.streak = isAlarm ? training.streak + 1 : 0
        rest.append(value - effect)
    }
}
