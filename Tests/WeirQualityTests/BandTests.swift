import Testing
import WeirCore

@testable import WeirQuality

@Suite("Warn and error bands")
struct BandTests {
    /// Nulls among a hundred rows, and what a rule with `property: value` makes of them.
    private func status(_ nulls: Int, _ limits: String, _ settings: String) async throws -> CheckOutcome.Status? {
        let body = """
            properties:
              - name: a
                logicalType: integer
                quality:
                  - { metric: nullValues, \(limits), customProperties: [\(settings)] }
            """
        let setup =
            "CREATE TABLE stage AS SELECT CASE WHEN i >= \(nulls) THEN i END::BIGINT AS a FROM range(100) AS r(i)"
        let (result, _) = try await Lab.audit(body, setup: setup, policy: .stop)
        return result["not_null(a)"]?.status
    }

    @Test(
        "below both limits, between them, and above",
        arguments: [(0, "passed"), (1, "accepted"), (3, "warned"), (6, "failed")])
    func bands(nulls: Int, wanted: String) async throws {
        let warn = "{ property: weir.warn, value: { mustBeLessThan: 2, unit: percent } }"
        #expect(try await status(nulls, "mustBeLessOrEqualTo: 5, unit: percent", warn)?.rawValue == wanted)
        let short = "{ property: weir.warn, value: 1 row }"
        #expect(try await status(nulls, "mustBeLessOrEqualTo: 5", short)?.rawValue == wanted)
        let error = "{ property: weir.error, value: 5% }"
        #expect(try await status(nulls, "mustBeLessThan: 2", error)?.rawValue == wanted)
    }

    @Test("a measured value warns between its limits")
    func measured() async throws {
        let body = """
            quality:
              - { metric: rowCount, mustBeGreaterThan: 10, customProperties: [{ property: weir.warn, value: { mustBeGreaterThan: 50 } }] }
            properties: [{ name: a, logicalType: integer }]
            """
        for (rows, wanted) in [(60, CheckOutcome.Status.passed), (20, .warned), (5, .failed)] {
            let (result, _) = try await Lab.audit(
                body, setup: "CREATE TABLE stage AS SELECT i::BIGINT AS a FROM range(\(rows)) AS r(i)", policy: .stop)
            #expect(result["row_count"]?.status == wanted)
            #expect((result.verdict == .pass) == (wanted != .failed))
        }
    }

    @Test(
        "limits that say nothing, or stand where no rule is, are told",
        arguments: [
            ("{ property: weir.warn, value: lots }", "contract.bad-limit"),
            ("{ property: weir.warn, value: { mustBeLess: 3 } }", "yaml.unknown-key"),
            ("{ property: weir.warn, value: { unit: percent } }", "contract.no-operator"),
            ("{ property: weir.warn, value: 1% }, { property: weir.error, value: 2% }", "contract.contradiction"),
        ])
    func mistakes(settings: String, code: String) {
        let body = """
            properties:
              - { name: a, quality: [{ metric: nullValues, mustBe: 0, customProperties: [\(settings)] }] }
            """
        #expect(Sample.load(Sample.contract(body)).problems.map(\.code).contains(code))
    }

    @Test("a limit outside of a rule is misplaced")
    func misplaced() {
        let body = "properties: [{ name: a, customProperties: [{ property: weir.warn, value: 1% }] }]"
        #expect(Sample.load(Sample.contract(body)).problems.map(\.code) == ["contract.misplaced-key"])
    }
}
