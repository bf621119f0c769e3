import WeirCore
import WeirEngine

/// Which rows an incremental read takes: a range of a watermark column.
struct Cursor: Sendable {
    let column: String
    /// The highest value published, as text; nil reads from the beginning.
    var from: String?
    /// The column's type, to compare in.
    let type: String
    var lookback: Span?
    /// What the input gives is of another type, and is read as `type`.
    var isCast = false
    /// The row at `from` itself was read: a piece that continues another.
    var isAfter = false
    /// The last value read, for a piece that another follows.
    var upTo: String?

    init(column: String, from: String?, type: String, lookback: Span? = nil) {
        self.column = column
        self.from = from
        self.type = type
        self.lookback = lookback
    }

    /// SQL for the watermark of an input row.
    var expression: String { isCast ? "TRY_CAST(\(SQL.quote(column)) AS \(type))" : SQL.quote(column) }

    func value(_ text: String) -> String { "CAST(\(SQL.literal(text)) AS \(type))" }

    /// The first value read; nil reads from the beginning.
    var start: String? {
        guard let from else { return nil }
        return lookback.map { "\(value(from)) - INTERVAL \($0.seconds) SECOND" } ?? value(from)
    }

    /// SQL that is true for the rows to read; nil takes all.
    ///
    /// A row with just the watermark that was published last may have arrived after it, so that value is read
    /// again: merge knows the rows by their key, and ``KnownRows`` leaves out those that append has already. Rows
    /// without a watermark come with the last piece: they are not lost but held back by the gate.
    var condition: String? {
        let column = expression
        var bounds: [String] = []
        if let start { bounds.append("\(column) \(isAfter ? ">" : ">=") \(start)") }
        if let upTo { bounds.append("\(column) <= \(value(upTo))") }
        if bounds.isEmpty { return nil }
        let range = bounds.joined(separator: " AND ")
        return upTo == nil ? "\(range) OR \(column) IS NULL" : range
    }
}

/// Divides what a database has to give into pieces that are published one by one, so that a long catch-up keeps
/// what it has done.
struct WatermarkPieces {
    let relation: String
    /// Rows of a piece, about: rows of one watermark stay together, or a stop between them would lose some.
    let size: Int

    /// The beginning of `rest` as a piece; the last piece has no end.
    func first(of rest: Cursor, on connection: isolated Connection) throws -> Cursor {
        let column = rest.expression
        let conditions = ["\(column) IS NOT NULL", rest.condition.map { "(\($0))" }].compactMap(\.self)
        let row =
            try connection.query(
                """
                SELECT count(*), max(w)::VARCHAR FROM (
                    SELECT \(column) AS w FROM \(relation) WHERE \(conditions.joined(separator: " AND ")) ORDER BY 1 LIMIT \(size))
                """
            ).first ?? []
        guard row.count == 2, let count = row[0].int, count >= size, let end = row[1].text else { return rest }
        var piece = rest
        piece.upTo = end
        return piece
    }

    /// What is left after a piece; nil when it was the last.
    func rest(after piece: Cursor) -> Cursor? {
        guard let end = piece.upTo else { return nil }
        var rest = piece
        rest.from = end
        rest.upTo = nil
        rest.lookback = nil
        rest.isAfter = true
        return rest
    }
}
