/// A column's values now, held against those of a reference.
public struct DistributionDrift: Sendable, Hashable, Codable {
    public var column: String
    /// Population stability index; this is what decides.
    public var psi: Double
    /// What the index would have to pass: two samples of one distribution differ too, and so do the batches of the
    /// past among each other.
    public var threshold: Double
    /// Jensen–Shannon distance, 0 to 1.
    public var jensenShannon: Double
    /// Of numbers: the largest difference of the cumulative distributions, and the probability of one as large by
    /// chance.
    public var kolmogorovSmirnov: Double?
    public var probability: Double?
    /// Values that were compared.
    public var size: Double
    public var referenceSize: Double
    /// The buckets that changed most, and what part of the values they held and hold.
    public var moved: [Moved]

    public struct Moved: Sendable, Hashable, Codable {
        public var bucket: String
        public var before: Double
        public var now: Double
    }

    public var isDrift: Bool { psi > threshold }

    /// Below this an index is no news, however certain it is.
    public static let least = 0.1

    /// - Parameters:
    ///   - history: sketches of single batches; they tell how much batches differ when nothing is wrong.
    /// - Returns: nil where nothing can be compared.
    public static func of(
        _ column: String, now: ValueSketch, history: [ValueSketch], sensitivity: Double = 4
    ) -> DistributionDrift? {
        let history = history.filter { $0.canBeCompared(with: now) && $0.size > 0 }
        guard let first = history.first, now.size > 0 else { return nil }
        let reference = history.dropFirst().reduce(into: first) { $0.add($1) }
        let (names, counts, before) = now.aligned(with: reference)
        var drift = compare(column, names, before, counts, isOrdered: now.values == nil)
        let usual = usual(history, reference)
        drift.threshold = max(drift.threshold, usual * max(1.5, sensitivity / 2))
        return drift
    }

    /// Two distributions without a past.
    static func compare(
        _ column: String, _ names: [String], _ before: [Double], _ now: [Double], isOrdered: Bool
    ) -> DistributionDrift {
        let (n, m) = (now.reduce(0, +), before.reduce(0, +))
        let used = zip(before, now).count { $0 > 0 || $1 > 0 }
        let statistic = isOrdered ? Distances.kolmogorovSmirnov(before, now) : nil
        let moved = names.indices.map { Moved(bucket: names[$0], before: before[$0] / m, now: now[$0] / n) }
            .filter { $0.before != $0.now }
            .sorted { (abs($0.now - $0.before), $1.bucket) > (abs($1.now - $1.before), $0.bucket) }
        return DistributionDrift(
            column: column, psi: Distances.psi(before, now),
            threshold: max(least, Distances.psiNoise(buckets: used, n, m)),
            jensenShannon: Distances.jensenShannon(before, now), kolmogorovSmirnov: statistic,
            probability: statistic.map { Distances.kolmogorovSmirnovProbability($0, n, m) }, size: n,
            referenceSize: m, moved: Array(moved.prefix(3)))
    }

    /// How far single batches were from all others together, nine times of ten.
    private static func usual(_ history: [ValueSketch], _ whole: ValueSketch) -> Double {
        guard history.count >= 3 else { return 0 }
        let distances = history.map { batch in
            let (_, own, all) = batch.aligned(with: whole)
            return Distances.psi(zip(all, own).map { max(0, $0 - $1) }, own)
        }
        return Robust.quantile(distances, 0.9)
    }
}
