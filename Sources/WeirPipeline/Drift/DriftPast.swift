import Foundation
import WeirCore
import WeirQuality
import WeirStore

/// What is known of a table's earlier batches.
struct DriftPast: Sendable {
    struct Key: Sendable, Hashable {
        let metric: DriftMetric
        /// In lower case; empty for what is of the table.
        let column: String

        init(_ metric: DriftMetric, _ column: String? = nil) {
            self.metric = metric
            self.column = column?.lowercased() ?? ""
        }
    }

    struct Batch: Sendable {
        let at: Date
        let rows: Int64
        let isPublished: Bool
        let content: BatchContent
    }

    /// In order of time. Batches that were held back are not among them, unless a person called them normal.
    var series: [Key: [SeriesPoint]] = [:]
    /// Newest first.
    var batches: [Batch] = []
    /// Newest first.
    var alerts: [DriftAlert] = []

    /// Batches whose sketches are the reference of distributions.
    static let referenceBatches = 30

    /// - Parameters:
    ///   - ofRuns: it is what runs bring, and not what was measured by hand.
    ///   - time: only what was before it; nil is everything, and counts days back from the newest.
    static func load(
        _ subject: DriftSubject, ofRuns: Bool, settings: WatchSettings, before time: Date?, from store: StateStore
    ) async throws -> DriftPast {
        let now = if let time { time } else { try await end(of: subject, in: store) }
        let since = now.addingTimeInterval(-Double(settings.forecast.history) * 86_400)
        var past = DriftPast()
        past.alerts = try await store.driftAlerts(of: subject).compactMap(DriftAlert.init)
        past.batches = try await store.driftBatches(of: subject, limit: referenceBatches * 2).map { batch in
            Batch(
                at: batch.at, rows: batch.rows, isPublished: batch.isPublished,
                content: StoredJSON.value(BatchContent.self, of: batch.content) ?? BatchContent())
        }.filter { $0.at < now }
        try await past.read(store.driftPoints(of: subject, since: since).filter { $0.at < now })
        if ofRuns { try await past.readRuns(subject.node, since: since, before: now, store) }
        return past
    }

    /// Just after everything that is known.
    private static func end(of subject: DriftSubject, in store: StateStore) async throws -> Date {
        let batch = try await store.driftBatches(of: subject, limit: 1).first?.at
        let run = try await store.metrics("rows_published", node: subject.node, limit: 1).first?.at
        return ([batch, run].compactMap(\.self).max() ?? Date()).addingTimeInterval(0.001)
    }

    private mutating func read(_ points: [DriftPoint]) {
        struct Told: Hashable {
            let key: Key
            let at: Int64
        }
        var told: [Told: (alert: DriftAlert, band: DriftAlert.Also)] = [:]
        for alert in alerts {
            guard let at = UTC.date(alert.at).map(UTC.milliseconds) else { continue }
            let own = DriftAlert.Also(
                metric: alert.metric, observed: alert.observed, expected: alert.expected, lower: alert.lower,
                upper: alert.upper)
            // One alert speaks for several metrics of a column that moved together.
            for band in [own] + alert.also {
                told[Told(key: Key(band.metric, alert.column), at: at)] = (alert, band)
            }
        }
        for point in points {
            guard let metric = DriftMetric(rawValue: point.metric) else { continue }
            let key = Key(metric, point.column)
            var known = SeriesPoint(at: point.at, value: point.value, noise: point.noise)
            if let (alert, band) = told[Told(key: key, at: UTC.milliseconds(point.at))] {
                known.expected = band.expected
                known.limit = point.value > (band.upper ?? .infinity) ? band.upper : band.lower
                known.standing =
                    switch alert.verdict {
                    case .normal: .normal
                    case .anomaly: .anomaly
                    case nil: .alarmed
                    }
            }
            if !point.isPublished, known.standing != .normal { continue }
            series[key, default: []].append(known)
        }
    }

    /// Runs from before the table was watched tell rows, ages and durations too.
    private mutating func readRuns(_ node: String, since: Date, before now: Date, _ store: StateStore) async throws {
        let published = try await store.metrics("rows_published", node: node, limit: 400)
        let quarantined = try await store.metrics("rows_quarantined", node: node, limit: 400)
        let durations = try await store.metrics("duration_ms", node: node, limit: 400)
        let aside = Dictionary(quarantined.map { ($0.at, $0.value) }, uniquingKeysWith: { first, _ in first })
        func prepend(_ metric: DriftMetric, _ found: [SeriesPoint]) {
            let first = series[Key(metric)]?.first?.at ?? now
            let earlier = found.filter { $0.at >= since && $0.at < first }
            series[Key(metric)] = earlier.sorted { $0.at < $1.at } + (series[Key(metric)] ?? [])
        }
        prepend(.rows, published.map { SeriesPoint(at: $0.at, value: $0.value + (aside[$0.at] ?? 0)) })
        let ages = try await store.metrics("freshness_s", node: node, limit: 400)
        prepend(.freshness, ages.map { SeriesPoint(at: $0.at, value: $0.value) })
        prepend(.duration, durations.map { SeriesPoint(at: $0.at, value: $0.value / 1000) })
    }

    // MARK: References

    /// Alerts of a metric by what was said of them.
    func alerts(_ metric: DriftMetric, _ column: String? = nil, _ verdict: DriftAlertRecord.Verdict) -> [DriftAlert] {
        alerts.filter {
            $0.metric == metric && $0.column?.lowercased() == column?.lowercased() && $0.verdict == verdict
        }
    }

    /// The newest batch whose columns were accepted.
    var acceptedSchema: [Column]? {
        let accepted = Set(alerts(.schema, nil, .normal).map(\.at))
        return batches.first { $0.isPublished || accepted.contains(UTC.text($0.at)) }?.content.schema
    }

    /// Sketches of a column in the batches that count, newest last.
    func sketches(of column: String) -> [ValueSketch] {
        let bad = Set(alerts(.distribution, column, .anomaly).map(\.at))
        return batches.filter { $0.isPublished && !bad.contains(UTC.text($0.at)) }.prefix(Self.referenceBatches)
            .compactMap { $0.content.sketches[column.lowercased()] }.reversed()
    }

    /// Bucket bounds of every column that has them.
    var edges: [String: [Double]] {
        var edges: [String: [Double]] = [:]
        for batch in batches {
            for (column, sketch) in batch.content.sketches where edges[column] == nil {
                if let own = sketch.edges { edges[column] = own }
            }
        }
        return edges
    }
}
