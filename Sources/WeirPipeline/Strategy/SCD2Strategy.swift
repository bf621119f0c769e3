import WeirCore
import WeirEngine

/// Slowly changing dimension, type 2: every version of every row, with the time it held (`valid_from` inclusive,
/// `valid_to` exclusive, NULL while it holds).
///
/// The history of every key that the input touches is computed anew from what is stored and what came: versions
/// are sorted by time, repeated ones fall together, and each ends where the next begins. So a version that
/// arrives late lands where it belongs, and loading the same input twice changes nothing.
struct SCD2Strategy: Publishing {
    func publish(_ rows: PublishedRows, on connection: isolated Connection) throws -> RowChanges {
        let time =
            rows.columns.first { $0.name.lowercased() == rows.load.scd2.updatedAt?.lowercased() }?.type ?? "TIMESTAMP"
        let history = try prepareTarget(rows, time: time, on: connection)
        let before = try StagedRows.count(rows.target, on: connection)
        let id = Fingerprint.of([rows.target.description]).prefix(12)
        let new = "weir_scd2_\(id)"
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(new) AS \(recomputed(rows, time: time))")
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS temp.\(new)") }
        // Only rows that differ are touched.
        let same = (rows.columns.map(\.name) + SCD2Columns.all).map {
            "t.\(SQL.quote($0)) IS NOT DISTINCT FROM n.\(SQL.quote($0))"
        }.joined(separator: " AND ")
        let deleted = try connection.execute(
            """
            DELETE FROM \(rows.target.sql) t WHERE EXISTS (SELECT 1 FROM temp.\(new) n WHERE \(rows.sameKey("t", "n")))
            AND NOT EXISTS (SELECT 1 FROM temp.\(new) n WHERE \(rows.sameKey("t", "n")) AND \(same))
            """)
        let inserted = try connection.execute(
            """
            INSERT INTO \(rows.target.sql) (\(history)) SELECT \(history) FROM temp.\(new) n
            WHERE NOT EXISTS (SELECT 1 FROM \(rows.target.sql) t WHERE \(rows.sameKey("t", "n")) AND \(same))
            """)
        try rows.dropStaging(on: connection)
        let after = try StagedRows.count(rows.target, on: connection)
        let added = max(0, after - before)
        return RowChanges(inserted: added, updated: inserted - added, deleted: max(0, deleted - inserted))
    }

    /// Creates or extends the target; returns its columns as a list.
    private func prepareTarget(_ rows: PublishedRows, time: String, on connection: isolated Connection) throws -> String
    {
        let all = rows.columns + SCD2Columns.columns(timeType: time)
        if rows.existing == .table, !rows.startsAnew {
            try rows.evolve(on: connection)
        } else {
            if let existing = rows.existing { try connection.execute("DROP \(existing.sql) \(rows.target.sql)") }
            let columns = all.map { "\(SQL.quote($0.name)) \($0.type)" }.joined(separator: ", ")
            try connection.execute("CREATE TABLE \(rows.target.sql) (\(columns))")
        }
        return SQL.list(all.map(\.name))
    }

    /// The histories of all keys that the input touches.
    ///
    /// Every stored version is an event at its start; where it ended and none followed, its end is an event that
    /// the row was gone. Input rows are events too, and win over stored ones of the same time.
    private func recomputed(_ rows: PublishedRows, time: String) -> String {
        let key = SQL.list(rows.load.key)
        let list = rows.list
        let now = "CAST(\(SQL.literal(rows.now)) AS \(time))"
        let from = rows.load.scd2.updatedAt.map(SQL.quote) ?? now
        let row = "row(\(list))"
        let gone = rows.columns.map { "NULL::\($0.type)" }
        let goneList = zip(rows.columns, gone).map { column, null in
            rows.load.key.contains { $0.lowercased() == column.name.lowercased() }
                ? SQL.quote(column.name) : "\(null) AS \(SQL.quote(column.name))"
        }.joined(separator: ", ")
        var closing = ""
        if rows.load.scd2.deletes == .close {
            closing = reappeared(rows, now: now)
            if rows.absent.areTold {
                closing = """
                    UNION ALL SELECT \(goneList), \(now) AS __at, true AS __gone, 1 AS __order FROM \(rows.target.sql) t
                    WHERE is_current AND \(rows.absent.isGone(rows))
                    \(closing)
                    """
            }
        }
        let touched = """
            (EXISTS (SELECT 1 FROM \(rows.staging.sql) n WHERE \(rows.sameKey("t", "n")))
            \(rows.load.scd2.deletes == .close ? "OR is_current" : ""))
            """
        return """
            WITH stored AS (SELECT * FROM \(rows.target.sql) t WHERE \(touched)),
            followed AS (SELECT *, lead(valid_from) OVER (PARTITION BY \(key) ORDER BY valid_from) AS __next FROM stored),
            events AS (
                SELECT \(list), valid_from AS __at, false AS __gone, 0 AS __order FROM followed
                UNION ALL SELECT \(goneList), valid_to AS __at, true AS __gone, 0 AS __order FROM followed
                    WHERE valid_to IS NOT NULL AND valid_to IS DISTINCT FROM __next
                UNION ALL SELECT \(list), \(from) AS __at, false AS __gone, 1 AS __order FROM \(rows.staging.sql)
                \(closing)),
            latest AS (SELECT * FROM events QUALIFY row_number() OVER (PARTITION BY \(key), __at ORDER BY __order DESC) = 1),
            compared AS (SELECT *, lag(\(row)) OVER w AS __before, lag(__gone) OVER w AS __was_gone FROM latest
                WINDOW w AS (PARTITION BY \(key) ORDER BY __at)),
            distinct_versions AS (SELECT * FROM compared WHERE __was_gone IS NULL OR __gone <> __was_gone
                OR (NOT __gone AND \(comparison(rows)))),
            ended AS (SELECT *, lead(__at) OVER (PARTITION BY \(key) ORDER BY __at) AS __end FROM distinct_versions)
            SELECT \(list), __at AS valid_from, __end AS valid_to, __end IS NULL AS is_current FROM ended WHERE NOT __gone
            """
    }

    /// Rows that were gone and are there again, with a time of change from before they went: they hold from now on.
    private func reappeared(_ rows: PublishedRows, now: String) -> String {
        guard let updatedAt = rows.load.scd2.updatedAt.map(SQL.quote) else { return "" }
        let same = rows.sameKey("t", "n")
        return """
            UNION ALL (SELECT \(rows.list), \(now) AS __at, false AS __gone, 1 AS __order FROM \(rows.staging.sql) n
                WHERE NOT EXISTS (SELECT 1 FROM \(rows.target.sql) t WHERE is_current AND \(same))
                AND EXISTS (SELECT 1 FROM \(rows.target.sql) t WHERE t.valid_to > n.\(updatedAt) AND \(same))
                QUALIFY row_number() OVER (PARTITION BY \(SQL.list(rows.load.key)) ORDER BY \(updatedAt) DESC) = 1)
            """
    }

    /// Whether a version differs from the one before. The time of change alone makes no new version.
    private func comparison(_ rows: PublishedRows) -> String {
        let ignored = rows.load.scd2.updatedAt?.lowercased()
        let compared = rows.columns.enumerated().filter { $1.name.lowercased() != ignored }
        return compared.map { index, column in
            "struct_extract_at(__before, \(index + 1)) IS DISTINCT FROM \(SQL.quote(column.name))"
        }.joined(separator: " OR ")
    }
}
