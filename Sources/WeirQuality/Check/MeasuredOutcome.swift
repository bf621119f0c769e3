import Foundation
import WeirCore
import WeirEngine

/// Outcomes of rules that measure a table instead of counting rows, wherever the measuring was done.
extension CheckOutcome {
    init(_ rule: Rule, measured: Double, detail: String? = nil, sql: String? = nil, policy: OnFail) {
        let status = Decision.status(of: rule, measured: measured, policy: policy)
        self.init(rule, status, measured: measured, detail: status == .passed ? nil : detail, sql: sql)
    }

    /// A rule that could not be decided must not look like one that passed.
    init(_ rule: Rule, undecided why: String, sql: String? = nil, policy: OnFail) {
        self.init(rule, Decision.status(of: rule, holds: false, policy: policy), detail: why, sql: sql)
    }

    /// - Parameters:
    ///   - newest: the newest value of a freshness rule's column, in microseconds since 1970 UTC.
    ///   - now: the time of the check, in the same unit; nil is now.
    init(_ rule: Rule, newest: Int64?, shownAs text: String, now: Int64?, sql: String?, policy: OnFail) {
        guard let newest else {
            self.init(
                rule, undecided: "there is no newest value: the column is empty", sql: sql, policy: policy)
            return
        }
        let now = now ?? Int64(Date().timeIntervalSince1970 * 1_000_000)
        let age = (Double(now) - Double(newest)) / 1_000_000
        self.init(
            rule, measured: age,
            detail: "the newest value is \(text), \(Rule.age(age.rounded())) old, wanted \(rule.limitText)", sql: sql,
            policy: policy)
    }

    /// - Parameter rows: the base of percentages.
    init(_ rule: Rule, answer: Rows, rows: Double, sql: String?, policy: OnFail) {
        guard answer.count == 1, answer.columns.count == 1 else {
            self.init(
                rule,
                undecided:
                    "the query returns \(answer.count) rows of \(answer.columns.count) columns, and one value is wanted",
                sql: sql, policy: policy)
            return
        }
        guard let value = SQLRule.number(answer.scalar) else {
            self.init(
                rule, undecided: "the query returns \(answer.scalar.display), which is no number", sql: sql,
                policy: policy)
            return
        }
        let share = rule.limit.unit == .percent ? (rows == 0 ? 0 : value * 100 / rows) : value
        self.init(rule, measured: share, sql: sql, policy: policy)
    }

    /// - Parameters:
    ///   - here: rows of the table under test.
    ///   - there: rows of the table they are compared with.
    init(_ rule: Rule, rowsHere here: Double, there: Double, of other: String, sql: String?, policy: OnFail) {
        let isShare = rule.limit.unit == .percent
        if isShare, there == 0 {
            self.init(
                rule, undecided: "\(other) has no row that counts, so there is no share", sql: sql, policy: policy)
            return
        }
        self.init(
            rule, measured: isShare ? here * 100 / there : here - there,
            detail: "\(Int(here)) rows here and \(Int(there)) in \(other), wanted \(rule.limitText)", sql: sql,
            policy: policy)
    }
}
