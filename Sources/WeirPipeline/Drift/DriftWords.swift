import WeirCore
import WeirQuality

/// Alerts in words.
enum DriftWords {
    static func why(_ value: Double, _ band: Forecast.Band, _ metric: DriftMetric) -> String {
        let text = { (value: Double) in DriftFigures.text(value, metric) }
        var words =
            "\(text(value)), expected \(text(band.lower)) to \(text(band.upper)) (about \(text(band.expected))), learnt from \(band.trainedOn) points"
        if !band.seasons.isEmpty { words += " by \(band.seasons.joined(separator: " and "))" }
        if band.hasTrend { words += " and their trend" }
        if let since = band.newLevelSince { words += ", at a new level since \(UTC.text(since).prefix(10))" }
        if band.streak > 0 {
            words +=
                "; number \(band.streak + 1) in a row, after \(band.patience) the new level is taken as normal"
        }
        return words
    }

    /// `12, expected 900 to 1,100`.
    static func told(_ point: JudgedPoint, _ metric: DriftMetric) -> String {
        guard let lower = point.lower, let upper = point.upper else { return DriftFigures.text(point.value, metric) }
        return
            "\(DriftFigures.text(point.value, metric)), expected \(DriftFigures.text(lower, metric)) to \(DriftFigures.text(upper, metric))"
    }

    static func why(_ drift: DistributionDrift, batches: Int) -> String {
        let moved = drift.moved.prefix(2).map {
            "\($0.bucket): \(DriftFigures.percent($0.before)) → \(DriftFigures.percent($0.now))"
        }.joined(separator: ", ")
        let figures = "PSI \(rounded(drift.psi)), usual up to \(rounded(drift.threshold))"
        return "the values are spread differently from \(batches) batches before (\(figures)): \(moved)"
    }

    static func rounded(_ value: Double) -> String { DriftFigures.number((value * 1000).rounded() / 1000) }
}
