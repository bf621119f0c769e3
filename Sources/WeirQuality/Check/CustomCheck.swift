import WeirCore
import WeirEngine

/// The SQL of custom rules that look at other rows: sequences, and uniqueness within a time.
struct CustomCheck {
    let rule: Rule
    let plan: AuditPlan

    /// The rows that break the rule, as `rid`, over the table under test; nil when its columns do not fit.
    var brokenRows: String? {
        guard case .custom(let custom) = rule.kind else { return nil }
        return switch custom {
        case .sequence(let sequence): rows(sequence)
        case .uniqueWithin(let window): rows(window)
        case .condition, .rowsOf: nil
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
        case .condition, .rowsOf: break
        }
        return nil
    }

    private func rows(_ sequence: CustomRule.Sequence) -> String {
        let value = rule.columns.first?.sql ?? "NULL"
        let partition = sequence.partition.map { "t.\(SQL.quote($0))" }
        let order =
            sequence.kind == .noGaps ? [value] : (sequence.order.map { ["t.\(SQL.quote($0))"] } ?? []) + ["t.rowid"]
        let condition =
            switch sequence.kind {
            case .increasing: "v < p"
            case .strictlyIncreasing: "v <= p"
            case .noGaps: isGap(sequence.step)
            }
        return """
            SELECT rid FROM (
                SELECT t.rowid AS rid, \(value) AS v, lag(\(value)) OVER (\(Self.window(partition, order))) AS p
                FROM \(plan.table) AS t WHERE \(value) IS NOT NULL)
            WHERE \(condition)
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
        let complete = (keys + [time]).map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
        return """
            SELECT rid FROM (
                SELECT t.rowid AS rid, \(time) AS v, lag(\(time)) OVER (\(Self.window(keys, [time, "t.rowid"]))) AS p
                FROM \(plan.table) AS t WHERE \(complete))
            WHERE v < p + to_seconds(\(window.span.seconds))
            """
    }

    private static func window(_ partition: [String], _ order: [String]) -> String {
        (partition.isEmpty ? "" : "PARTITION BY \(partition.joined(separator: ", ")) ")
            + "ORDER BY \(order.joined(separator: ", "))"
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
        for rule in plan.rules {
            guard case .custom = rule.kind, plan.undecidable[rule.id] == nil else { continue }
            let check = CustomCheck(rule: rule, plan: plan)
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
            of: other.description, sql: shown, policy: policy)
    }
}
