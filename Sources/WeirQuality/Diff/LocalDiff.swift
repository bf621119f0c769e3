import WeirCore
import WeirEngine

/// Compares two relations that DuckDB can read, in one full outer join.
///
/// Rows whose key is null or stands twice cannot be found again by it. They are put aside and compared as a whole, each
/// as often as it stands there, so that none is lost and none is counted twice.
struct LocalDiff {
    let plan: DiffPlan
    let options: DiffOptions
    let a: Relation
    let b: Relation

    /// Rows as their engine handed them over: key columns `k0`, `k1`, … and all others `c0`, `c1`, ….
    struct Relation {
        /// SQL for a FROM clause.
        let sql: String
        let isWired: Bool
        /// No two rows have the same key, which need not be looked for.
        let hasUniqueKeys: Bool
    }

    /// What the join found.
    struct Result {
        var added = 0
        var removed = 0
        var changed = 0
        var changes: [Int] = []
        var samples = TableDiff.Samples()
    }

    static let catalog = "memory.main"
    static let found = "\(catalog).weir_diff_found"
    static let odd = "\(catalog).weir_diff_odd"
    static let oddKeys = "\(catalog).weir_diff_odd_keys"

    /// - Returns: what differs; the two sides' rows with null or repeated keys are told by ``KeyCheck``.
    func run(oddKeys: KeyCheck.Odd, on connection: isolated Connection) throws -> Result {
        var result = Result(changes: plan.columns.map { _ in 0 })
        if !plan.key.isEmpty {
            options.progress("comparing rows by \(plan.key.map(\.name).joined(separator: ", "))")
            try join(oddKeys, on: connection)
            try takeBackSameJSON(on: connection)
            try count(into: &result, on: connection)
        }
        if plan.key.isEmpty || oddKeys.areThere {
            options.progress("comparing rows as a whole")
            try compareWhole(oddKeys, on: connection)
            let counts =
                try connection.query(
                    "SELECT coalesce(sum(n) FILTER (n > 0), 0)::BIGINT, coalesce(-sum(n) FILTER (n < 0), 0)::BIGINT FROM \(Self.odd)"
                ).first ?? []
            result.removed += Int(counts.first?.int ?? 0)
            result.added += Int(counts.last?.int ?? 0)
        }
        if options.samples > 0, result.added + result.removed + result.changed > 0 {
            options.progress("reading samples")
            let samples = DiffSamples(diff: self, hasOdd: plan.key.isEmpty || oddKeys.areThere)
            result.samples = try samples.read(on: connection)
        }
        return result
    }

    static func cleanUp(on connection: isolated Connection) {
        for table in [found, odd, oddKeys] { _ = try? connection.execute("DROP TABLE IF EXISTS \(table)") }
    }

    // MARK: Values

    var keyNames: [String] { plan.key.indices.map { "k\($0)" } }
    var columnNames: [String] { plan.columns.indices.map { "c\($0)" } }

    /// The rows of a side with their values as they are compared. Keys are exact whatever is ignored elsewhere: else two
    /// rows of a side could have one key.
    func compared(_ relation: Relation, _ column: (ColumnPair) -> DiffColumn) -> String {
        let values =
            zip(plan.key, keyNames).map { value($0, $1, relation, column, DiffOptions()) }
            + zip(plan.columns, columnNames).map { value($0, $1, relation, column, options) }
        return "(SELECT \(values.joined(separator: ", ")) FROM \(relation.sql))"
    }

    private func value(
        _ pair: ColumnPair, _ name: String, _ relation: Relation, _ column: (ColumnPair) -> DiffColumn,
        _ options: DiffOptions
    ) -> String {
        let value = ComparedValue(
            column: column(pair), comparison: pair.comparison, isWired: relation.isWired, options: options)
        return "\(value.sql(name)) AS \(name)"
    }

    /// Only the key, as it is compared.
    func comparedKeys(_ relation: Relation, _ column: (ColumnPair) -> DiffColumn) -> String {
        let values = zip(plan.key, keyNames).map { value($0, $1, relation, column, DiffOptions()) }
        return "(SELECT \(values.joined(separator: ", ")) FROM \(relation.sql))"
    }

    private var isComplete: String { keyNames.map { "\($0) IS NOT NULL" }.joined(separator: " AND ") }

    /// True where the two sides' columns differ, as SQL over `a` and `b`.
    private func differs(_ index: Int) -> String {
        ComparedValue.differ("a.c\(index)", "b.c\(index)", plan.columns[index].comparison, options)
    }

    // MARK: Rows with a key

    private func join(_ oddKeys: KeyCheck.Odd, on connection: isolated Connection) throws {
        let names = keyNames.joined(separator: ", ")
        func rows(_ relation: Relation, _ column: (ColumnPair) -> DiffColumn) -> String {
            var conditions: [String] = []
            if oddKeys.hasNulls { conditions.append(isComplete) }
            if oddKeys.hasDuplicates { conditions.append("(\(names)) NOT IN (SELECT (\(names)) FROM \(Self.oddKeys))") }
            let filter = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
            return "(SELECT *, true AS p FROM \(compared(relation, column))\(filter))"
        }
        let match = keyNames.map { "a.\($0) = b.\($0)" }.joined(separator: " AND ")
        let keys = keyNames.map { "coalesce(a.\($0), b.\($0)) AS \($0)" }
        let both = "a.p IS NOT NULL AND b.p IS NOT NULL"
        let flags = plan.columns.indices.map { "(\(both) AND \(differs($0))) AS f\($0)" }
        let any = ["a.p IS NULL", "b.p IS NULL"] + plan.columns.indices.map(differs)
        try connection.execute(
            """
            CREATE OR REPLACE TABLE \(Self.found) AS
            SELECT \((keys + ["CASE WHEN a.p IS NULL THEN 1 WHEN b.p IS NULL THEN 2 ELSE 3 END::TINYINT AS s"] + flags).joined(separator: ", "))
            FROM \(rows(a) { $0.a }) AS a FULL OUTER JOIN \(rows(b) { $0.b }) AS b ON \(match)
            WHERE \(any.joined(separator: " OR "))
            """)
    }

    private func count(into result: inout Result, on connection: isolated Connection) throws {
        let kinds = (1...3).map { "count(*) FILTER (s = \($0))" }
        let flags = plan.columns.indices.map { "count(*) FILTER (f\($0))" }
        let row = try connection.query("SELECT \((kinds + flags).joined(separator: ", ")) FROM \(Self.found)").first
        let counts = (row ?? []).map { Int($0.int ?? 0) }
        result.added = counts[0]
        result.removed = counts[1]
        result.changed = counts[2]
        result.changes = Array(counts.dropFirst(3))
    }

    // MARK: Rows without

    private func compareWhole(_ oddKeys: KeyCheck.Odd, on connection: isolated Connection) throws {
        let names = keyNames.joined(separator: ", ")
        func rows(_ relation: Relation, _ column: (ColumnPair) -> DiffColumn, _ weight: Int) -> String {
            var conditions: [String] = []
            if !plan.key.isEmpty {
                conditions.append("NOT (\(isComplete))")
                if oddKeys.hasDuplicates {
                    conditions.append("(\(names)) IN (SELECT (\(names)) FROM \(Self.oddKeys))")
                }
            }
            let filter = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " OR "))"
            return "SELECT *, \(weight) AS w FROM \(compared(relation, column))\(filter)"
        }
        let all = keyNames + columnNames
        try connection.execute(
            """
            CREATE OR REPLACE TABLE \(Self.odd) AS SELECT \(all.joined(separator: ", ")), sum(w)::BIGINT AS n
            FROM (\(rows(a, { $0.a }, 1)) UNION ALL \(rows(b, { $0.b }, -1))) GROUP BY \(all.joined(separator: ", ")) HAVING sum(w) <> 0
            """)
    }
}
