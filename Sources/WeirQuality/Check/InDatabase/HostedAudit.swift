import WeirCore
import WeirEngine

/// Runs every rule of a contract against a table of another database, in that database.
///
/// One statement decides all rules about single rows; each key and each reference adds one of its own. Only counts
/// travel, and the few rows that are shown. A rule that the database cannot decide just as DuckDB would is decided by
/// DuckDB on the columns it needs, and its outcome says why in ``CheckOutcome/fetched``.
///
/// The outcomes are those of ``TableAudit`` on a copy of the table. Nothing is written to the database.
public enum HostedAudit {
    /// - Parameters:
    ///   - policy: what happens to rows that break a rule; quarantine is not possible in a table that is only read.
    ///   - resolve: the table that a foreign key or a comparison names; nil when there is none.
    ///   - now: the time that freshness is measured at, in microseconds since 1970 UTC; nil is now.
    /// - Throws: ``WeirError`` when the database does not answer, or a rule cannot run at all.
    public static func audit(
        _ contract: TableContract, of table: HostedTable, declared: TableName, policy: OnFail,
        resolve: (String) throws -> HostedTable?, detail: AuditDetail = AuditDetail(), now: Int64? = nil,
        on connection: isolated Connection
    ) throws -> AuditResult {
        var parents: [String: HostedTable] = [:]
        for rule in contract.rules {
            guard let name = rule.otherTable, parents[name] == nil else { continue }
            guard let parent = try resolve(name) else { throw AuditRun.unknown(name, rule) }
            parents[name] = parent
            if case .foreignKey(let key) = rule.kind,
                let missing = key.columns.first(where: { parent.column($0) == nil })
            {
                throw WeirError(
                    "contract.unknown-reference", "\(rule.id): \(name) has no column \"\(missing)\"",
                    hint: DidYouMean.hint(for: missing, among: parent.columns.map(\.name)), at: rule.place)
            }
        }
        let table = table.seen(by: contract)
        var run = HostedRun(
            contract: contract, table: table, declared: declared, policy: contract.onFail ?? policy, parents: parents,
            now: now, plan: HostedPlan(contract, table: table, parents: parents))
        try run.prepare(detail)
        try run.countRows(on: connection)
        try run.countOthers(on: connection)
        try run.measure(on: connection)
        let fetched = try run.decideFetched(detail, on: connection)
        try run.addSamples(on: connection)
        var result = run.result
        result.segments = try fetched?.segments ?? run.segments(detail, on: connection)
        result.failing = try fetched?.failing ?? run.failingRows(detail, on: connection)
        return result
    }
}

extension Rule {
    /// The table that a rule compares its own with, as the contract names it.
    public var otherTable: String? {
        switch kind {
        case .foreignKey(let key): key.table
        case .custom(.rowsOf(let rows)): rows.table
        case .custom(.distribution(let rule)): rule.reference
        default: nil
        }
    }
}

/// One audit in another database under way.
struct HostedRun {
    let contract: TableContract
    let table: HostedTable
    let declared: TableName
    let policy: OnFail
    let parents: [String: HostedTable]
    let now: Int64?
    var plan: HostedPlan
    var rows = 0
    var outcomes: [String: CheckOutcome] = [:]

    /// A statement has so many results at most.
    private static let mostCounts = 500

    /// Rows are told with all rules they break: when DuckDB decides one of those, it decides them all.
    mutating func prepare(_ detail: AuditDetail) throws {
        guard !detail.segments.isEmpty || detail.failingRows > 0 else { return }
        let predicate = HostedPredicate(table: table)
        for name in detail.segments {
            guard let column = table.column(name) else {
                throw WeirError(
                    "check.unknown-column", "\(declared) has no column \"\(name)\" to divide it by",
                    hint: DidYouMean.hint(for: name, among: table.columns.map(\.name)))
            }
            if predicate.key(column) == nil || predicate.key(column) != predicate.groupKey(column) {
                plan.fetchRows(because: "\(table.dialect.label) does not divide rows by \"\(name)\" as DuckDB does")
            }
        }
        if plan.fetched.keys.contains(where: { id in plan.rules.contains { $0.id == id && $0.kind.namesRows } }) {
            plan.fetchRows(because: "rows are told with all rules they break, and DuckDB decides one of those")
        }
    }

    // MARK: Rules about single rows

    mutating func countRows(on connection: isolated Connection) throws {
        try setAsideStrangers(on: connection)
        do { try count(plan.rowRules, on: connection) } catch let error as WeirError where !plan.rowRules.isEmpty {
            // A value or a rule that the database stumbles over is no reason to give up, if it still answers at all.
            try count([], on: connection)
            plan.fetch(plan.rowRules.map(\.rule.id), because: "\(table.dialect.label) refuses: \(error.message)")
        }
    }

    private mutating func count(_ rules: [(rule: Rule, condition: String)], on connection: isolated Connection) throws {
        var start = 0
        repeat {
            let part = rules[start..<min(start + Self.mostCounts, rules.count)]
            let found = try table.ask(plan.counts(part.map(\.condition)), on: connection).first ?? []
            rows = Self.whole(found[0])
            for (entry, value) in zip(part, found.dropFirst()) { settle(entry.rule, violating: Self.whole(value)) }
            start += Self.mostCounts
        } while start < rules.count
    }

    /// SQLite keeps any value in any column. Where one is of another kind than its column says, or holds a NUL at which
    /// SQLite's functions stop, DuckDB's reading decides.
    private mutating func setAsideStrangers(on connection: isolated Connection) throws {
        guard table.dialect == .sqlite else { return }
        let predicate = HostedPredicate(table: table)
        let names = Set(
            plan.rules.filter { plan.tests[$0.id] != nil && $0.kind != .notNull }.flatMap(\.columns).map(\.root))
        let checked = table.columns.filter { names.contains($0.name) }
        let conditions = checked.map { column -> String in
            let value = predicate.value(column)
            return switch predicate.family(column) {
            case .text?: "typeof(\(value)) NOT IN ('text', 'null') OR instr(CAST(\(value) AS BLOB), X'00') > 0"
            case .floating?: "typeof(\(value)) NOT IN ('real', 'integer', 'null')"
            default: "typeof(\(value)) NOT IN ('integer', 'null')"
            }
        }
        for start in stride(from: 0, to: conditions.count, by: Self.mostCounts) {
            let end = min(start + Self.mostCounts, conditions.count)
            let found = try table.ask(plan.counts(Array(conditions[start..<end])), on: connection).first ?? []
            for (column, count) in zip(checked[start..<end], found.dropFirst()) where Self.whole(count) > 0 {
                let rules = plan.rules.filter { $0.kind != .notNull && $0.columns.contains { $0.root == column.name } }
                plan.fetch(
                    rules.map(\.id),
                    because: "\"\(column.name)\" is \(column.nativeType) and holds values of another kind")
            }
        }
    }

    /// SQLite hands every number over as its text.
    static func whole(_ value: Value) -> Int { value.int.map(Int.init) ?? Int(value.display) ?? 0 }

    private mutating func settle(_ rule: Rule, violating: Int, affected: Int? = nil) {
        outcomes[rule.id] = CheckOutcome(
            rule, Decision.status(of: rule, violating: violating, rows: rows, policy: policy), violating: violating,
            affected: affected, sql: plan.evidence(rule))
    }

    // MARK: Keys and references

    mutating func countOthers(on connection: isolated Connection) throws {
        for rule in plan.rules {
            do {
                switch plan.tests[rule.id] {
                case .unique(let keys, let columns)?:
                    let found = try table.ask(plan.repeated(keys, columns), on: connection).first ?? []
                    settle(rule, violating: Self.whole(found[0]), affected: Self.whole(found[1]))
                case .reference(let test)?:
                    let found = try table.ask(plan.counts([test]), on: connection).first ?? []
                    settle(rule, violating: Self.whole(found[1]))
                case .row?, nil: break
                }
            } catch let error as WeirError {
                try count([], on: connection)
                plan.fetch([rule.id], because: "\(table.dialect.label) refuses: \(error.message)")
            }
        }
    }

    // MARK: Rules about the table

    mutating func measure(on connection: isolated Connection) throws {
        for rule in plan.rules where plan.undecidable[rule.id] == nil && plan.fetched[rule.id] == nil {
            switch rule.kind {
            case .rowCount: outcomes[rule.id] = CheckOutcome(rule, measured: Double(rows), policy: policy)
            case .freshness: outcomes[rule.id] = try newest(rule, on: connection)
            case .sql(let text): outcomes[rule.id] = try answer(rule, text, on: connection)
            case .custom(.rowsOf(let custom)):
                guard let other = parents[custom.table] else { continue }
                let query = "SELECT count(*) AS n FROM \(other.relation) AS t"
                let there = try other.ask(query, on: connection)
                outcomes[rule.id] = CheckOutcome(
                    rule, rowsHere: Double(rows), there: Double(Self.whole(there.scalar)), of: custom.table, sql: query,
                    policy: policy)
            default: break
            }
        }
    }

    private func newest(_ rule: Rule, on connection: isolated Connection) throws -> CheckOutcome? {
        guard let column = rule.columns.first.flatMap({ table.column($0.root) }) else { return nil }
        let query = "SELECT max(\(HostedPredicate(table: table).value(column))) AS m FROM \(table.relation) AS t"
        let found =
            try table.ask(
                query, as: "epoch_us(CAST(m AS \(column.type))), CAST(m AS \(column.type))", on: connection
            ).first ?? []
        return CheckOutcome(
            rule, newest: found.first?.int, shownAs: found.last?.display ?? "", now: now, sql: query, policy: policy)
    }

    /// A rule's own SQL is that of the database. As the only thing in brackets it is one SELECT and cannot write.
    private func answer(_ rule: Rule, _ text: String, on connection: isolated Connection) throws -> CheckOutcome {
        let query = SQLText.statement(
            SQLRule.fill(text, object: table.relation, column: rule.columns.first, dialect: table.dialect))
        do {
            if SQLText.secondStatement(query) != nil || SQLText.words(query).contains(where: { $0.text == ";" }) {
                throw WeirError("sql.syntax", "there is more than one statement")
            }
            // SQLite hands every number over as its text.
            let values = table.dialect == .sqlite ? "COLUMNS(*)::DOUBLE" : "*"
            let answer = try table.ask("SELECT * FROM (\(query)\n) AS weir_rule LIMIT 2", as: values, on: connection)
            return CheckOutcome(rule, answer: answer, rows: Double(rows), sql: query, policy: policy)
        } catch let problem as WeirError {
            try Self.requireAnswer(table, on: connection)
            if rule.severity != .error {
                return CheckOutcome(rule, undecided: "the query fails: \(problem.message)", sql: query, policy: policy)
            }
            throw WeirError(
                "contract.bad-query", "\(rule.id): the query fails: \(problem.message)",
                hint:
                    "in \(table.dialect.label) an SQL rule is one SELECT of its own SQL that returns one number or truth value",
                at: rule.place)
        }
    }

    /// Throws when the database is gone: then no rule is to blame.
    private static func requireAnswer(_ table: HostedTable, on connection: isolated Connection) throws {
        _ = try table.ask("SELECT 1 AS n", on: connection)
    }

    // MARK: The result

    var result: AuditResult {
        let all = CheckOutcome.all(
            of: contract, columns: table.columns.map { Column(name: $0.name, type: $0.type) }, rules: plan.rules,
            outcomes: outcomes, undecidable: plan.undecidable, policy: policy)
        let verdict = Decision.verdict(all, failedRows: 0, rows: rows, malformed: 0, tolerance: contract.tolerance)
        return AuditResult(rows: rows, outcomes: all, failedTable: "", failedRows: 0, verdict: verdict)
    }
}
