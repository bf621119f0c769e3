import WeirConnect
import WeirCore
import WeirEngine

/// What is known of keys that the staged rows do not have: deleted at their origin, or only held back on the way.
///
/// A row that waits in quarantine, here or in a table that this one is made of, is not deleted. Where such a row does
/// not tell its key (it could not be read, or the key is missing), any absent key may be its own, and none counts as
/// deleted.
struct AbsentKeys: Sendable {
    /// SQL relations whose rows have the load's key columns, by which keys are known to be held back.
    private var heldBack: [String] = []
    /// What holds rows back whose keys nobody knows.
    private(set) var untold: [String] = []

    /// Whether an absent key is known to be gone.
    var areTold: Bool { untold.isEmpty }

    var notice: String {
        "no row was taken for deleted: \(untold.joined(separator: " and ")) whose key is not known; see `weir quarantine list`"
    }

    init() {}

    /// - Parameter upstream: every table that the loaded one is made of, as named in the warehouse.
    init(
        _ rows: QuarantinedRows, key: [String], upstream: [TableName], on connection: isolated Connection
    ) throws {
        if let table = rows.table {
            let unknown = try Self.withoutKey(table, key, on: connection)
            if unknown > 0 { untold.append("this load holds back \(Self.count(unknown))") }
            heldBack.append(table)
        }
        for table in upstream {
            let quarantine = QuarantineTable(target: table).name
            guard let columns = try connection.columns(of: quarantine) else { continue }
            let names = Set(columns.map { $0.name.lowercased() })
            let hasKey = key.allSatisfy { names.contains($0.lowercased()) }
            let unknown =
                hasKey
                ? try Self.withoutKey(quarantine.sql, key, on: connection)
                : try StagedRows.count(quarantine, on: connection)
            if unknown > 0 { untold.append("\(table) has \(Self.count(unknown)) in quarantine") }
            if hasKey { heldBack.append(quarantine.sql) }
        }
    }

    /// SQL that is true for a published row `t` whose key is gone.
    func isGone(_ rows: PublishedRows) -> String {
        let staged = "NOT EXISTS (SELECT 1 FROM \(rows.staging.sql) n WHERE \(rows.sameKey("t", "n")))"
        // On its way a key may have had another type.
        let same = rows.load.key.map { "n.\(SQL.quote($0))::VARCHAR = t.\(SQL.quote($0))::VARCHAR" }
            .joined(separator: " AND ")
        return ([staged] + heldBack.map { "NOT EXISTS (SELECT 1 FROM \($0) n WHERE \(same))" })
            .joined(separator: " AND ")
    }

    private static func withoutKey(_ table: String, _ key: [String], on connection: isolated Connection) throws -> Int {
        let isMissing = key.map { "\(SQL.quote($0)) IS NULL" }.joined(separator: " OR ")
        return Int(try connection.query("SELECT count(*) FROM \(table) WHERE \(isMissing)").scalar.int ?? 0)
    }

    private static func count(_ rows: Int) -> String { rows == 1 ? "a row" : "\(rows) rows" }
}
