import Testing
import WeirCore

@testable import WeirQuality

@Suite("Reading a contract")
struct ContractLoaderTests {
    @Test("a full contract of v3.2 is read without a problem, and every rule has a readable id")
    func full() throws {
        let (contract, problems) = Sample.load(Sample.full)
        #expect(problems.isEmpty, "\(problems)")
        let read = try #require(contract)
        #expect(read.id == "orders-contract" && read.version == "1.2.0" && read.apiVersion == "v3.2.0")
        #expect(read.description == "who bought what")
        let table = try #require(read.table(for: TableName(schema: "raw", table: "ORDERS")))
        #expect(table.primaryKey == ["order_id"])
        #expect(table.onFail == .quarantine && table.tolerance == .percent(1))
        #expect(
            table.rules.map(\.id) == [
                "not_null(order_id)", "unique(order_id)", "foreign_key(customer_no -> crm.customers.customer_id)",
                "pattern(email)",
                "email(email)", "not_null(email)", "not_missing(email)", "accepted_values(status)", "range(amount)",
                "multiple_of(amount)", "length(sku)", "items(tags)", "unique_items(tags)", "not_null(address.city)",
                "unique(customer_no, ordered_at)", "row_count", "sql(no future orders)",
                "foreign_key(customer_no -> crm.customers.customer_id)#2",
                "freshness(ordered_at)",
            ])
        #expect(table.column("email")?.isSensitive == true)
        #expect(table.rules.first { $0.id == "not_null(email)" }?.limit == Limit([.less(1)], unit: .percent))
        #expect(table.rules.first { $0.id == "not_null(email)" }?.severity == .warn)
        #expect(table.rules.first { $0.id == "pattern(email)" }?.onFail == .stop)
        #expect(read.notChecked.map(\.key) == ["words", "gx", "retention"])
        #expect(table.declaredTypes["amount"] == "DECIMAL(10,2)")
        #expect(table.declaredTypes["ordered_at"] == "TIMESTAMP WITH TIME ZONE")
        #expect(table.declaredTypes["tags"] == "VARCHAR[]")
        #expect(table.declaredTypes["address"] == "STRUCT(\"city\" VARCHAR)")
        #expect(table.freshness.first?.kind == .freshness(seconds: 345_600))
    }

    @Test("every mistake of a file is found at once, with its line")
    func allMistakes() {
        let text = """
            apiVersion: v3.1.0
            kind: DataContract
            id: a
            version: 1
            staus: active
            schema:
              - name: orders
                properties:
                  - name: id
                    requird: true
                    logicalType: intger
                  - name: email
                    logicalType: string
                    logicalTypeOptions: { maxLenght: 5 }
                    quality:
                      - { metric: nullValues, mustBeLes: 1 }
                      - { metric: nulValues, mustBe: 0 }
            """
        let (contract, problems) = Sample.load(text)
        #expect(contract == nil)
        #expect(problems.compactMap { $0.place?.line }.sorted() == [5, 10, 11, 14, 16, 17])
        #expect(problems.allSatisfy { $0.hint?.hasPrefix("did you mean") == true }, "\(problems)")
        #expect(problems.allSatisfy { $0.frame != nil })
    }

    @Test("a mistake has its code", arguments: Sample.mistakes)
    func mistake(_ mistake: Sample.Mistake) {
        let (contract, problems) = Sample.load(Sample.contract(mistake.body, extra: mistake.extra))
        #expect(contract == nil)
        #expect(problems.map(\.code).contains(mistake.code), "\(problems)")
        #expect(problems.allSatisfy { $0.place?.line != nil })
    }

    @Test(
        "a file that is no contract says so",
        arguments: [
            ("", "yaml.missing-key"), ("- a", "yaml.not-a-mapping"), ("a: [", "yaml.syntax"),
            ("kind: Other", "contract.kind"),
            ("apiVersion: v2.2.2", "contract.version"), ("apiVersion: v4.0.0", "contract.version"),
            ("\ta: 1", "yaml.tab"),
            ("id: a\nid: b", "yaml.duplicate-key"), ("schema: 5", "yaml.wrong-type"),
            ("schema: [5]", "yaml.wrong-type"),
            ("schema: [{ name: a, properties: 5 }]", "yaml.wrong-type"),
        ])
    func noContract(text: String, code: String) {
        let (contract, problems) = Sample.load(text)
        #expect(contract == nil)
        #expect(problems.map(\.code).contains(code), "\(problems)")
    }

    @Test("a reference is resolved by name, by id, or left to the warehouse")
    func references() throws {
        let text = """
            apiVersion: v3.1.0
            kind: DataContract
            id: a
            version: 1.0.0
            schema:
              - { name: customers, id: cust, physicalName: crm.people, properties: [{ name: id, id: pk, physicalName: person_id }] }
              - name: orders
                properties:
                  - { name: a, relationships: [{ to: customers.id }] }
                  - { name: b, relationships: [{ to: /schema/cust/properties/pk }] }
                  - { name: c, relationships: [{ to: raw.airlines.code }] }
                  - { name: d, relationships: [{ to: "other.yaml#/schema/x/properties/y" }] }
            """
        let (contract, problems) = Sample.load(text)
        #expect(problems.isEmpty, "\(problems)")
        #expect(
            contract?.tables.last?.rules.map(\.id) == [
                "foreign_key(a -> crm.people.person_id)", "foreign_key(b -> crm.people.person_id)",
                "foreign_key(c -> raw.airlines.code)",
            ])
        #expect(contract?.notChecked.count == 1)
    }

    @Test("the exclusive bounds of v3.0 change the meaning of the plain ones")
    func exclusiveBooleans() throws {
        let table = try Sample.table(
            "properties: [{ name: a, logicalType: number, logicalTypeOptions: { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false } }]"
        )
        #expect(table.rules.map(\.kind) == [.range(ValueRange(maximum: "9", exclusiveMinimum: "0"))])
    }

    @Test("variables are resolved in texts, and not in SQL or patterns")
    func variables() throws {
        let problems = Problems()
        let text = Sample.contract(
            """
            description: of ${TEAM}
            quality: [{ type: sql, query: "SELECT count(*) FROM ${table}", mustBe: 0 }]
            """)
        let contract = ContractLoader.load(
            path: "c", text: text, problems: problems, variables: Variables(["TEAM": "sales"]))
        #expect(problems.isEmpty, "\(problems.all)")
        #expect(contract?.tables.first?.description == "of sales")
    }

    @Test(
        "types of other databases become DuckDB's",
        arguments: [
            ("varchar(20)", "VARCHAR"), ("NUMERIC(10, 2)", "DECIMAL(10,2)"), ("number(38)", "DECIMAL(38,0)"),
            ("timestamp(3) with time zone", "TIMESTAMP WITH TIME ZONE"), ("double precision", "DOUBLE"),
            ("character varying(10)", "VARCHAR"), ("int[]", "INTEGER[]"), ("text[3][]", "VARCHAR[3][]"),
            ("array<bigint>", "BIGINT[]"), ("TIMESTAMP_NTZ", "TIMESTAMP"), ("int unsigned", "UINTEGER"),
            ("nvarchar(max)", "VARCHAR"),
        ])
    func physicalTypes(text: String, wanted: String) { #expect(PhysicalType.duckDB(text) == wanted) }

    @Test(
        "and what is no known type is none",
        arguments: [
            "", "int); DROP TABLE x", "decimal(99,1)", "decimal(5,9)", "varchar(a)", "[]", "foo[", "int[-1]",
            "geography", "]",
        ])
    func unknownTypes(text: String) { #expect(PhysicalType.duckDB(text) == nil) }
}
