import Foundation

@testable import WeirQuality

/// Series that are the same every time.
struct DriftLab {
    static let monday = Date(timeIntervalSince1970: 1_735_516_800)  // 2024-12-30, a Monday
    static let day = 86_400.0

    /// A number in −1 … 1 that looks random (splitmix64).
    static func noise(_ index: Int, seed: UInt64 = 1) -> Double {
        var z = UInt64(bitPattern: Int64(index)) &+ seed &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / Double(1 << 52) - 1
    }

    static func series(
        _ count: Int, step: Double = day, from start: Date = monday, _ value: (Int, Date) -> Double
    ) -> [SeriesPoint] {
        (0..<count).map { index in
            let at = start.addingTimeInterval(Double(index) * step)
            return SeriesPoint(at: at, value: value(index, at))
        }
    }

    static func band(
        _ points: [SeriesPoint], kind: SeriesKind = .count, step: Double = day, settings: Forecaster.Settings = .init()
    ) -> Forecast.Band? {
        guard let last = points.last else { return nil }
        return band(points, at: last.at.addingTimeInterval(step), kind: kind, settings: settings)
    }

    static func band(
        _ points: [SeriesPoint], at time: Date, kind: SeriesKind = .count, settings: Forecaster.Settings = .init()
    ) -> Forecast.Band? {
        if case .band(let band) = Forecaster(kind: kind, settings: settings).forecast(points, at: time) { return band }
        return nil
    }

    static func weekday(_ at: Date) -> Int { Rhythm.weekday(at.timeIntervalSince1970) }
    static func hour(_ at: Date) -> Int { Rhythm.hour(at.timeIntervalSince1970) }
}
