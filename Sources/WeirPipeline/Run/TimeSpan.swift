import WeirCore
import WeirEngine

/// Decides which range of time an interval model builds.
struct TimeSpan {
    let interval: IntervalSettings
    let context: NodeContext

    /// What is asked of the query.
    enum Wanted: Sendable {
        /// Every row there is.
        case everything
        /// Rows from a time on; `covered` is the end of what was built before.
        case since(String, covered: String)
        /// A backfill's batch.
        case exactly(TimeRange)

        var isBatch: Bool { if case .exactly = self { true } else { false } }
    }

    /// Goes on where the last run ended. The newest range may have been incomplete then; it is built again, with
    /// those before it that the look-back names.
    func wanted(since known: Checkpoint?, requested: TimeRange?, on connection: isolated Connection) throws -> Wanted {
        if let requested { return .exactly(requested) }
        guard let known, known.fingerprint == context.node.fingerprint else { return .everything }
        let back = "INTERVAL (\(interval.lookback + 1)) \(interval.grain.rawValue)"
        let row = try connection.query(
            """
            SELECT max(end_at), strftime(CAST(max(end_at) AS TIMESTAMP) - \(back), '%Y-%m-%d %H:%M:%S')
            FROM \(CheckpointStore.intervals) WHERE name = ?
            """, [.text(context.target.description)]
        ).first
        guard let covered = row?.first?.text, let start = row?.last?.text else { return .everything }
        return .since(start, covered: covered)
    }

    /// The range that staged rows stand for: all of it is replaced. Nil when there is nothing to replace.
    func range(of staging: TableName, _ wanted: Wanted, on connection: isolated Connection) throws -> TimeRange? {
        if case .exactly(let range) = wanted { return range }
        let column = SQL.quote(interval.column)
        let grain = interval.grain.rawValue
        let row = try connection.query(
            """
            SELECT strftime(date_trunc('\(grain)', min(\(column))::TIMESTAMP), '%Y-%m-%d %H:%M:%S'),
                strftime(date_trunc('\(grain)', max(\(column))::TIMESTAMP) + INTERVAL 1 \(grain), '%Y-%m-%d %H:%M:%S')
            FROM \(staging.sql)
            """
        ).first
        let first = row?.first?.text
        let last = row?.last?.text
        if case .since(let start, let covered) = wanted {
            if let last { return TimeRange(start: start, end: max(last, covered)) }
            if try isPublished(since: start, on: connection) { throw backwards(start) }
            return TimeRange(start: start, end: covered)
        }
        guard let first, let last else { return nil }
        return TimeRange(start: first, end: last)
    }

    /// The range that counts as built: the next run goes on at its end. Nil when the rows do not tell how far they go.
    ///
    /// What was asked for may reach beyond the newest row, and a row of the year 2036 beyond everything else: rows
    /// that come later would be taken for known. So it ends with the newest row that is not of the future.
    func covered(by staging: TableName, _ span: TimeRange, _ wanted: Wanted, on connection: isolated Connection) throws
        -> TimeRange?
    {
        let column = "\(SQL.quote(interval.column))::TIMESTAMP"
        let grain = interval.grain.rawValue
        let newest = try connection.query(
            """
            SELECT strftime(date_trunc('\(grain)', max(\(column))) + INTERVAL 1 \(grain), '%Y-%m-%d %H:%M:%S')
            FROM \(staging.sql) WHERE \(column) <= CAST(\(SQL.literal(context.now)) AS TIMESTAMP)
            """
        ).scalar.text
        var end = newest
        if case .since(_, let covered) = wanted { end = max(newest ?? covered, covered) }
        guard let end, end > span.start else { return nil }
        return TimeRange(start: span.start, end: wanted.isBatch ? min(end, span.end) : end)
    }

    private func isPublished(since start: String, on connection: isolated Connection) throws -> Bool {
        let target = context.target
        guard
            let type = try connection.columns(of: target)?.first(where: {
                $0.name.lowercased() == interval.column.lowercased()
            })?.type
        else { return false }
        let condition = TimeRange.atLeast(start, interval.column, type: type)
        return try connection.query("SELECT 1 FROM \(target.sql) WHERE \(condition) LIMIT 1").count > 0
    }

    /// Rows were there when the newest ranges were built; replacing them by nothing would delete them silently.
    private func backwards(_ start: String) -> WeirError {
        WeirError(
            "load.watermark-backwards",
            "\(context.node.name) has no rows from \(start) on any more, and its table does",
            hint: "was the input restored from a backup? compare it with the table, then build it with --full-refresh",
            at: context.project.model(context.node.name)?.place, outcome: .gateFailed)
    }

    /// SQL for the rows wanted; nil for all. Rows without a time belong to no range: they are shown to the gate,
    /// but for a batch of a backfill, of which there are many.
    func condition(_ wanted: Wanted, type: String) -> String? {
        let column = interval.column
        switch wanted {
        case .everything: return nil
        case .exactly(let range): return range.condition(column, type: type)
        case .since(let start, _):
            return "(\(TimeRange.atLeast(start, column, type: type)) OR \(SQL.quote(column)) IS NULL)"
        }
    }

    /// Cuts a range into batches along the grain.
    static func batches(
        of range: TimeRange, interval: IntervalSettings, on connection: isolated Connection
    ) throws -> [TimeRange] {
        let step = "INTERVAL (\(interval.batch)) \(interval.grain.rawValue)"
        let rows = try connection.query(
            """
            SELECT strftime(s, '%Y-%m-%d %H:%M:%S'), strftime(least(s + \(step), CAST($2 AS TIMESTAMP)), '%Y-%m-%d %H:%M:%S')
            FROM (SELECT unnest(generate_series(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP), \(step))) AS s)
            WHERE s < CAST($2 AS TIMESTAMP) ORDER BY 1
            """, [.text(range.start), .text(range.end)])
        return rows.map { TimeRange(start: $0[0].display, end: $0[1].display) }
    }
}
