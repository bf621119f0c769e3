import WeirConnect
import WeirCore
import WeirEngine

/// Rows of a staging table with texts that are no values of their columns' types, as ``TypedTexts`` marked them.
struct MisfitRows {
    let staged: StagedRows
    /// The temporary table of lines that could not be read, quoted.
    let malformed: String

    private var table: String { staged.table.sql }
    private var marked: String { "\(table) WHERE \(TypedTexts.misfitColumn) IS NOT NULL" }

    func count(on connection: isolated Connection) throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(marked)").scalar.int ?? 0)
    }

    // MARK: Guessed types

    /// Above this share of misfits it is the guessed type that is wrong, and not the rows.
    private static let wrongShare = 0.01

    /// The types that guessed columns should have instead: one that holds every text where there is one, or text
    /// where too many do not fit.
    ///
    /// - Parameters:
    ///   - guessed: keys of the columns.
    ///   - published: the table whose rows would be retyped along.
    func wronglyGuessed(
        _ guessed: Set<String>, published: TableName, on connection: isolated Connection
    ) throws -> [String: String] {
        var types: [String: String] = [:]
        let misfits = try connection.query(
            "SELECT m.name, count(*) FROM (SELECT unnest(\(TypedTexts.misfitColumn)) AS m FROM \(marked)) GROUP BY 1 ORDER BY 1"
        ).map { (name: $0[0].display, count: Int($0[1].int ?? 0)) }
        for misfit in misfits {
            let key = misfit.name.lowercased()
            guard guessed.contains(key), let column = staged.columns.first(where: { $0.name.lowercased() == key })
            else { continue }
            if let wider = try wider(column, published: published, on: connection) {
                types[key] = wider
            } else if Double(misfit.count) > Self.wrongShare * Double(staged.rows) {
                types[key] = "VARCHAR"
            }
        }
        return types
    }

    private func wider(
        _ column: Column, published: TableName, on connection: isolated Connection
    ) throws -> String? {
        for type in TextCast(type: column.type).wider {
            var cast = TextCast(type: type)
            cast.keepsDigits = true
            let fits = try connection.query(
                """
                SELECT bool_and(\(cast.fits("m.value"))) FROM (SELECT unnest(\(TypedTexts.misfitColumn)) AS m FROM \(marked))
                WHERE m.name = ?
                """, [.text(column.name)]
            ).scalar.bool
            guard fits == true, try TypeWidening.keepsValues(staged.table, column, as: type, on: connection) else {
                continue
            }
            if try TypeWidening.keepsValues(published, column, as: type, on: connection) { return type }
        }
        return nil
    }

    // MARK: Setting aside

    /// Moves the rows to the table of lines that could not be read, with their texts as the files have them.
    ///
    /// - Throws: `source.file-in-motion` when a row's line is not found again.
    func setAside(_ lines: LineNumbers, on connection: isolated Connection) throws {
        let found = "weir_misfit_records"
        let rows = try count(on: connection)
        let written = try lines.writeTexts(
            to: found,
            accepted: """
                SELECT \(SQL.quote(StagedRows.originColumn)) AS file, \(SQL.quote(StagedRows.placeColumn)) AS place
                FROM (\(staged.located)) WHERE \(TypedTexts.misfitColumn) IS NOT NULL
                """, malformed: malformed, on: connection)
        guard written == rows else {
            throw WeirError(
                "source.file-in-motion",
                "\(rows - written) rows with values that do not fit could not be found in their files again",
                hint: "the file changed while it was read; it is read again", isTransient: true, outcome: .systemFailed)
        }
        try connection.execute(
            """
            INSERT INTO \(malformed) (file, line, raw, reasons)
            SELECT f.file, f.number, f.raw, list_transform(t.\(TypedTexts.misfitColumn), lambda m: 'type(' || m.name || ')')
            FROM (\(staged.located)) t JOIN temp.\(SQL.quote(found)) f
            ON f.file = t.\(SQL.quote(StagedRows.originColumn)) AND f.place = t.\(SQL.quote(StagedRows.placeColumn));
            DROP TABLE temp.\(SQL.quote(found))
            """)
        // Written anew and in its order, so that a row's id still tells its place among the rows that are left.
        let rest = TableName(schema: staged.table.schema, table: "\(staged.table.table)_rest")
        try connection.execute(
            """
            CREATE OR REPLACE TABLE \(rest.sql) AS SELECT * EXCLUDE (\(TypedTexts.misfitColumn)) FROM \(table)
            WHERE \(TypedTexts.misfitColumn) IS NULL;
            DROP TABLE \(table);
            ALTER TABLE \(rest.sql) RENAME TO \(SQL.quote(staged.table.table))
            """)
    }

    /// Where there are none, the mark goes.
    func dropMark(on connection: isolated Connection) throws {
        try connection.execute("ALTER TABLE \(table) DROP COLUMN \(TypedTexts.misfitColumn)")
    }
}
