import Foundation
import WeirCore

/// What became of one table in one run.
public struct NodeRecord: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable, CaseIterable { case source, model }

    public enum Status: String, Sendable, Codable, CaseIterable {
        case published
        /// Looked at, and nothing had changed.
        case unchanged
        /// Not asked for, or not needed.
        case skipped
        /// Something broke.
        case failed
        /// The gate did not let it through.
        case stopped
        /// Not tried, because a table that it reads failed.
        case blocked
    }

    public var runID: String
    /// `schema.table`.
    public var name: String
    public var kind: Kind
    public var strategy: String?
    public var status: Status
    /// Why it has this status, in a few words.
    public var reason: String?
    /// Rows in = published + quarantined + filtered. Nil where rows are not counted, as for a view.
    public var rowsIn: Int64?
    public var rowsPublished: Int64?
    public var rowsQuarantined: Int64?
    public var rowsFiltered: Int64?
    public var inserted: Int64?
    public var updated: Int64?
    public var deleted: Int64?
    public var startedAt: Date
    public var durationMs: Int64
    public var attempts: Int
    /// A `WeirError` as JSON.
    public var errorJSON: String?
    /// The outcomes of the contract's rules as JSON.
    public var checksJSON: String?

    public init(
        runID: String, name: String, kind: Kind, strategy: String? = nil, status: Status, reason: String? = nil,
        rowsIn: Int64? = nil, rowsPublished: Int64? = nil, rowsQuarantined: Int64? = nil, rowsFiltered: Int64? = nil,
        inserted: Int64? = nil, updated: Int64? = nil, deleted: Int64? = nil,
        startedAt: Date, durationMs: Int64 = 0, attempts: Int = 1,
        errorJSON: String? = nil, checksJSON: String? = nil
    ) {
        self.runID = runID
        self.name = name
        self.kind = kind
        self.strategy = strategy
        self.status = status
        self.reason = reason
        self.rowsIn = rowsIn
        self.rowsPublished = rowsPublished
        self.rowsQuarantined = rowsQuarantined
        self.rowsFiltered = rowsFiltered
        self.inserted = inserted
        self.updated = updated
        self.deleted = deleted
        self.startedAt = UTC.rounded(startedAt)
        self.durationMs = durationMs
        self.attempts = attempts
        self.errorJSON = errorJSON
        self.checksJSON = checksJSON
    }
}

extension NodeRecord: Encodable {
    private enum Key: String, CodingKey {
        case runID, name, kind, strategy, status, reason, rowsIn, rowsPublished, rowsQuarantined, rowsFiltered
        case inserted, updated, deleted, startedAt, durationMs, attempts, error, checks
    }

    /// The stored JSON becomes part of the document instead of a text inside it.
    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(runID, forKey: .runID)
        try box.encode(name, forKey: .name)
        try box.encode(kind, forKey: .kind)
        try box.encodeIfPresent(strategy, forKey: .strategy)
        try box.encode(status, forKey: .status)
        try box.encodeIfPresent(reason, forKey: .reason)
        try box.encodeIfPresent(rowsIn, forKey: .rowsIn)
        try box.encodeIfPresent(rowsPublished, forKey: .rowsPublished)
        try box.encodeIfPresent(rowsQuarantined, forKey: .rowsQuarantined)
        try box.encodeIfPresent(rowsFiltered, forKey: .rowsFiltered)
        try box.encodeIfPresent(inserted, forKey: .inserted)
        try box.encodeIfPresent(updated, forKey: .updated)
        try box.encodeIfPresent(deleted, forKey: .deleted)
        try box.encode(startedAt, forKey: .startedAt)
        try box.encode(durationMs, forKey: .durationMs)
        try box.encode(attempts, forKey: .attempts)
        try box.encodeIfPresent(errorJSON.map(Self.document), forKey: .error)
        try box.encodeIfPresent(checksJSON.map(Self.document), forKey: .checks)
    }

    private static func document(_ text: String) -> JSONValue { JSONValue(parsing: text) ?? .string(text) }
}
