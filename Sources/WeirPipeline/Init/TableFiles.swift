import WeirCore
import WeirQuality

/// Writes the source, the contract and the staging model of a table that was found in files.
struct TableFiles {
    let table: ExploredTable
    let sql: PlainSQL

    private var base: String { table.name.table }
    var model: TableName { TableName(schema: "staging", table: base) }
    var contractPath: String { "contracts/\(base).yaml" }

    var contract: TableContract {
        var contract = table.profile.suggestContract(name: base)
        contract.physicalName = table.name.description
        contract.rules += table.references.map { reference in
            Rule(
                .foreignKey(ForeignKey(table: reference.table.description, columns: reference.key)),
                columns: reference.columns.map { ColumnPath($0) })
        }
        return contract
    }

    var files: [NewFile] {
        [
            NewFile("sources/\(base).yaml", source), NewFile(contractPath, contractText),
            NewFile("models/staging/\(base).sql", modelText),
        ]
    }

    // MARK: Source

    private var source: String {
        let options = table.options
        var lines = [
            "name: \(YAMLText.text(table.name.description))",
            "why: \(YAMLText.text("\(base), as \(table.fileCount == 1 ? "its file has" : "the files have") it"))",
            "from:",
            "  files: \(YAMLText.value(table.patterns.count == 1 ? .string(table.patterns[0]) : .list(table.patterns.map(PlainValue.string))))",
            "  format: \(table.format.rawValue)",
        ]
        if !options.hasHeader { lines.append("  header: false") }
        if let encoding = options.encoding { lines.append("  encoding: \(encoding)") }
        if options.nulls != [""] {
            lines.append("  # Without these, columns that hold them would be text.")
            lines.append("  nulls: \(YAMLText.value(.list(options.nulls.map(PlainValue.string))))")
        }
        if let format = options.dateFormat { lines.append("  date_format: \(YAMLText.text(format))") }
        if let format = options.timestampFormat { lines.append("  timestamp_format: \(YAMLText.text(format))") }
        lines += [
            "# replace reads everything on each run; append loads each file once; merge needs a key.",
            "load: { strategy: replace }",
            "contract: \(YAMLText.text(contractPath))",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Contract

    private var contractText: String {
        let yaml = ContractWriter.yaml(
            for: [contract], id: base, name: base,
            description:
                "what the rows of \(table.name) are like; proposed from \(Figures.count(Int64(table.profile.rows), "row"))",
            evidence: evidence)
        return """
            # Proposed by `weir init` from the data itself, which keeps it. Read it: a rule that holds today by accident
            # keeps good rows out tomorrow.

            """ + yaml
    }

    private var evidence: [String: [String]] {
        var evidence: [String: [String]] = [:]
        for column in table.profile.columns {
            evidence[column.name] = [seen(column)] + (table.remarks[column.name] ?? [])
        }
        return evidence
    }

    /// `seen: 3 of 120 null, about 40 values, from 1 to 99`.
    private func seen(_ column: ColumnFacts) -> String {
        let rows = table.profile.rows
        if rows == 0 { return "seen: no rows" }
        if column.nulls == rows { return "seen: nothing but nulls" }
        var parts = [column.nulls == 0 ? "no nulls" : "\(Figures.count(column.nulls)) of \(Figures.count(rows)) null"]
        if let values = column.allValues {
            parts.append(Figures.count(Int64(values.count), "value"))
        } else {
            parts.append(
                column.isKey(of: rows)
                    ? "no value twice"
                    : "\(column.distinct.isExact ? "" : "about ")\(Figures.count(Int64(column.distinct.count), "value"))"
            )
        }
        if let low = column.minimum, let high = column.maximum { parts.append("from \(short(low)) to \(short(high))") }
        return "seen: " + parts.joined(separator: ", ")
    }

    private func short(_ text: String) -> String {
        let shown = text.count > 40 ? text.prefix(40) + "…" : text[...]
        return shown.isEmpty || shown.first == " " || shown.last == " " ? "\"\(shown)\"" : String(shown)
    }

    // MARK: Model

    private var modelText: String {
        let names = TidyName.distinct(
            table.profile.columns.enumerated().map { TidyName.of($0.element.name, fallback: "column_\($0.offset + 1)") }
        )
        let columns = zip(table.profile.columns, names).map { column, name in
            "    \(expression(column, as: name))"
        }
        return """
            /* weir
            why: \(YAMLText.text("\(base) with tidy names and types, so that every later model reads one clean shape"))
            owner: data-team
            tags: [staging]
            strategy: view
            */
            SELECT
            \(columns.joined(separator: ",\n"))
            FROM \(sql.name(table.name.schema)).\(sql.name(table.name.table))

            """
    }

    private func expression(_ column: ColumnFacts, as name: String) -> String {
        let original = sql.name(column.name)
        let target = sql.name(name)
        if let cast = table.casts[column.name] {
            return "CAST(strptime(\(original), \(SQL.literal(cast.format))) AS \(cast.type)) AS \(target)"
        }
        return original == target ? original : "\(original) AS \(target)"
    }
}
