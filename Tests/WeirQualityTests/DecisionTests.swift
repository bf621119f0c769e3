import Testing
import WeirCore

@testable import WeirQuality

@Suite("What a count means")
struct DecisionTests {
    @Test(
        "the operator decides first, then severity, then on_fail",
        arguments: [
            (Limit.none, Severity.error, OnFail.quarantine, 0, CheckOutcome.Status.passed),
            (.none, .error, .quarantine, 3, .quarantined),
            (.none, .error, .stop, 3, .failed),
            (.none, .error, .warn, 3, .warned),
            (.none, .warn, .stop, 3, .warned),
            (.none, .info, .quarantine, 3, .warned),
            (Limit([.less(5)]), .error, .stop, 3, .accepted),
            (Limit([.less(5)]), .error, .quarantine, 5, .quarantined),
            (Limit([.lessOrEqual(3)], unit: .percent), .error, .stop, 3, .accepted),
            (Limit([.lessOrEqual(3)], unit: .percent), .error, .stop, 4, .failed),
            (Limit([.between(0, 3)]), .error, .stop, 3, .accepted),
            (Limit([.notBetween(1, 3)]), .error, .stop, 3, .failed),
            // Removing rows cannot mend a rule that wants more of them.
            (Limit([.greater(5)]), .error, .quarantine, 3, .failed),
            (Limit([.greaterOrEqual(1), .less(3)]), .error, .warn, 3, .warned),
        ])
    func statuses(limit: Limit, severity: Severity, policy: OnFail, violating: Int, wanted: CheckOutcome.Status) {
        let rule = Rule(.notNull, columns: [ColumnPath("a")], severity: severity, limit: limit)
        #expect(Decision.status(of: rule, violating: violating, rows: 100, policy: policy) == wanted)
    }

    @Test("the rule's own on_fail is stronger than the table's, and its tolerance stops a quarantine")
    func ownSettings() {
        var rule = Rule(.notNull, columns: [ColumnPath("a")], tolerance: .percent(2), onFail: .quarantine)
        #expect(Decision.status(of: rule, violating: 2, rows: 100, policy: .stop) == .quarantined)
        #expect(Decision.status(of: rule, violating: 3, rows: 100, policy: .stop) == .failed)
        rule.onFail = .warn
        #expect(Decision.status(of: rule, violating: 99, rows: 100, policy: .stop) == .warned)
    }

    @Test("a percentage of no rows is nothing")
    func emptyPercent() {
        let rule = Rule(.notNull, columns: [ColumnPath("a")], limit: Limit([.less(1)], unit: .percent))
        #expect(Decision.status(of: rule, violating: 0, rows: 0, policy: .stop) == .passed)
    }

    @Test("the table's tolerance counts all rows that would be lost, also malformed ones")
    func tableTolerance() async throws {
        let body = """
            customProperties: [{ property: weir.tolerance, value: 20% }]
            properties: [{ name: a, logicalType: integer, required: true }]
            """
        let setup = "CREATE TABLE stage AS SELECT CASE WHEN i < 2 THEN NULL ELSE i END AS a FROM range(10) t(i)"
        let (kept, _) = try await Lab.audit(body, setup: setup)
        #expect(kept.verdict == .quarantine)
        let (lost, _) = try await Lab.audit(body, setup: setup, malformed: 2)
        #expect(lost.stopReason == "4 of 12 rows would be lost, and 20% are tolerated")
    }

    @Test(
        "tolerances are read as people write them",
        arguments: [
            ("1%", Tolerance.percent(1)), ("0.5 percent", .percent(0.5)), ("100 rows", .rows(100)), ("1 row", .rows(1)),
            (" 5 ", .rows(5)), ("0%", .percent(0)),
        ])
    func tolerances(text: String, wanted: Tolerance) { #expect(Tolerance(text) == wanted) }

    @Test("and refused otherwise", arguments: ["", "%", "101%", "-1", "1.5 rows", "ten", "5 cows", "nan%", "1e3"])
    func badTolerances(text: String) { #expect(Tolerance(text) == nil) }
}
