import Foundation
import WeirCore

/// How often a series is measured, and where a time stands in the day, the week and the month. All in UTC.
struct Rhythm: Sendable, Hashable {
    /// Seconds from one point to the next, most often.
    let gap: Double
    /// Seconds from the first to the last.
    let span: Double

    static let day = 86_400.0

    init(_ times: [Double]) {
        gap = Robust.median(zip(times, times.dropFirst()).map { $1 - $0 }.filter { $0 > 0 })
        span = (times.last ?? 0) - (times.first ?? 0)
    }

    /// Several points a day, so that the hour may matter.
    var isHourly: Bool { gap > 0 && gap < 0.75 * Self.day }
    var isDaily: Bool { !isHourly && gap > 0 && gap < 1.6 * Self.day }
    /// Points that one day holds; at least 1.
    var perDay: Int { isHourly ? max(1, Int((Self.day / gap).rounded())) : 1 }
    var days: Double { span / Self.day }

    // MARK: The calendar

    static func hour(_ time: Double) -> Int { Int((time - (time / day).rounded(.down) * day) / 3600) }

    /// 0 is Monday.
    static func weekday(_ time: Double) -> Int {
        // 1970-01-01 was a Thursday.
        let days = Int((time / day).rounded(.down)) + 3
        return ((days % 7) + 7) % 7
    }

    static func monthDay(_ time: Double) -> Int { Int(UTC.fields(Int64(time.rounded(.down))).day) }

    /// 1 on the last day of a month, 2 and 3 on those before; nil earlier.
    static func daysToMonthEnd(_ time: Double) -> Int? {
        let month = UTC.fields(Int64(time.rounded(.down))).month
        return (1...3).first { UTC.fields(Int64((time + Double($0) * day).rounded(.down))).month != month }
    }
}
