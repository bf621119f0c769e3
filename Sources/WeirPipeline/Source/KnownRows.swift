import WeirCore
import WeirEngine

/// Leaves out rows that an appending read brings a second time.
///
/// Reading on from a watermark takes the rows that have just that value again, because more of them may have
/// arrived since; and those above it, where the newest rows of the input were deleted and came back. Those which the table has are told by all their values, and counted: of three equal rows of
/// which two are published, one is new.
enum KnownRows {
    static func remove(
        from staged: inout StagedRows, target: TableName, cursor: Cursor, on connection: isolated Connection
    ) throws {
        guard let from = cursor.from, !cursor.isAfter, let present = try connection.columns(of: target) else { return }
        let known = Set(present.map { $0.name.lowercased() })
        let shared = staged.columns.map(\.name).filter { known.contains($0.lowercased()) }.map(SQL.quote)
        guard !shared.isEmpty else { return }
        let list = shared.joined(separator: ", ")
        let same = shared.map { "s.\($0) IS NOT DISTINCT FROM t.\($0)" }.joined(separator: " AND ")
        let column = SQL.quote(cursor.column)
        let atStart =
            "\(column) >= \(cursor.value(from)) AND \(column) <= (SELECT max(\(column)) FROM \(target.sql))"
        let repeated = """
            SELECT s.rid FROM (
                SELECT rowid AS rid, \(list), row_number() OVER (PARTITION BY \(list) ORDER BY rowid) AS number
                FROM \(staged.table.sql) WHERE \(atStart)) s
            JOIN (SELECT \(list), count(*) AS known FROM \(target.sql) WHERE \(atStart) GROUP BY \(list)) t
            ON \(same) AND s.number <= t.known
            """
        guard try connection.query("SELECT count(*) FROM (\(repeated))").scalar.int ?? 0 > 0 else { return }
        try staged.keep(where: "t.\(SQL.quote(StagedRows.ridColumn)) NOT IN (\(repeated))", on: connection)
        staged.rows = try StagedRows.count(staged.table, on: connection)
    }
}
