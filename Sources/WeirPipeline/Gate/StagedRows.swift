import WeirConnect
import WeirCore
import WeirEngine

/// Rows built aside: read and typed, not yet checked, invisible to everybody else.
struct StagedRows: Sendable {
    /// Beside the target, under a name that no user has.
    let table: TableName
    /// Of the table to be, in order.
    let columns: [Column]
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
    /// Lines before the first record of a file; nil where records are not lines.
    var headerLines: Int?
    var notices: [String] = []

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
