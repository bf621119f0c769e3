import WeirCore
import WeirQuality
import WeirStore

/// Something about a table that was not as it used to be.
public struct DriftAlert: Sendable, Hashable, Codable {
    /// Short; `weir drift ack` takes it.
    public var id: String
    public var table: String
    public var scope: DriftSubject.Scope
    public var metric: DriftMetric
    public var column: String?
    /// ISO 8601 UTC: when it was measured, or the hour that is meant.
    public var at: String
    /// ISO 8601 UTC: the batch that it is about.
    public var measuredAt: String
    public var observed: Double?
    public var expected: Double?
    public var lower: Double?
    public var upper: Double?
    public var trainedOn: Int?
    public var seasons: [String] = []
    /// The whole story in words.
    public var why: String
    /// The rows that make most of the change.
    public var segment: SegmentShare?
    public var distribution: DistributionDrift?
    /// Other metrics of the same column that say the same.
    public var also: [Also] = []
    /// What a person said of it.
    public var verdict: DriftAlertRecord.Verdict?
    public var note: String?

    /// Another metric that is outside of its own band.
    public struct Also: Sendable, Hashable, Codable {
        public var metric: DriftMetric
        public var observed: Double?
        public var expected: Double?
        public var lower: Double?
        public var upper: Double?
    }

    init(
        _ subject: DriftSubject, table: String, metric: DriftMetric, column: String? = nil, at: String,
        measuredAt: String,
        why: String
    ) {
        id = String(
            Fingerprint.of([subject.node, subject.scope.rawValue, metric.rawValue, column ?? "", at]).prefix(8))
        self.table = table
        scope = subject.scope
        self.metric = metric
        self.column = column
        self.at = at
        self.measuredAt = measuredAt
        self.why = why
    }

    /// `null_share of email`, `rows`.
    public var what: String { column.map { "\(metric.rawValue) of \($0)" } ?? metric.rawValue }
}

extension DriftAlert {
    /// As it was told, with what was said of it since.
    init?(_ record: DriftAlertRecord) {
        guard var alert = StoredJSON.value(DriftAlert.self, of: record.content) else { return nil }
        alert.verdict = record.verdict
        alert.note = record.note
        self = alert
    }
}

/// What a batch was like, compared with those before it.
public struct DriftReport: Sendable, Encodable {
    public enum Status: String, Sendable, Encodable {
        case normal
        /// There is not enough history to say anything yet.
        case learning
        case drifted
    }

    public var status: Status {
        !alerts.isEmpty ? .drifted : judged == 0 && learning != nil ? .learning : .normal
    }
    public var scope: DriftSubject.Scope
    /// Rows that estimates come from, where they are a sample.
    public var sampled: Int
    public var rows: Int
    /// Numbers that were held against their past.
    public var judged = 0
    /// `5 of 8 points`, while there is not enough history.
    public var learning: String?
    public var alerts: [DriftAlert] = []
    /// What to remember.
    var points: [DriftPoint] = []
    var content = BatchContent()
    var subject: DriftSubject
    /// For what is known only after the load.
    var watch: DriftWatch?

    private enum Key: String, CodingKey { case status, scope, rows, sampled, judged, learning, alerts }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(status, forKey: .status)
        try box.encode(scope, forKey: .scope)
        try box.encode(rows, forKey: .rows)
        try box.encode(sampled, forKey: .sampled)
        try box.encode(judged, forKey: .judged)
        try box.encode(learning, forKey: .learning)
        try box.encode(alerts, forKey: .alerts)
    }
}

/// What is kept of a batch beside its numbers.
struct BatchContent: Sendable, Hashable, Codable {
    var sampled = 0
    var schema: [Column] = []
    /// By the column's name in lower case.
    var sketches: [String: ValueSketch] = [:]
}
