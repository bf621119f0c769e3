import Testing
import WeirCore

@testable import WeirQuality

@Suite("The plan of an audit")
struct AuditPlanTests {
    private let name = TableName(schema: "raw", table: "o\"x")

    private func plan(_ body: String, _ columns: [Column]) throws -> AuditPlan {
        AuditPlan.compile(try Sample.table(body), columns: columns, table: name)
    }

    @Test("all rules about single rows share one scan")
    func oneScan() throws {
        let plan = try plan(
            """
            properties:
              - { name: id, required: true, unique: true }
              - { name: Status, quality: [{ metric: invalidValues, arguments: { validValues: ["it's", b] }, mustBe: 0 }] }
            """, [Column(name: "id", type: .bigint), Column(name: "status", type: .varchar)])
        let expected = """
            AS
            SELECT t.rowid AS rid, CASE WHEN t."id" IS NULL THEN 1::BIGINT ELSE 0::BIGINT END
              | CASE WHEN NOT (t."status" IN ('it''s', 'b')) THEN 4::BIGINT ELSE 0::BIGINT END AS m0
            FROM "raw"."o""x" AS t
            WHERE (t."id" IS NULL)
               OR (NOT (t."status" IN ('it''s', 'b')))
            """
        #expect(plan.scan.hasSuffix(expected), "\(plan.scan)")
        #expect(plan.undecidable.isEmpty)
    }

    @Test("a contract without rules still has its tables")
    func noRules() throws {
        let plan = try plan("properties: [{ name: id }]", [Column(name: "id", type: .bigint)])
        #expect(plan.scan.hasSuffix("(rid BIGINT, m0 BIGINT)"))
        #expect(plan.failed([]).hasSuffix("(rid BIGINT, reasons VARCHAR[])"))
    }

    @Test("rules on missing columns and on types without an answer are named, not dropped")
    func undecidable() throws {
        let plan = try plan(
            """
            properties:
              - { name: gone, required: true, unique: true }
              - { name: a, logicalType: number, logicalTypeOptions: { minimum: 1 } }
              - { name: b, logicalType: array, logicalTypeOptions: { minItems: 1 } }
              - { name: c, logicalType: date, logicalTypeOptions: { minimum: 2024-01-01 } }
            """,
            [Column(name: "a", type: "BLOB"), Column(name: "b", type: .varchar), Column(name: "c", type: .time)])
        #expect(
            plan.undecidable.keys.sorted() == ["items(b)", "not_null(gone)", "range(a)", "range(c)", "unique(gone)"])
        #expect(plan.undecidable["not_null(gone)"] == "the table has no column \"gone\"")
    }

    @Test("a field that is not there fails its own rule, and the others run")
    func refusedRule() async throws {
        let (result, failed) = try await Lab.audit(
            """
            properties:
              - { name: a, logicalType: object, properties: [{ name: x, required: true }, { name: y, required: true }] }
              - { name: b, logicalType: integer, required: true }
            """, setup: "CREATE TABLE stage AS SELECT * FROM (VALUES ({'x': NULL::INT}, 1), ({'x': 1}, NULL)) t(a, b)")
        #expect(result["not_null(a.y)"]?.status == .failed)
        #expect(result["not_null(a.x)"]?.violating == 1)
        #expect(failed.count == 2)
        #expect(result.stopReason?.hasPrefix("not_null(a.y): ") == true)
    }

    @Test(
        "the types of fields are found in DuckDB's text",
        arguments: [
            ("STRUCT(a INTEGER, b VARCHAR)", ["b"], TypeFamily.text),
            ("STRUCT(\"a b\" STRUCT(c DECIMAL(5,2)))", ["a b", "c"], .decimal),
            ("STRUCT(\"a\"\"),(\" DATE, b INTEGER[])", ["a\"),("], .date),
            ("STRUCT(\"a\"\"),(\" DATE, b INTEGER[])", ["b"], .list),
            ("STRUCT(a INTEGER)", ["z"], .other), ("INTEGER", ["z"], .other), ("STRUCT(", ["z"], .other),
        ])
    func fieldTypes(type: String, path: [String], wanted: TypeFamily) {
        #expect(StructType.family(of: ColumnPath(parts: ["root"] + path), in: type) == wanted)
    }

    @Test("a contract is found by physical name, by name with or without schema, and by being the only one")
    func tableLookup() throws {
        let contract = Contract(
            path: "c", id: "c", version: "1", apiVersion: "v3.1.0",
            tables: [TableContract(name: "orders", physicalName: "raw.o"), TableContract(name: "lines")], notChecked: []
        )
        #expect(contract.table(for: TableName(schema: "RAW", table: "O"))?.name == "orders")
        #expect(contract.table(for: TableName(schema: "x", table: "Orders"))?.name == "orders")
        #expect(contract.table(for: TableName(schema: "x", table: "other")) == nil)
        var single = contract
        single.tables.removeLast()
        #expect(single.table(for: TableName(schema: "x", table: "other"))?.name == "orders")
    }
}
