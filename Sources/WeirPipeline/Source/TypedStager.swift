import WeirConnect
import WeirCore
import WeirEngine

/// Stages a relation of typed columns. Values that do not fit the type a column is to have make the row malformed.
struct TypedStager {
    let input: SourceInput
    let staging: TableName
    let malformedTable: String
    let cursor: Cursor?

    /// - Parameters:
    ///   - origin: what the rows come from, where they come from no file.
    ///   - comparesTexts: the relation has every column a second time, as text, under
    ///     ``StructuredReader/textPrefix``; a text without a value is a misfit.
    func stage(
        _ relation: String, origin: String?, comparesTexts: Bool = false, on connection: isolated Connection
    ) throws -> StagedRows {
        var select: [String] = []
        var raw: [String] = []
        var misfits: [(name: String, condition: String)] = []
        for column in input.columns {
            let name = SQL.quote(column.name)
            guard let given = input.readerTypes[column.name.lowercased()] else {
                select.append("CAST(NULL AS \(column.type)) AS \(name)")
                continue
            }
            select.append(given == column.type ? name : "TRY_CAST(\(name) AS \(column.type)) AS \(name)")
            var conditions = given == column.type ? [] : [Misfit.condition(name, given: given, type: column.type)]
            let text = SQL.quote(StructuredReader.textPrefix + column.name)
            if let scale = input.scales[column.name.lowercased()] {
                conditions.append("length(rtrim(split_part(\(name), '.', 2), '0')) > \(scale)")
            }
            if comparesTexts { conditions.append("\(name) IS NULL AND nullif(\(text), '') IS NOT NULL") }
            raw.append("\(SQL.literal(column.name)): \(comparesTexts ? text : name)")
            if !conditions.isEmpty {
                misfits.append((column.name, conditions.map { "(\($0))" }.joined(separator: " OR ")))
            }
        }
        let file = SQL.quote(DelimitedReader.fileColumn)
        let withFile = origin == nil && input.files.count > 1
        if withFile { select.append(file) }
        let newer = cursor?.condition.map { "(\($0))" }
        let fits = misfits.isEmpty ? nil : "(\(Misfit.any(misfits))) IS NOT TRUE"
        let conditions = [newer, fits].compactMap(\.self)
        let filter = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
        var rows = 0
        // Both reads see one state of the source.
        try connection.transaction { connection in
            rows = try connection.createTable(
                staging, as: "SELECT \(select.joined(separator: ", ")) FROM \(relation)\(filter)")
            guard !misfits.isEmpty else { return }
            try connection.execute(
                """
                INSERT INTO temp.\(SQL.quote(malformedTable)) (file, line, raw, reasons)
                SELECT \(origin.map(SQL.literal) ?? file), NULL, to_json({\(raw.joined(separator: ", "))})::VARCHAR,
                    \(Misfit.reasons(misfits))
                FROM \(relation) WHERE (\(Misfit.any(misfits)))\(newer.map { " AND \($0)" } ?? "")
                """)
        }
        var staged = StagedRows(table: staging, columns: input.columns, rows: rows)
        staged.hasFileColumn = withFile
        staged.onlyFile = origin ?? input.files.first?.name
        return staged
    }
}
