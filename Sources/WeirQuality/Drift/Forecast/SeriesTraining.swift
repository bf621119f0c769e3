import Foundation

/// The past of a series as it is learnt from: on its scale, without anomalies, with alarms pulled to the edge of their
/// band, and moved to today's level where the level has changed for good.
struct SeriesTraining: Sendable {
    var times: [Double] = []
    var values: [Double] = []
    /// As measured, also where it was an alarm.
    var raw: [Double] = []
    /// Points whose error says how much the series scatters.
    var isQuiet: [Bool] = []
    /// How far values that a person called normal were from what was expected.
    var normal: (above: Double, below: Double) = (0, 0)
    /// When the last new level began, and how many points it took to be believed.
    var newLevel: (since: Date, after: Int)?
    /// Points in a row, up to the last one, that were outside of their band on the same side.
    var streak = 0

    private static let normalCounts = 90 * Rhythm.day

    init(_ points: [SeriesPoint], scale: SeriesScale, patience: Int) {
        let end = points.last?.at.timeIntervalSince1970 ?? 0
        var run: [Int] = []
        var runIsAbove = false
        for point in points {
            let time = point.at.timeIntervalSince1970
            let value = scale.forward(point.value)
            let isAlarm = point.standing == .alarmed && point.limit != nil
            let expected = scale.forward(point.expected ?? point.value)
            if point.standing == .normal, end - time <= Self.normalCounts {
                normal.above = max(normal.above, value - expected)
                normal.below = max(normal.below, expected - value)
            }
            times.append(time)
            raw.append(value)
            values.append(isAlarm ? scale.forward(point.limit ?? point.value) : value)
            isQuiet.append(!isAlarm)
            let isAbove = value > expected
            if isAlarm, run.isEmpty || isAbove == runIsAbove {
                run.append(times.count - 1)
            } else {
                run = isAlarm ? [times.count - 1] : []
            }
            runIsAbove = isAbove
            if run.count == patience {
                accept(run, points, scale)
                run = []
            }
        }
        streak = run.count
    }

    /// So many alarms in a row are a new level: what came before is moved there, so that its seasons still count.
    private mutating func accept(_ run: [Int], _ points: [SeriesPoint], _ scale: SeriesScale) {
        let shift = Robust.median(
            run.map { raw[$0] - scale.forward(points[$0].expected ?? points[$0].value) })
        for index in 0..<run[0] {
            values[index] += shift
            raw[index] += shift
        }
        for index in run {
            values[index] = raw[index]
            isQuiet[index] = true
        }
        newLevel = (points[run[0]].at, run.count)
    }
}
