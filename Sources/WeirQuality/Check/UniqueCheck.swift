import WeirCore
import WeirEngine

/// The SQL of a rule that needs every value once.
///
/// The values that stand twice are found by one aggregation over the keys that ``RepeatedKeys`` suspects; only when
/// there are any is the table read again for their rows. Of the rows of one value, the first that breaks no other rule stays;
/// when the value is already published, none does.
struct UniqueCheck {
    let rule: Rule
    let plan: AuditPlan
    /// True, over `b`, for rows that leave for another reason and count for nothing here; nil counts them too.
    var leavingOut: String?
    /// Published rows that stay, when their columns include the key.
    var published: String?
    /// Positions in the key whose types differ between the rows under test and the published ones: only as
    /// text do they compare without a conversion that could fail.
    var asText: Set<Int> = []

    private var keys: [String] {
        rule.columns.enumerated().map { asText.contains($0) ? "CAST(\($1.sql) AS VARCHAR)" : $1.sql }
    }
    private var names: [String] { rule.columns.indices.map { "k\($0)" } }
    private var isComplete: String { keys.map { "\($0) IS NOT NULL" }.joined(separator: " AND ") }

    private func same(_ left: String, _ right: [String]) -> String {
        zip(names, right).map { "\(left).\($0) = \($1)" }.joined(separator: " AND ")
    }

    /// The rows under test, with their row ids.
    private var rows: String {
        leavingOut.map {
            "(SELECT rowid, * FROM \(plan.table) WHERE rowid NOT IN (SELECT b.rid FROM \(plan.names.broken) AS b WHERE \($0)))"
        } ?? plan.table
    }

    private var selected: String { zip(keys, names).map { "\($0) AS \($1)" }.joined(separator: ", ") }

    /// Writes the values that stand twice to `names.twice (k0, …, n, taken)`: `n` rows under test, `taken`
    /// when the value is published already.
    func find(among suspects: RepeatedKeys.Suspects) -> String {
        let list = names.joined(separator: ", ")
        let mine = "SELECT \(selected) FROM \(rows) AS t WHERE \(isComplete)"
        let suspected =
            switch suspects {
            case .none: "\(mine) AND false"
            case .all: mine
            case .some(let condition): "\(mine) AND \(condition)"
            }
        let repeated = "SELECT \(list), count(*) AS n FROM (\(suspected)) GROUP BY ALL HAVING count(*) > 1"
        guard let published else {
            return "CREATE OR REPLACE TEMP TABLE \(plan.names.twice) AS SELECT *, false AS taken FROM (\(repeated))"
        }
        // Published keys are first cut down to those that come in again: the hash table stays as small as the load.
        return """
            CREATE OR REPLACE TEMP TABLE \(plan.names.twice) AS
            WITH taken AS MATERIALIZED (
                SELECT DISTINCT \(list) FROM (\(published)) AS p SEMI JOIN (\(mine)) AS t USING (\(list)))
            SELECT \(list), count(*) AS n, true AS taken FROM (\(mine)) SEMI JOIN taken USING (\(list)) GROUP BY \(list)
            UNION ALL
            SELECT *, false AS taken FROM (\(repeated)) ANTI JOIN taken USING (\(list))
            """
    }

    func suspects(among count: Int, on connection: isolated Connection) throws -> RepeatedKeys.Suspects {
        try RepeatedKeys.suspects(
            keys, in: "\(rows) AS t", where: isComplete, rows: count, table: plan.names.suspects, on: connection)
    }

    /// Rows too many and rows affected.
    var measure: String {
        "SELECT coalesce(sum(n - CASE WHEN taken THEN 0 ELSE 1 END), 0)::BIGINT, coalesce(sum(n), 0)::BIGINT FROM \(plan.names.twice)"
    }

    /// Published rows that nothing shared its value with before the rows under test came; nil without published rows.
    var newlyAffected: String? {
        let list = names.joined(separator: ", ")
        return published.map {
            """
            SELECT count(*) FROM (SELECT \(list) FROM (\($0)) AS p SEMI JOIN (SELECT \(list) FROM \(plan.names.twice) WHERE taken) AS d
            USING (\(list)) GROUP BY \(list) HAVING count(*) = 1)
            """
        }
    }

    /// Rows affected, by a value of the table alias `t`.
    func affected(by part: String) -> String {
        """
        SELECT part, sum(n)::BIGINT FROM (
            SELECT \(part) AS part, \(selected), count(*) AS n FROM \(rows) AS t WHERE \(isComplete)
            GROUP BY ALL HAVING count(*) > 1)
        GROUP BY part
        """
    }

    /// Adds the rows too many to the broken ones. `leaving` is true, over `b`, for rows that leave anyway.
    func mark(leaving: String) -> String {
        """
        INSERT INTO \(plan.names.broken)
        SELECT rid, \(plan.marks(of: rule)) FROM (
            SELECT t.rowid AS rid, d.taken,
                row_number() OVER (PARTITION BY \(names.map { "d.\($0)" }.joined(separator: ", ")) ORDER BY t.rowid IN (SELECT b.rid FROM \(plan.names.broken) AS b WHERE \(leaving)), t.rowid) AS place
            FROM \(rows) AS t JOIN \(plan.names.twice) AS d ON \(same("d", keys)))
        WHERE taken OR place > 1
        """
    }

    func evidence(in declared: TableName) -> String {
        let columns = rule.columns.map { SQL.quote($0.root) }.joined(separator: ", ")
        let list = rule.columns.contains { $0.parts.count > 1 } ? keys.joined(separator: ", ") : columns
        return "SELECT \(list), count(*) FROM \(declared.sql) AS t WHERE \(isComplete) GROUP BY ALL HAVING count(*) > 1"
    }

    /// The same check with the published rows of `existing` that no row under test replaces.
    func including(_ existing: TableName, columns: [Column], replacedBy keys: [String]?) -> UniqueCheck {
        let known = Dictionary(
            columns.map { ($0.name.lowercased(), TypeFamily(sql: $0.type)) }, uniquingKeysWith: { a, _ in a })
        var check = self
        for (index, path) in rule.columns.enumerated() where path.parts.count == 1 {
            // A column that is new has no published values to collide with.
            guard let family = known[path.root.lowercased()] else { return self }
            if !family.compares(with: plan.type(of: path)) { check.asText.insert(index) }
        }
        let kept = ExistingRows.kept(existing, replacedBy: keys, table: plan.table)
        check.published = "SELECT \(check.selected) FROM \(kept) AS t"
        return check
    }
}

/// The published rows that stay when the rows under test are published.
enum ExistingRows {
    /// A table expression.
    static func kept(_ existing: TableName, replacedBy keys: [String]?, table: String) -> String {
        guard let keys, !keys.isEmpty else { return existing.sql }
        return
            "(SELECT * FROM \(existing.sql) ANTI JOIN (SELECT \(SQL.list(keys)) FROM \(table)) USING (\(SQL.list(keys))))"
    }
}
