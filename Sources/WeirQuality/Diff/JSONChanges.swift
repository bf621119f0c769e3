import WeirCore
import WeirEngine

/// Looks again at JSON values whose texts differ: DuckDB cannot tell whether they mean the same.
///
/// Only those of rows that were found by their key are looked at. (DuckDB's VARIANT would sort keys, and ends the
/// process where a key stands twice.)
extension LocalDiff {
    private static let same = "weir_diff_same_json"

    /// Takes back changes of columns whose values mean the same, and rows that have no other.
    func takeBackSameJSON(on connection: isolated Connection) throws {
        let columns = plan.columns.indices.filter { plan.columns[$0].comparison == .json }
        guard !columns.isEmpty else { return }
        var hasFound = false
        for index in columns {
            let rows = try rowsWithSameJSON(index, on: connection)
            if rows.isEmpty { continue }
            hasFound = true
            try connection.execute("CREATE OR REPLACE TEMP TABLE \(Self.same) (r BIGINT)")
            try connection.append(
                to: TableName(schema: "main", table: Self.same), catalog: "temp", rows: rows.lazy.map { [.int($0)] })
            try connection.execute(
                "UPDATE \(Self.found) SET f\(index) = false WHERE rowid IN (SELECT r FROM temp.\(Self.same))")
            try connection.execute("DROP TABLE temp.\(Self.same)")
        }
        guard hasFound else { return }
        let any = plan.columns.indices.map { "f\($0)" }.joined(separator: " OR ")
        try connection.execute("DELETE FROM \(Self.found) WHERE s = 3 AND NOT (\(any))")
    }

    private func rowsWithSameJSON(_ index: Int, on connection: isolated Connection) throws -> [Int64] {
        func side(_ relation: Relation, _ column: (ColumnPair) -> DiffColumn, _ name: String) -> String {
            let match = keyNames.map { "\(name).\($0) = w.\($0)" }.joined(separator: " AND ")
            return "JOIN \(compared(relation, column)) AS \(name) ON \(match)"
        }
        var rows: [Int64] = []
        try connection.stream(
            """
            SELECT w.rowid, CAST(x.c\(index) AS VARCHAR), CAST(y.c\(index) AS VARCHAR) FROM \(Self.found) AS w
            \(side(a, { $0.a }, "x")) \(side(b, { $0.b }, "y")) WHERE w.s = 3 AND w.f\(index)
            """
        ) { _, chunk in
            for row in 0..<chunk.count {
                guard let id = chunk[row, 0].int, let one = chunk[row, 1].text, let other = chunk[row, 2].text else {
                    continue
                }
                if JSONMeaning.isSame(one, other) { rows.append(id) }
            }
            return true
        }
        return rows
    }
}
