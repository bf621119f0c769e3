import Foundation
import Testing

@testable import WeirQuality

@Suite("A forecast of a series")
struct ForecastTests {
    @Test("says nothing before there is enough history, and how much there is")
    func coldStart() throws {
        let points = DriftLab.series(5) { index, _ in 100 + DriftLab.noise(index) }
        guard case .learning(let learning) = Forecaster(kind: .count).forecast(points, at: .distantFuture) else {
            Issue.record("five points were enough")
            return
        }
        // The future is more than the days that count away: nothing is left.
        #expect(learning.have == 0)
        let next = points[4].at.addingTimeInterval(DriftLab.day)
        guard case .learning(let soon) = Forecaster(kind: .count).forecast(points, at: next) else {
            Issue.record("five points were enough")
            return
        }
        #expect(soon.words == "5 of 8 points")
        let hours = DriftLab.series(60, step: 3600) { index, _ in 100 + DriftLab.noise(index) }
        guard
            case .learning(let days) = Forecaster(kind: .count).forecast(
                hours, at: hours[59].at.addingTimeInterval(3600))
        else {
            Issue.record("two days of hours were enough")
            return
        }
        #expect(days.words == "2 of 7 days")
    }

    @Test("knows the weekend")
    func weekday() throws {
        let points = DriftLab.series(42) { index, at in
            (DriftLab.weekday(at) >= 5 ? 300 : 1000) * (1 + 0.03 * DriftLab.noise(index))
        }
        // The next day is a Monday, five days later it is Saturday.
        let monday = try #require(DriftLab.band(points))
        #expect(monday.seasons == ["weekday"])
        #expect(monday.contains(1000) && !monday.contains(300), "\(monday)")
        let saturday = try #require(
            DriftLab.band(points, at: points[41].at.addingTimeInterval(6 * DriftLab.day)))
        #expect(saturday.contains(300) && !saturday.contains(1000), "\(saturday)")
    }

    @Test("knows the hours of the day")
    func hours() throws {
        let points = DriftLab.series(24 * 14, step: 3600) { index, at in
            (DriftLab.hour(at) < 6 ? 20 : 400) * (1 + 0.05 * DriftLab.noise(index))
        }
        let end = points[points.count - 1].at
        let night = try #require(DriftLab.band(points, at: end.addingTimeInterval(3 * 3600)))
        #expect(night.seasons.first?.contains("hour") == true)
        #expect(night.contains(20) && !night.contains(400), "\(night)")
        let noon = try #require(DriftLab.band(points, at: end.addingTimeInterval(13 * 3600)))
        #expect(noon.contains(400) && !noon.contains(20), "\(noon)")
    }

    @Test("knows a day of the month that stands out again and again, and its end")
    func monthDay() throws {
        for isEnd in [false, true] {
            let points = DriftLab.series(120) { index, at in
                let seconds = at.timeIntervalSince1970
                let isPeak = isEnd ? Rhythm.daysToMonthEnd(seconds) == 1 : Rhythm.monthDay(seconds) == 15
                return (isPeak ? 3000 : 1000) * (1 + 0.03 * DriftLab.noise(index))
            }
            let peak = points.first { $0.value > 2000 && $0.at > points[90].at }
            let at = try #require(peak?.at)
            let band = try #require(DriftLab.band(points, at: at))
            #expect(band.seasons.contains("day of the month"), "\(band)")
            #expect(band.contains(3000) && !band.contains(1000), "\(band)")
            let after = try #require(DriftLab.band(points, at: at.addingTimeInterval(DriftLab.day)))
            #expect(after.contains(1000) && !after.contains(3000), "\(after)")
        }
    }

    @Test("follows a trend")
    func trend() throws {
        let points = DriftLab.series(60) { index, _ in 1000 + 20 * Double(index) + 15 * DriftLab.noise(index) }
        let band = try #require(DriftLab.band(points, kind: .amount))
        #expect(band.contains(2200) && !band.contains(2000) && !band.contains(1600), "\(band)")
    }

    @Test("a point never takes part in its own band, whatever it is")
    func neverItself() throws {
        let past = DriftLab.series(30) { index, _ in 100 + 3 * DriftLab.noise(index) }
        let at = past[29].at.addingTimeInterval(DriftLab.day)
        let without = try #require(DriftLab.band(past, at: at))
        for value in [0, 100, 1e9] {
            let band = try #require(DriftLab.band(past + [SeriesPoint(at: at, value: value)], at: at))
            #expect(band == without)
        }
        let later = SeriesPoint(at: at.addingTimeInterval(DriftLab.day), value: 5000)
        let band = try #require(DriftLab.band(past + [later], at: at))
        #expect(band == without)
    }

    @Test("a series that never moves allows a tremor and no more")
    func constant() throws {
        let points = DriftLab.series(20) { _, _ in 1000 }
        let count = try #require(DriftLab.band(points))
        #expect(count.contains(1000) && count.contains(1050) && !count.contains(1500) && !count.contains(500))
        let share = try #require(DriftLab.band(DriftLab.series(20) { _, _ in 0 }, kind: .share))
        #expect(share.lower == 0 && share.contains(0) && share.contains(0.002) && !share.contains(0.05))
        let zeros = try #require(DriftLab.band(DriftLab.series(20) { _, _ in 0 }))
        #expect(zeros.contains(0) && zeros.contains(3) && !zeros.contains(50), "\(zeros)")
    }

    @Test("values that are no numbers, gaps and any order do no harm")
    func rough() throws {
        var points = DriftLab.series(40) { index, _ in 500 + 10 * DriftLab.noise(index) }
        points[3].value = .nan
        points[7].value = .infinity
        points.removeSubrange(20..<29)
        points.shuffle()
        let end = try #require(points.map(\.at).max())
        let band = try #require(DriftLab.band(points, at: end.addingTimeInterval(3 * DriftLab.day)))
        #expect(band.trainedOn == 29)
        #expect(band.contains(500) && !band.contains(800) && band.lower.isFinite && band.upper.isFinite)
        #expect(DriftLab.band([]) == nil)
    }

    @Test("one wild day of the past does not widen the band")
    func robust() throws {
        var points = DriftLab.series(30) { index, _ in 100 + 3 * DriftLab.noise(index) }
        let before = try #require(DriftLab.band(points))
        points[15].value = 100_000
        let after = try #require(DriftLab.band(points))
        #expect(after.upper < before.upper * 1.2, "\(before) \(after)")
    }

    @Test("a band is no narrower than the value's own error")
    func noise() throws {
        let points = DriftLab.series(30) { index, _ in 0.1 + 0.001 * DriftLab.noise(index) }
        let time = points[29].at.addingTimeInterval(DriftLab.day)
        let forecaster = Forecaster(kind: .share)
        guard case .band(let sharp) = forecaster.forecast(points, at: time),
            case .band(let blurred) = forecaster.forecast(points, at: time, noise: 0.09)
        else {
            Issue.record("thirty points were not enough")
            return
        }
        #expect(!sharp.contains(0.3) && blurred.contains(0.3))
    }
}

@Suite("A series that is watched")
struct SeriesWatchTests {
    private func verdicts(
        _ points: [SeriesPoint], kind: SeriesKind = .count
    ) -> [JudgedPoint.Verdict] {
        SeriesWatch.judge(points, Forecaster(kind: kind)).map(\.verdict)
    }

    @Test("spikes and drops alarm on their day, and the days after are normal")
    func spikes() {
        var points = DriftLab.series(60) { index, _ in 1000 * (1 + 0.03 * DriftLab.noise(index)) }
        points[40].value = 2000
        points[50].value = 0
        let found = verdicts(points)
        #expect(found[..<8].allSatisfy { $0 == .learning })
        #expect(found[40] == .high)
        #expect(found[50] == .low)
        #expect(found.count { $0 == .high || $0 == .low } == 2, "\(found)")
    }

    @Test("a new level alarms until it is believed, and then it is normal")
    func newLevel() throws {
        let points = DriftLab.series(70) { index, _ in (index < 40 ? 1000 : 2500) * (1 + 0.03 * DriftLab.noise(index)) }
        let found = verdicts(points)
        #expect(found[40..<45].allSatisfy { $0 == .high }, "\(found)")
        #expect(found[45...].allSatisfy { $0 == .normal }, "\(found)")
        // The old level is what is unusual then.
        let back = points + [SeriesPoint(at: points[69].at.addingTimeInterval(DriftLab.day), value: 1000)]
        #expect(verdicts(back).last == .low)
    }

    private func history(_ standing: SeriesPoint.Standing) -> [SeriesPoint] {
        var points = DriftLab.series(40) { index, _ in 1000 * (1 + 0.03 * DriftLab.noise(index)) }
        points[35].value = 2000
        points[35].standing = standing
        points[35].expected = 1000
        points[35].limit = 1130
        return points
    }

    @Test("what a person calls normal is inside of the band from then on")
    func normal() throws {
        let open = try #require(DriftLab.band(history(.alarmed)))
        let normal = try #require(DriftLab.band(history(.normal)))
        #expect(!open.contains(1900))
        #expect(normal.contains(1900) && normal.contains(1000) && !normal.contains(3000), "\(normal)")
        #expect(!normal.contains(400), "only the side that was called normal is wider")
    }

    @Test("nothing is learnt from what a person calls an anomaly")
    func anomaly() throws {
        var gone = history(.plain)
        gone.remove(at: 35)
        let without = try #require(DriftLab.band(gone))
        let told = try #require(DriftLab.band(history(.anomaly)))
        #expect(told == without)
    }

    @Test("a trend, a week and missing days raise no alarm")
    func healthy() {
        let points = DriftLab.series(200) { index, at in
            (DriftLab.weekday(at) >= 5 ? 0.4 : 1) * (1000 + 5 * Double(index)) * (1 + 0.04 * DriftLab.noise(index))
        }.enumerated().filter { $0.offset % 17 != 5 }.map(\.element)
        let alarms = SeriesWatch.judge(points, Forecaster(kind: .count)).filter(\.isAlarm)
        #expect(alarms.count <= 1, "\(alarms)")
    }
}
