import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Sends rows from quarantine through the gate again, after what was wrong has been mended: the contract, a row
/// they refer to, or the rows themselves.
///
/// Rows that pass are published in the transaction that takes them out of quarantine; the others stay, with the
/// reasons they have now.
struct QuarantineReplay {
    let context: NodeContext
    /// SQL expressions that mend columns, by column.
    let mending: [(column: String, expression: String)]
    /// Beginnings of the ids of the rows to replay; empty takes all.
    let ids: [String]

    private var target: TableName { context.target }
    private var quarantine: TableName { QuarantineTable(target: target).name }
    private var staging: TableName { StagedRows.name(for: target) }
    private static let idColumn = "__weir_id"

    func run(on connection: isolated Connection) throws -> NodeResult {
        var load =
            context.project.model(context.node.name)?.load ?? context.project.source(context.node.name)?.load
            ?? LoadSettings(strategy: .table)
        var result = NodeResult(
            name: context.node.name, kind: context.node.kind, strategy: load.strategy, status: .unchanged)
        guard try connection.relationKind(target) == .table, try connection.columns(of: quarantine) != nil else {
            result.reason = "nothing is held back"
            return result
        }
        // A handful of rows is not the whole input: no row is missing because it is not among them.
        load.deleteMissing = false
        load.scd2.deletes = .ignore
        let extra = load.strategy == .scd2 ? Set(SCD2Columns.all) : []
        let columns = (try connection.columns(of: target) ?? []).filter { !extra.contains($0.name.lowercased()) }
        let staged = try stage(columns, on: connection)
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS \(staging.sql)") }
        guard staged.rows > 0 else {
            result.reason = "nothing is held back that could be replayed"
            return result
        }
        let chosen = try connection.query("SELECT \(Self.idColumn) FROM \(staging.sql)").map { $0[0] }
        var gate = Gate(
            staged: staged, target: context.node.name, load: load, contract: context.contract, policy: context.policy,
            existing: load.strategy == .scd2 ? nil : target, resolve: context.resolve)
        let decision = try gate.examine(on: connection)
        result.checks = decision.outcomes
        result.balance.read = staged.rows
        if let reason = decision.stop, decision.failedRows >= staged.rows {
            result.status = .stopped
            result.reason = reason
            result.balance.quarantined = staged.rows
            return result
        }
        let failed = "weir_replay_\(Fingerprint.of([target.description]).prefix(12))"
        try connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE \(failed) AS SELECT s.\(Self.idColumn) AS id, f.reasons FROM \(staging.sql) s
            JOIN (SELECT rid, list_distinct(flatten(list(reasons))) AS reasons FROM \(decision.failed) GROUP BY rid) f ON s.rowid = f.rid
            """)
        try connection.execute("DELETE FROM \(staging.sql) WHERE rowid IN (SELECT rid FROM \(decision.failed))")
        let passed = try StagedRows.count(staging, on: connection)
        result.changes = try connection.transaction { connection in
            var changes = RowChanges()
            if passed > 0 {
                changes = try publishing(load).publish(
                    PublishedRows(
                        staging: staging, rows: passed, target: target, columns: columns, existing: .table, load: load,
                        heldBack: QuarantinedRows(table: nil, columns: columns, rows: 0), now: context.now),
                    on: connection)
            }
            try connection.execute(
                "DELETE FROM \(quarantine.sql) WHERE list_contains(?::VARCHAR[], _weir_id) AND _weir_id NOT IN (SELECT id FROM temp.\(failed))",
                [.list(chosen)])
            try connection.execute(
                "UPDATE \(quarantine.sql) AS q SET _weir_reasons = f.reasons FROM temp.\(failed) f WHERE q._weir_id = f.id"
            )
            if passed > 0, var checkpoint = context.checkpoint {
                checkpoint.version = Fingerprint.of([checkpoint.version, context.runID])
                checkpoint.rows = try StagedRows.count(target, on: connection)
                try CheckpointStore.write(checkpoint, on: connection)
            }
            return changes
        }
        result.status = .published
        result.balance.published = passed - result.changes.outdated
        result.balance.quarantined = decision.failedRows
        result.balance.filtered = decision.superseded + result.changes.outdated
        result.rows = try StagedRows.count(target, on: connection)
        return result
    }

    private func publishing(_ load: LoadSettings) -> any Publishing {
        switch load.strategy {
        case .merge: MergeStrategy()
        case .scd2: SCD2Strategy()
        default: AppendStrategy()
        }
    }

    /// Rows with values, and rows of text that can be read now.
    private func stage(_ columns: [Column], on connection: isolated Connection) throws -> StagedRows {
        let chosen =
            ids.isEmpty
            ? "true" : "(\(ids.map { "starts_with(_weir_id, \(SQL.literal($0)))" }.joined(separator: " OR ")))"
        let known = Set((try connection.columns(of: quarantine) ?? []).map { $0.name.lowercased() })
        for entry in mending where !columns.contains(where: { $0.name.lowercased() == entry.column.lowercased() }) {
            throw WeirError(
                "quarantine.unknown-column", "\(context.node.name) has no column \"\(entry.column)\" to set",
                hint: DidYouMean.hint(for: entry.column, among: columns.map(\.name)))
        }
        func mended(_ column: Column, _ value: String) -> String {
            let own = mending.first { $0.column.lowercased() == column.name.lowercased() }?.expression
            return "CAST(\(own.map { "(\($0))" } ?? value) AS \(column.type)) AS \(SQL.quote(column.name))"
        }
        let values = columns.map { mended($0, known.contains($0.name.lowercased()) ? SQL.quote($0.name) : "NULL") }
        try connection.execute(
            """
            CREATE OR REPLACE TABLE \(staging.sql) AS SELECT \(values.joined(separator: ", ")), _weir_id AS \(Self.idColumn)
            FROM \(quarantine.sql) WHERE _weir_raw IS NULL AND \(chosen)
            """)
        let raw = try connection.query(
            "SELECT _weir_id, _weir_raw FROM \(quarantine.sql) WHERE _weir_raw IS NOT NULL AND \(chosen) ORDER BY _weir_id"
        )
        for row in raw.map({ $0 }) {
            guard let id = row[0].text, let text = row[1].text, let relation = try relation(for: text, columns) else {
                continue
            }
            let select = columns.map {
                mended($0, relation.columns.contains($0.name.lowercased()) ? SQL.quote($0.name) : "NULL")
            }
            // A text that still cannot be read stays where it is.
            _ = try? connection.execute(
                "INSERT INTO \(staging.sql) SELECT \(select.joined(separator: ", ")), \(SQL.literal(id)) FROM \(relation.sql)"
            )
        }
        return StagedRows(table: staging, columns: columns, rows: try StagedRows.count(staging, on: connection))
    }

    /// SQL that reads one raw text as a row of texts.
    private func relation(for raw: String, _ columns: [Column]) throws -> (sql: String, columns: Set<String>)? {
        guard let source = context.project.source(context.node.name) else { return nil }
        let names = columns.map(\.name)
        if case .files(let origin) = source.origin, origin.format.isDelimited {
            let path = "\(context.project.stateFolder)/tmp/replay.csv"
            try FileManager.default.createDirectory(
                atPath: "\(context.project.stateFolder)/tmp", withIntermediateDirectories: true)
            try Data((raw + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            let types = names.map { "\(SQL.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
            let delimiter = origin.options.delimiter ?? (origin.format == .tsv ? "\t" : ",")
            return (
                """
                read_csv(\(SQL.literal(path)), auto_detect = false, header = false, delim = \(SQL.literal(delimiter)), \
                quote = \(SQL.literal(origin.options.quote)), escape = \(SQL.literal(origin.options.escape)), \
                nullstr = [\(origin.options.nulls.map(SQL.literal).joined(separator: ", "))], columns = {\(types)})
                """, Set(names.map { $0.lowercased() })
            )
        }
        let select = names.map {
            "json_extract_string(raw, \(SQL.literal("$.\"\($0.replacing("\"", with: "\\\""))\""))) AS \(SQL.quote($0))"
        }
        return (
            "(SELECT \(select.joined(separator: ", ")) FROM (SELECT \(SQL.literal(raw)) AS raw) WHERE json_valid(raw))",
            Set(names.map { $0.lowercased() })
        )
    }
}
