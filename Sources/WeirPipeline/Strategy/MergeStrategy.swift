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
        if rows.load.deleteMissing { changes.deleted = try deleteMissing(rows, on: connection) }
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

    /// A key that was held back is not missing: its published row stays until the new one passes.
    private func deleteMissing(_ rows: PublishedRows, on connection: isolated Connection) throws -> Int {
        let known = [rows.staging.sql, rows.heldBack.table].compactMap(\.self).map {
            "NOT EXISTS (SELECT 1 FROM \($0) n WHERE \(rows.sameKey("t", "n")))"
        }
        return try connection.execute("DELETE FROM \(rows.target.sql) t WHERE \(known.joined(separator: " AND "))")
    }
}
