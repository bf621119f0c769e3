import WeirCore
import WeirQuality
import WeirStore

/// Every table that is watched, and how it is; the stable JSON of `weir drift`.
public struct DriftOverview: Sendable, Encodable {
    public var tables: [Table] = []
    /// Tables that nobody watches.
    public var notWatched: [String] = []

    public struct Table: Sendable, Encodable {
        public var table: String
        public var scope: DriftSubject.Scope
        /// Measured batches.
        public var batches: Int
        public var measuredAt: String?
        public var learning: String?
        /// Alerts of the newest batch that nobody has said anything of.
        public var alerts: [DriftAlert] = []
        /// The same of all batches.
        public var openAlerts = 0

        public var status: DriftReport.Status {
            !alerts.isEmpty ? .drifted : learning != nil ? .learning : .normal
        }

        init(table: String, scope: DriftSubject.Scope, batches: Int) {
            self.table = table
            self.scope = scope
            self.batches = batches
        }

        private enum Key: String, CodingKey {
            case table, scope, status, batches, measuredAt, learning, alerts, openAlerts
        }

        public func encode(to encoder: any Encoder) throws {
            var box = encoder.container(keyedBy: Key.self)
            try box.encode(table, forKey: .table)
            try box.encode(scope, forKey: .scope)
            try box.encode(status, forKey: .status)
            try box.encode(batches, forKey: .batches)
            try box.encode(measuredAt, forKey: .measuredAt)
            try box.encode(learning, forKey: .learning)
            try box.encode(alerts, forKey: .alerts)
            try box.encode(openAlerts, forKey: .openAlerts)
        }
    }

    /// What the command ends with.
    public var outcome: Outcome { tables.contains { $0.status == .drifted } ? .gateFailed : .done }
}

/// One table's series; the stable JSON of `weir drift TABLE`.
public struct DriftDetail: Sendable, Encodable {
    public var table: String
    /// Whether its runs measure it.
    public var isWatched: Bool
    public var series: [Series] = []
    /// The newest first.
    public var alerts: [DriftAlert] = []

    public struct Series: Sendable, Encodable {
        public var scope: DriftSubject.Scope
        public var metric: DriftMetric
        public var column: String?
        /// The newest value, and the band that it was held against.
        public var value: Double
        public var at: String
        public var points: Int
        public var verdict = JudgedPoint.Verdict.learning
        public var expected: Double?
        public var lower: Double?
        public var upper: Double?
        public var seasons: [String] = []
        public var learning: String?
        /// The last 30 values.
        public var recent: [Double] = []
    }
}

/// One series from its beginning; the stable JSON of `weir drift history`.
public struct DriftHistory: Sendable, Encodable {
    public var table: String
    public var scope: DriftSubject.Scope
    public var metric: DriftMetric
    public var column: String?
    public var points: [ToldPoint]
}

/// A point of a series as it is told, with the band that it was held against.
public struct ToldPoint: Sendable, Encodable {
    public var at: String
    public var value: Double
    public var verdict: JudgedPoint.Verdict
    public var expected: Double?
    public var lower: Double?
    public var upper: Double?
    /// `plain`, `alarmed`, or what a person said: `normal`, `anomaly`; nil for points that nobody can speak of.
    public var standing: SeriesPoint.Standing?

    init(_ point: JudgedPoint, standing: SeriesPoint.Standing? = nil) {
        at = UTC.text(point.at)
        value = point.value
        verdict = point.verdict
        (expected, lower, upper) = (point.expected, point.lower, point.upper)
        self.standing = standing
    }
}
