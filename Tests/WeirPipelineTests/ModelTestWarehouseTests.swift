import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

@Suite("Tests of the warehouse")
struct ModelTestWarehouseTests {
    static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: m
        version: 1.0.0
        status: active
        schema:
          - name: m
            physicalName: mart.m
            properties:
              - { name: id, logicalType: integer, required: true, primaryKey: true }
              - { name: customer, logicalType: string, classification: restricted }
              - { name: amount, logicalType: number, logicalTypeOptions: { minimum: 0 } }
            quality:
              - { metric: rowCount, mustBeGreaterThan: 0 }
        """
    static let sql = "/* weir\ncontract: contracts/m.yaml\n*/\nSELECT id, customer, amount FROM raw.orders"
    static let rows =
        ModelTestLab.header
        + "1,Ann,5,2020-01-01,,1\n2,Bob,6,2020-01-01,,1\n3,Ann,7,2020-01-01,,1\n4,Eve,8,2020-01-01,,1\n"

    static func with<R>(_ sql: String = sql, _ body: (ModelTestLab) async throws -> R) async throws -> R {
        try await ModelTestLab.with(sql: sql, files: ["contracts/m.yaml": contract, "data/orders.csv": rows]) { lab in
            try await lab.run()
            return try await body(lab)
        }
    }

    private static func check(_ lab: ModelTestLab) async throws -> TestReport {
        try await lab.report {
            $0.models = false
            $0.data = true
            $0.schema = true
        }
    }

    @Test("rows and columns that keep the contract pass")
    func passes() async throws {
        let report = try await Self.with { try await Self.check($0) }
        #expect(report.outcome == .done)
        #expect(report.tables.first?.rows == 4)
        #expect(report.tables.first?.checks.map(\.rule).contains("range(amount)") == true)
        #expect(report.tables.first?.schema?.differences.isEmpty == true)
    }

    @Test("a stricter contract fails on published rows, with counts, and the warehouse stays as it is")
    func fails() async throws {
        try await Self.with { lab in
            try lab.write("contracts/m.yaml", Self.contract.replacing("minimum: 0", with: "minimum: 7"))
            let before = try Data(contentsOf: URL(fileURLWithPath: "\(lab.root)/warehouse.duckdb"))
            let report = try await Self.check(lab)
            #expect(report.outcome == .gateFailed)
            let check = try #require(report.tables.first?.checks.first { $0.rule == "range(amount)" })
            #expect(check.fails && check.violating == 2)
            #expect(report.tables.first?.checks.first { $0.rule == "row_count" }?.measured == 4)
            #expect(TestReportText.render(report, on: .plain).contains("range(amount)"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(lab.root)/warehouse.duckdb")) == before)
        }
    }

    @Test("a column that the contract wants and the table lacks fails; one that it does not mention is noted")
    func schema() async throws {
        try await Self.with { lab in
            try lab.write("contracts/m.yaml", Self.contract.replacing("name: amount", with: "name: amountt"))
            let schema = try #require(try await Self.check(lab).tables.first?.schema)
            #expect(schema.differences.map(\.rule) == ["required_column(amountt)"])
            #expect(schema.extra.map(\.name) == ["amount"])
        }
    }

    @Test("of a history model only the rows that hold now are checked")
    func history() async throws {
        let sql =
            "/* weir\nstrategy: scd2\nkey: [id]\ncontract: contracts/m.yaml\n*/\nSELECT id, customer, amount FROM raw.orders"
        try await Self.with(sql) { lab in
            try lab.write("data/orders.csv", Self.rows.replacing("1,Ann,5", with: "1,Ann,50"))
            try await lab.run()
            let report = try await Self.check(lab)
            #expect(report.outcome == .done, "\(TestReportText.render(report, on: .plain))")
            #expect(report.tables.first?.rows == 4)
        }
    }

    @Test("a table that was not built yet fails with what to do")
    func missing() async throws {
        try await Self.with { lab in
            try lab.write("models/mart/n.sql", Self.sql)
            let table = try #require(try await Self.check(lab).tables.first { $0.name.table == "n" })
            #expect(table.error?.code == "test.missing-table")
            #expect(!table.passed)
        }
    }

    @Test("a starting test passes, hides personal values, and is never overwritten")
    func starting() async throws {
        try await Self.with { lab in
            let written = try await NewTest(try lab.project()).write(for: "mart.m")
            #expect(written.masked == ["raw.orders.customer"])
            let text = try lab.read(written.path)
            #expect(text.contains("masked 1"))
            for name in ["Ann", "Bob", "Eve"] { #expect(!text.contains(name)) }
            let report = try await lab.report()
            #expect(report.outcome == .done && report.tests.count == 1, "\(TestReportText.render(report, on: .plain))")
            let error = await #expect(throws: WeirError.self) {
                try await NewTest(try lab.project()).write(for: "mart.m")
            }
            #expect(error?.code == "test.exists")
            #expect(try lab.read(written.path) == text)
        }
    }

    @Test("a starting test keeps the rows that join")
    func joins() async throws {
        let sql = "SELECT o.id, p.customer AS other FROM raw.orders o LEFT JOIN mart.n p ON p.id = o.id + 1"
        try await ModelTestLab.with(
            sql: sql, files: ["data/orders.csv": Self.rows, "models/mart/n.sql": "SELECT id, customer FROM raw.orders"]
        ) { lab in
            try await lab.run()
            let written = try await NewTest(try lab.project()).write(for: "MART.M")
            let text = try lab.read(written.path)
            #expect(text.contains("other: \"Bob\""))
            #expect(try await lab.report().outcome == .done)
        }
    }

    @Test("a starting test for an unknown model names the nearest")
    func unknown() async throws {
        let error = await #expect(throws: WeirError.self) {
            try await ModelTestLab.with(sql: Self.sql.replacing("contract: contracts/m.yaml", with: "")) { lab in
                try await NewTest(try lab.project()).write(for: "mart.mm")
            }
        }
        #expect(error?.hint == "did you mean \"mart.m\"?")
    }
}
