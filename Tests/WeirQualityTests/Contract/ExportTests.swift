import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Writing contracts in other formats")
struct ExportTests {
    private func export(_ text: String, _ format: ExportFormat, _ dialect: SQLDialect = .duckdb) throws
        -> ExportedContract
    {
        try ContractExport.write(ContractFile(path: "c.yaml", text: text), as: format, dialect: dialect)
    }

    private static let shop = """
        apiVersion: v3.1.0
        kind: DataContract
        id: shop
        name: Shop
        version: 1.0.0
        status: active
        description: { purpose: "a | b" }
        servers: [{ server: dw, type: duckdb, database: x }]
        schema:
          - name: orders
            physicalName: raw.orders
            description: it's one row an order
            properties:
              - { name: id, logicalType: integer, physicalType: BIGINT, primaryKey: true, required: true, description: the key }
              - { name: customer, logicalType: integer, physicalType: INTEGER, relationships: [{ to: customers.id }] }
              - name: status
                logicalType: string
                tags: [x]
                quality: [{ metric: invalidValues, arguments: { validValues: [new, "it's"] }, mustBe: 0 }]
              - { name: total, logicalType: number, physicalType: "DECIMAL(10,2)", logicalTypeOptions: { minimum: 0 } }
              - { name: sku, logicalType: string, unique: true, logicalTypeOptions: { pattern: '^[A-Z]\\d+$', maxLength: 9 } }
              - { name: email, logicalType: string, logicalTypeOptions: { format: email } }
              - { name: day, logicalType: date, logicalTypeOptions: { minimum: 2020-01-01 } }
              - { name: tags, logicalType: array, items: { logicalType: string, logicalTypeOptions: { minLength: 1 } } }
            quality:
              - { metric: rowCount, mustBeGreaterThan: 5 }
              - { metric: duplicateValues, arguments: { properties: [customer, day] }, mustBe: 0 }
              - { name: few, metric: duplicateValues, arguments: { properties: [status, day] }, mustBeLessThan: 5, severity: warning }
              - { type: custom, engine: weir, implementation: { check: total < 100, when: "status = 'new'" } }
              - { name: q, type: sql, query: SELECT 1, mustBe: 1 }
          - name: customers
            physicalName: raw.customers
            properties: [{ name: id, logicalType: integer, physicalType: INTEGER, primaryKey: true, required: true }]
        """

    @Test("SQL is DDL that DuckDB runs, and that reads back as the same rules")
    func duckDB() async throws {
        let ddl = try export(Self.shop, .sql)
        #expect(ddl.notCarried.map(\.what).contains { $0.hasPrefix("unique(status, day)") })
        #expect(
            ddl.notCarried.map(\.what).contains { $0.hasPrefix("row_count") }
                && ddl.notCarried.map(\.what).contains("servers"))
        let back = try await ContractImport.read(.sql, text: ddl.text, path: "x.sql")
        #expect(back.notCarried.isEmpty, "\(back.notCarried) \(ddl.text)")
        let (contract, problems) = Sample.load(back.document.yaml)
        #expect(problems.isEmpty, "\(problems)")
        let table = try #require(contract?.tables.first { $0.name == "orders" })
        #expect(table.physicalName == "raw.orders" && table.description == "it's one row an order")
        #expect(table.primaryKey == ["id"] && table.column("sku")?.unique == true)
        #expect(table.rules.contains { $0.id.hasPrefix("foreign_key(customer -> ") })
        // Checks come back as conditions: values in and out of them are judged alike.
        let database = try await Database.open()
        try await database.withConnection { connection in
            try await connection.execute(ddl.text)
            try await connection.execute("INSERT INTO raw.customers VALUES (1)")
            try await connection.execute(
                "INSERT INTO raw.orders VALUES (1, 1, 'it''s', 1, 'A1', 'a@b.cz', '2021-01-01', ['a'])")
            for bad in [
                "(2, 1, 'odd', 1, 'A2', NULL, NULL, NULL)", "(2, 1, 'new', -1, 'A2', NULL, NULL, NULL)",
                "(2, 1, 'new', 100, 'A2', NULL, NULL, NULL)", "(2, 1, 'new', 1, 'a2', NULL, NULL, NULL)",
                "(2, 1, 'new', 1, 'A2', 'x', NULL, NULL)", "(2, 1, 'new', 1, 'A2', NULL, '2019-01-01', NULL)",
                "(2, 9, 'new', 1, 'A2', NULL, NULL, NULL)", "(1, 1, 'new', 1, 'A2', NULL, NULL, NULL)",
                "(2, 1, 'new', 1, 'A1', NULL, NULL, NULL)",
            ] {
                await #expect(throws: WeirError.self, "\(bad)") {
                    try await connection.execute("INSERT INTO raw.orders VALUES \(bad)")
                }
            }
        }
    }

    @Test("other dialects have their own quotes, types and checks", arguments: [SQLDialect.postgres, .mysql, .sqlite])
    func dialects(dialect: SQLDialect) throws {
        let ddl = try export(Self.shop, .sql, dialect)
        let quote = dialect == .mysql ? "`" : "\""
        #expect(ddl.text.contains("\(quote)status\(quote) IN ('new', 'it''s')"))
        #expect(ddl.text.contains("CREATE TABLE") && !ddl.text.contains("regexp_matches"))
        #expect(ddl.text.contains(dialect == .sqlite ? "NUMERIC" : "DECIMAL(10,2)") && ddl.text.contains("CHECK ("))
        #expect(ddl.notCarried.contains { $0.what.hasPrefix("pattern(sku)") } == (dialect == .sqlite))
        // PostgreSQL has arrays.
        #expect(ddl.notCarried.contains { $0.at == "orders.tags" } == (dialect != .postgres))
    }

    @Test("JSON Schema reads back as the same rules about rows")
    func jsonSchema() async throws {
        let single = Sample.contract(
            """
            properties:
              - { name: id, logicalType: integer, required: true, logicalTypeOptions: { minimum: 1 } }
              - { name: name, logicalType: string, logicalTypeOptions: { maxLength: 5, pattern: '^a' }, examples: [x] }
              - { name: at, logicalType: timestamp }
              - { name: kind, logicalType: string, quality: [{ metric: invalidValues, arguments: { validValues: [a, b] }, mustBe: 0 }] }
              - { name: tags, logicalType: array, items: { logicalType: string, logicalTypeOptions: { minLength: 2 } }, logicalTypeOptions: { maxItems: 3 } }
              - { name: place, logicalType: object, properties: [{ name: city, logicalType: string, required: true }] }
            quality: [{ metric: rowCount, mustBe: 1 }]
            """)
        let out = try export(single, .jsonSchema)
        #expect(JSONValue(parsing: out.text)?["properties"]?["id"]?["type"] == "integer")
        #expect(
            out.notCarried.map(\.at) == ["orders"] || out.notCarried.contains { $0.what.hasPrefix("row_count") },
            "\(out.notCarried)")
        let back = try await ContractImport.read(.jsonSchema, text: out.text, path: "x")
        #expect(back.notCarried.isEmpty, "\(back.notCarried)")
        let wanted = Sample.load(single).contract?.tables[0].rules.filter { $0.kind != .rowCount }.map(\.id)
        #expect(
            Sample.load(back.document.yaml).contract?.tables[0].rules.map(\.id).sorted() == wanted?.sorted(),
            "\(out.text)")
    }

    @Test("dbt reads back as the same rules")
    func dbt() async throws {
        let out = try export(Self.shop, .dbt)
        #expect(out.text.hasPrefix("# needs the package dbt_expectations\n# needs the package dbt_utils\n"))
        let back = try await ContractImport.read(.dbt, text: out.text, path: "x.yml")
        #expect(back.notCarried.isEmpty, "\(back.notCarried)")
        let ids = Set(Sample.load(back.document.yaml).contract?.tables.first?.rules.map(\.id) ?? [])
        #expect(
            ids.isSuperset(of: [
                "not_null(id)", "unique(id)", "accepted_values(status)", "range(total)", "pattern(sku)", "row_count",
                "unique(customer, day)", "unique(status, day)",
            ]), "\(ids)\n\(out.text)")
        #expect(out.notCarried.map(\.what).contains { $0.hasPrefix("sql(q)") })
    }

    @Test("Avro reads back as the same types")
    func avro() async throws {
        let out = try export(Self.shop, .avro)
        let back = try await ContractImport.read(.avro, text: out.text, path: "x.avsc")
        #expect(back.notCarried.isEmpty, "\(back.notCarried)")
        let (new, old) = (Sample.load(back.document.yaml).contract, Sample.load(Self.shop).contract)
        #expect(new?.tables.map(\.name) == ["orders", "customers"])
        #expect(new?.tables[0].columns.map(\.declaredType) == old?.tables[0].columns.map(\.declaredType), "\(out.text)")
        #expect(new?.tables[0].columns.map(\.required) == old?.tables[0].columns.map(\.required))
        #expect(out.notCarried.contains { $0.what.hasPrefix("accepted_values(status)") })
    }

    @Test("Markdown tells everything, and no text of the contract changes the page")
    func markdown() throws {
        let out = try export(Self.shop, .markdown)
        for part in ["# Shop", "a \\| b", "`id`", "Rules of the table:", "## Servers"] {
            #expect(out.text.contains(part), "\(part)")
        }
        #expect(out.notCarried.isEmpty, "\(out.notCarried)")
        let full = try export(Sample.full, .markdown)
        #expect(full.text.contains("## Not checked by Weir"))
    }

    @Test("hard contracts are written in every format", arguments: ExportFormat.allCases)
    func hard(format: ExportFormat) throws {
        let odd = Sample.contract(
            #"""
            properties:
              - { name: 'a"b`c|d', logicalType: string, description: "x\ny */ -- '", required: true }
              - { name: "ü 🙂", physicalType: geography }
              - { name: m, logicalType: map, map: { key: { logicalType: string }, value: { logicalType: integer } } }
              - { name: big, physicalType: UHUGEINT }
            """#)
        for dialect in SQLDialect.allCases {
            let out = try export(odd, format, dialect)
            #expect(!out.text.isEmpty)
            if format == .jsonSchema || format == .avro { #expect(JSONValue(parsing: out.text) != nil, "\(out.text)") }
        }
        #expect(throws: WeirError.self) { try export("nonsense", format) }
    }
}
