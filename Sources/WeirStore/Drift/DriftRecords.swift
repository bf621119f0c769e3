import Foundation
import WeirCore

/// What a measured series is of: one table, and the rows of its loads or all of its rows.
public struct DriftSubject: Sendable, Hashable, Codable {
    public enum Scope: String, Sendable, Codable, CaseIterable {
        /// What one load brought.
        case batch
        /// The whole table as it was.
        case table
    }

    /// `schema.table`, with its environment in front.
    public var node: String
    public var scope: Scope

    public init(node: String, scope: Scope) {
        self.node = node
        self.scope = scope
    }
}

/// One number that was measured of a batch.
public struct DriftPoint: Sendable, Hashable {
    public var metric: String
    /// Empty for what is of the table.
    public var column: String
    public var at: Date
    public var value: Double
    public var noise: Double
    /// False when the batch was held back.
    public var isPublished: Bool

    public init(
        metric: String, column: String = "", at: Date, value: Double, noise: Double = 0, isPublished: Bool = true
    ) {
        self.metric = metric
        self.column = column
        self.at = UTC.rounded(at)
        self.value = value
        self.noise = noise
        self.isPublished = isPublished
    }
}

/// One measured batch; its sketches and its columns are JSON that this module does not look into.
public struct DriftBatch: Sendable, Hashable {
    public var runID: String?
    public var at: Date
    public var rows: Int64
    public var isPublished: Bool
    public var content: String

    public init(runID: String?, at: Date, rows: Int64, isPublished: Bool, content: String) {
        self.runID = runID
        self.at = UTC.rounded(at)
        self.rows = rows
        self.isPublished = isPublished
        self.content = content
    }
}

/// Something unusual that was told, and what a person said of it.
public struct DriftAlertRecord: Sendable, Hashable {
    public enum Verdict: String, Sendable, Codable, CaseIterable {
        case normal, anomaly
    }

    /// Short and unique.
    public var id: String
    public var subject: DriftSubject
    public var runID: String?
    public var at: Date
    public var metric: String
    public var column: String
    public var content: String
    public var verdict: Verdict?
    public var note: String?
    public var decidedAt: Date?

    public init(
        id: String, subject: DriftSubject, runID: String?, at: Date, metric: String, column: String, content: String,
        verdict: Verdict? = nil, note: String? = nil, decidedAt: Date? = nil
    ) {
        self.id = id
        self.subject = subject
        self.runID = runID
        self.at = UTC.rounded(at)
        self.metric = metric
        self.column = column
        self.content = content
        self.verdict = verdict
        self.note = note
        self.decidedAt = decidedAt
    }
}
