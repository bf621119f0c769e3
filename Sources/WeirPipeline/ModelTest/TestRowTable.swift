import WeirConnect
import WeirCore
import WeirEngine

/// Rows of a test in a scratch table, as they were written, before they take the types of a model's columns.
struct TestRowTable {
    /// A column as it stands in the scratch table.
    struct Raw {
        let name: String
        /// Its SQL type; VARCHAR for cells of a test file.
        let type: String
        /// Texts are JSON.
        let isJSON: Bool
        /// Place of its name in the test, where it has one.
        let line: Int?
        let column: Int?
    }

    /// Number of a row, from 1, in the order given.
    static let ordinal = SQL.quote("_weir_n")

    let rows: TestRows
    let file: ModelTestFile
    /// Quoted.
    let table: String
    let columns: [Raw]

    // MARK: Loading

    static func load(
        _ rows: TestRows, of file: ModelTestFile, as name: String, on connection: isolated Connection
    ) throws -> TestRowTable {
        let table = TestScratch.table(name)
        switch rows.content {
        case .cells(let cells):
            let columns = cells.columns.enumerated().map { index, column in
                Raw(
                    name: column.name, type: "VARCHAR",
                    isJSON: cells.rows.contains { $0.cells[index]?.isJSON ?? false },
                    line: column.line, column: column.column)
            }
            let list = [ordinal + " BIGINT"] + columns.indices.map { "\(Self.stored($0)) VARCHAR" }
            try connection.execute("CREATE TABLE \(table) (\(list.joined(separator: ", ")))")
            try connection.append(
                to: TableName(schema: TestScratch.schema, table: name),
                rows: cells.rows.enumerated().map { index, row in
                    [.int(Int64(index + 1))]
                        + columns.indices.map { Value(text(of: row.cells[$0], isJSON: columns[$0].isJSON)) }
                })
            return TestRowTable(rows: rows, file: file, table: table, columns: columns)
        case .file(let path):
            let (relation, found) = try read(path, rows, file, on: connection)
            let list = found.enumerated().map { "\(SQL.quote($1.name)) AS \(Self.stored($0))" }
            try connection.execute(
                """
                CREATE TABLE \(table) AS
                SELECT row_number() OVER () AS \(ordinal)\(list.map { ", " + $0 }.joined()) FROM \(relation)
                """)
            return TestRowTable(
                rows: rows, file: file, table: table,
                columns: found.map { Raw(name: $0.name, type: $0.type, isJSON: false, line: nil, column: nil) })
        }
    }

    /// In the scratch table columns go by their number, since their names are anything.
    private static func stored(_ index: Int) -> String { "c\(index)" }

    /// In a column with lists or mappings every cell is JSON.
    private static func text(of cell: TestCells.Cell?, isJSON: Bool) -> String? {
        guard let cell, let text = cell.text else { return nil }
        return isJSON && !cell.isJSON ? (try? JSONOutput.line(JSONValue.string(text))) ?? text : text
    }

    private static func read(
        _ path: String, _ rows: TestRows, _ file: ModelTestFile, on connection: isolated Connection
    ) throws -> (relation: String, columns: [Column]) {
        do {
            guard let format = FileFormat(fileName: path) else { return ("", []) }
            if let module = format.engineExtension { try connection.load(extension: module) }
            let files = try FileListing.find([path], in: file.folder, on: connection)
            let relation = StructuredReader.relation(files, format: format, options: FileOptions())
            let columns = try connection.columns(of: "SELECT * FROM \(relation)")
            return (relation, columns.filter { $0.name != DelimitedReader.fileColumn })
        } catch let error as WeirError {
            throw file.source.error(
                "test.unreadable-file", "the file cannot be read: \(error.message)", hint: error.hint, line: rows.line,
                column: rows.column)
        }
    }

    // MARK: Typing

    /// An expression for the value of a column as a type; NULL where the value does not fit.
    func cast(_ index: Int, to type: String) -> String {
        let raw = columns[index]
        let value = Self.stored(index)
        if raw.isJSON {
            return type == "JSON" ? "TRY_CAST(\(value) AS JSON)" : "TRY_CAST(TRY_CAST(\(value) AS JSON) AS \(type))"
        }
        return raw.type == type ? value : "TRY_CAST(\(value) AS \(type))"
    }

    /// True for values that the cast does not take, or takes by rounding them.
    private func misfit(_ index: Int, _ type: String) -> String {
        let raw = columns[index]
        let value = Self.stored(index)
        var condition = "\(cast(index, to: type)) IS NULL"
        if raw.type == "VARCHAR", !raw.isJSON, let digits = TypeGuess.fractionDigits(of: type) {
            condition += " OR regexp_matches(\(value), '\\.[0-9]{\(digits)}[0-9]*[1-9]')"
        }
        return "(\(value) IS NOT NULL AND (\(condition)))"
    }

    /// Mistakes for all values that do not fit their column's type.
    func mistakes(_ types: [String], on connection: isolated Connection) throws -> [WeirError] {
        guard !columns.isEmpty else { return [] }
        let tests = columns.indices.map { misfit($0, types[$0]) }
        let bad = try connection.query(
            """
            SELECT \(Self.ordinal), [\(tests.joined(separator: ", "))], [\(columns.indices.map { "\(Self.stored($0))::VARCHAR" }.joined(separator: ", "))]
            FROM \(table) WHERE \(tests.joined(separator: " OR ")) ORDER BY 1 LIMIT 20
            """)
        return bad.map { $0 }.flatMap { row in
            columns.indices.filter { row[1].list?[$0] == .bool(true) }.map { index in
                let value = row[2].list?[index].text ?? ""
                return error(
                    "test.bad-value",
                    "\"\(value.prefix(80))\" is no \(types[index]), the type of \(columns[index].name)", hint: nil,
                    row: Int(row[0].int ?? 1), index: index)
            }
        }
    }

    /// The types for columns of which nothing is known.
    func guessedType(_ index: Int, on connection: isolated Connection) throws -> String {
        let raw = columns[index]
        if raw.type != "VARCHAR" { return raw.type }
        if raw.isJSON { return "JSON" }
        var hasTexts = false
        if case .cells(let cells) = rows.content { hasTexts = cells.rows.contains { $0.cells[index]?.isText ?? false } }
        return try TypeGuess.type(of: Self.stored(index), in: table, isText: hasTexts, on: connection)
    }

    // MARK: Mistakes

    /// A mistake at a cell, or at a column's name where `row` is nil.
    func error(_ code: String, _ message: String, hint: String?, row: Int? = nil, index: Int) -> WeirError {
        guard case .cells(let cells) = rows.content else {
            return file.source.error(code, message, hint: hint, line: rows.line, column: rows.column)
        }
        let source = cells.source ?? file.source
        if let row, cells.rows.indices.contains(row - 1), let cell = cells.rows[row - 1].cells[index] {
            return source.error(
                code, message, hint: hint, line: cell.line, column: cell.column, length: cell.text?.count ?? 1)
        }
        return source.error(
            code, message, hint: hint, line: columns[index].line ?? rows.line, column: columns[index].column,
            length: columns[index].name.count)
    }
}
