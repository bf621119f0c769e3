/// A way to say where a series without its seasons stands next, from the points before.
enum LevelMethod: Sendable, Hashable {
    /// The median of the last points.
    case median(Int)
    /// The robust line through the last points, carried on.
    case line(Int)
    /// The last point: for series that wander and have no level of their own.
    case last

    /// The line goes through this many points at most: the medians of neighbours.
    private static let knots = 10

    /// From the points before `end`.
    func value(_ values: [Double], _ times: [Double], before end: Int, at time: Double) -> Double {
        guard end > 0 else { return 0 }
        switch self {
        case .last: return values[end - 1]
        case .median(let width): return Robust.median(Array(values[max(0, end - width)..<end]))
        case .line(let width):
            let start = max(0, end - width)
            if end - start < 4 { return Robust.median(Array(values[start..<end])) }
            let block = max(1, (end - start + Self.knots - 1) / Self.knots)
            var (x, y): ([Double], [Double]) = ([], [])
            for first in stride(from: start, to: end, by: block) {
                let part = first..<min(first + block, end)
                x.append(part.reduce(0) { $0 + times[$1] } / Double(part.count))
                y.append(Robust.median(Array(values[part])))
            }
            // After a long gap a slope says little: it is followed no further than the points reach back.
            let reach = times[end - 1] + (times[end - 1] - times[start])
            return Robust.line(x, y, at: min(time, reach))
        }
    }

    /// For each of a range, from the points before it.
    func values(_ values: [Double], _ times: [Double], over range: Range<Int>) -> [Double] {
        guard case .median(let width) = self, let first = range.first else {
            return range.map { value(values, times, before: $0, at: times[$0]) }
        }
        var window = SlidingMedian(values[max(0, first - width)..<first])
        return range.map { index in
            defer {
                if index >= width { window.remove(values[index - width]) }
                window.insert(values[index])
            }
            return window.median
        }
    }

    /// The steadier before the more eager, which have to be clearly better.
    static func candidates(_ rhythm: Rhythm) -> [LevelMethod] {
        if rhythm.isHourly {
            let day = rhythm.perDay
            return [
                .median(7 * day), .median(3 * day), .median(day), .line(7 * day), .line(3 * day),
                .median(max(3, day / 4)), .median(3), .last,
            ]
        }
        return [.median(28), .median(14), .median(7), .median(56), .line(56), .line(28), .line(14), .median(3), .last]
    }
}
