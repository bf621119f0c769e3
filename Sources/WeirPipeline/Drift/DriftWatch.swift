import Foundation
import WeirCore
import WeirEngine
import WeirQuality
import WeirStore

/// Looks at what a load brings, and tells what is not as it used to be.
struct DriftWatch: Sendable {
    /// As people call it.
    let table: String
    let subject: DriftSubject
    let settings: WatchSettings
    let past: DriftPast
    /// The time that counts as now.
    let now: Date
    var timeColumn: String?

    /// - Parameters:
    ///   - source: the rows: a table's quoted name.
    ///   - schema: the columns that are the table's own.
    func examine(
        _ source: String, schema: [Column], on connection: isolated Connection
    ) throws -> DriftReport {
        var measurer = BatchMeasurer(source: source, schema: schema, at: now)
        measurer.settings = settings
        measurer.timeColumn = timeColumn
        measurer.edges = past.edges
        let measure = try measurer.measure(on: connection)
        let finder = SegmentFinder(source: source, measure: measure, settings: settings)
        var report = judge(measure)
        for index in report.alerts.indices {
            try explain(&report.alerts[index], measure, finder, on: connection)
        }
        return report
    }

    /// Columns that the settings name and the batch does not have: nothing of them would be watched.
    func unknownColumns(in schema: [Column]) -> [String] {
        let names = schema.map(\.name)
        return (settings.columns + settings.dimensions).filter { wanted in
            !names.contains { $0.lowercased() == wanted.lowercased() }
        }.map { wanted in
            let hint = DidYouMean.hint(for: wanted, among: names).map { " (\($0))" } ?? ""
            return "`weir.anomaly` names the column \(wanted), which the rows do not have\(hint)"
        }
    }

    // MARK: Judging

    func judge(_ measure: BatchMeasure) -> DriftReport {
        var report = DriftReport(
            scope: subject.scope, sampled: measure.sampled, rows: measure.rows, subject: subject, watch: self)
        report.content = BatchContent(
            sampled: measure.sampled, schema: measure.schema,
            sketches: Dictionary(
                measure.columns.compactMap { column in column.sketch.map { (column.name.lowercased(), $0) } },
                uniquingKeysWith: { first, _ in first }))
        for value in measure.values {
            report.points.append(
                DriftPoint(
                    metric: value.metric.rawValue, column: value.column?.lowercased() ?? "", at: now,
                    value: value.value, noise: value.noise))
            if settings.watches(value.metric) {
                hold(value.value, value.metric, value.column, at: now, noise: value.noise, &report)
            }
        }
        judgeHours(measure, &report)
        judgeDistributions(measure, &report)
        if settings.watches(.schema), let before = past.acceptedSchema {
            let drift = SchemaDrift(from: before, to: measure.schema)
            report.judged += 1
            if !drift.isEmpty {
                report.alerts.append(
                    DriftAlert(
                        subject, table: table, metric: .schema, at: UTC.text(now), measuredAt: UTC.text(now),
                        why: "the columns are not those of the batch before: \(drift.words)"))
            }
        }
        report.alerts = Self.gathered(report.alerts)
        return report
    }

    /// Holds one number against its past.
    private func hold(
        _ value: Double, _ metric: DriftMetric, _ column: String?, at time: Date, noise: Double,
        _ report: inout DriftReport
    ) {
        let forecaster = Forecaster(kind: metric.kind, settings: settings.forecast)
        let history = past.series[DriftPast.Key(metric, column)] ?? []
        switch forecaster.forecast(history, at: time, noise: noise) {
        case .learning(let learning):
            if metric == .rows || report.learning == nil { report.learning = learning.words }
        case .band(let band):
            report.judged += 1
            if !band.contains(value) {
                report.alerts.append(alert(value, band, metric, column, at: time))
            }
        }
    }

    private func alert(
        _ value: Double, _ band: Forecast.Band, _ metric: DriftMetric, _ column: String?, at time: Date
    ) -> DriftAlert {
        var alert = DriftAlert(
            subject, table: table, metric: metric, column: column, at: UTC.text(time), measuredAt: UTC.text(now),
            why: DriftWords.why(value, band, metric))
        (alert.observed, alert.expected) = (value, band.expected)
        (alert.lower, alert.upper) = (band.lower, band.upper)
        (alert.trainedOn, alert.seasons) = (band.trainedOn, band.seasons)
        return alert
    }

    /// Whole hours that are newer than those known; the worst one speaks for all.
    private func judgeHours(_ measure: BatchMeasure, _ report: inout DriftReport) {
        guard settings.watches(.volume) else { return }
        let known = past.series[DriftPast.Key(.volume)] ?? []
        let newest = known.last?.at ?? .distantPast
        let fresh = measure.hours.filter { $0.start > newest }
        report.points += fresh.map {
            DriftPoint(metric: DriftMetric.volume.rawValue, at: $0.start, value: Double($0.rows))
        }
        var watch = SeriesWatch(Forecaster(kind: .count, settings: settings.forecast))
        for point in known.suffix(24 * 42) { watch.learn(point) }
        var bad: [JudgedPoint] = []
        for hour in fresh.suffix(72) {
            let judged = watch.take(SeriesPoint(at: hour.start, value: Double(hour.rows)))
            if judged.verdict != .learning { report.judged += 1 }
            if judged.isAlarm { bad.append(judged) }
        }
        func distance(_ point: JudgedPoint) -> Double {
            abs(point.value - (point.expected ?? 0)) / max(1, (point.upper ?? 0) - (point.lower ?? 0))
        }
        guard let worst = bad.max(by: { distance($0) < distance($1) }) else { return }
        let others = bad.count > 1 ? ", the worst of \(bad.count) unusual hours" : ""
        var alert = DriftAlert(
            subject, table: table, metric: .volume, at: UTC.text(worst.at), measuredAt: UTC.text(now),
            why: "the hour from \(UTC.text(worst.at).prefix(16))Z had \(DriftWords.told(worst, .volume))\(others)")
        (alert.observed, alert.expected) = (worst.value, worst.expected)
        (alert.lower, alert.upper) = (worst.lower, worst.upper)
        report.alerts.append(alert)
    }

    private func judgeDistributions(_ measure: BatchMeasure, _ report: inout DriftReport) {
        guard settings.watches(.distribution) else { return }
        for column in measure.columns {
            let history = past.sketches(of: column.name)
            guard let sketch = column.sketch, history.count >= settings.forecast.minimum,
                var drift = DistributionDrift.of(
                    column.name, now: sketch, history: history, sensitivity: settings.forecast.sensitivity)
            else { continue }
            report.judged += 1
            // What a person called normal is normal up to there.
            for known in past.alerts(.distribution, column.name, .normal) {
                drift.threshold = max(drift.threshold, (known.distribution?.psi ?? 0) * 1.1)
            }
            guard drift.isDrift else { continue }
            var alert = DriftAlert(
                subject, table: table, metric: .distribution, column: column.name, at: UTC.text(now),
                measuredAt: UTC.text(now),
                why: DriftWords.why(drift, batches: history.count))
            (alert.observed, alert.upper, alert.trainedOn) = (drift.psi, drift.threshold, history.count)
            alert.distribution = drift
            report.alerts.append(alert)
        }
    }

    /// One alert a column for what its values do together, the clearest first.
    private static func gathered(_ alerts: [DriftAlert]) -> [DriftAlert] {
        let order: [DriftMetric] = [.mean, .median, .distribution, .distinct, .minimum, .maximum]
        var kept: [DriftAlert] = []
        for alert in alerts.sorted(by: { place($0.metric, order) < place($1.metric, order) }) {
            if let column = alert.column, order.contains(alert.metric),
                let index = kept.firstIndex(where: { $0.column == column && order.contains($0.metric) })
            {
                kept[index].also.append(
                    .init(
                        metric: alert.metric, observed: alert.observed, expected: alert.expected, lower: alert.lower,
                        upper: alert.upper))
                if kept[index].distribution == nil { kept[index].distribution = alert.distribution }
            } else {
                kept.append(alert)
            }
        }
        return kept
    }

    private static func place(_ metric: DriftMetric, _ order: [DriftMetric]) -> Int {
        order.firstIndex(of: metric).map { $0 + 1 } ?? 0
    }

    // MARK: After the load

    /// How long the load took is known when it is over; it can no longer be stopped for it.
    func take(seconds: Double, _ report: inout DriftReport) {
        report.points.append(DriftPoint(metric: DriftMetric.duration.rawValue, at: now, value: seconds))
        if settings.watches(.duration) { hold(seconds, .duration, nil, at: now, noise: 0, &report) }
    }

    // MARK: Explaining

    private func explain(
        _ alert: inout DriftAlert, _ measure: BatchMeasure, _ finder: SegmentFinder, on connection: isolated Connection
    ) throws {
        guard let expected = alert.expected else { return }
        switch alert.metric {
        case .rows:
            let columns = measure.columns.map(\.name)
            let history = Dictionary(
                columns.map { ($0.lowercased(), past.sketches(of: $0)) }, uniquingKeysWith: { first, _ in first })
            alert.segment = finder.ofRows(measure, history: history, expected: expected)
        case .nullShare, .mean:
            guard let column = alert.column else { return }
            alert.segment = try finder.find(alert.metric, of: column, expected: expected, on: connection)
        default: return
        }
        if let segment = alert.segment {
            let there = DriftFigures.text(segment.observed, alert.metric)
            alert.why += "; \(segment.words) (there \(there))"
        }
    }
}
