import Foundation

/// What the hour, the weekday or the day of the month adds to a series.
struct Season: Sendable, Hashable {
    enum Part: String, Sendable, Codable, CaseIterable {
        case hour
        case weekday
        /// Each hour of working days and of weekends.
        case dayKind
        /// Each of the week's 168 hours.
        case weekHour
        case monthDay

        /// Where a time stands in the cycle.
        func slot(_ time: Double) -> Int {
            switch self {
            case .hour: Rhythm.hour(time)
            case .weekday: Rhythm.weekday(time)
            case .dayKind: Rhythm.hour(time) + (Rhythm.weekday(time) >= 5 ? 24 : 0)
            case .weekHour: Rhythm.hour(time) + 24 * Rhythm.weekday(time)
            case .monthDay: Rhythm.monthDay(time)
            }
        }

        /// Days after which it begins anew.
        var cycle: Double { self == .hour ? 1 : self == .monthDay ? 28 : 7 }
    }

    struct Fitted: Sendable, Hashable {
        let part: Part
        var effects: [Int: Double]
        /// Effects of the last days of a month, by ``Rhythm/daysToMonthEnd(_:)``.
        var fromEnd: [Int: Double] = [:]
    }

    private(set) var parts: [Fitted] = []

    /// Older occurrences of a slot say little of today.
    private static let occurrences = 10

    /// Nil when a time's place in some cycle was not seen often enough.
    func effect(at time: Double) -> Double? {
        var sum = 0.0
        for fitted in parts {
            if fitted.part == .monthDay {
                sum +=
                    fitted.effects[Rhythm.monthDay(time)]
                    ?? Rhythm.daysToMonthEnd(time).flatMap { fitted.fromEnd[$0] } ?? 0
                continue
            }
            guard let effect = fitted.effects[fitted.part.slot(time)] else { return nil }
            sum += effect
        }
        return sum
    }

    /// Words for people: `weekday`, `hour`, `day of the month`.
    var words: [String] {
        parts.map { fitted in
            switch fitted.part {
            case .hour: "hour"
            case .weekday: "weekday"
            case .dayKind: "hour of working days and weekends"
            case .weekHour: "hour of the week"
            case .monthDay: "day of the month"
            }
        }
    }

    // MARK: Fitting

    /// Learns the effects of cycles, and takes them out of the values. What is taken out of a point is learnt from the
    /// other points only; it is nil where there is none.
    static func fit(_ parts: [Part], to values: [Double], at times: [Double], perDay: Int) -> (Season, [Double?]) {
        var season = Season()
        var rest = values
        var isKnown = [Bool](repeating: true, count: values.count)
        for part in parts {
            let level = centred(rest, window: max(3, Int(part.cycle) * perDay))
            let above = zip(rest, level).map { $0 - $1 }
            var members: [Int: [Int]] = [:]
            for index in times.indices { members[part.slot(times[index]), default: []].append(index) }
            var effects: [Int: Double] = [:]
            for (slot, all) in members {
                let recent = Array(all.suffix(occurrences))
                let effect = Robust.median(recent.map { above[$0] })
                effects[slot] = effect
                for index in all {
                    if all.count == 1 { isKnown[index] = false }
                    let others = recent.filter { $0 != index }
                    rest[index] -=
                        others.count == recent.count || others.isEmpty
                        ? effect : Robust.median(others.map { above[$0] })
                }
            }
            season.parts.append(Fitted(part: part, effects: effects))
        }
        return (season, zip(rest, isKnown).map { $1 ? $0 : nil })
    }

    /// Adds days of the month that stand out again and again: a payday, a month's end. Of the others nothing is
    /// learnt, because two or three months say too little of thirty days.
    ///
    /// - Parameters:
    ///   - rest: the values without the other cycles, also of days that were pulled to the edge of their band.
    ///   - spread: the deviation of an ordinary day.
    mutating func addMonthDays(_ rest: [Double?], at times: [Double], spread: Double) -> [Double?] {
        let known = rest.indices.filter { rest[$0] != nil }
        guard known.count >= 45, spread > 0 else { return rest }
        let values = known.map { rest[$0] ?? 0 }
        let level = Self.centred(values, window: 28)
        let above = zip(values, level).map { $0 - $1 }
        func outstanding(_ slot: (Double) -> Int?) -> [Int: [Int]] {
            var members: [Int: [Int]] = [:]
            for place in known.indices {
                if let slot = slot(times[known[place]]) { members[slot, default: []].append(place) }
            }
            return members.filter { _, places in
                places.count >= 2
                    && (places.allSatisfy { above[$0] > 3 * spread } || places.allSatisfy { above[$0] < -3 * spread })
            }
        }
        let fromStart = outstanding(Rhythm.monthDay)
        let fromEnd = outstanding(Rhythm.daysToMonthEnd)
        guard !fromStart.isEmpty || !fromEnd.isEmpty else { return rest }
        var fitted = Fitted(part: .monthDay, effects: [:])
        var without = rest
        for (members, isFromEnd) in [(fromStart, false), (fromEnd, true)] {
            for (slot, places) in members {
                let effect = Robust.median(places.map { above[$0] })
                if isFromEnd { fitted.fromEnd[slot] = effect } else { fitted.effects[slot] = effect }
                for place in places {
                    let others = places.filter { $0 != place }.map { above[$0] }
                    without[known[place]] = values[place] - Robust.median(others)
                }
            }
        }
        parts.append(fitted)
        return without
    }

    /// The median of the values around each one; near the ends, of the first and last window.
    private static func centred(_ values: [Double], window: Int) -> [Double] {
        let width = min(window, values.count)
        var moving = SlidingMedian(values.prefix(width))
        var at = 0
        return values.indices.map { index in
            let start = max(0, min(index - width / 2, values.count - width))
            while at < start {
                moving.remove(values[at])
                moving.insert(values[at + width])
                at += 1
            }
            return moving.median
        }
    }
}

extension Season {
    init(only part: Fitted) { parts = [part] }
}
