import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

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

    func run(on connection: isolated Connection) throws -> NodeResult {
        var load =
            context.project.model(context.node.name)?.load ?? context.project.source(context.node.name)?.load
            ?? LoadSettings(strategy: .table)
        var result = NodeResult(
            name: context.node.name, kind: context.node.kind, strategy: load.strategy, status: .unchanged)
        if context.project.model(context.node.name)?.ai != nil, mending.isEmpty {
            throw WeirError(
                "quarantine.unanswered", "rows of \(context.node.name) need an answer, and a replay asks nobody",
                hint:
                    "`weir ai retry \(context.node.name)` has them asked again; or give the values yourself with --set",
                at: context.project.model(context.node.name)?.place)
        }
        guard try connection.relationKind(target) == .table, try connection.columns(of: quarantine) != nil else {
            result.reason = "nothing is held back"
            return result
        }
        // A handful of rows is not the whole input: no row is missing because it is not among them.
        load.deleteMissing = false
        load.scd2.deletes = .ignore
        let extra = load.strategy == .scd2 ? Set(SCD2Columns.all) : []
        let columns = (try connection.columns(of: target) ?? []).filter { !extra.contains($0.name.lowercased()) }
        let staged: StagedRows
        let asked: Int
        (staged, asked) = try stage(columns, on: connection)
        defer { _ = try? connection.execute("DROP TABLE IF EXISTS \(staging.sql)") }
        let unreadable = asked - staged.rows
        guard staged.rows > 0 else {
            result.reason =
                asked == 0
                ? "nothing is held back" : "\(Self.rows(unreadable)) cannot be read as rows: \(Self.mendHint)"
            result.status = asked == 0 ? .unchanged : .stopped
            return result
        }
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(taken) AS SELECT \(ReplayStaging.idColumn) AS id FROM \(staging.sql)")
        var gate = Gate(
            staged: staged, target: context.node.name, load: load, contract: Self.lenient(context.contract),
            policy: .quarantine, existing: load.strategy == .scd2 ? nil : target, now: context.nowMicros,
            resolve: context.resolve)
        let decision = try gate.examine(on: connection)
        result.checks = decision.outcomes
        result.balance.read = asked
        result.balance.quarantined = asked
        if let reason = decision.stop {
            result.status = .stopped
            result.reason = "\(reason); nothing was replayed"
            return result
        }
        try connection.execute("CREATE OR REPLACE TEMP TABLE \(failed) (id VARCHAR, reasons VARCHAR[])")
        if decision.failedRows > 0 {
            try connection.execute(
                """
                INSERT INTO \(failed) SELECT s.\(ReplayStaging.idColumn), f.reasons FROM \(staging.sql) s
                JOIN (SELECT rid, list_distinct(flatten(list(reasons))) AS reasons FROM \(decision.failed) GROUP BY rid) f ON s.rowid = f.rid
                """)
            try connection.execute("DELETE FROM \(staging.sql) WHERE rowid IN (SELECT rid FROM \(decision.failed))")
        }
        let passed = try StagedRows.count(staging, on: connection)
        result.changes = try publish(passed, columns, load, on: connection)
        result.status = .published
        result.balance.published = passed - result.changes.outdated
        result.balance.quarantined = decision.failedRows + unreadable
        result.balance.filtered = decision.superseded + result.changes.outdated
        result.rows = try StagedRows.count(target, on: connection)
        if unreadable > 0 {
            result.notices.append("\(Self.rows(unreadable)) cannot be read as rows and stay: \(Self.mendHint)")
        }
        return result
    }

    private static let mendHint = "mend them in the source and load it again, or --set the columns that do not fit"

    private static func rows(_ count: Int) -> String { Figures.count(Int64(count), "text") }

    private var failed: String { "weir_replay_failed_\(Fingerprint.of([target.description]).prefix(12))" }
    private var taken: String { "weir_replay_taken_\(Fingerprint.of([target.description]).prefix(12))" }

    /// A row that still breaks a rule stays where it is, and keeps no other from passing; rules about the table as a
    /// whole hold as ever.
    private static func lenient(_ contract: TableContract?) -> TableContract? {
        guard var contract else { return nil }
        contract.onFail = nil
        contract.tolerance = nil
        for index in contract.rules.indices where contract.rules[index].kind.namesRows {
            if contract.rules[index].onFail == .stop { contract.rules[index].onFail = .quarantine }
            contract.rules[index].tolerance = nil
        }
        return contract
    }

    private func publish(
        _ passed: Int, _ columns: [Column], _ load: LoadSettings, on connection: isolated Connection
    ) throws -> RowChanges {
        try connection.transaction { connection in
            var changes = RowChanges()
            if passed > 0 {
                changes = try publishing(load).publish(
                    PublishedRows(
                        staging: staging, rows: passed, target: target, columns: columns, existing: .table, load: load,
                        heldBack: QuarantinedRows(table: nil, columns: columns, rows: 0), now: context.now),
                    on: connection)
            }
            try connection.execute(
                """
                DELETE FROM \(quarantine.sql)
                WHERE _weir_id IN (SELECT id FROM temp.\(taken) WHERE id NOT IN (SELECT id FROM temp.\(failed)))
                """)
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
    }

    /// The chosen rows, and how many were chosen.
    private func stage(_ columns: [Column], on connection: isolated Connection) throws -> (StagedRows, Int) {
        let chosen =
            ids.isEmpty
            ? "true" : ids.map { "starts_with(_weir_id, \(SQL.literal($0)))" }.joined(separator: " OR ")
        for id in ids {
            let found = try connection.query(
                "SELECT count(*) FROM \(quarantine.sql) WHERE starts_with(_weir_id, ?)", [.text(id)])
            if found.scalar.int == 0 {
                throw WeirError(
                    "quarantine.unknown-row",
                    "no row of \(context.node.name) in quarantine has an id that begins with \"\(id)\"",
                    hint: "`weir quarantine show \(context.node.name)` lists them")
            }
        }
        let asked = Int(try connection.query("SELECT count(*) FROM \(quarantine.sql) WHERE \(chosen)").scalar.int ?? 0)
        let staging = ReplayStaging(
            context: context, columns: columns, staging: staging, mending: mending, chosen: chosen)
        return (try staging.stage(on: connection), asked)
    }

    private func publishing(_ load: LoadSettings) -> any Publishing {
        switch load.strategy {
        case .merge: MergeStrategy()
        case .scd2: SCD2Strategy()
        default: AppendStrategy()
        }
    }
}
