import WeirCore
import WeirEngine

/// New rows replace those with the same key; others are added.
///
/// Rows that change nothing are left alone. With a watermark an older version never overwrites a newer one.
struct MergeStrategy: Publishing {
    func publish(_ rows: PublishedRows, on connection: isolated Connection) throws -> RowChanges {
        guard rows.existing == .table else { return try rows.swap(on: connection) }
        try rows.evolve(on: connection)
        var changes = RowChanges()
        if rows.load.deleteMissing, rows.absent.areTold {
            let isGone = rows.absent.isGone(rows)
            changes.deleted = try connection.execute("DELETE FROM \(rows.target.sql) t WHERE \(isGone)")
        }
        changes.outdated = try outdated(rows, on: connection)
        let before = try StagedRows.count(rows.target, on: connection)
        let keys = Set(rows.load.key.map { $0.lowercased() })
        let others = rows.columns.map(\.name).filter { !keys.contains($0.lowercased()) }
        var update = ""
        if !others.isEmpty {
            let differs = others.map { "t.\(SQL.quote($0)) IS DISTINCT FROM n.\(SQL.quote($0))" }.joined(
                separator: " OR ")
            let newer = rows.load.watermark.map { column in
                let name = SQL.quote(column)
                return " AND (t.\(name) IS NULL OR n.\(name) >= t.\(name))"
            }
            let sets = others.map { "\(SQL.quote($0)) = n.\(SQL.quote($0))" }.joined(separator: ", ")
            update = "WHEN MATCHED AND (\(differs))\(newer ?? "") THEN UPDATE SET \(sets)"
        }
        let values = rows.columns.map { "n.\(SQL.quote($0.name))" }.joined(separator: ", ")
        let touched = try connection.execute(
            """
            MERGE INTO \(rows.target.sql) AS t USING \(rows.staging.sql) AS n ON \(rows.sameKey("t", "n"))
            \(update) WHEN NOT MATCHED THEN INSERT (\(rows.list)) VALUES (\(values))
            """)
        changes.inserted = try StagedRows.count(rows.target, on: connection) - before
        changes.updated = touched - changes.inserted
        try rows.dropStaging(on: connection)
        return changes
    }

    /// Staged rows that are older than the published row of their key: they change nothing.
    private func outdated(_ rows: PublishedRows, on connection: isolated Connection) throws -> Int {
        guard let watermark = rows.load.watermark.map(SQL.quote) else { return 0 }
        return Int(
            try connection.query(
                """
                SELECT count(*) FROM \(rows.staging.sql) n JOIN \(rows.target.sql) t ON \(rows.sameKey("t", "n"))
                WHERE n.\(watermark) < t.\(watermark)
                """
            ).scalar.int ?? 0)
    }
}
