import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Outcomes of an audit")
struct OutcomeTests {
    private let ten =
        "CREATE TABLE stage AS SELECT i AS id, CASE WHEN i < 3 THEN NULL ELSE 'v' || i END AS name FROM range(10) t(i)"

    private func nulls(_ keys: String, column: String = "") -> String {
        "properties: [{ name: id, logicalType: integer, primaryKey: true }, { name: name, \(column) quality: [{ metric: nullValues, \(keys) }] }]"
    }

    @Test(
        "an operator that holds accepts the rows, one that does not lets them leave",
        arguments: [
            ("mustBeLessThan: 4", CheckOutcome.Status.accepted, 0), ("mustBeLessThan: 3", .quarantined, 3),
            ("mustBeLessOrEqualTo: 30, unit: percent", .accepted, 0),
            ("mustBeLessThan: 30, unit: percent", .quarantined, 3),
            ("mustBe: 0, severity: warning", .warned, 0), ("mustBe: 0, severity: info", .warned, 0),
            ("mustBe: 0, severity: critical", .quarantined, 3), ("mustBeGreaterThan: 5", .failed, 0),
            ("mustBe: 0, customProperties: [{ property: weir.tolerance, value: 3 }]", .quarantined, 3),
            ("mustBe: 0, customProperties: [{ property: weir.tolerance, value: 2 rows }]", .failed, 0),
            ("mustBe: 0, customProperties: [{ property: weir.onFail, value: stop }]", .failed, 0),
            ("mustBe: 0, customProperties: [{ property: weir.onFail, value: warn }]", .warned, 0),
        ])
    func operators(keys: String, status: CheckOutcome.Status, leaving: Int) async throws {
        let (result, failed) = try await Lab.audit(nulls(keys), setup: ten)
        let outcome = try #require(result["not_null(name)"])
        #expect(outcome.status == status && outcome.violating == 3)
        #expect(failed.count == leaving)
        #expect((result.stopReason != nil) == (status == .failed))
    }

    @Test("samples show the key and the value, and hide what the contract classifies")
    func samples() async throws {
        let body = { (word: String) in
            "properties: [{ name: id, logicalType: integer, primaryKey: true }, { name: name, classification: \(word), logicalTypeOptions: { maxLength: 1 } }]"
        }
        let (open, _) = try await Lab.audit(body("public"), setup: ten)
        let shown = try #require(open["length(name)"])
        #expect(shown.violating == 7 && shown.samples.count == 5)
        #expect(shown.samples[0].values.map(\.value) == ["3", "v3"])
        #expect(shown.samples[0].values.map(\.column) == ["id", "name"])
        #expect(shown.sql == "SELECT * FROM \"raw\".\"orders\" AS t WHERE length(t.\"name\") > 1")
        let (hidden, _) = try await Lab.audit(body("personal"), setup: ten)
        #expect(hidden["length(name)"]?.samples[0].values.map(\.value) == ["3", "•••"])
        let json = try String(decoding: JSONEncoder().encode(hidden), as: UTF8.self)
        #expect(!json.contains("v3"))
        #expect(try JSONDecoder().decode(AuditResult.self, from: Data(json.utf8)) == hidden)
    }

    @Test("a missing column and a wrong type stop the load, whatever else passes")
    func schema() async throws {
        let body = "properties: [{ name: id, logicalType: date }, { name: nme, required: true }]"
        let (result, _) = try await Lab.audit(body, setup: ten)
        #expect(result["type(id)"]?.status == .failed)
        #expect(result["required_column(nme)"]?.detail == "the table has no column \"nme\" (the nearest is \"name\")")
        #expect(result["not_null(nme)"]?.status == .failed)
        #expect(result.stopReason?.contains("the contract wants date") == true)
        let (warned, _) = try await Lab.audit(body, setup: ten, policy: .warn)
        #expect(warned.verdict == .pass)
        #expect(warned["type(id)"]?.status == .warned)
    }

    @Test(
        "types are compared by kind",
        arguments: [
            ("logicalType: integer", "1::TINYINT", true), ("logicalType: integer", "1::DOUBLE", false),
            ("logicalType: number", "1::DECIMAL(5,2)", true), ("logicalType: number", "'1'", false),
            ("logicalType: string", "'a'", true),
            ("logicalType: string", "uuid()", true), ("logicalType: date", "now()::TIMESTAMP", false),
            ("logicalType: timestamp", "now()", true), ("logicalType: array", "[1]", true),
            ("logicalType: object", "{'a': 1}", true),
            ("physicalType: decimal(10,2)", "1::INTEGER", true), ("physicalType: int", "1.5::DECIMAL(5,2)", false),
            ("physicalType: geography", "1", true), ("physicalType: timestamptz", "now()::TIMESTAMP", true),
            ("physicalType: date", "'a'", false),
        ])
    func types(keys: String, value: String, fits: Bool) async throws {
        let (result, _) = try await Lab.audit(
            "properties: [{ name: a, \(keys.replacing("decimal(10,2)", with: "'decimal(10,2)'")) }]",
            setup: "CREATE TABLE stage AS SELECT \(value) AS a")
        #expect((result["type(a)"] == nil) == fits)
    }

    @Test(
        "ranges compare in the column's own type",
        arguments: [
            ("date", "{ minimum: 2024-01-02 }", "DATE '2024-01-01'", "DATE '2024-01-02'"),
            ("date", "{ maximum: 2024-01-02T12:00:00 }", "DATE '2024-01-03'", "DATE '2024-01-02'"),
            (
                "timestamp", "{ exclusiveMaximum: 2024-01-02 }", "TIMESTAMP '2024-01-02'",
                "TIMESTAMP '2024-01-01 23:59:59'"
            ),
            (
                "timestamp", "{ minimum: '2024-01-01T00:00:00+02:00' }", "TIMESTAMP '2023-12-31 21:59:59'",
                "TIMESTAMP '2023-12-31 22:00:00'"
            ),
            (
                "timestamp", "{ minimum: 2024-01-01 }", "TIMESTAMPTZ '2024-01-01 00:00:00+02'",
                "TIMESTAMPTZ '2024-01-01 00:00:00+00'"
            ),
            ("time", "{ minimum: '08:00' }", "TIME '07:59:59'", "TIME '08:00'"),
            (
                "integer", "{ maximum: 18446744073709551615 }", "18446744073709551616::HUGEINT",
                "18446744073709551615::HUGEINT"
            ),
            ("number", "{ minimum: 0.1 }", "0.09::DECIMAL(5,2)", "0.1::DECIMAL(5,2)"),
            ("number", "{ maximum: 5 }", "'NaN'::DOUBLE", "5::DOUBLE"),
            ("number", "{ multipleOf: 0.1 }", "0.25::DOUBLE", "0.3::DOUBLE"),
            ("number", "{ multipleOf: 0.05 }", "0.11::DECIMAL(9,2)", "0.15::DECIMAL(9,2)"),
            ("integer", "{ multipleOf: 5 }", "7", "-10"),
            ("array", "{ maxItems: 2 }", "[1, 2, 3]", "[1, 2]"),
            ("array", "{ uniqueItems: true }", "[1, 1]", "[1, NULL, NULL]"),
            ("string", "{ minLength: 2 }", "'é'", "'éé'"), ("string", "{ pattern: 'b' }", "'a'", "'abc'"),
            ("string", "{ format: ipv4 }", "'1.2.3.256'", "'1.2.3.4'"),
        ])
    func ranges(type: String, options: String, wrong: String, right: String) async throws {
        let (result, failed) = try await Lab.audit(
            "properties: [{ name: a, logicalType: \(type), logicalTypeOptions: \(options) }]",
            setup: "CREATE TABLE stage AS SELECT * FROM (VALUES (\(wrong)), (\(right)), (NULL)) t(a)")
        #expect(result.stopReason == nil)
        #expect(failed.keys.sorted() == [0])
    }

    @Test(
        "accepted values compare as numbers in numbers, as text elsewhere",
        arguments: [
            ("[1, 2]", "'3'", "'1'"), ("['1', '2']", "3", "2"), ("[1.0]", "2::DOUBLE", "1::DOUBLE"),
            ("[true]", "false", "true"),
            ("[2024-01-01]", "DATE '2024-01-02'", "DATE '2024-01-01'"), ("['it''s', null]", "'its'", "'it''s'"),
            ("[a]", "''", "'a'"),
            ("[\"a\\0b\"]", "'ab'", "'a' || chr(0) || 'b'"),
        ])
    func acceptedValues(list: String, wrong: String, right: String) async throws {
        let (_, failed) = try await Lab.audit(
            "properties: [{ name: a, quality: [{ metric: invalidValues, arguments: { validValues: \(list) }, mustBe: 0 }] }]",
            setup: "CREATE TABLE stage AS SELECT * FROM (VALUES (\(wrong)), (\(right)), (NULL)) t(a)")
        #expect(failed.keys.sorted() == [0])
    }

    @Test("a column that hides the row ids is refused with a reason")
    func rowid() async throws {
        let error = await #expect(throws: WeirError.self) {
            try await Lab.audit("properties: [{ name: a }]", setup: "CREATE TABLE stage AS SELECT 1 AS a, 2 AS RowID")
        }
        #expect(error?.code == "contract.rowid-column")
    }

    @Test("rules that are only read are listed as not checked")
    func notChecked() async throws {
        let (result, _) = try await Lab.audit(
            "properties: [{ name: id }]\nquality: [{ name: nice, type: text, description: be nice }]", setup: ten)
        #expect(result["nice"]?.status == .notChecked)
        #expect(result.verdict == .pass)
    }

    @Test("an audit can be repeated on the same connection, and the rows deleted")
    func repeated() async throws {
        let contract = try Sample.table(nulls("mustBe: 0"))
        let database = try await Database.open()
        let setup = ten
        let left = try await database.withConnection { connection in try await Self.twice(contract, setup, connection) }
        #expect(left == 7)
    }

    private static func twice(_ contract: TableContract, _ setup: String, _ connection: isolated Connection) throws
        -> Int64?
    {
        try connection.execute(setup)
        let scope = AuditScope(table: Lab.staging, declared: Lab.orders)
        let first = try TableAudit.audit(contract, scope: scope, policy: .quarantine, on: connection)
        try connection.execute("DELETE FROM stage WHERE rowid IN (SELECT rid FROM \(first.failedTable))")
        let second = try TableAudit.audit(contract, scope: scope, policy: .quarantine, on: connection)
        return second.verdict == .pass ? try connection.query("SELECT count(*) FROM stage").scalar.int : nil
    }
}
