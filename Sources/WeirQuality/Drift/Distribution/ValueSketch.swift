/// How a column's values were spread in one batch. Sketches of one column add up, because all have the same buckets.
public struct ValueSketch: Sendable, Hashable, Codable {
    /// How often each value stands, for columns that have few.
    public var values: [String: Double]?
    /// Upper bounds of buckets, each inclusive; one more bucket lies above the last. Kept from the first batch.
    public var edges: [Double]?
    /// Values in each bucket, one more than there are edges.
    public var counts: [Double]?

    /// A column with more values than this is no dimension.
    public static let mostValues = 50

    public init(values: [String: Double]) { self.values = values }

    public init(edges: [Double], counts: [Double]) {
        self.edges = edges
        self.counts = counts
    }

    /// Values that were counted.
    public var size: Double { values?.values.reduce(0, +) ?? counts?.reduce(0, +) ?? 0 }

    public func canBeCompared(with other: ValueSketch) -> Bool {
        values != nil ? other.values != nil : other.values == nil && edges == other.edges
    }

    public mutating func add(_ other: ValueSketch) {
        guard canBeCompared(with: other) else { return }
        if values != nil {
            values?.merge(other.values ?? [:], uniquingKeysWith: +)
        } else {
            counts = zip(counts ?? [], other.counts ?? []).map { $0 + $1 }
        }
    }

    /// Names of the buckets and the counts of both, in the same order.
    func aligned(with other: ValueSketch) -> (names: [String], own: [Double], other: [Double]) {
        if let values, let others = other.values {
            let names = Set(values.keys).union(others.keys).sorted()
            return (names, names.map { values[$0] ?? 0 }, names.map { others[$0] ?? 0 })
        }
        let edges = edges ?? []
        let names = (0...edges.count).map { place in
            let low = place > 0 ? Distribution.short(edges[place - 1]) : nil
            let high = place < edges.count ? Distribution.short(edges[place]) : nil
            return switch (low, high) {
            case (nil, let high?): "≤ \(high)"
            case (let low?, nil): "> \(low)"
            case (let low?, let high?): "\(low) to \(high)"
            default: "any"
            }
        }
        return (names, counts ?? [], other.counts ?? [])
    }
}
