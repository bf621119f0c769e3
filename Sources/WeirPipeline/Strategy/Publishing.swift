import WeirConnect
import WeirCore
import WeirEngine

/// What publishing did to the target.
public struct RowChanges: Sendable, Hashable, Codable {
    public var inserted = 0
    public var updated = 0
    public var deleted = 0
    /// Staged rows that were left out because the table has a newer version. The balance counts them as filtered.
    var outdated = 0

    /// The staged rows are all that the table has now.
    var isWhole = false

    private enum CodingKeys: String, CodingKey { case inserted, updated, deleted }

    public init(inserted: Int = 0, updated: Int = 0, deleted: Int = 0) {
        self.inserted = inserted
        self.updated = updated
        self.deleted = deleted
    }
}

/// How staged rows become part of a published table. One file for each strategy; each runs inside the
/// publishing transaction, leaves no staging table behind, and must not delete from a table that it renames.
protocol Publishing: Sendable {
    func publish(_ rows: PublishedRows, on connection: isolated Connection) throws -> RowChanges
}

/// What a strategy has to work with.
struct PublishedRows: Sendable {
    /// Rows that passed the gate.
    let staging: TableName
    /// Their number.
    let rows: Int
    let target: TableName
    let columns: [Column]
    /// What stands under the target's name now.
    let existing: RelationKind?
    let load: LoadSettings
    /// The rows that failed.
    let heldBack: QuarantinedRows
    /// Keys that must not count as missing although no staged row has them.
    var absent = AbsentKeys()
    /// ISO 8601 time that the run counts as now.
    let now: String
    /// What is there is not to be kept.
    var startsAnew = false

    var list: String { SQL.list(columns.map(\.name)) }

    /// Puts the staging table in the target's place. The quick way to publish: no row is copied.
    func swap(on connection: isolated Connection) throws -> RowChanges {
        if let existing { try connection.execute("DROP \(existing.sql) \(target.sql)") }
        try connection.execute("ALTER TABLE \(staging.sql) RENAME TO \(SQL.quote(target.table))")
        var changes = RowChanges(inserted: rows)
        changes.isWhole = true
        return changes
    }

    /// Adds and widens columns of the target so that the staged rows fit.
    func evolve(on connection: isolated Connection) throws {
        let present = try connection.columns(of: target) ?? []
        let known = Dictionary(present.map { ($0.name.lowercased(), $0.type) }, uniquingKeysWith: { first, _ in first })
        for column in columns {
            guard let type = known[column.name.lowercased()] else {
                try connection.execute("ALTER TABLE \(target.sql) ADD COLUMN \(SQL.quote(column.name)) \(column.type)")
                continue
            }
            if type == column.type { continue }
            let common = try TypeWidening.common(type, column.type, on: connection)
            if common != type {
                guard try TypeWidening.keepsValues(target, column, as: common, on: connection) else {
                    throw WeirError(
                        "schema.lossy-widening",
                        "column \(column.name) of \(target) is \(type) and would become \(common), which does not hold all of its digits",
                        hint:
                            "declare the column as DECIMAL or VARCHAR in the source, and load all again with --full-refresh",
                        at: Place(table: target.description), outcome: .gateFailed)
                }
                try connection.execute(
                    "ALTER TABLE \(target.sql) ALTER COLUMN \(SQL.quote(column.name)) TYPE \(common)")
            }
        }
    }

    func dropStaging(on connection: isolated Connection) throws {
        try connection.execute("DROP TABLE \(staging.sql)")
    }

    /// `t.key = n.key AND …`
    func sameKey(_ a: String, _ b: String) -> String {
        load.key.map { "\(a).\(SQL.quote($0)) = \(b).\(SQL.quote($0))" }.joined(separator: " AND ")
    }
}
