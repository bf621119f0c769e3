import WeirConnect
import WeirCore
import WeirQuality

/// One table that comes from outside: a file under `sources/`.
public struct SourceDefinition: Sendable {
    public var name: TableName
    public var origin: Origin
    public var load: LoadSettings
    /// Types said in the source itself, by column.
    public var columns: [Column]
    public var contract: String?
    public var onFail: OnFail?
    /// Whether its loads are watched for drift.
    public var monitor: Bool?
    public var notes: TableNotes
    public var place: Place
    /// Where the columns are declared, by name.
    public var columnPlaces: [String: Place] = [:]

    /// Where the rows come from.
    public enum Origin: Sendable, Hashable {
        case files(FileOrigin)
        case database(DatabaseReader)
    }

    public struct FileOrigin: Sendable, Hashable {
        public var patterns: [String]
        public var format: FileFormat
        public var options: FileOptions
    }
}

/// `load:` of a source, and the same keys of a model: how new rows meet the rows already there.
public struct LoadSettings: Sendable, Hashable {
    public var strategy: Strategy
    public var key: [String] = []
    public var watermark: String?
    public var lookback: Span?
    public var schema: SchemaPolicy = .evolve
    /// Columns that may be missing from the input; they are filled with NULL.
    public var optional: [String] = []
    /// Merge: rows whose key the input no longer has are deleted.
    public var deleteMissing = false
    /// Rows, about, that one transaction publishes; nil takes all at once.
    public var batch: Int?
    public var interval: IntervalSettings?
    public var scd2 = SCD2Settings()
    /// Where columns are named, by the name's role.
    public var places: [String: Place] = [:]

    public init(strategy: Strategy) { self.strategy = strategy }
}

/// How a table's new rows meet its old ones.
public enum Strategy: String, Sendable, CaseIterable, Codable {
    /// A view: nothing is stored.
    case view
    /// The whole table, built anew.
    case table
    /// The same for a source.
    case replace
    case append
    case merge
    /// Time ranges, each deleted and inserted as one.
    case interval
    /// Every version of every row, with the time it held.
    case scd2

    /// Whether a load leaves rows that are published where they are.
    var keepsRows: Bool { [.append, .merge, .interval, .scd2].contains(self) }

    static let forSources: [Strategy] = [.replace, .append, .merge]
    static let forModels: [Strategy] = [.view, .table, .append, .merge, .interval, .scd2]
}

/// What happens when the input's columns are not the table's.
public enum SchemaPolicy: String, Sendable, CaseIterable, Codable {
    /// New columns are added and types widened.
    case evolve
    /// Any difference stops the load.
    case freeze
    /// New columns are left out, types stay.
    case ignore
}

/// `interval:` of a model.
public struct IntervalSettings: Sendable, Hashable {
    public var column: String
    public var grain: Grain
    /// Grains that one batch of a backfill spans.
    public var batch = 1
    /// Grains before the newest that are built again on each run.
    public var lookback = 0

    public enum Grain: String, Sendable, CaseIterable, Codable {
        case hour, day, month, year
    }
}

/// `scd2:` of a model.
public struct SCD2Settings: Sendable, Hashable {
    /// Column that tells since when a row's version holds; nil takes the time of the run.
    public var updatedAt: String?
    public var deletes: Deletes = .close

    /// What it means that a key is missing from the input.
    public enum Deletes: String, Sendable, CaseIterable, Codable {
        /// The row was deleted: its current version ends.
        case close
        /// Nothing: the input holds changes only.
        case ignore
    }
}
