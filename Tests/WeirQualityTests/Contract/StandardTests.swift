import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Reading the standard strictly")
struct StandardTests {
    @Test(
        "a rule that contradicts itself is a mistake",
        arguments: [
            ("quality: [{ metric: rowCount, mustBe: 1, mustBeLessThan: 5 }]", "contract.several-operators"),
            ("quality: [{ metric: rowCount, mustBe: -1 }]", "contract.contradiction"),
            ("quality: [{ metric: rowCount, mustBe: 1, unit: percent }]", "contract.bad-unit"),
            ("properties: [{ name: a, quality: [{ metric: nullValues }] }]", "contract.no-operator"),
            (
                "properties: [{ name: a, quality: [{ metric: nullValues, mustBeLessThan: 0 }] }]",
                "contract.contradiction"
            ),
            (
                "properties: [{ name: a, quality: [{ metric: nullValues, mustBe: 101, unit: percent }] }]",
                "contract.contradiction"
            ),
            (
                "properties: [{ name: a, quality: [{ metric: invalidValues, arguments: { validValues: [] }, mustBe: 0 }] }]",
                "contract.contradiction"
            ),
            ("properties: [{ name: a, enum: [] }]", "contract.contradiction"),
            (
                "properties: [{ name: a, primaryKey: true, primaryKeyPosition: 1 }, { name: b, primaryKey: true, primaryKeyPosition: 1 }]",
                "contract.key-position"
            ),
            (
                "properties: [{ name: a, quality: [{ type: custom, engine: weir, implementation: { chek: a } }] }]",
                "contract.custom-rule"
            ),
            (
                "quality: [{ type: custom, engine: weir, implementation: { check: a > 1, rowsOf: x.y } }]",
                "contract.custom-rule"
            ),
            (
                "quality: [{ type: custom, engine: weir, implementation: { sequence: no_gaps, column: z } }]",
                "contract.unknown-column"
            ),
            (
                "properties: [{ name: a }]\nquality: [{ type: custom, engine: weir, implementation: { sequence: no_gap, column: a } }]",
                "yaml.unknown-value"
            ),
            (
                "properties: [{ name: a }]\nquality: [{ type: custom, engine: weir, implementation: { sequence: increasing, column: a, step: 2 } }]",
                "contract.misplaced-key"
            ),
            (
                "properties: [{ name: a }]\nquality: [{ type: custom, engine: weir, implementation: { unique: a, within: soon, time: a } }]",
                "yaml.wrong-type"
            ),
        ])
    func contradictions(body: String, code: String) {
        let (contract, problems) = Sample.load(Sample.contract(body))
        #expect(contract == nil)
        #expect(problems.map(\.code).contains(code), "\(problems)")
        #expect(problems.allSatisfy { $0.place?.line != nil && $0.frame != nil })
    }

    @Test(
        "servers are read by their type",
        arguments: [
            ("{ server: a, type: duckdb, database: x }", nil), ("{ server: a, type: duckdb }", "contract.missing-key"),
            ("{ server: a, type: duckdb, database: x, host: y }", "yaml.unknown-key"),
            ("{ server: a, type: postgrse, host: x }", "contract.unknown-value"),
            ("{ server: a, type: custom, host: x, stream: y }", nil),
            ("{ server: a, type: iceberg, catalogUrl: x }", nil),
        ])
    func servers(server: String, code: String?) {
        let (_, problems) = Sample.load(Sample.contract("tags: []", extra: "servers: [\(server)]"))
        #expect(problems.first?.code == code, "\(problems)")
    }

    @Test("keys of a later version and deprecated forms are told, and keep nothing from working")
    func warnings() throws {
        let text = Sample.contract(
            """
            deprecated: true
            properties:
              - { name: a, logicalType: vector, logicalTypeOptions: { dimensions: 3 }, synonyms: [{ synonym: b }] }
            quality: [{ rule: rowCount, mustBe: 1, severity: blocker }]
            """, extra: "team: [{ username: ann }]\nslaDefaultElement: orders.a")
        let file = ContractFile(path: "c.yaml", text: text)
        #expect(file.errors.isEmpty, "\(file.errors)")
        #expect(
            file.warnings.map(\.code).sorted() == [
                "contract.deprecated-form", "contract.deprecated-form", "contract.deprecated-form",
                "contract.later-key",
                "contract.later-key", "contract.later-key", "contract.later-key", "contract.unknown-severity",
            ], "\(file.warnings)")
        #expect(file.warnings.allSatisfy { $0.frame != nil && $0.place?.line ?? 0 > 0 })
        let old = ContractFile(path: "c.yaml", text: text.replacing("v3.1.0", with: "v3.2.0"))
        #expect(!old.warnings.map(\.code).contains("contract.later-key"))
    }

    @Test("rules about the items of arrays, and the keys and values of maps, are checked")
    func items() async throws {
        let (result, failed) = try await Lab.audit(
            """
            properties:
              - { name: id, logicalType: integer }
              - { name: tags, logicalType: array, items: { logicalType: string, required: true, logicalTypeOptions: { maxLength: 3 } } }
              - name: lines
                logicalType: array
                items:
                  logicalType: object
                  properties: [{ name: amount, logicalType: integer, logicalTypeOptions: { minimum: 1 } }]
              - { name: attributes, logicalType: map, map: { key: { logicalType: string, logicalTypeOptions: { pattern: '^[a-z]+$' } }, value: { logicalType: integer, logicalTypeOptions: { maximum: 9 } } } }
              - { name: place, logicalType: vector, logicalTypeOptions: { dimensions: 2 } }
            """,
            setup: """
                CREATE TABLE stage (id INT, tags VARCHAR[], lines STRUCT(amount INT)[], attributes MAP(VARCHAR, INT), place FLOAT[]);
                INSERT INTO stage VALUES
                    (0, ['a', 'abc'], [{amount: 1}], MAP {'a': 9}, [1, 2]), (1, ['a', NULL], [], NULL, NULL), (2, ['abcd'], NULL, MAP {}, [1, 2]),
                    (3, NULL, [{amount: 2}, {amount: 0}], MAP {'a': 1}, [1]), (4, [], [{amount: NULL}], MAP {'A': 1}, [1, 2]),
                    (5, ['x'], [NULL], MAP {'b': 10}, [1, 2])
                """)
        #expect(
            failed == [
                1: ["not_null(tags[])"], 2: ["length(tags[])"], 3: ["range(lines[].amount)", "items(place)"],
                4: ["pattern(attributes{key})"], 5: ["range(attributes{value})"],
            ], "\(result.outcomes.map { ($0.rule, $0.status, $0.detail) })")
    }

    @Test("fields of a JSON column are checked")
    func json() async throws {
        let (result, failed) = try await Lab.audit(
            """
            properties:
              - name: data
                physicalType: JSON
                logicalType: object
                properties:
                  - { name: 'a "b"', logicalType: string, required: true }
                  - { name: n, logicalType: integer, logicalTypeOptions: { minimum: 1 } }
                  - { name: in, logicalType: object, properties: [{ name: deep, logicalType: string, required: true }] }
            """,
            setup: """
                CREATE TABLE stage (data JSON);
                INSERT INTO stage VALUES ('{"a \\"b\\"": "x", "n": 1}'), ('{"n": 0, "a \\"b\\"": "x"}'), ('{}'), (NULL), ('{"a \\"b\\"": "x", "in": {}}')
                """)
        #expect(
            failed == [1: ["range(data.n)"], 2: ["not_null(data.a \"b\")"], 4: ["not_null(data.in.deep)"]],
            "\(result.outcomes)")
    }

    @Test("every key of a service level is read, also where the level is not checked")
    func serviceLevels() {
        let (contract, problems) = Sample.load(
            Sample.contract(
                "tags: []",
                extra:
                    "slaProperties: [{ property: generalAvailability, value: 2022-05-12, description: first, driver: analytical, schedule: x, scheduler: cron, valueExt: 1, unit: d, element: orders.x }]"
            ))
        #expect(problems.isEmpty, "\(problems)")
        #expect(contract?.notChecked.map(\.key) == ["generalAvailability"])
    }

    @Test("lint lists what is enforced, what is not and why, what is only described, and what Weir decides")
    func report() async throws {
        let file = ContractFile(path: "c.yaml", text: Sample.full)
        let report = ContractReport(file, found: try await EngineCheck(file).run())
        #expect(report.errors.isEmpty, "\(report.errors)")
        #expect(
            report.enforced.contains {
                $0.rule == "range(amount)" && $0.says.contains("at least 0") && $0.place.line != nil
            })
        #expect(report.notChecked.map(\.key) == ["words", "gx", "retention"])
        #expect(report.notChecked.allSatisfy { !$0.why.isEmpty && $0.place.line != nil })
        let described = Set(report.described.map(\.key))
        #expect(
            described.isSuperset(of: [
                "tenant", "servers", "team", "roles", "support", "price", "encryptedName", "examples", "transformLogic",
                "semanticType", "synonyms",
            ]), "\(described)")
        #expect(report.decisions.contains { $0.hasPrefix("mustBeBetween takes both bounds") })
        #expect(report.decisions.contains { $0.hasPrefix("duplicates:") })
    }

    @Test(
        "lint tries rules on empty tables",
        arguments: [
            (
                "quality: [{ type: sql, query: 'SELECT count(*) FROM {object} WHERE b > 1', mustBe: 0 }]",
                "contract.bad-query"
            ),
            ("quality: [{ type: sql, query: 'DELETE FROM {object}', mustBe: 0 }]", "contract.bad-query"),
            ("quality: [{ type: sql, query: 'SELECT 1; DROP TABLE x', mustBe: 0 }]", "contract.bad-query"),
            ("quality: [{ type: sql, query: 'SELECT a, a FROM {object}', mustBe: 0 }]", "contract.bad-query"),
            ("quality: [{ type: custom, engine: weir, implementation: { check: 'a > ' } }]", "contract.bad-query"),
            ("quality: [{ type: custom, engine: weir, implementation: { check: 'a + 1' } }]", "contract.bad-query"),
            (
                "quality: [{ type: custom, engine: weir, implementation: { check: 'true); DROP TABLE x; --' } }]",
                "contract.bad-query"
            ),
        ])
    func engine(rule: String, code: String) async throws {
        let text = Sample.contract("properties: [{ name: a, logicalType: integer, physicalType: INTEGER }]\n\(rule)")
        let file = ContractFile(path: "c.yaml", text: text)
        try #require(file.errors.isEmpty, "\(file.errors)")
        let found = try await EngineCheck(file).run()
        #expect(found.errors.map(\.code) == [code], "\(found)")
        #expect(found.errors.allSatisfy { $0.frame != nil })
    }

    @Test("two lists of values without a common one, a rule said twice and types in conflict are told")
    func doubtful() async throws {
        let file = ContractFile(
            path: "c.yaml",
            text: Sample.contract(
                """
                properties:
                  - name: a
                    logicalType: string
                    quality:
                      - { metric: invalidValues, arguments: { validValues: [x] }, mustBe: 0 }
                      - { metric: invalidValues, arguments: { validValues: [y] }, mustBe: 0 }
                  - name: b
                    logicalType: integer
                    physicalType: VARCHAR
                    quality:
                      - { metric: nullValues, mustBe: 0 }
                      - { metric: nullValues, mustBe: 0 }
                """))
        let found = try await EngineCheck(file).run()
        #expect(found.errors.map(\.code) == ["contract.contradiction"], "\(found)")
        #expect(found.warnings.map(\.code) == ["contract.type-conflict", "contract.repeated-rule"], "\(found)")
    }
}
