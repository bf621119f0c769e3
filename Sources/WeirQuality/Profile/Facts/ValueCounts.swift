import WeirCore
import WeirEngine

/// How often each value of one column stands: the exact number of values, the most frequent, those that stand for
/// nothing, and spellings.
struct ValueCounts {
    let column: Column
    let source: String
    let rows: Int

    /// Above this many values grouping them all would be the greater part of the work: their number is an estimate
    /// then, and the frequent ones are those of a sample, counted exactly.
    static let mostGroups = 1_000_000
    /// The share of values among the rows from which an estimate may mean that each stands once.
    private static let nearlyUnique = 0.95
    static let shown = 20
    private static let width = 200

    private var value: String { "t.\(SQL.quote(column.name))" }
    private var family: TypeFamily { TypeFamily(sql: column.type) }

    func fill(_ facts: inout ColumnFacts, on connection: isolated Connection) throws {
        let filled = rows - facts.nulls
        guard filled > 0 else {
            facts.distinct = .exact(0)
            return
        }
        // Nearly every value is another: only those that can stand twice are worth grouping.
        if Double(facts.distinct.count) > Double(filled) * Self.nearlyUnique, filled >= RepeatedKeys.fewest {
            let suspects = try RepeatedKeys.suspects(
                [value], in: "\(source) AS t", where: "\(value) IS NOT NULL", rows: filled, table: "_weir_profile_keys",
                on: connection)
            switch suspects {
            case .none:
                facts.distinct = .exact(filled)
                return
            case .some(let condition):
                let groups =
                    "SELECT \(value) AS k, count(*) AS c FROM \(source) AS t WHERE \(condition) GROUP BY 1 HAVING count(*) > 1"
                let excess =
                    try connection.query("SELECT coalesce(sum(c - 1), 0)::BIGINT FROM (\(groups))").scalar.int ?? 0
                facts.distinct = .exact(filled - Int(excess))
                try read(groups, into: &facts, countsAll: false, on: connection)
                return
            case .all: break
            }
        }
        guard facts.distinct.count > Self.mostGroups else {
            return try read(
                "SELECT \(value) AS k, count(*) AS c FROM \(source) AS t WHERE \(value) IS NOT NULL GROUP BY 1",
                into: &facts, countsAll: true, on: connection)
        }
        try read(
            """
            SELECT \(value) AS k, count(*) AS c FROM \(source) AS t
            WHERE \(value) IN (SELECT k FROM (\(frequent))) OR \(standsForNothing(value)) GROUP BY 1
            """, into: &facts, countsAll: false, on: connection)
    }

    /// Values that stand more than once in a sample, the most frequent first.
    private var frequent: String {
        """
        SELECT k FROM (SELECT \(value) AS k FROM \(source) AS t USING SAMPLE reservoir(100000 ROWS) REPEATABLE (20261125))
        WHERE k IS NOT NULL GROUP BY 1 HAVING count(*) > 1 ORDER BY count(*) DESC, k LIMIT 200
        """
    }

    /// SQL that is true for a value (an SQL expression) that people write where there is none; never NULL.
    private func standsForNothing(_ value: String) -> String {
        switch family {
        case .text:
            let words = WordLists.standIns.sorted().map(SQL.literal).joined(separator: ", ")
            return
                "coalesce(strlen(CAST(\(value) AS VARCHAR)) <= 60 AND lower(trim(CAST(\(value) AS VARCHAR))) IN (\(words)), false)"
        case .date, .timestamp, .timestampTZ:
            let days = ["9999-12-31", "1900-01-01", "1970-01-01", "2099-12-31"].map { "DATE '\($0)'" }
            return "coalesce(CAST(\(value) AS DATE) IN (\(days.joined(separator: ", "))), false)"
        default: return "false"
        }
    }

    private func read(
        _ groups: String, into facts: inout ColumnFacts, countsAll: Bool, on connection: isolated Connection
    ) throws {
        let isText = family == .text
        let pair = { (query: String) in
            "(SELECT list({v: left(CAST(k AS VARCHAR), \(Self.width)), c: c}) FROM (\(query)))"
        }
        let row = try connection.query(
            """
            WITH g AS MATERIALIZED (\(groups))
            SELECT (SELECT count(*) FROM g),
                \(pair("SELECT k, c FROM g ORDER BY c DESC, CAST(k AS VARCHAR) LIMIT \(Self.shown)")),
                \(pair("SELECT k, c FROM g WHERE \(standsForNothing("k")) ORDER BY c DESC, CAST(k AS VARCHAR) LIMIT \(Self.shown)")),
                \(isText && countsAll ? "(SELECT count(*) - count(DISTINCT lower(trim(CAST(k AS VARCHAR)))) FROM g WHERE trim(CAST(k AS VARCHAR)) <> '')" : "NULL")
            """
        ).first
        guard let row else { return }
        if countsAll { facts.distinct = .exact(Int(row[0].int ?? 0)) }
        facts.top = Self.counts(row[1])
        facts.standIns = Self.counts(row[2])
        facts.texts?.spellings = row[3].int.map(Int.init)
    }

    static func counts(_ value: Value) -> [ColumnFacts.ValueCount] {
        (value.list ?? []).compactMap { item in
            guard case .structure(let members) = item, members.count == 2 else { return nil }
            return ColumnFacts.ValueCount(value: members[0].value.display, count: Int(members[1].value.int ?? 0))
        }
    }
}
