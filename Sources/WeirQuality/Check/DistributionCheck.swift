import WeirCore
import WeirEngine

/// The SQL of a rule about how the values of a column are spread, and what its answer means.
struct DistributionCheck {
    let rule: CustomRule.Distribution
    let column: ColumnPath
    let family: TypeFamily

    /// Numbers and times are compared in tenths of the reference, anything else value by value, the rarer ones together.
    private static let edges = (1...9).map { "0.\($0)" }.joined(separator: ", ")
    private static let mostValues = 50

    /// Why the rule cannot be decided on the column as it is.
    var problem: String? {
        switch rule.measure {
        case .psi:
            [.list, .structure, .map, .blob, .interval, .other].contains(family)
                ? "values of type \(family.rawValue) have no distribution" : nil
        case .mean, .quantile:
            family.isNumeric ? nil : "the column \"\(column)\" holds no numbers, so it has no \(rule.measure.words)"
        }
    }

    private var value: String {
        if family.isNumeric { return "CAST(\(column.sql) AS DOUBLE)" }
        if family == .time { return "CAST(epoch_us(\(column.sql)) AS DOUBLE)" }
        return family.isTemporal ? "CAST(epoch(\(column.sql)) AS DOUBLE)" : "CAST(\(column.sql) AS VARCHAR)"
    }

    /// - Parameters:
    ///   - here: the table whose rows are looked at, for SQL.
    ///   - there: the reference.
    func query(here: String, there: String) -> String {
        func rows(_ table: String, _ condition: String?) -> String {
            "SELECT \(value) AS v FROM \(table) AS t WHERE \(column.sql) IS NOT NULL\(condition.map { " AND (\($0)\n)" } ?? "")"
        }
        let sides = "WITH a AS MATERIALIZED (\(rows(here, rule.own))), b AS MATERIALIZED (\(rows(there, rule.other)))"
        let counts = "(SELECT count(*) FROM a) AS here, (SELECT count(*) FROM b) AS there"
        switch rule.measure {
        case .mean: return "\(sides) SELECT \(counts), (SELECT avg(v) FROM a) AS x, (SELECT avg(v) FROM b) AS y"
        case .quantile(let share):
            return
                "\(sides) SELECT \(counts), (SELECT quantile_cont(v, \(share)) FROM a) AS x, (SELECT quantile_cont(v, \(share)) FROM b) AS y"
        case .psi where family.isNumeric || family.isTemporal:
            return """
                \(sides), e AS (SELECT list_distinct(quantile_cont(v, [\(Self.edges)])) AS edges FROM b)
                SELECT count(*) FILTER (is_here) AS here, count(*) FILTER (NOT is_here) AS there FROM (
                    SELECT true AS is_here, len(list_filter(edges, lambda x: x < v)) AS place FROM a, e
                    UNION ALL SELECT false, len(list_filter(edges, lambda x: x < v)) FROM b, e)
                GROUP BY place ORDER BY place
                """
        case .psi:
            return """
                \(sides), e AS (SELECT v FROM b GROUP BY v ORDER BY count(*) DESC, v LIMIT \(Self.mostValues))
                SELECT count(*) FILTER (is_here) AS here, count(*) FILTER (NOT is_here) AS there FROM (
                    SELECT true AS is_here, e.v AS place FROM a LEFT JOIN e ON a.v = e.v
                    UNION ALL SELECT false, e.v FROM b LEFT JOIN e ON b.v = e.v)
                GROUP BY place ORDER BY place
                """
        }
    }

    /// What an answer says.
    struct Finding {
        var here: Double
        var there: Double
        /// Nil where one side has no rows.
        var index: Double?
        var values: (here: Double, there: Double)?
    }

    func finding(_ answer: Rows) -> Finding {
        let rows = answer.map { row in row.map(\.double) }
        if rule.measure == .psi {
            let here = rows.map { $0[0] ?? 0 }
            let there = rows.map { $0[1] ?? 0 }
            let sums = (here.reduce(0, +), there.reduce(0, +))
            let index = sums.0 > 0 && sums.1 > 0 ? Distances.psi(there, here) : nil
            return Finding(here: sums.0, there: sums.1, index: index)
        }
        let row = rows.first ?? []
        var finding = Finding(here: (row.first ?? 0) ?? 0, there: (row.dropFirst().first ?? 0) ?? 0)
        if row.count == 4, let x = row[2], let y = row[3] { finding.values = (x, y) }
        return finding
    }
}

extension AuditRun {
    /// Compares how values are spread with the reference.
    mutating func checkDistribution(
        _ rule: Rule, _ custom: CustomRule.Distribution, on connection: isolated Connection
    ) throws {
        guard let column = rule.columns.first else { return }
        let check = DistributionCheck(rule: custom, column: column, family: plan.type(of: column))
        if let problem = check.problem { return unsettled(rule, problem) }
        let other = sources[rule.id]
        let shown = check.query(here: scope.declared.sql, there: (other ?? scope.declared).sql)
        let query = check.query(here: plan.names.good, there: other?.sql ?? plan.names.good)
        let answer: Rows
        do { answer = try connection.query("SELECT * FROM query(\(ValueSQL.text(query)))") } catch {
            guard Self.isAboutTheRule(error) else { throw error }
            return unsettled(
                rule, "the distributions cannot be compared: \(WeirError.wrapping(error).message)", sql: shown)
        }
        outcomes[rule.id] = CheckOutcome(
            rule, check.finding(answer), custom.measure, reference: custom.reference ?? "the rows it is held against",
            sql: shown, policy: policy)
    }
}

extension CheckOutcome {
    init(
        _ rule: Rule, _ found: DistributionCheck.Finding, _ measure: CustomRule.Distribution.Measure, reference: String,
        sql: String?, policy: OnFail
    ) {
        func unsettled(_ why: String) -> CheckOutcome { CheckOutcome(rule, undecided: why, sql: sql, policy: policy) }
        guard found.here > 0, found.there > 0 else {
            self = unsettled(
                found.there > 0
                    ? "there is no row with a value to compare" : "\(reference) has no row with a value to compare with"
            )
            return
        }
        let counts = "\(Int(found.here)) values here and \(Int(found.there)) in \(reference)"
        let measured: Double
        let story: String
        if let index = found.index {
            measured = index
            story = "the index is \(index.rounded(digits: 4)), from \(counts)"
        } else if let values = found.values {
            story =
                "the \(measure.words) is \(values.here.rounded(digits: 6)) here and \(values.there.rounded(digits: 6)) in \(reference)"
            if rule.limit.unit == .percent {
                guard values.there != 0 else {
                    self = unsettled("\(story), and 0 has no share")
                    return
                }
                measured = values.here * 100 / values.there
            } else {
                measured = values.here - values.there
            }
        } else {
            self = unsettled("the values cannot be compared")
            return
        }
        guard measured.isFinite else {
            self = unsettled("\(story), which is no number to compare")
            return
        }
        self.init(rule, measured: measured, detail: "\(story), wanted \(rule.limitText)", sql: sql, policy: policy)
    }
}

extension Double {
    /// For people.
    fileprivate func rounded(digits: Int) -> String {
        var power = 1.0
        for _ in 0..<digits { power *= 10 }
        let rounded = (self * power).rounded() / power
        return rounded.isFinite ? rounded.plainText : plainText
    }
}
