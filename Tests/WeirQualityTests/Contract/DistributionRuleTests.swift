import Testing
import WeirCore

@testable import WeirQuality

@Suite("Rules about distributions")
struct DistributionRuleTests {
    private static func rule(_ implementation: String, _ more: String) -> String {
        """
        properties: [{ name: id }, { name: amount }, { name: status }, { name: day }, { name: empty }]
        quality: [{ type: custom, engine: weir, implementation: { \(implementation) }, \(more) }]
        """
    }

    private static let setup = """
        CREATE TABLE stage AS SELECT i AS id, (i * 37 % 101)::DOUBLE + CASE WHEN i >= 1000 THEN 50 ELSE 0 END AS amount,
            CASE WHEN i % 10 = 0 THEN 'new' ELSE 'paid' END AS status, DATE '2026-01-01' + (i % 20)::INT AS day, NULL::INT AS empty
        FROM range(2000) t(i);
        CREATE TABLE raw.before AS SELECT i AS id, (i * 53 % 101)::DOUBLE AS amount,
            CASE WHEN i % 2 = 0 THEN 'new' WHEN i % 7 = 0 THEN NULL ELSE 'paid' END AS status, DATE '2026-01-01' + (i % 20)::INT AS day
        FROM range(3000) t(i)
        """

    @Test(
        "hold a column against another table, or against other rows",
        arguments: [
            (
                "distribution: psi, column: amount, reference: raw.before, where: id < 1000", "mustBeLessThan: 0.05",
                true
            ),
            ("distribution: psi, column: amount, reference: raw.before", "mustBeLessThan: 0.2", false),
            ("distribution: psi, column: status, reference: raw.before", "mustBeLessThan: 0.2", false),
            ("distribution: psi, column: status, where: id < 500, whereThere: id >= 500", "mustBeLessThan: 0.01", true),
            ("distribution: psi, column: day, reference: raw.before", "mustBeLessThan: 0.01", true),
            (
                "distribution: psi, column: amount, where: id >= 1000, whereThere: id < 1000", "mustBeLessThan: 0.2",
                false
            ),
            (
                "distribution: mean, column: amount, where: id >= 1000, whereThere: id < 1000",
                "mustBeBetween: [49, 51]", true
            ),
            (
                "distribution: mean, column: amount, whereThere: id < 1000", "mustBeBetween: [99, 101], unit: percent",
                false
            ),
            (
                "distribution: mean, column: amount, where: id < 1000, reference: raw.before",
                "mustBeBetween: [98, 102], unit: percent", true
            ),
            (
                "distribution: quantile, quantile: 0.95, column: amount, reference: raw.before", "mustBeLessThan: 10",
                false
            ),
            (
                "distribution: quantile, quantile: 0.5, column: amount, where: id < 1000, reference: raw.before",
                "mustBeBetween: [-2, 2]", true
            ),
        ])
    func held(implementation: String, limit: String, holds: Bool) async throws {
        let (result, failed) = try await Lab.audit(Self.rule(implementation, limit), setup: Self.setup)
        #expect(result.outcomes.map(\.status) == [holds ? .passed : .failed], "\(result.outcomes)")
        #expect(result.outcomes.first?.measured != nil && failed.isEmpty)
    }

    @Test(
        "cannot be decided without values on either side, without numbers, or with a condition that is none",
        arguments: [
            "distribution: mean, column: amount, reference: raw.before, whereThere: id < 0",
            "distribution: psi, column: empty, whereThere: id < 5",
            "distribution: mean, column: status, reference: raw.before",
            "distribution: psi, column: empty, reference: raw.before",
            "distribution: psi, column: amount, reference: raw.before, where: \"1); DROP TABLE stage; --\"",
        ])
    func undecided(implementation: String) async throws {
        let (result, _) = try await Lab.audit(Self.rule(implementation, "mustBeLessThan: 1000"), setup: Self.setup)
        #expect(result.outcomes.map(\.status) == [.failed] && result.outcomes[0].measured == nil, "\(result.outcomes)")
        #expect(result.outcomes[0].detail != nil && result.rows == 2000)
    }

    @Test("say in words what was found and wanted, and name the reference as the contract does")
    func words() async throws {
        let (result, _) = try await Lab.audit(
            Self.rule(
                "distribution: mean, column: amount, reference: raw.before", "mustBeBetween: [200, 300], unit: percent"),
            setup: Self.setup)
        let outcome = try #require(result.outcomes.first)
        #expect(outcome.limit == "200 to 300% of that of the reference, both allowed")
        #expect(outcome.detail?.contains("in raw.before, wanted 200 to 300%") == true, "\(outcome)")
    }

    @Test("a rule that only reports warns, and a second limit warns before it")
    func warns() async throws {
        let implementation = "distribution: psi, column: amount, reference: raw.before"
        for more in [
            "mustBeLessThan: 0.2, severity: warning",
            "mustBeLessThan: 100, customProperties: [{ property: weir.warn, value: { mustBeLessThan: 0.2 } }]",
        ] {
            let (result, _) = try await Lab.audit(Self.rule(implementation, more), setup: Self.setup)
            #expect(result.outcomes.map(\.status) == [.warned], "\(result.outcomes)")
        }
    }

    @Test("in the gate all rows that would be published count")
    func published() async throws {
        let (result, _) = try await Lab.audit(
            Self.rule("distribution: mean, column: amount, whereThere: \"id < 0\"", "mustBeBetween: [0, 100000]"),
            setup: Self.setup
                + "; CREATE TABLE raw.orders AS SELECT -1 AS id, 1000.0 AS amount, '' AS status, NULL::DATE AS day, NULL::INT AS empty",
            existing: "raw.orders")
        #expect(result.outcomes[0].measured.map { $0 < 0 } == true, "\(result.outcomes)")
    }

    @Test(
        "are read strictly",
        arguments: [
            ("distribution: psy, column: a, reference: x.y", "contract.unknown-value"),
            ("distribution: psi, column: a", "contract.missing-key"),
            ("distribution: psi, reference: x.y", "contract.missing-key"),
            ("distribution: quantile, column: a, reference: x.y", "contract.bad-bound"),
            ("distribution: quantile, quantile: 95, column: a, reference: x.y", "contract.bad-bound"),
            ("distribution: mean, quantile: 0.5, column: a, reference: x.y", "contract.misplaced-key"),
            ("distribution: mean, column: b, reference: x.y", "contract.unknown-column"),
            ("distribution: mean, column: a, refrence: x.y, whereThere: a > 1", "yaml.unknown-key"),
        ])
    func strict(implementation: String, code: String) {
        let body =
            "properties: [{ name: a }]\nquality: [{ type: custom, engine: weir, implementation: { \(implementation) }, mustBe: 1 }]"
        let problems = Sample.load(Sample.contract(body)).problems
        #expect(problems.map(\.code).contains(code), "\(problems)")
    }

    @Test("need an operator, and are written as they are read")
    func written() throws {
        let open =
            "properties: [{ name: a }]\nquality: [{ type: custom, engine: weir, implementation: { distribution: psi, column: a, reference: x.y } }]"
        #expect(Sample.load(Sample.contract(open)).problems.map(\.code) == ["contract.no-operator"])
        #expect(
            Sample.load(Sample.contract(open.replacing(" } }]", with: " }, mustBe: 1, unit: percent }]"))).problems
                .map(\.code) == ["contract.bad-unit"])
        for text in [
            "distribution: psi, column: a, reference: x.y, where: a > 1, whereThere: a < 2",
            "distribution: quantile, column: a, quantile: 0.95, whereThere: a < 2",
        ] {
            let table = try Sample.table(
                "properties: [{ name: a }]\nquality: [{ type: custom, engine: weir, implementation: { \(text) }, mustBeLessThan: 2 }]"
            )
            let (contract, problems) = Sample.load(ContractWriter.yaml(for: [table], id: "x"))
            #expect(problems.isEmpty, "\(problems)")
            #expect(contract?.tables.first?.rules.map(\.kind) == table.rules.map(\.kind))
        }
    }
}
