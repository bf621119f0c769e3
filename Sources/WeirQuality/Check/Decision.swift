/// Decides what a rule's count means: pure, so that every case is tested without a database.
///
/// The rule's operator decides first. When it holds, violating rows are accepted and only counted. When it
/// does not, a rule of severity warn or info is reported; a rule of severity error acts by `on_fail`.
/// Quarantine needs rows to remove, and a limit that holds once they are gone; a rule without either stops
/// the load. More violating rows than the tolerance stop it too.
public enum Decision {
    /// - Parameters:
    ///   - violating: rows that break the rule.
    ///   - rows: rows that came in; the base of percentages.
    ///   - policy: `on_fail` where the rule says nothing itself.
    public static func status(of rule: Rule, violating: Int, rows: Int, policy: OnFail) -> CheckOutcome.Status {
        if rule.limit.holds(violating: violating, of: rows) {
            if let warning = rule.warnLimit, !warning.holds(violating: violating, of: rows) { return .warned }
            return violating == 0 ? .passed : .accepted
        }
        if rule.severity != .error { return .warned }
        switch rule.onFail ?? policy {
        case .warn: return .warned
        case .stop: return .failed
        case .quarantine:
            guard rule.kind.namesRows, rule.limit.holdsWithoutViolations else { return .failed }
            return rule.tolerance?.isExceeded(by: violating, of: rows) == true ? .failed : .quarantined
        }
    }

    /// The status of a rule that measures the table.
    public static func status(of rule: Rule, measured: Double, policy: OnFail) -> CheckOutcome.Status {
        let holds = rule.limit.holds(measured)
        if holds, let warning = rule.warnLimit, !warning.holds(measured) { return .warned }
        return status(of: rule, holds: holds, policy: policy)
    }

    /// The status of a rule that measures the table, or of one that cannot be decided (`holds` is false).
    public static func status(of rule: Rule, holds: Bool, policy: OnFail) -> CheckOutcome.Status {
        if holds { return .passed }
        return rule.severity == .error && (rule.onFail ?? policy) != .warn ? .failed : .warned
    }

    /// What has to happen, from all outcomes.
    static func verdict(
        _ outcomes: [CheckOutcome], failedRows: Int, rows: Int, malformed: Int, tolerance: Tolerance?
    ) -> AuditResult.Verdict {
        var reasons = outcomes.filter { $0.status == .failed }.map(\.reason)
        let lost = failedRows + malformed
        if let tolerance, tolerance.isExceeded(by: lost, of: rows + malformed) {
            reasons.append("\(lost) of \(rows + malformed) rows would be lost, and \(tolerance) are tolerated")
        }
        if !reasons.isEmpty { return .stop(reason: reasons.joined(separator: "; ")) }
        return failedRows > 0 ? .quarantine : .pass
    }
}

extension CheckOutcome {
    /// One line: which rule, what was found, what was wanted.
    public var reason: String {
        if let detail { return "\(rule): \(detail)" }
        if let violating {
            return "\(rule): \(violating) \(violating == 1 ? "row breaks" : "rows break") it, wanted \(limit)"
        }
        if let measured { return "\(rule): found \(measured.plainText), wanted \(limit)" }
        return "\(rule): wanted \(limit)"
    }
}
