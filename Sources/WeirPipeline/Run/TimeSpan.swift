import WeirCore
import WeirEngine

/// Decides which range of time an interval model builds.
struct TimeSpan {
    let model: ModelDefinition
    let context: NodeContext
    let known: Checkpoint?
    let requested: TimeRange?

    /// Nil for models without intervals, and where the query has no rows with a time.
    func resolve(_ sql: String, columns: [Column], on connection: isolated Connection) throws -> TimeRange? {
        guard let interval = model.load.interval else { return nil }
        if let requested { return requested }
        let column = SQL.quote(interval.column)
        let grain = interval.grain.rawValue
        let bounds: [Value]
        do {
            bounds =
                try connection.query(
                    """
                    SELECT strftime(date_trunc('\(grain)', min(\(column))::TIMESTAMP), '%Y-%m-%d %H:%M:%S'),
                        strftime(date_trunc('\(grain)', max(\(column))::TIMESTAMP) + INTERVAL 1 \(grain), '%Y-%m-%d %H:%M:%S')
                    FROM (\n\(sql.trimmingStatementEnd)\n)
                    """
                ).first ?? []
        } catch {
            throw SQLErrorMapper.map(error, sql: model.text)
        }
        guard let first = bounds.first?.text, let last = bounds.last?.text else { return nil }
        guard let known, known.fingerprint == context.node.fingerprint else {
            return TimeRange(start: first, end: last)
        }
        let covered = try connection.query(
            "SELECT max(end_at) FROM \(CheckpointStore.intervals) WHERE name = ?", [.text(context.target.description)]
        ).scalar.text
        guard let covered else { return TimeRange(start: first, end: last) }
        // The newest range may have been incomplete when it was built; it is built again, with those before it that
        // the look-back names.
        let start = try connection.query(
            "SELECT strftime(greatest(CAST(? AS TIMESTAMP) - INTERVAL (\(interval.lookback + 1)) \(grain), CAST(? AS TIMESTAMP)), '%Y-%m-%d %H:%M:%S')",
            [.text(covered), .text(first)]
        ).scalar.text
        guard let start, start < last else { return TimeRange(start: first, end: last) }
        return TimeRange(start: start, end: last)
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
