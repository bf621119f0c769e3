import WeirCore
import WeirEngine

/// New rows join those that are there.
struct AppendStrategy: Publishing {
    func publish(_ rows: PublishedRows, on connection: isolated Connection) throws -> RowChanges {
        guard rows.existing == .table else { return try rows.swap(on: connection) }
        try rows.evolve(on: connection)
        let inserted = try connection.execute(
            "INSERT INTO \(rows.target.sql) (\(rows.list)) SELECT \(rows.list) FROM \(rows.staging.sql)")
        try rows.dropStaging(on: connection)
        return RowChanges(inserted: inserted)
    }

    /// Takes rows out of the staging table that an earlier load has published: those at the very watermark where it
    /// ended. Equal rows are counted, so that a second one that arrived later is not taken for the first.
    static func leaveOutKnown(
        _ staged: inout StagedRows, target: TableName, cursor: Cursor, on connection: isolated Connection
    ) throws {
        let published = Set((try connection.columns(of: target) ?? []).map { $0.name.lowercased() })
        let list = staged.columns.map(\.name).filter { published.contains($0.lowercased()) }.map(SQL.quote)
        let columns = list.joined(separator: ", ")
        let boundary = "\(SQL.quote(cursor.column)) = \(cursor.start)"
        let same = list.map { "s.\($0) IS NOT DISTINCT FROM t.\($0)" }.joined(separator: " AND ")
        try connection.execute(
            """
            DELETE FROM \(staged.table.sql) WHERE rowid IN (
                SELECT s.rid FROM (
                    SELECT rowid AS rid, row_number() OVER (PARTITION BY \(columns) ORDER BY rowid) AS place, \(columns)
                    FROM \(staged.table.sql) WHERE \(boundary)) s
                JOIN (SELECT \(columns), count(*) AS known FROM \(target.sql) WHERE \(boundary) GROUP BY ALL) t
                ON \(same) AND s.place <= t.known)
            """)
        staged.rows = try StagedRows.count(staged.table, on: connection)
    }
}
