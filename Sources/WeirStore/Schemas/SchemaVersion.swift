import Foundation
import WeirCore

/// The columns that a table had from some run on.
public struct SchemaVersion: Sendable, Hashable, Codable {
    /// `schema.table`.
    public var table: String
    /// From 1.
    public var version: Int
    public var columns: [Column]
    public var runID: String?
    public var at: Date

    public init(table: String, version: Int, columns: [Column], runID: String?, at: Date) {
        self.table = table
        self.version = version
        self.columns = columns
        self.runID = runID
        self.at = UTC.rounded(at)
    }
}
