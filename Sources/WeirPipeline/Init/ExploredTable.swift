import WeirConnect
import WeirCore
import WeirQuality

/// A table found in files, with all that its source, its contract and its model need.
struct ExploredTable: Sendable {
    var name: TableName
    /// What `files:` says: a path or a glob, relative to the project where it lies inside.
    var patterns: [String]
    var fileCount: Int
    var format: FileFormat
    var options: FileOptions
    var profile: DataProfile
    var malformed: Int
    /// Text columns whose model casts them, with the format of their dates.
    var casts: [String: Cast] = [:]
    /// Comments for the contract, by column.
    var remarks: [String: [String]] = [:]
    var notes: [String] = []
    /// Its rows, until all tables were looked at.
    var staged: StagedRows?
    /// Columns whose values stand in another table's key.
    var references: [ForeignKeyFound] = []

    struct ForeignKeyFound: Sendable, Hashable {
        let columns: [String]
        let table: TableName
        /// In the order of `columns`.
        let key: [String]
    }

    struct Cast: Sendable, Hashable {
        let type: String
        let format: String
    }
}
