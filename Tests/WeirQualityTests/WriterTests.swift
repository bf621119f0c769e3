import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Writing a contract")
struct WriterTests {
    /// What a rule means, without its place.
    private func meaning(_ table: TableContract) -> [String: String] {
        var out: [String: String] = [:]
        for rule in table.rules {
            out[rule.id] =
                "\(rule.kind) \(rule.severity) \(rule.limit) \(String(describing: rule.tolerance)) \(String(describing: rule.onFail))"
        }
        return out
    }

    @Test("what is written is read back as the same rules")
    func roundTrip() throws {
        let body = #"""
            physicalName: raw.orders
            description: "it's: a \"test\""
            customProperties: [{ property: weir.onFail, value: stop }, { property: weir.tolerance, value: 0.5% }]
            properties:
              - { name: id, logicalType: integer, physicalType: bigint, primaryKey: true, required: true }
              - { name: 'a"b: {c}', logicalType: string, required: true, unique: true, logicalTypeOptions: { pattern: '^\d+: "x" #$', minLength: 1 }, customProperties: [{ property: weir.onFail, value: warn }] }
              - { name: Ünï, logicalType: number, logicalTypeOptions: { exclusiveMinimum: -0.5, maximum: 1e3, multipleOf: 0.25 } }
              - { name: day, logicalType: date, logicalTypeOptions: { minimum: 2020-01-01 } }
              - name: status
                logicalType: string
                quality:
                  - { name: "yes", metric: invalidValues, arguments: { validValues: [a, "1", 1, true, "true", "null", "", " x", "é\n"] }, mustBeLessThan: 5, unit: percent, severity: info }
                  - { metric: missingValues, arguments: { missingValues: [null, '-'] }, mustBeBetween: [0, 3] }
                  - { metric: nullValues, mustBe: 0, customProperties: [{ property: weir.tolerance, value: 3 rows }] }
              - { name: carrier, relationships: [{ to: raw.airlines.code }] }
            quality:
              - { metric: rowCount, mustBeGreaterThan: 10 }
              - { metric: duplicateValues, arguments: { properties: [day, status] }, mustBe: 0 }
              - { name: q, type: sql, query: "SELECT count(*) -- \"x\"\nFROM {object}", mustNotBe: 3 }
            relationships: [{ from: [day, status], to: [raw.x.a, raw.x.b] }]
            """#
        let first = try Sample.table(
            body, extra: "slaProperties: [{ property: latency, value: 36, unit: h, element: day }]")
        let text = ContractWriter.yaml(for: [first], id: "a b#c", name: "yes", description: "x: y")
        let (contract, problems) = Sample.load(text)
        #expect(problems.isEmpty, "\(problems)\n\(text)")
        let second = try #require(contract?.tables.first)
        #expect(contract?.id == "a-b-c" && contract?.name == "yes" && contract?.description == "x: y")
        #expect(meaning(second) == meaning(first), "\(text)")
        #expect(second.columns.map(\.declaredType) == first.columns.map(\.declaredType))
        #expect(second.onFail == .stop && second.tolerance == .percent(0.5) && second.description == first.description)
        #expect(second.primaryKey == ["id"] && second.physicalName == "raw.orders")
        #expect(ContractWriter.yaml(for: [second], id: "a b#c", name: "yes", description: "x: y") == text)
    }

    @Test("a profile becomes a contract that its own table keeps, and that is not over-fitted")
    func suggest() async throws {
        let database = try await Database.open()
        let (profile, text, outcome) = try await database.withConnection { connection in
            try await Self.suggest(connection)
        }
        #expect(profile.rows == 200)
        let columns = Dictionary(uniqueKeysWithValues: profile.columns.map { ($0.name, $0) })
        #expect(columns["order_id"]?.isKey(of: 200) == true)
        #expect(columns["status"]?.allValues == ["new", "paid", "true"])
        #expect(columns["email"]?.texts?.format == "email")
        #expect(columns["note"]?.nulls == 200)
        #expect(columns["amount"]?.minimum == "0.5")
        let (contract, problems) = Sample.load(text)
        #expect(problems.isEmpty, "\(problems)\n\(text)")
        #expect(
            contract?.tables.first?.rules.map(\.id).sorted() == [
                "accepted_values(status)", "email(email)", "length(sku)", "not_null(amount)", "not_null(balance)",
                "not_null(email)",
                "not_null(order_id)", "not_null(sku)", "not_null(status)", "not_null(where \"when\")", "range(amount)",
                "unique(order_id)",
            ], "\(text)")
        #expect(outcome.verdict == .pass, "\(outcome)")
    }

    private static func contractProfile(
        _ relation: String, isTable: Bool = false, on connection: isolated Connection
    ) throws -> DataProfile {
        var options = Profiler.Options()
        options.depth = .contract
        return try Profiler(target: "t", options: options).profile(relation, isTable: isTable, on: connection)
    }

    private static func suggest(_ connection: isolated Connection) throws -> (DataProfile, String, AuditResult) {
        try connection.execute(
            """
            CREATE TABLE t AS SELECT i AS order_id, 'u' || i || '@b.cz' AS email, ['new', 'paid', 'true'][1 + i % 3] AS status,
            (i + 0.5)::DOUBLE AS amount, i - 100 AS balance, 'SKU-' || (1000 + i) AS sku, NULL::VARCHAR AS note,
            TIMESTAMP '2024-01-01' + to_hours(i::INT) AS "where ""when""\" FROM range(200) r(i)
            """)
        let profile = try contractProfile("t", isTable: true, on: connection)
        let text = ContractWriter.yaml(for: [profile.suggestContract(name: "t")], id: "t")
        let problems = Problems()
        let contract = ContractLoader.load(path: "c", text: text, problems: problems)
        let name = TableName(schema: "main", table: "t")
        let outcome = try TableAudit.audit(
            contract?.tables.first ?? TableContract(name: "?"), scope: AuditScope(table: name, declared: name),
            policy: .stop, on: connection)
        return (profile, text, outcome)
    }

    @Test(
        "empty tables, one row and odd types are profiled",
        arguments: [
            "SELECT 1 AS a WHERE false", "SELECT NULL AS a",
            "SELECT [1, 2] AS a, {'x': 1} AS b, 'a'::BLOB AS c, INTERVAL 1 DAY AS d",
            "SELECT 'NaN'::DOUBLE AS a, 'infinity'::TIMESTAMP AS b", "SELECT 1 AS \"a\"\"b\"", "VALUES (1)",
        ])
    func oddTables(query: String) async throws {
        let database = try await Database.open()
        let text = try await database.withConnection { connection in
            ContractWriter.yaml(
                for: [
                    try await connection.perform { try Self.contractProfile(query, on: $0) }.suggestContract(
                        name: "x y")
                ], id: "")
        }
        let (contract, problems) = Sample.load(text)
        #expect(contract != nil, "\(problems)\n\(text)")
    }
}
