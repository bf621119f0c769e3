import WeirCore
import WeirEngine

/// Rules about the table as a whole, measured on what would be published.
extension AuditRun {
    mutating func checkTable(on connection: isolated Connection) throws {
        let rules = plan.rules.filter { !$0.kind.namesRows && plan.undecidable[$0.id] == nil }
        guard !rules.isEmpty else { return }
        try connection.execute("CREATE OR REPLACE TEMP VIEW \(plan.names.good) AS \(goodRows)")
        let total = try connection.query("SELECT count(*) FROM \(plan.names.good)").scalar.int ?? 0
        for rule in rules {
            switch rule.kind {
            case .rowCount: settle(rule, measured: Double(total))
            case .freshness(let limit): try checkFreshness(rule, limit, on: connection)
            case .sql(let text): try checkQuery(rule, text, rows: Double(total), on: connection)
            case .custom(.rowsOf(let custom)): try checkRowsOf(rule, custom, on: connection)
            case .custom(.distribution(let custom)): try checkDistribution(rule, custom, on: connection)
            default: break
            }
        }
    }

    /// The rows under test that stay, and the published rows beside them.
    private var goodRows: String {
        let mine =
            failedRows == 0
            ? "SELECT * FROM \(table)"
            : "SELECT * FROM \(table) WHERE rowid NOT IN (SELECT rid FROM \(plan.names.failed))"
        guard let existing = scope.existing else { return mine }
        let kept = ExistingRows.kept(existing, replacedBy: scope.scopeKeysReplaced, table: table)
        return "(\(mine)) UNION ALL BY NAME (SELECT * FROM \(kept))"
    }

    mutating func settle(_ rule: Rule, measured: Double, detail: String? = nil, sql: String? = nil) {
        outcomes[rule.id] = CheckOutcome(rule, measured: measured, detail: detail, sql: sql, policy: policy)
    }

    mutating func unsettled(_ rule: Rule, _ why: String, sql: String? = nil) {
        outcomes[rule.id] = CheckOutcome(rule, undecided: why, sql: sql, policy: policy)
    }

    // MARK: Freshness

    /// A query for a person that shows the newest value.
    func newestQuery(_ path: ColumnPath) -> String { "SELECT max(\(path.sql)) FROM \(scope.declared.sql) AS t" }

    private mutating func checkFreshness(_ rule: Rule, _ limit: Double, on connection: isolated Connection) throws {
        guard let path = rule.columns.first else { return }
        let shown = newestQuery(path)
        guard [.date, .timestamp, .timestampTZ].contains(plan.type(of: path)) else {
            return unsettled(rule, "the column \"\(path)\" holds neither dates nor timestamps")
        }
        let newest = try connection.query(
            "SELECT epoch_us(max(\(path.sql))), max(\(path.sql)) FROM \(plan.names.good) AS t")
        outcomes[rule.id] = CheckOutcome(
            rule, newest: newest.first?[0].int, shownAs: newest.first?[1].display ?? "", now: scope.now, sql: shown,
            policy: policy)
    }

    // MARK: SQL

    /// Runs the query through DuckDB's `query` function, which takes exactly one SELECT: a rule cannot write.
    private mutating func checkQuery(
        _ rule: Rule, _ text: String, rows: Double, on connection: isolated Connection
    ) throws {
        let shown = SQLRule.fill(text, object: scope.declared.sql, column: rule.columns.first)
        let query = SQLRule.fill(text, object: plan.names.good, column: rule.columns.first)
        let result: Rows
        do { result = try connection.query("SELECT * FROM query(\(ValueSQL.text(query)))") } catch {
            let problem = WeirError.wrapping(error)
            if error is CancellationError || problem.outcome == .systemFailed { throw error }
            if rule.severity != .error { return unsettled(rule, "the query fails: \(problem.message)", sql: shown) }
            throw WeirError(
                "contract.bad-query", "\(rule.id): the query fails: \(problem.message)",
                hint: "an SQL rule is one SELECT that returns one number or truth value", at: rule.place)
        }
        outcomes[rule.id] = CheckOutcome(rule, answer: result, rows: rows, sql: shown, policy: policy)
    }
}

/// The text of SQL rules.
enum SQLRule {
    /// Puts the table and the column in place of `{object}`, `{property}` and their older forms.
    static func fill(
        _ text: String, object: String, column: ColumnPath?, dialect: SQLDialect = .duckdb
    ) -> String {
        var text = text
        for mark in ["${object}", "${table}", "${model}", "{object}", "{table}", "{model}"] {
            text = text.replacing(mark, with: object)
        }
        guard let column else { return text }
        for mark in ["${property}", "${column}", "${field}", "{property}", "{column}", "{field}"] {
            text = text.replacing(mark, with: dialect.quote(column.root))
        }
        return text
    }

    static func number(_ value: Value) -> Double? { value.bool.map { $0 ? 1 : 0 } ?? value.double }
}
