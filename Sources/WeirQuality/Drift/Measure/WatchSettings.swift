import WeirCore

/// How closely a table is watched: `weir.anomaly` of its contract.
public struct WatchSettings: Sendable, Hashable {
    /// False where the contract says `weir.anomaly: false`.
    public var isOn = true
    public var onFail = OnDrift.warn
    public var forecast = Forecaster.Settings()
    /// Only these columns; all when empty.
    public var columns: [String] = []
    /// Only these metrics; those of ``DriftMetric/usual`` when empty.
    public var metrics: [DriftMetric] = []
    /// Columns by whose values a change is explained; found when empty.
    public var dimensions: [String] = []

    public enum OnDrift: String, Sendable, Hashable, Codable, CaseIterable {
        /// The rows are published, and the alert is told.
        case warn
        /// Nothing is published.
        case stop
    }

    public init() {}

    public func watches(_ metric: DriftMetric) -> Bool {
        metrics.isEmpty ? DriftMetric.usual.contains(metric) : metrics.contains(metric)
    }

    func watches(column: String) -> Bool {
        columns.isEmpty || columns.contains { $0.lowercased() == column.lowercased() }
    }

    /// Reads the value of `weir.anomaly`: true, false, or a mapping of settings.
    static func read(_ value: YAMLValue) -> WatchSettings? {
        var settings = WatchSettings()
        guard value.isMap else {
            guard let isOn = value.bool() else { return nil }
            settings.isOn = isOn
            return settings
        }
        guard let map = value.map() else { return nil }
        settings.onFail = map.choice("onFail", OnDrift.self) ?? .warn
        settings.columns = map.strings("columns")
        settings.dimensions = map.strings("dimensions")
        for text in map.strings("metrics") {
            if let metric = DriftMetric(rawValue: text) {
                settings.metrics.append(metric)
            } else {
                map.report(
                    "contract.unknown-value", "\"\(text)\" is not a metric that is watched",
                    hint: DidYouMean.hint(for: text, among: DriftMetric.allCases.map(\.rawValue)), key: "metrics")
            }
        }
        func positive(_ key: String, _ number: Double?, least: Double) -> Double? {
            guard let number else { return nil }
            if number >= least, number <= 100_000 { return number }
            map.report("contract.bad-bound", "\"\(key)\" is at least \(Distribution.short(least))", key: key)
            return nil
        }
        if let given = positive("sensitivity", map.double("sensitivity"), least: 1) {
            settings.forecast.sensitivity = given
        }
        if let given = positive("minimum", map.int("minimum").map(Double.init), least: 5) {
            settings.forecast.minimum = Int(given)
        }
        if let given = positive("history", days(map.value("history")), least: 7) {
            settings.forecast.history = Int(given)
        }
        map.finish("`weir.anomaly`")
        return settings
    }

    /// A number of days, or a length of time like `90 days`.
    private static func days(_ value: YAMLValue?) -> Double? {
        guard let value else { return nil }
        if let text = value.plain().text, let number = Double(text) { return number }
        return value.span().map { Double($0.seconds) / 86_400 }
    }
}

/// What of a batch is measured and held against the past.
public enum DriftMetric: String, Sendable, Hashable, Codable, CaseIterable {
    case rows
    /// How long the load took, in seconds.
    case duration
    /// The age of the newest row, in seconds.
    case freshness
    /// Rows of each hour of the time column.
    case volume
    case nullShare = "null_share"
    case mean
    case median
    case minimum
    case maximum
    /// How many different values a column has; of a sample where the batch is large.
    case distinct
    /// How the values are spread: PSI, Jensen–Shannon, Kolmogorov–Smirnov.
    case distribution
    case schema

    /// Extremes are kept too, and only watched where somebody asks: the largest of a thousand values is wild by nature.
    public static let usual: Set<DriftMetric> = Set(allCases).subtracting([.minimum, .maximum])

    public var kind: SeriesKind {
        switch self {
        case .rows, .volume: .count
        case .duration: .duration
        case .freshness: .age
        case .nullShare: .share
        case .distinct: .distinct
        case .mean, .median, .minimum, .maximum, .distribution, .schema: .amount
        }
    }

    public var isOfColumn: Bool {
        switch self {
        case .nullShare, .mean, .median, .minimum, .maximum, .distinct, .distribution: true
        case .rows, .duration, .freshness, .volume, .schema: false
        }
    }
}
