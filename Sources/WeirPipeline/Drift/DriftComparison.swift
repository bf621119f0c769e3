import Foundation
import WeirCore
import WeirEngine
import WeirQuality

/// Holds one file, table or query against another, without a project or a past. Nothing is written anywhere.
public struct DriftComparisonRun: Sendable {
    /// What is looked at, and what it is held against.
    public var target: String
    public var against: String
    public var columns: [String] = []
    public var project: Project?
    public var environment: String?
    /// Where relative paths begin.
    public var folder: String
    public var memoryLimit: String?

    public init(target: String, against: String, project: Project? = nil, folder: String) {
        self.target = target
        self.against = against
        self.project = project
        self.folder = folder
    }

    public func run() async throws -> DriftComparison {
        let before = try await measure(against, edges: [:])
        let now = try await measure(target, edges: before.edges)
        return DriftComparison(target: target, against: against, now: now, before: before)
    }

    private func measure(_ text: String, edges: [String: [Double]]) async throws -> BatchMeasure {
        var reader = ProfileRun(target: text, project: project, folder: folder)
        reader.environment = environment
        reader.memoryLimit = memoryLimit
        let columns = columns
        return try await reader.withRows { relation, isTable, connection in
            let source = isTable ? relation : "(\(relation)\n)"
            var measurer = BatchMeasurer(
                source: source, schema: try connection.columns(of: "SELECT * FROM \(source)"), at: Date())
            measurer.settings.columns = columns
            measurer.edges = edges
            return try measurer.measure(on: connection)
        }
    }
}

extension BatchMeasure {
    var edges: [String: [Double]] {
        Dictionary(
            columns.compactMap { column in column.sketch?.edges.map { (column.name.lowercased(), $0) } },
            uniquingKeysWith: { first, _ in first })
    }
}

/// How two batches of rows differ; the stable JSON of `weir drift A --against B`.
public struct DriftComparison: Sendable, Encodable {
    public var target: String
    public var against: String
    public var rows: Pair
    public var schema: SchemaDrift
    /// What the schema's change is in words; empty where there is none.
    public var schemaChange: String
    /// Columns that both have; those that drifted first.
    public var columns: [ColumnDrift]

    public struct Pair: Sendable, Hashable, Encodable {
        public var before: Double?
        public var now: Double?
    }

    public struct ColumnDrift: Sendable, Encodable {
        public var name: String
        public var hasDrifted: Bool
        public var nullShare: Pair
        public var mean: Pair
        public var distinct: Pair
        /// Nil where the values cannot be compared: identifiers, texts with many values.
        public var distribution: DistributionDrift?
    }

    public var hasDrifted: Bool { !schemaChange.isEmpty || columns.contains(where: \.hasDrifted) }
    public var outcome: Outcome { hasDrifted ? .gateFailed : .done }

    /// Shares of nulls that differ by less, however certainly, are no news.
    private static let leastShare = 0.01
    /// Standard errors that a difference is beyond chance.
    private static let sensitivity = 4.0

    init(target: String, against: String, now: BatchMeasure, before: BatchMeasure) {
        self.target = target
        self.against = against
        rows = Pair(before: Double(before.rows), now: Double(now.rows))
        schema = SchemaDrift(from: before.schema, to: now.schema)
        schemaChange = schema.isEmpty ? "" : schema.words
        let old = Dictionary(
            before.columns.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        columns = now.columns.compactMap { column in
            old[column.name.lowercased()].map { Self.compare(column, $0) }
        }.enumerated().sorted { a, b in
            a.element.hasDrifted != b.element.hasDrifted ? a.element.hasDrifted : a.offset < b.offset
        }.map(\.element)
    }

    private static func compare(_ now: ColumnMeasure, _ before: ColumnMeasure) -> ColumnDrift {
        func share(_ column: ColumnMeasure) -> Double? {
            let size = Double(column.nulls + column.filled)
            return size > 0 ? Double(column.nulls) / size : nil
        }
        let distribution = now.sketch.flatMap { sketch in
            before.sketch.flatMap { DistributionDrift.of(now.name, now: sketch, history: [$0]) }
        }
        let shares = Pair(before: share(before), now: share(now))
        return ColumnDrift(
            name: now.name,
            hasDrifted: distribution?.isDrift == true || differs(shares, now, before),
            nullShare: shares, mean: Pair(before: before.mean, now: now.mean),
            distinct: Pair(before: before.distinct.map(Double.init), now: now.distinct.map(Double.init)),
            distribution: distribution)
    }

    /// Whether two shares of nulls differ by more than chance and by enough to matter (two-proportion z test).
    private static func differs(_ shares: Pair, _ a: ColumnMeasure, _ b: ColumnMeasure) -> Bool {
        guard let before = shares.before, let now = shares.now else { return false }
        let (n, m) = (Double(a.nulls + a.filled), Double(b.nulls + b.filled))
        let pooled = Double(a.nulls + b.nulls) / (n + m)
        let error = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
        return abs(now - before) > max(leastShare, sensitivity * error)
    }
}
