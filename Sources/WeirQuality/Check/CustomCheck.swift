import WeirCore
import WeirEngine

/// The SQL of custom rules that look at other rows: sequences, and uniqueness within a time.
///
/// Published rows that stay are looked at together with those under test. They break nothing themselves: what does not
/// go together with them is the row that comes in.
struct CustomCheck {
    let rule: Rule
    let plan: AuditPlan
    /// A table expression: published rows that stay, with all columns of the rule.
    private(set) var published: String?

    init(rule: Rule, plan: AuditPlan) {
        self.rule = rule
        self.plan = plan
    }

    /// The same check with the published rows that stay, where they have the rule's columns.
    ///
    /// - Parameter columns: those of the published rows.
    func including(_ published: String, columns: [Column]) -> CustomCheck {
        let families = Dictionary(
            columns.map { ($0.name.lowercased(), TypeFamily(sql: $0.type)) }, uniquingKeysWith: { first, _ in first })
        let fit = rule.columns.allSatisfy { path in
            path.parts.count == 1 && families[path.root.lowercased()]?.compares(with: plan.type(of: path)) == true
        }
        guard fit else { return self }
        var check = self
        check.published = published
        return check
    }

    /// The rows that break the rule, as `rid`, over the table under test; nil when its columns do not fit.
    var brokenRows: String? {
        guard case .custom(let custom) = rule.kind else { return nil }
        return switch custom {
        case .sequence(let sequence): rows(sequence)
        case .uniqueWithin(let window): rows(window)
        case .condition, .rowsOf, .distribution: nil
        }
    }

    var mark: String? {
        brokenRows.map { "INSERT INTO \(plan.names.broken) SELECT rid, \(plan.marks(of: rule)) FROM (\($0))" }
    }

    /// Why the rule cannot be decided on the columns as they are.
    var problem: String? {
        guard case .custom(let custom) = rule.kind, let first = rule.columns.first else { return nil }
        let family = plan.type(of: first)
        switch custom {
        case .sequence(let sequence):
            if sequence.kind == .noGaps, !family.isNumeric, !family.isTemporal {
                return "gaps can be told only between numbers or times, not in a column of type \(family.rawValue)"
            }
            if sequence.kind == .noGaps, let step = sequence.step, (step.isTime) != family.isTemporal {
                return "the step does not fit a column of type \(family.rawValue)"
            }
        case .uniqueWithin:
            if let time = rule.columns.last, ![.date, .timestamp, .timestampTZ].contains(plan.type(of: time)) {
                return "the column \"\(time)\" holds neither dates nor timestamps"
            }
        case .condition, .rowsOf, .distribution: break
        }
        return nil
    }

    private func rows(_ sequence: CustomRule.Sequence) -> String {
        let value = rule.columns.first?.sql ?? "NULL"
        let groups = sequence.partition.map { "t.\(SQL.quote($0))" }
        let order = sequence.kind == .noGaps ? value : sequence.order.map { "t.\(SQL.quote($0))" }
        let columns = Columns(value: value, order: order, groups: groups, complete: "\(value) IS NOT NULL")
        let condition =
            switch sequence.kind {
            case .increasing: "v < p OR v > n"
            case .strictlyIncreasing: "v <= p OR v >= n"
            case .noGaps: isGap(sequence.step)
            }
        let next =
            "first_value(CASE WHEN rid IS NULL THEN v END IGNORE NULLS) OVER (\(columns.window) \(Self.following)) AS n"
        let before: String? = published.map { rows in
            // Published rows have no order of their own: what comes after them has to be beyond the largest.
            if order == nil { return columns.largest(in: rows) }
            return columns.select("NULL", from: rows)
                + (groups.isEmpty ? " AND \(columns.isNear(plan.table, rows))" : "")
        }
        return """
            SELECT rid FROM (SELECT rid, v, lag(v) OVER (\(columns.window)) AS p, \(next) FROM (\(together(columns, before))))
            WHERE rid IS NOT NULL AND (\(condition))
            """
    }

    private func isGap(_ step: CustomRule.Sequence.Step?) -> String {
        let family = rule.columns.first.map(plan.type) ?? .other
        switch step {
        case .number(let number): return "v - p > \(number)"
        case .time(let span): return "v > p + to_seconds(\(span.seconds))"
        case nil: return family.isTemporal ? "v > p + to_seconds(86400)" : "v - p > 1"
        }
    }

    private func rows(_ window: CustomRule.UniqueWithin) -> String {
        let time = "t.\(SQL.quote(window.time))"
        let keys = rule.columns.dropLast().map(\.sql)
        let columns = Columns(
            value: time, order: time, groups: keys,
            complete: (keys + [time]).map { "\($0) IS NOT NULL" }.joined(separator: " AND "))
        let span = "to_seconds(\(window.span.seconds))"
        let before = published.map {
            """
            \(columns.select("NULL", from: $0)) AND \(time) > (SELECT min(\(time)) FROM \(plan.table) AS t) - \(span)
            AND \(time) < (SELECT max(\(time)) FROM \(plan.table) AS t) + \(span)
            """
        }
        let next = "min(CASE WHEN rid IS NULL THEN v END) OVER (\(columns.window) \(Self.following)) AS n"
        return """
            SELECT rid FROM (SELECT rid, v, lag(v) OVER (\(columns.window)) AS p, \(next) FROM (\(together(columns, before))))
            WHERE rid IS NOT NULL AND (v < p + \(span) OR n < v + \(span))
            """
    }

    /// The frame that finds the next published row.
    private static let following = "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"

    private func together(_ columns: Columns, _ before: String?) -> String {
        let mine = columns.select("t.rowid", from: plan.table)
        return before.map { "\(mine) UNION ALL \($0)" } ?? mine
    }

    /// What such a rule reads, over the alias `t`, and calls `rid`, `v`, `o`, `g0 …`; published rows have no `rid`.
    private struct Columns {
        let value: String
        /// Nil for the order of the rows.
        let order: String?
        let groups: [String]
        /// True for a row that counts.
        let complete: String

        /// Of rows in the same place the published ones come first.
        var window: String {
            let list = groups.indices.map { "g\($0)" }.joined(separator: ", ")
            return (groups.isEmpty ? "" : "PARTITION BY \(list) ") + "ORDER BY o, rid NULLS FIRST"
        }

        private func list(_ rid: String, _ value: String, _ order: String) -> String {
            (["\(rid) AS rid", "\(value) AS v", "\(order) AS o"] + groups.enumerated().map { "\($1) AS g\($0)" })
                .joined(separator: ", ")
        }

        func select(_ rid: String, from rows: String) -> String {
            "SELECT \(list(rid, value, order ?? "0")) FROM \(rows) AS t WHERE \(complete)"
        }

        func largest(in rows: String) -> String {
            "SELECT \(list("NULL", "max(\(value))", "0")) FROM \(rows) AS t WHERE \(complete) GROUP BY ALL"
        }

        /// True for published rows from the last one before the rows under test on: those before it say nothing.
        func isNear(_ table: String, _ rows: String) -> String {
            let place = order ?? "0"
            let first = "(SELECT min(\(place)) FROM \(table) AS t WHERE \(complete))"
            return
                "coalesce(\(place) >= (SELECT max(\(place)) FROM \(rows) AS t WHERE \(complete) AND \(place) <= \(first)), true)"
        }
    }
}

/// Conditions of custom rules become a part of the scan, so they are tried alone first.
enum ConditionCheck {
    /// Why a condition cannot be used; nil when it can.
    ///
    /// DuckDB's `query` function takes exactly one SELECT: a condition can end nothing and begin nothing.
    static func refusal(
        of condition: CustomRule.Condition, in table: String, on connection: isolated Connection
    ) throws -> String? {
        for text in [condition.check, condition.when].compactMap(\.self) {
            let query = "SELECT \(text)\n AS c FROM \(table) AS t LIMIT 0"
            do {
                let columns = try connection.columns(of: "SELECT * FROM query(\(ValueSQL.text(query)))")
                if columns.count != 1 || columns[0].type != "BOOLEAN" { return "\"\(text)\" is no condition" }
            } catch {
                guard AuditRun.isAboutTheRule(error) else { throw error }
                return "\"\(text)\" cannot be used: \(WeirError.wrapping(error).message)"
            }
        }
        return nil
    }
}

extension CustomRule.Sequence.Step {
    var isTime: Bool { if case .time = self { true } else { false } }
}

extension AuditRun {
    /// Marks the rows that break sequences and uniqueness within a time.
    mutating func checkCustomRows(on connection: isolated Connection) throws {
        let published = try scope.existing.map {
            (
                ExistingRows.kept($0, replacedBy: scope.scopeKeysReplaced, table: table),
                try columns(of: $0, on: connection)
            )
        }
        for rule in plan.rules {
            guard case .custom = rule.kind, plan.undecidable[rule.id] == nil else { continue }
            var check = CustomCheck(rule: rule, plan: plan)
            if let (rows, columns) = published { check = check.including(rows, columns: columns) }
            if let problem = check.problem {
                outcomes[rule.id] = CheckOutcome(
                    rule, Decision.status(of: rule, holds: false, policy: policy), detail: problem)
            } else if let mark = check.mark {
                try connection.execute(mark)
            }
        }
    }

    /// Counts the rows here and there.
    mutating func checkRowsOf(
        _ rule: Rule, _ custom: CustomRule.RowsOf, on connection: isolated Connection
    ) throws {
        guard let other = sources[rule.id] else { return }
        let own = custom.own.map { " WHERE (\($0)\n)" } ?? ""
        let there = custom.other.map { " WHERE (\($0)\n)" } ?? ""
        func query(_ table: String) -> String {
            "SELECT (SELECT count(*) FROM \(table) AS t\(own)) AS here, (SELECT count(*) FROM \(other.sql) AS t\(there)) AS there"
        }
        let shown = query(scope.declared.sql)
        let answer: Rows
        do { answer = try connection.query("SELECT * FROM query(\(ValueSQL.text(query(plan.names.good))))") } catch {
            guard Self.isAboutTheRule(error) else { throw error }
            return unsettled(rule, "the rows cannot be counted: \(WeirError.wrapping(error).message)", sql: shown)
        }
        outcomes[rule.id] = CheckOutcome(
            rule, rowsHere: Double(answer.first?[0].int ?? 0), there: Double(answer.first?[1].int ?? 0),
            of: custom.table, sql: shown, policy: policy)
    }
}
