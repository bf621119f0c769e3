import Testing
import WeirCore

@testable import WeirQuality

@Suite("Rules about the whole table")
struct TableRuleTests {
    private let setup =
        "CREATE TABLE stage AS SELECT i AS id, TIMESTAMP '2024-01-01' + to_days(i::INT) AS at FROM range(10) t(i)"

    private func body(_ quality: String) -> String {
        """
        properties:
          - { name: id, logicalType: integer, logicalTypeOptions: { maximum: 7 } }
          - { name: at, logicalType: timestamp }
        quality:
          - \(quality)
        """
    }

    @Test(
        "a row count is of the rows that would be published",
        arguments: [
            ("mustBe: 8", true), ("mustBe: 10", false), ("mustBeBetween: [8, 12]", true),
            ("mustBeGreaterThan: 8", false),
        ])
    func rowCount(condition: String, holds: Bool) async throws {
        let (result, _) = try await Lab.audit(body("{ metric: rowCount, \(condition) }"), setup: setup)
        #expect(result["row_count"]?.measured == 8)
        #expect(result["row_count"]?.status == (holds ? .passed : .failed))
        #expect(result.verdict == .quarantine || !holds)
    }

    @Test("published rows that stay are counted too")
    func rowCountWithExisting() async throws {
        let (result, _) = try await Lab.audit(
            body("{ metric: rowCount, mustBe: 10 }"),
            setup: setup + "; CREATE TABLE raw.orders AS SELECT i AS id FROM range(5, 10) t(i)",
            existing: "raw.orders", replaced: ["id"])
        // 8 good rows and none of the published ones: all five come in again.
        #expect(result["row_count"]?.measured == 8)
        let (appended, _) = try await Lab.audit(
            body("{ metric: rowCount, mustBe: 13 }"),
            setup: setup + "; CREATE TABLE raw.orders AS SELECT i AS id FROM range(5, 10) t(i)",
            existing: "raw.orders")
        #expect(appended["row_count"]?.status == .passed)
    }

    @Test(
        "an SQL rule compares one value",
        arguments: [
            ("SELECT count(*) FROM {object}", "mustBe: 8", CheckOutcome.Status.passed),
            ("SELECT count(*) FROM ${table};", "mustBe: 8", .passed),
            ("SELECT max(id) < 9 FROM {object} -- good", "mustBe: true", .passed),
            ("SELECT sum(o.id) / 2.0 FROM {object} AS o", "mustBe: 14", .passed),
            ("SELECT count(*) FROM {object} WHERE id > 3", "mustBeLessThan: 50, unit: percent", .failed),
            ("SELECT id FROM {object}", "mustBe: 0", .failed),
            ("SELECT NULL", "mustBe: 0", .failed),
            ("SELECT 'a'", "mustBe: 0", .failed),
            ("SELECT 1, 2", "mustBe: 0", .failed),
        ])
    func sql(query: String, condition: String, wanted: CheckOutcome.Status) async throws {
        let (result, _) = try await Lab.audit(
            body("{ id: q, type: sql, query: \"\(query)\", \(condition) }"), setup: setup)
        #expect(result["sql(q)"]?.status == wanted, "\(String(describing: result["sql(q)"]))")
    }

    @Test(
        "an SQL rule cannot write, and a mistake in it names the rule",
        arguments: [
            "DELETE FROM stage", "SELECT 1; DROP TABLE stage", "SELECT 1) ; DROP TABLE stage; SELECT (1",
            "COPY stage TO '/tmp/x'", "SELECT nope FROM {object}", "SELEC 1",
            "INSERT INTO stage VALUES (1) RETURNING 1",
        ])
    func sqlCannotWrite(query: String) async throws {
        let text = body("{ name: the rule, type: sql, query: \"\(query)\", mustBe: 0 }")
        let error = await #expect(throws: WeirError.self) { try await Lab.audit(text, setup: setup) }
        #expect(error?.code == "contract.bad-query")
        #expect(error?.place?.line != nil)
        let (warned, _) = try await Lab.audit(
            body("{ name: r, type: sql, severity: warning, query: \"\(query)\", mustBe: 0 }"), setup: setup)
        #expect(warned["sql(r)"]?.status == .warned)
        #expect(warned.stopReason == nil)
    }

    @Test("a property's SQL rule names its column")
    func sqlOfProperty() async throws {
        let (result, _) = try await Lab.audit(
            """
            properties:
              - name: 'a"b'
                quality: [{ query: "SELECT count({property}) + count(${column}) FROM {object}", mustBe: 2 }]
            """, setup: "CREATE TABLE stage AS SELECT 1 AS \"a\"\"b\"")
        #expect(result.verdict == .pass)
    }

    @Test(
        "freshness is the age of the newest value that would be published",
        arguments: [("3", "d", true), ("47", "h", false), ("48", "h", true), ("2", "days", true), ("0.5", "y", true)])
    func freshness(value: String, unit: String, holds: Bool) async throws {
        // The newest good row is of 2024-01-08 (id 7); the rows of the 9th and 10th leave.
        let now: Int64 = 1_704_844_800_000_000  // 2024-01-10 00:00
        let (result, _) = try await Lab.audit(
            body("{ metric: rowCount, mustBeGreaterThan: 0 }"),
            extra: "slaProperties: [{ property: latency, value: \(value), unit: \(unit), element: orders.at }]",
            setup: setup, now: now)
        #expect(result["freshness(at)"]?.measured == 172_800)
        #expect(result["freshness(at)"]?.status == (holds ? .passed : .failed))
    }

    @Test("an empty table is not fresh, and a number has no age")
    func noFreshness() async throws {
        let sla = "slaProperties: [{ property: latency, value: 4, unit: d, element: at }]"
        let (empty, _) = try await Lab.audit(
            "properties: [{ name: at }]", extra: sla, setup: "CREATE TABLE stage (\"at\" TIMESTAMP)")
        #expect(empty["freshness(at)"]?.status == .failed)
        let (number, _) = try await Lab.audit(
            "properties: [{ name: at }]", extra: sla, setup: "CREATE TABLE stage AS SELECT 1 AS \"at\"")
        #expect(number["freshness(at)"]?.detail?.contains("neither dates nor timestamps") == true)
    }
}
