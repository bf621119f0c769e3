import WeirConnect
import WeirCore

/// What the warehouse itself remembers of a published table. It is written in the transaction that publishes,
/// so it can never disagree with the rows.
public struct Checkpoint: Sendable, Hashable, Codable {
    /// The table's name as it stands in the warehouse.
    public var name: TableName
    public var kind: NodeKind
    public var strategy: Strategy
    /// Of the definition that built the table.
    public var fingerprint: String
    /// Changes whenever the table's rows may have changed.
    public var version: String
    /// The highest value of the watermark column that was published.
    public var watermark: String?
    /// Versions of the inputs, by name.
    public var inputs: [String: String]
    public var columns: [Column]
    public var rows: Int
    public var runID: String
    /// ISO 8601, UTC.
    public var publishedAt: String

    /// Among the inputs: what the contract asked when the rows were held against it.
    static let contractKey = "contract"
    /// Among the inputs: the version of production's table that this one, a view, shows.
    static let productionKey = "production"

    /// In an environment: nothing was built, the table is a view onto production's.
    var isReference: Bool { inputs[Self.productionKey] != nil }

    /// Whether the published rows were held against the contract as it is now.
    func knows(_ node: GraphNode) -> Bool { inputs[Self.contractKey] == node.contractMark }
}

/// Where a table comes from.
public enum NodeKind: String, Sendable, Codable, CaseIterable {
    case source, model
}

/// A file that was loaded, so that it is not loaded again.
public struct LoadedFile: Sendable, Hashable, Codable {
    public var path: String
    public var size: Int
    public var modified: String
    /// SHA-256 of a local file's content.
    public var hash: String?
}
