import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Builds one model.
struct ModelBuild {
    let context: NodeContext
    let model: ModelDefinition
    /// A range to build anew, for interval models; nil lets the checkpoint decide.
    var range: TimeRange?
    var part: Int?

    private var target: TableName { context.target }

    /// Builds, checks and publishes in one go. A model with an AI step is built by ``run(asking:on:)``.
    func run(on connection: isolated Connection) throws -> NodeResult {
        if model.load.strategy == .view {
            return try buildView(try context.environmentSQL(of: model), on: connection)
        }
        return try finish(try prepare(on: connection), on: connection)
    }

    /// The same with an AI step between the rows and the gate.
    func run(asking step: StepRun, on connection: Connection) async throws -> NodeResult {
        var prepared = try await connection.perform { try prepare(on: $0) }
        let staged = prepared.staged
        let report: AskingReport
        do { (prepared.staged, report) = try await step.run(staged, on: connection) } catch {
            // The rows can be had again; the answers are kept elsewhere.
            _ = try? await connection.perform { try staged.drop(on: $0) }
            throw error
        }
        let answered = prepared
        var result = try await connection.perform { try finish(answered, on: $0) }
        result.ai = report
        return result
    }

    /// Rows that were built aside, and what their publishing needs to know.
    private struct Prepared: Sendable {
        var staged: StagedRows
        var columns: [Column]
        var spans: TimeSpan?
        var wanted: TimeSpan.Wanted
        var ending: String?
    }

    private var known: Checkpoint? { context.fullRefresh ? nil : context.checkpoint }

    private func prepare(on connection: isolated Connection) throws -> Prepared {
        let sql = try context.environmentSQL(of: model)
        // A whole table takes whatever columns come; other strategies must know them beforehand.
        var columns =
            model.load.strategy == .table ? [] : try OutputColumns.of(sql, source: model.text, on: connection)
        if let step = model.ai, model.load.strategy != .table {
            columns += try ResolvedStep(step, of: model, in: context.project, columns: columns).shape.columns
        }
        try checkSchema(columns, known)
        let spans = model.load.interval.map { TimeSpan(interval: $0, context: context) }
        let wanted = try spans?.wanted(since: known, requested: range, on: connection) ?? .everything
        let cursor = cursor(columns, known)
        let condition =
            spans?.condition(wanted, type: type(of: model.load.interval?.column, columns)) ?? cursor?.condition
        var staged = try stage(sql, columns, condition, on: connection)
        var ending: String?
        if let cursor { ending = try end(below: cursor, staged, sql, on: connection) }
        if let cursor, let ending {
            staged.notices.append(
                "the newest rows of its input were deleted: \(cursor.column) now ends at \(ending), and rows up to \(cursor.from ?? "") are published and stay"
            )
        }
        if model.load.strategy == .append, let cursor, try connection.relationKind(target) == .table {
            try KnownRows.remove(from: &staged, target: target, cursor: cursor, on: connection)
        }
        return Prepared(staged: staged, columns: columns, spans: spans, wanted: wanted, ending: ending)
    }

    private func finish(_ prepared: Prepared, on connection: isolated Connection) throws -> NodeResult {
        let (staged, columns, spans) = (prepared.staged, prepared.columns, prepared.spans)
        let (wanted, ending) = (prepared.wanted, prepared.ending)
        let isAnew = known == nil
        let span = try spans?.range(of: staged.table, wanted, on: connection)
        let build = NodeBuild(
            context: context, load: model.load, publishing: publishing(isAnew: isAnew, span: span), part: part,
            clearing: clearing(span, isAnew: isAnew, columns))
        return try build.finish(
            staged,
            position: { connection in
                var position = NodeBuild.Position(version: "")
                let changing = TableVersions.ofView(context.node.fingerprint, inputs: context.inputVersions)
                let differs = context.node.query.map { !$0.isDeterministic || !$0.functions.isEmpty } ?? true
                position.version =
                    differs || range != nil ? Fingerprint.of([changing, context.runID, String(part ?? 0)]) : changing
                position.startsAnew = isAnew
                if range != nil { position.fingerprint = known?.fingerprint }
                if let column = model.load.watermark {
                    // What comes after the deleted rows is new, also below where they were.
                    position.watermark =
                        try ending
                        ?? Watermark.highest(
                            column, in: staged, since: [isAnew ? nil : known?.watermark], on: connection)
                }
                if let span, let spans {
                    position.intervals =
                        try spans.covered(by: staged.table, span, wanted, on: connection).map { [$0] } ?? []
                }
                return position
            }, on: connection)
    }

    // MARK: Steps

    private func stage(
        _ sql: String, _ columns: [Column], _ condition: String?, on connection: isolated Connection
    ) throws -> StagedRows {
        let staging = StagedRows.name(for: target, part: part)
        let body = sql.trimmingStatementEnd
        let select = condition.map { "SELECT * FROM (\n\(body)\n) WHERE \($0)" } ?? body
        let rows: Int
        do {
            rows = try connection.createTable(staging, as: "SELECT * FROM (\n\(select)\n)")
        } catch {
            throw SQLErrorMapper.map(error, sql: model.text)
        }
        let stored = try connection.columns(of: staging) ?? columns
        var staged = StagedRows(table: staging, columns: stored, rows: rows)
        if case .filter(let input)? = context.node.query?.shape, let name = input.name, condition == nil {
            let read = try StagedRows.count(context.environment.physical(name), on: connection)
            staged.filtered = max(0, read - staged.rows)
        }
        return staged
    }

    /// Where the input ends, when it has nothing at or above the watermark any more: its newest rows were deleted.
    ///
    /// - Throws: `load.watermark-backwards` when it has rows which are not published, as after it was restored from a
    ///   backup: rows that come below the watermark would never be read.
    private func end(
        below cursor: Cursor, _ staged: StagedRows, _ sql: String, on connection: isolated Connection
    ) throws -> String? {
        guard let from = cursor.from else { return nil }
        let column = SQL.quote(cursor.column)
        let reaches = "SELECT 1 FROM \(staged.table.sql) WHERE \(column) >= \(cursor.value(from)) LIMIT 1"
        if try connection.query(reaches).count > 0 { return nil }
        let input = "(\n\(sql.trimmingStatementEnd)\n)"
        guard let highest = try connection.query("SELECT max(\(column))::VARCHAR FROM \(input)").scalar.text,
            try connection.query("SELECT \(cursor.value(highest)) < \(cursor.value(from))").scalar.bool == true
        else { return nil }
        let lost = try UnpublishedRows(target: target, load: model.load, columns: staged.columns)
            .count(of: input, where: "\(column) IS NOT NULL", on: connection)
        if lost == 0 { return highest }
        throw WeirError(
            "load.watermark-backwards",
            "the watermark of \(model.name) went backwards: \(cursor.column) now ends at \(highest), rows up to \(from) are published, and \(lost) of the input's rows are not",
            hint: "was the input restored from a backup? compare it with the table, then build it with --full-refresh",
            at: model.place, outcome: .gateFailed)
    }

    /// Where an incremental load starts. A changed definition applies to all rows, unless they were appended.
    private func cursor(_ columns: [Column], _ known: Checkpoint?) -> Cursor? {
        guard let column = model.load.watermark, let known, let from = known.watermark,
            known.fingerprint == context.node.fingerprint || model.load.strategy == .append
        else { return nil }
        return Cursor(column: column, from: from, type: type(of: column, columns), lookback: model.load.lookback)
    }

    private func type(of name: String?, _ columns: [Column]) -> String {
        columns.first { $0.name.lowercased() == name?.lowercased() }?.type ?? "TIMESTAMP"
    }

    private func publishing(isAnew: Bool, span: TimeRange?) -> any Publishing {
        if model.load.strategy == .scd2 { return SCD2Strategy() }
        if isAnew && range == nil { return ReplaceStrategy() }
        return switch model.load.strategy {
        case .append: AppendStrategy()
        case .merge: MergeStrategy()
        // Without a row there is no range to replace, and rows that are there stay.
        case .interval: span.map { IntervalStrategy(range: $0) } ?? AppendStrategy()
        default: ReplaceStrategy()
        }
    }

    private func clearing(_ span: TimeRange?, isAnew: Bool, _ columns: [Column]) -> QuarantineTable.Clearing {
        if let interval = model.load.interval, let span, range != nil || !isAnew {
            let inside = span.condition(interval.column, type: type(of: interval.column, columns))
            // Whoever reads everything from a time on also reads the rows that have none.
            return .matching(range == nil ? "(\(inside) OR \(SQL.quote(interval.column)) IS NULL)" : inside)
        }
        if model.load.watermark != nil && !isAnew { return .same }
        return model.load.strategy == .append && !isAnew ? .same : .everything
    }

    /// Tables that keep their rows cannot silently lose a column.
    private func checkSchema(_ columns: [Column], _ known: Checkpoint?) throws {
        guard let known, model.load.strategy.keepsRows else { return }
        let diff = ColumnDiff(from: known.columns, to: ShadowCatalog.published(columns, model.load))
        let lost = diff.removed.filter { column in
            !model.load.optional.contains { $0.lowercased() == column.name.lowercased() }
        }
        if !lost.isEmpty {
            throw WeirError(
                "schema.missing-column",
                "\(model.name) no longer returns \(lost.map(\.name).joined(separator: ", ")), and its table has rows with it",
                hint: "build the table anew with --full-refresh, or name the column again", at: model.place,
                outcome: .gateFailed)
        }
        if model.load.schema == .freeze, !diff.isEmpty {
            let changes =
                diff.added.map { "+ \($0.name) \($0.type)" } + diff.retyped.map { "~ \($0.name) \($0.from) → \($0.to)" }
            throw WeirError(
                "schema.frozen", "the columns of \(model.name) changed: \(changes.joined(separator: ", "))",
                hint: "set `schema: evolve` to accept them", at: model.place, outcome: .gateFailed)
        }
    }

    // MARK: Views

    private func buildView(_ sql: String, on connection: isolated Connection) throws -> NodeResult {
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(SQL.quote(target.schema))")
        var result = NodeResult(name: context.node.name, kind: .model, strategy: .view, status: .published)
        result.inputs = context.node.inputs
        let existing = try connection.relationKind(target)
        try context.refuseForeign(existing)
        let version = TableVersions.ofView(context.node.fingerprint, inputs: context.inputVersions)
        let definition = "AS \(sql.trimmingStatementEnd)"
        if let stop = try auditView(definition, &result, on: connection) {
            result.status = .stopped
            result.reason = stop
            return result
        }
        try connection.transaction { connection in
            if existing == .table { try connection.execute("DROP TABLE \(target.sql)") }
            do {
                try connection.execute("CREATE OR REPLACE VIEW \(target.sql) \(definition)")
            } catch {
                throw SQLErrorMapper.map(error, sql: model.text)
            }
            let columns = try connection.columns(of: target) ?? []
            result.columns = columns
            let checkpoint = Checkpoint(
                name: target, kind: .model, strategy: .view, fingerprint: context.node.fingerprint, version: version,
                watermark: nil, inputs: context.inputVersions, columns: columns, rows: 0, runID: context.runID,
                publishedAt: context.now)
            try CheckpointStore.write(checkpoint, on: connection)
            result.checkpoint = checkpoint
        }
        return result
    }

    /// Checks a view under another name before it is shown; returns why it must not be, if so.
    private func auditView(
        _ definition: String, _ result: inout NodeResult, on connection: isolated Connection
    ) throws -> String? {
        guard let contract = context.contract else { return nil }
        let aside = StagedRows.name(for: target)
        do {
            try connection.execute("CREATE OR REPLACE VIEW \(aside.sql) \(definition)")
        } catch {
            throw SQLErrorMapper.map(error, sql: model.text)
        }
        defer { _ = try? connection.execute("DROP VIEW IF EXISTS \(aside.sql)") }
        let audit = try TableAudit.audit(
            contract, scope: AuditScope(table: aside, declared: context.node.name, now: context.nowMicros),
            policy: context.policy == .warn ? .warn : .stop, resolve: context.resolve, on: connection)
        result.checks = audit.outcomes
        if case .stop(let reason) = audit.verdict { return reason }
        return audit.failedRows > 0 ? "\(audit.failedRows) rows break a rule, and a view cannot hold them back" : nil
    }
}

extension String {
    /// Without the semicolon, white space and comments at the end, so that the statement can stand inside another.
    var trimmingStatementEnd: String { SQLText.statement(self) }
}
