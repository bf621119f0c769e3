import WeirConnect
import WeirCore
import WeirEngine

/// The table that keeps the rows a gate held back: original values, every reason, and where they came from.
struct QuarantineTable {
    let target: TableName

    var name: TableName {
        TableName(schema: Warehouse.quarantineSchema, table: "\(target.schema)__\(target.table)")
    }

    /// Columns before the row's own.
    static let ownColumns = [
        "_weir_id", "_weir_run", "_weir_at", "_weir_reasons", "_weir_source", "_weir_line", "_weir_raw", formatColumn,
    ]

    /// How a raw text is written; see ``RawRowFormat``.
    static let formatColumn = "_weir_format"

    private var aside: String { "temp.\(SQL.quote("weir_aside_\(Fingerprint.of([target.description]).prefix(12))"))" }

    // MARK: Setting aside

    /// Copies the rows that fail to a temporary table, and takes them out of the staging table.
    ///
    /// Both happen before the publishing transaction: deleting from a table and renaming it in one transaction is
    /// lost when DuckDB replays its log after a crash.
    ///
    /// - Parameter takesOut: false where the rows are published ones, which leave in a transaction of the caller's.
    func setAside(
        _ staged: StagedRows, failed: String, failedRows: Int, runID: String, at time: String, root: String,
        part: Int? = nil, takesOut: Bool = true, on connection: isolated Connection
    ) throws -> QuarantinedRows {
        let table = part.map { "\(aside.dropLast())_\($0)\"" } ?? aside
        let list = staged.columns.map { SQL.quote($0.name) }.joined(separator: ", ")
        let own = "\(SQL.literal(runID)) AS _weir_run, \(SQL.literal(time)) AS _weir_at"
        let (rid, origin, place) = (
            SQL.quote(StagedRows.ridColumn), SQL.quote(StagedRows.originColumn), SQL.quote(StagedRows.placeColumn)
        )
        func inProject(_ file: String) -> String {
            "CASE WHEN starts_with(\(file), \(SQL.literal(root + "/"))) THEN substr(\(file), \(root.count + 2)) ELSE nullif(\(file), '') END"
        }
        let leaving =
            "SELECT rid, list_distinct(flatten(list(reasons))) AS reasons FROM \(failed) GROUP BY rid"
        let leavingRows =
            "SELECT l.*, f.reasons AS _weir_reasons FROM (\(staged.located)) l JOIN (\(leaving)) f ON l.\(rid) = f.rid"
        let malformed = staged.malformedRows > 0 ? staged.malformed.map { "temp.\(SQL.quote($0))" } : nil
        let lines = "weir_lines_\(table.dropFirst(6).dropLast())"
        if let numbers = staged.lineNumbers, failedRows > 0 || malformed != nil {
            let accepted =
                failedRows > 0
                ? "SELECT \(origin) AS file, \(place) AS place FROM (\(leavingRows))"
                : "SELECT '' AS file, 0 AS place LIMIT 0"
            try numbers.write(to: lines, accepted: accepted, malformed: malformed, on: connection)
        }
        defer {
            if staged.lineNumbers != nil {
                _ = try? connection.execute("DROP TABLE IF EXISTS temp.\(SQL.quote(lines))")
            }
        }
        func line(accepted: Bool, otherwise: String) -> String {
            if staged.lineNumbers == nil { return otherwise }
            let (file, number) = accepted ? (origin, place) : ("file", "line")
            return
                "coalesce((SELECT n.line FROM temp.\(SQL.quote(lines)) n WHERE n.accepted = \(accepted) AND n.file = r.\(file) AND n.place = r.\(number)), \(otherwise))"
        }
        var selects: [String] = []
        if failedRows > 0 {
            selects.append(
                """
                SELECT \(rid) AS rid, \(own), _weir_reasons, \(inProject(origin)) AS _weir_source,
                \(line(accepted: true, otherwise: "NULL::BIGINT")) AS _weir_line,
                \(staged.hasAnswers ? SQL.quote(StagedRows.answerTextColumn) : "NULL::VARCHAR") AS _weir_raw, \(list)
                FROM (\(leavingRows)) r
                """)
        }
        if let malformed {
            selects.append(
                """
                SELECT -row_number() OVER (ORDER BY file, line, raw) AS rid, \(own), reasons AS _weir_reasons,
                \(inProject("file")) AS _weir_source, \(line(accepted: false, otherwise: "line")) AS _weir_line, raw AS _weir_raw, format AS \(Self.formatColumn),
                \(staged.columns.map { "NULL::\($0.type) AS \(SQL.quote($0.name))" }.joined(separator: ", "))
                FROM \(malformed) r
                """)
        }
        guard !selects.isEmpty else { return QuarantinedRows(table: nil, columns: staged.columns, rows: 0) }
        // The same row held back by two runs has the same mark; equal rows of one run are told apart by number.
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(table.dropFirst(5)) AS
            SELECT md5(concat_ws('|', \(SQL.literal(target.key)), content,
                row_number() OVER (PARTITION BY content ORDER BY rid))) AS _weir_id, * EXCLUDE (rid, content)
            FROM (SELECT *, md5(to_json({'s': _weir_source, 'l': _weir_line, 'r': _weir_raw, 'v': {\(staged.columns.enumerated().map { "'c\($0)': \(SQL.quote($1.name))::VARCHAR" }.joined(separator: ", "))}})::VARCHAR) AS content
                FROM (\(selects.joined(separator: " UNION ALL BY NAME "))))
            """)
        if failedRows > 0, takesOut {
            try connection.execute("DELETE FROM \(staged.table.sql) WHERE rowid IN (SELECT rid FROM \(failed))")
        }
        let rows = Int(try connection.query("SELECT count(*) FROM \(table)").scalar.int ?? 0)
        return QuarantinedRows(table: table, columns: staged.columns, rows: rows)
    }

    // MARK: Storing

    /// Makes the table fit the rows to come: created, widened, extended. Before the publishing transaction.
    func prepare(for rows: QuarantinedRows, on connection: isolated Connection) throws {
        guard rows.table != nil else { return }
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(Warehouse.quarantineSchema))")
        guard let present = try connection.columns(of: name) else {
            let columns = rows.columns.map { ", \(SQL.quote($0.name)) \($0.type)" }.joined()
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS \(name.sql) (_weir_id VARCHAR, _weir_run VARCHAR, _weir_at VARCHAR,
                _weir_reasons VARCHAR[], _weir_source VARCHAR, _weir_line BIGINT, _weir_raw VARCHAR, \(Self.formatColumn) VARCHAR\(columns))
                """)
            return
        }
        let known = Dictionary(present.map { ($0.name.lowercased(), $0.type) }, uniquingKeysWith: { first, _ in first })
        for column in rows.columns + [Column(name: Self.formatColumn, type: "VARCHAR")] {
            guard let type = known[column.name.lowercased()] else {
                try connection.execute(
                    "ALTER TABLE \(name.sql) ADD COLUMN IF NOT EXISTS \(SQL.quote(column.name)) \(column.type)")
                continue
            }
            let common = try TypeWidening.lossless(type, column.type, on: connection)
            if common != type {
                try connection.execute("ALTER TABLE \(name.sql) ALTER COLUMN \(SQL.quote(column.name)) TYPE \(common)")
            }
        }
    }

    /// Adds the rows. Inside the publishing transaction.
    ///
    /// - Parameter clear: which rows held back earlier this load answers for.
    func store(_ rows: QuarantinedRows, clear: Clearing, on connection: isolated Connection) throws {
        let exists = try connection.columns(of: name) != nil
        if exists {
            switch clear {
            case .everything: try connection.execute("DELETE FROM \(name.sql)")
            case .matching(let condition): try connection.execute("DELETE FROM \(name.sql) WHERE \(condition)")
            case .same:
                if let table = rows.table {
                    try connection.execute("DELETE FROM \(name.sql) WHERE _weir_id IN (SELECT _weir_id FROM \(table))")
                }
            }
        }
        if let table = rows.table { try connection.execute("INSERT INTO \(name.sql) BY NAME SELECT * FROM \(table)") }
    }

    /// Which earlier quarantine rows a load replaces.
    enum Clearing {
        /// The load read the whole input again.
        case everything
        /// The load read the part that an SQL condition describes.
        case matching(String)
        /// The load read new input; only rows that it brought again are replaced.
        case same
    }
}

/// Rows that wait to be stored in quarantine.
struct QuarantinedRows: Sendable {
    /// Temporary table; nil when there are none.
    let table: String?
    let columns: [Column]
    let rows: Int
}
