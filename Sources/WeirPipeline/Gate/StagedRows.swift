import WeirConnect
import WeirCore
import WeirEngine

/// Rows built aside: read and typed, not yet checked, invisible to everybody else.
struct StagedRows: Sendable {
    /// Beside the target, under a name that no user has.
    let table: TableName
    /// Of the table to be, in order.
    private(set) var columns: [Column]
    /// Rows in the staging table.
    var rows: Int
    /// Rows that the model's SQL left out; nil where rows in and rows out cannot be compared.
    var filtered = 0
    /// Temporary table `(file, line, raw, reasons)` of rows that could not even be staged; nil when none.
    var malformed: String?
    var malformedRows = 0
    /// The file of every staged row, in ``DelimitedReader/fileColumn``; else all come from `onlyFile`.
    var hasFileColumn = false
    var onlyFile: String?
    /// Finds the lines of rows that leave; nil where records are not lines.
    var lineNumbers: LineNumbers?
    /// Each row's place in its file, in ``placeColumn``: kept where rows were taken out before the gate.
    var hasPlaceColumn = false
    /// Why a row has no valid answer, in ``answerFaultColumn``, and what was answered, in ``answerTextColumn``.
    private(set) var hasAnswers = false
    var notices: [String] = []

    static let placeColumn = "__weir_place"
    static let ridColumn = "__weir_rid"
    static let originColumn = "__weir_origin"
    static let answerFaultColumn = "__weir_answer_fault"
    static let answerTextColumn = "__weir_answer_text"

    /// Columns that are not the table's own.
    private var extraColumns: [String] {
        (hasFileColumn ? [DelimitedReader.fileColumn] : []) + (hasPlaceColumn ? [Self.placeColumn] : [])
            + (hasAnswers ? [Self.answerFaultColumn, Self.answerTextColumn] : [])
    }

    init(table: TableName, columns: [Column], rows: Int) {
        self.table = table
        self.columns = columns
        self.rows = rows
    }

    /// The table was written anew with the answers of an AI step.
    mutating func takeAnswers(_ stored: [Column]) {
        hasAnswers = true
        columns = stored.filter { !extraColumns.contains($0.name) }
    }

    /// A query of the table's rows with three more columns: ``ridColumn``, ``originColumn``, and the place in the
    /// file (from 1) in ``placeColumn``.
    var located: String {
        let file = hasFileColumn ? "s.\(SQL.quote(DelimitedReader.fileColumn))" : SQL.literal(onlyFile ?? "")
        let place = hasPlaceColumn ? nil : hasFileColumn ? "s.rowid - m.first + 1" : "s.rowid + 1"
        let extra = [
            "s.rowid AS \(SQL.quote(Self.ridColumn))", "\(file) AS \(SQL.quote(Self.originColumn))",
            place.map { "\($0) AS \(SQL.quote(Self.placeColumn))" },
        ].compactMap(\.self).joined(separator: ", ")
        let firsts =
            hasFileColumn && !hasPlaceColumn
            ? " JOIN (SELECT \(SQL.quote(DelimitedReader.fileColumn)) AS f, min(rowid) AS first FROM \(table.sql) GROUP BY 1) m ON m.f = \(file)"
            : ""
        return "SELECT s.*, \(extra) FROM \(table.sql) s\(firsts)"
    }

    func dropExtraColumns(on connection: isolated Connection) throws {
        for column in extraColumns {
            try connection.execute("ALTER TABLE \(table.sql) DROP COLUMN \(SQL.quote(column))")
        }
    }

    /// Takes rows out of the table, for good. The others get new row ids, and keep their places in their files.
    ///
    /// The table is written anew: after a DELETE, DuckDB may give rows new ids whenever it likes.
    ///
    /// - Parameter kept: SQL condition over `t`, true for the rows that stay; it may use ``ridColumn``.
    mutating func keep(where kept: String, on connection: isolated Connection) throws {
        let copy = TableName(schema: table.schema, table: "\(table.table)_kept")
        let rid = SQL.quote(Self.ridColumn)
        try connection.execute(
            """
            CREATE OR REPLACE TABLE \(copy.sql) AS
            SELECT t.* EXCLUDE (\(rid), \(SQL.quote(Self.originColumn))) FROM (\(located)) t WHERE \(kept) ORDER BY \(rid);
            DROP TABLE \(table.sql);
            ALTER TABLE \(copy.sql) RENAME TO \(SQL.quote(table.table))
            """)
        hasPlaceColumn = true
    }

    /// Rows that came in.
    var read: Int { rows + malformedRows + filtered }

    /// The staging table's name for a target.
    static func name(for target: TableName, part: Int? = nil) -> TableName {
        let suffix = part.map { "_\($0)" } ?? ""
        return TableName(schema: target.schema, table: "\(Warehouse.stagingPrefix)\(target.table)\(suffix)")
    }

    func drop(on connection: isolated Connection) throws {
        try connection.execute("DROP TABLE IF EXISTS \(table.sql)")
        if let malformed { try connection.execute("DROP TABLE IF EXISTS temp.\(SQL.quote(malformed))") }
    }
}
