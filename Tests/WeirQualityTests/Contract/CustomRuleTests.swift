import Testing
import WeirCore

@testable import WeirQuality

@Suite("Weir's own rules")
struct CustomRuleTests {
    private static func rule(_ implementation: String, _ more: String = "") -> String {
        """
        properties: [{ name: id }, { name: status, logicalType: string }, { name: paid_at }, { name: amount }, { name: shop }]
        quality:
          - { type: custom, engine: weir, implementation: { \(implementation) }\(more) }
        """
    }

    private static let setup = """
        CREATE TABLE stage (id INT, status VARCHAR, paid_at TIMESTAMP, amount DECIMAL(9,2), shop VARCHAR);
        INSERT INTO stage VALUES
            (1, 'new', NULL, 1, 'a'), (2, 'paid', '2024-01-01', 2, 'a'), (3, 'paid', NULL, 3, 'b'),
            (5, 'new', '2024-01-01 12:00', NULL, 'a'), (9, NULL, '2024-01-03', -1, 'b'), (10, 'paid', '2024-01-02', 5, 'a')
        """

    @Test(
        "name the rows that break them",
        arguments: [
            ("check: paid_at IS NOT NULL, when: \"status = 'paid'\"", [2: ["condition(status, paid_at)"]]),
            ("check: amount > 0", [4: ["condition(amount)"]]),
            ("check: amount > 0 -- a comment", [4: ["condition(amount)"]]),
            ("sequence: no_gaps, column: id", [3: ["sequence(id)"], 4: ["sequence(id)"]]),
            ("sequence: no_gaps, column: id, step: 2", [4: ["sequence(id)"]]),
            ("sequence: no_gaps, column: id, step: 6, partitionBy: shop", [:]),
            (
                "sequence: no_gaps, column: id, partitionBy: [shop], step: 3",
                [4: ["sequence(id)"], 5: ["sequence(id)"]]
            ),
            ("sequence: no_gaps, column: paid_at, step: 13 hours", [4: ["sequence(paid_at)"]]),
            ("sequence: no_gaps, column: paid_at", [:]),
            ("sequence: increasing, column: amount", [4: ["sequence(amount)"]]),
            ("sequence: increasing, column: paid_at, orderBy: id", [5: ["sequence(paid_at)"]]),
            ("sequence: strictly_increasing, column: id", [:]),
            ("unique: [shop], within: 1 day, time: paid_at", [3: ["unique_within(shop)"], 5: ["unique_within(shop)"]]),
            ("unique: shop, within: 12 hours, time: paid_at", [:]),
        ] as [(String, [Int64: [String]])])
    func rows(implementation: String, wanted: [Int64: [String]]) async throws {
        let (result, failed) = try await Lab.audit(Self.rule(implementation), setup: Self.setup)
        #expect(failed == wanted, "\(result.outcomes)")
    }

    @Test("share the one scan with the other rules")
    func oneScan() throws {
        let table = try Sample.table(
            "properties: [{ name: a, required: true }, { name: b }]\nquality: [{ type: custom, engine: weir, implementation: { check: a < b } }]"
        )
        let plan = AuditPlan.compile(
            table, columns: [Column(name: "a", type: "INTEGER"), Column(name: "b", type: "INTEGER")],
            table: TableName(schema: "s", table: "t"))
        #expect(plan.rowRules.map(\.id) == ["not_null(a)", "condition(a, b)"])
        #expect(plan.scan.contains("NOT (a < b\n)"))
    }

    @Test("a limit and a severity count as for every rule")
    func limits() async throws {
        let (accepted, _) = try await Lab.audit(
            Self.rule("check: amount > 0", ", mustBeLessThan: 2"), setup: Self.setup)
        #expect(accepted.outcomes.map(\.status) == [.accepted])
        let (warned, failed) = try await Lab.audit(
            Self.rule("sequence: no_gaps, column: id", ", severity: warning"), setup: Self.setup)
        #expect(warned.outcomes.map(\.status) == [.warned] && failed.isEmpty)
    }

    @Test(
        "as many rows as another table has",
        arguments: [
            ("rowsOf: raw.source", "", CheckOutcome.Status.failed),
            ("rowsOf: raw.source, whereThere: good", "", .passed),
            ("rowsOf: raw.source, where: id < 4, whereThere: NOT good", "", .failed),
            ("rowsOf: raw.source", ", mustBeBetween: [-2, 0]", .passed),
            ("rowsOf: raw.source", ", mustBeGreaterOrEqualTo: 90, unit: percent", .failed),
            ("rowsOf: raw.source", ", mustBeGreaterOrEqualTo: 75, unit: percent", .passed),
            ("rowsOf: raw.source, whereThere: nonsense", "", .failed),
        ])
    func rowsOf(implementation: String, more: String, status: CheckOutcome.Status) async throws {
        let (result, _) = try await Lab.audit(
            Self.rule(implementation, more),
            setup: Self.setup + "; CREATE TABLE raw.source AS SELECT i < 6 AS good FROM range(8) t(i)")
        #expect(result.outcomes.map(\.status) == [status], "\(result.outcomes)")
    }

    @Test(
        "a condition that is none, or more than one, is not run",
        arguments: [
            "amount", "amount > 0); DROP TABLE stage; --", "true UNION SELECT true", "amount > 0 OR", "nothing > 1",
            "count(*) > 1",
        ])
    func unsafe(check: String) async throws {
        let (result, _) = try await Lab.audit(Self.rule("check: \"\(check)\""), setup: Self.setup)
        #expect(result.outcomes.map(\.status) == [.failed], "\(result.outcomes)")
        #expect(result.rows == 6)
    }

    @Test("what does not fit a column's type says so")
    func wrongType() async throws {
        for text in [
            "sequence: no_gaps, column: status", "sequence: no_gaps, column: id, step: 1 day",
            "unique: id, within: 1 day, time: status",
        ] {
            let (result, _) = try await Lab.audit(Self.rule(text), setup: Self.setup)
            #expect(
                result.outcomes.first?.detail != nil && result.outcomes.first?.status == .failed, "\(result.outcomes)")
        }
    }

    @Test("are written as they are read")
    func roundTrip() throws {
        for text in [
            "check: a < b, when: b > 0", "sequence: no_gaps, column: a, step: 2, partitionBy: [b]",
            "unique: [a], within: 1 day, time: b",
            "rowsOf: x.y, where: a > 1, whereThere: b < 2", "sequence: increasing, column: a, orderBy: b",
        ] {
            let table = try Sample.table(
                "properties: [{ name: a }, { name: b }]\nquality: [{ type: custom, engine: weir, implementation: { \(text) } }]"
            )
            let (contract, problems) = Sample.load(ContractWriter.yaml(for: [table], id: "x"))
            #expect(problems.isEmpty, "\(problems)")
            #expect(contract?.tables.first?.rules.map(\.kind) == table.rules.map(\.kind))
        }
    }
}
