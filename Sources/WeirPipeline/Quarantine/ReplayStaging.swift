import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Puts held rows into a staging table again: those with values, and those of text that can be read now.
struct ReplayStaging {
    let context: NodeContext
    /// The target's columns.
    let columns: [Column]
    let staging: TableName
    let mending: [(column: String, expression: String)]
    /// SQL condition that chooses rows of the quarantine table.
    let chosen: String

    static let idColumn = "__weir_id"
    private static let texts = "weir_replay_texts"

    private var quarantine: TableName { QuarantineTable(target: context.target).name }

    func stage(on connection: isolated Connection) throws -> StagedRows {
        let held = try connection.columns(of: quarantine) ?? []
        for entry in mending where !columns.contains(where: { $0.name.lowercased() == entry.column.lowercased() }) {
            throw WeirError(
                "quarantine.unknown-column", "\(context.node.name) has no column \"\(entry.column)\" to set",
                hint: DidYouMean.hint(for: entry.column, among: columns.map(\.name)))
        }
        let list = columns.map { "\(SQL.quote($0.name)) \($0.type)" } + ["\(SQL.quote(Self.idColumn)) VARCHAR"]
        try connection.execute("CREATE OR REPLACE TABLE \(staging.sql) (\(list.joined(separator: ", ")))")
        let withValues = "FROM \(quarantine.sql) WHERE _weir_raw IS NULL AND (\(chosen))"
        // Without such rows an expression for texts need not fit the columns' types.
        if try connection.query("SELECT count(*) \(withValues)").scalar.int ?? 0 > 0 {
            try insert(from: "SELECT * \(withValues)", has: held, on: connection)
        }
        for (format, rows) in try rawRows(
            hasFormat: held.contains { $0.name == QuarantineTable.formatColumn }, on: connection)
        {
            try stage(rows, format, on: connection)
        }
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS temp.\(SQL.quote(Self.texts))") }
        return StagedRows(table: staging, columns: columns, rows: try StagedRows.count(staging, on: connection))
    }

    // MARK: Texts

    /// Raw texts by how they are written; the texts of rows that are no lines of a delimited file are JSON objects.
    private func rawRows(
        hasFormat: Bool, on connection: isolated Connection
    ) throws -> [(format: RawRowFormat?, rows: [(id: String, raw: String)])] {
        let format = hasFormat ? SQL.quote(QuarantineTable.formatColumn) : "NULL"
        var byFormat: [String: [(id: String, raw: String)]] = [:]
        try connection.stream(
            "SELECT _weir_id, _weir_raw, coalesce(\(format), '') FROM \(quarantine.sql) WHERE _weir_raw IS NOT NULL AND (\(chosen))"
        ) { _, chunk in
            for row in 0..<chunk.count {
                byFormat[chunk[row, 2].text ?? "", default: []].append((chunk[row, 0].display, chunk[row, 1].display))
            }
            return true
        }
        return byFormat.sorted { $0.key < $1.key }.map { text, rows in (RawRowFormat(json: text), rows) }
    }

    private func stage(
        _ rows: [(id: String, raw: String)], _ format: RawRowFormat?, on connection: isolated Connection
    ) throws {
        if let format {
            try RawRowReader(scratch: "\(context.project.stateFolder)/tmp")
                .read(rows, as: format, into: Self.texts, on: connection)
        } else {
            let select = columns.map {
                "json_extract_string(raw, \(SQL.literal("$.\"\($0.name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""))) AS \(SQL.quote($0.name))"
            }
            try connection.execute("CREATE OR REPLACE TEMP TABLE weir_replay_raw (id VARCHAR, raw VARCHAR)")
            try connection.append(
                to: TableName(schema: "main", table: "weir_replay_raw"), catalog: "temp",
                rows: rows.lazy.map { [.text($0.id), .text($0.raw)] })
            try connection.execute(
                """
                CREATE OR REPLACE TEMP TABLE \(SQL.quote(Self.texts)) AS SELECT id AS \(SQL.quote(Self.idColumn)), \(select.joined(separator: ", "))
                FROM weir_replay_raw WHERE CASE WHEN json_valid(raw) THEN json_type(raw) = 'OBJECT' ELSE false END
                """)
        }
        let texts = "temp.\(SQL.quote(Self.texts))"
        let present = try connection.columns(of: "SELECT * FROM \(texts)")
        let names = Set(present.map { $0.name.lowercased() })
        let mended = Set(mending.map { $0.column.lowercased() })
        let typed = columns.filter { names.contains($0.name.lowercased()) }
        // A text that does not fit its column stays, unless the column is set to something else.
        func cast(_ column: Column) -> TextCast {
            var cast = TextCast(type: column.type)
            if column.type == "DATE" { cast.format = format?.dateFormat }
            if column.type.hasPrefix("TIMESTAMP") { cast.format = format?.timestampFormat }
            return cast
        }
        let misfits = typed.filter { !mended.contains($0.name.lowercased()) }.map {
            "(\(cast($0).fits("x.\(SQL.quote($0.name))")))"
        }
        let fits = misfits.isEmpty ? "true" : misfits.joined(separator: " AND ")
        let own = QuarantineTable.ownColumns.filter { $0 != "_weir_raw" }.map { "q.\(SQL.quote($0))" }.joined(
            separator: ", ")
        func query(asTexts: Bool) -> String {
            let values = typed.map { column in
                let value = "x.\(SQL.quote(column.name))"
                return
                    (asTexts && mended.contains(column.name.lowercased())
                    ? value : cast(column).value(value))
                    + " AS \(SQL.quote(column.name))"
            }
            return """
                SELECT \((values + [own]).joined(separator: ", ")), q._weir_raw FROM \(texts) x
                JOIN \(quarantine.sql) q ON q._weir_id = x.\(SQL.quote(Self.idColumn)) WHERE \(fits)
                """
        }
        // `abs(quantity)` wants a number and `replace(price, ',', '.')` the text that is no number yet.
        do { try insert(from: query(asTexts: false), has: typed, on: connection) } catch let error as WeirError
            where error.code == "quarantine.bad-set"
        {
            try insert(from: query(asTexts: true), has: typed, on: connection)
        }
    }

    // MARK: Inserting

    /// - Parameter has: columns of the query, beside Weir's own.
    private func insert(from query: String, has: [Column], on connection: isolated Connection) throws {
        let known = Set(has.map { $0.name.lowercased() })
        let values = columns.map { column -> String in
            let own = mending.first { $0.column.lowercased() == column.name.lowercased() }?.expression
            let value = known.contains(column.name.lowercased()) ? "t.\(SQL.quote(column.name))" : "NULL"
            return "CAST(\(own.map { "(\($0)\n)" } ?? value) AS \(column.type)) AS \(SQL.quote(column.name))"
        }
        let select = "SELECT \(values.joined(separator: ", ")), t._weir_id FROM (\(query)) t"
        do { try connection.execute("INSERT INTO \(staging.sql) \(select)") } catch let error as WeirError
            where !mending.isEmpty && error.code.hasPrefix("sql.")
        {
            let sets = mending.map { "\($0.column)=\($0.expression)" }.joined(separator: " ")
            throw WeirError(
                "quarantine.bad-set", "--set \(sets) cannot be used on these rows: \(error.message)",
                hint: error.hint
                    ?? "it is an SQL expression over the row's columns; choose rows with --id where it fits only some")
        }
    }
}

extension RawRowFormat {
    /// Nil for what is no format, as the empty text.
    init?(json: String) {
        guard !json.isEmpty, let format = try? JSONDecoder().decode(RawRowFormat.self, from: Data(json.utf8)) else {
            return nil
        }
        self = format
    }
}
