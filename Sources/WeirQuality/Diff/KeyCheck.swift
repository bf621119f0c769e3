import WeirCore
import WeirEngine

/// Looks for rows that their key does not tell apart from others: a null in it, or another row with the same.
struct KeyCheck {
    let diff: LocalDiff

    /// What a side has of them.
    struct Facts: Sendable {
        var rows = 0
        var nullKeys = 0
        var duplicateKeys = 0
        var duplicateRows = 0
    }

    /// Whether such rows are among those that are compared.
    struct Odd: Sendable {
        var hasNulls = false
        var hasDuplicates = false
        var areThere: Bool { hasNulls || hasDuplicates }
    }

    private static let suspects = "weir_diff_suspects"

    /// Counts, and leaves the repeated keys of both sides in ``LocalDiff/oddKeys``.
    func run(on connection: isolated Connection) throws -> (a: Facts, b: Facts, odd: Odd) {
        let types = diff.comparedKeys(diff.a) { $0.a }
        if !diff.plan.key.isEmpty {
            // Both sides' keys have one type once they are compared; whole numbers may differ in width.
            let other = diff.comparedKeys(diff.b) { $0.b }
            try connection.execute(
                "CREATE OR REPLACE TABLE \(LocalDiff.oddKeys) AS (SELECT * FROM \(types) LIMIT 0) UNION ALL (SELECT * FROM \(other) LIMIT 0)"
            )
        }
        let a = try facts(diff.a, on: connection) { $0.a }
        let b = try facts(diff.b, on: connection) { $0.b }
        let odd = Odd(
            hasNulls: a.nullKeys + b.nullKeys > 0, hasDuplicates: a.duplicateKeys + b.duplicateKeys > 0)
        return (a, b, odd)
    }

    private func facts(
        _ relation: LocalDiff.Relation, on connection: isolated Connection, _ column: (ColumnPair) -> DiffColumn
    ) throws -> Facts {
        var facts = Facts()
        guard !diff.plan.key.isEmpty else {
            facts.rows = Int(try connection.query("SELECT count(*) FROM \(relation.sql)").scalar.int ?? 0)
            return facts
        }
        let keys = diff.keyNames
        let rows = diff.comparedKeys(relation, column)
        let isNull = keys.map { "\($0) IS NULL" }.joined(separator: " OR ")
        let counts = try connection.query("SELECT count(*), count(*) FILTER (\(isNull)) FROM \(rows)").first ?? []
        facts.rows = Int(counts.first?.int ?? 0)
        facts.nullKeys = Int(counts.last?.int ?? 0)
        if relation.hasUniqueKeys { return facts }
        let complete = keys.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        let condition: String
        switch try RepeatedKeys.suspects(
            keys, in: rows, where: complete, rows: facts.rows, table: Self.suspects, on: connection)
        {
        case .none: return facts
        case .all: condition = complete
        case .some(let suspect): condition = "\(complete) AND \(suspect)"
        }
        let list = keys.joined(separator: ", ")
        let repeated =
            "SELECT \(list), count(*) AS n FROM \(rows) WHERE \(condition) GROUP BY \(list) HAVING count(*) > 1"
        let found = "memory.main.weir_diff_repeated"
        try connection.execute("CREATE OR REPLACE TABLE \(found) AS \(repeated)")
        let sums = try connection.query("SELECT count(*), coalesce(sum(n), 0)::BIGINT FROM \(found)").first ?? []
        facts.duplicateKeys = Int(sums.first?.int ?? 0)
        facts.duplicateRows = Int(sums.last?.int ?? 0)
        try connection.execute("INSERT INTO \(LocalDiff.oddKeys) SELECT \(list) FROM \(found); DROP TABLE \(found)")
        return facts
    }
}
