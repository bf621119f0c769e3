import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("weir test")
struct TestCommandTests {
    private struct Report: Decodable {
        struct Table: Decodable {
            struct Schema: Decodable {
                let differences: [RunReport.Check]
                let extra: [[String: String]]
            }
            let name: String
            let rows: Int?
            let checks: [RunReport.Check]
            let schema: Schema?
            let error: RunReport.Fault?
        }
        struct Test: Decodable {
            let name: String
            let status: String
        }
        let passed: Int
        let failed: Int
        let tests: [Test]
        let tables: [Table]
    }

    /// A model with a contract, a test that passes and one that fails.
    private static func project() async throws -> TempProject {
        let project = try ContractProject.make(
            """
            - { name: id, logicalType: integer, primaryKey: true }
            - { name: a, logicalType: integer, logicalTypeOptions: { minimum: 0 } }
            """)
        try project.write("models/mart/m.sql", "SELECT id, a * 2 AS twice FROM raw.t WHERE a <> 0")
        try project.write(
            "tests/mart/m.yaml",
            """
            model: mart.m
            tests:
              - name: "it doubles <a> & drops 0"
                given: { raw.t: { rows: [{ id: 1, a: 2 }, { id: 2, a: 0 }] } }
                expect: { rows: [{ id: 1, twice: 4 }] }
              - name: it is wrong
                given: { raw.t: { rows: [{ id: 1, a: 2 }] } }
                expect: { rows: [{ id: 1, twice: 5 }] }
            """)
        try await project.run(expect: 0)
        return project
    }

    private func test(_ project: TempProject, _ more: String..., expect code: Int32) async throws -> Report {
        let done = try await project.command(["test", "-o", "json"] + more)
        #expect(done.code == code, "\(done)")
        return try JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8))
    }

    @Test("model tests: what passed, what failed and how, as text, JSON and JUnit XML")
    func models() async throws {
        let project = try await Self.project()
        let report = try await test(project, "--junit", "out/report.xml", expect: 1)
        #expect(report.tests.map(\.status) == ["passed", "failed"] && report.tables.isEmpty)
        let text = try await project.weir("test")
        #expect(text.code == 1)
        for part in ["mart.m: it is wrong", "twice: expected 5, found 4", "1 passed, 1 failed"] {
            #expect(text.out.contains(part), "\(part) \(text)")
        }
        let suites = try JUnitFile(project.path("out/report.xml"))
        #expect(suites.cases == ["it doubles <a> & drops 0": nil, "it is wrong": "failure"])
        #expect(suites.counts == ["tests/mart/m.yaml": [2, 1, 0, 0]])
    }

    @Test("--data holds the rows of the warehouse against the contract, and changes nothing")
    func data() async throws {
        let project = try await Self.project()
        let good = try await test(project, "--data", expect: 0)
        #expect(good.tables.map(\.name) == ["raw.t"] && good.tables.first?.rows == 10 && good.tests.isEmpty)
        #expect(good.tables.first?.checks.allSatisfy { $0.status == "passed" } == true)
        // What is wrong now was published under a contract that asked for less.
        try project.write(
            "contracts/t.yaml",
            ContractProject.contract(
                """
                - { name: id, logicalType: integer, logicalTypeOptions: { maximum: 8 } }
                - name: a
                  quality: [{ metric: invalidValues, arguments: { validValues: [5] }, mustBe: 0, severity: warning }]
                """, table: "quality: [{ type: sql, name: few, query: 'SELECT count(*) FROM {object}', mustBe: 10 }]"))
        let bad = try await test(project, "--data", "--junit", "data.xml", expect: 1)
        let statuses = Dictionary(
            bad.tables[0].checks.map { ($0.rule, $0.status) }, uniquingKeysWith: { first, _ in first })
        #expect(statuses == ["range(id)": "failed", "accepted_values(a)": "warned", "sql(few)": "passed"])
        #expect(bad.tables[0].checks.first { $0.rule == "range(id)" }?.violating == 2)
        let suites = try JUnitFile(project.path("data.xml"))
        #expect(suites.cases == ["range(id)": "failure", "accepted_values(a)": nil, "sql(few)": nil])
        #expect(try await project.rows("SELECT count(*) FROM raw.t") == ["10"])
        #expect(
            try await project.rows("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'weir_quarantine'") == [
                "0"
            ])
    }

    @Test("--schema compares the columns of the warehouse with the contract's")
    func schema() async throws {
        let project = try await Self.project()
        let good = try await test(project, "--schema", expect: 0)
        #expect(good.tables.first?.schema?.extra.compactMap { $0["name"] } == ["b", "c", "at"])
        try project.write(
            "contracts/t.yaml",
            ContractProject.contract(
                "- { name: id, logicalType: string }\n- { name: gone, logicalType: integer, required: true }\n- { name: a, logicalType: integer }"
            ))
        let bad = try await test(project, "--schema", "--junit", "schema.xml", expect: 1)
        #expect(bad.tables[0].schema?.differences.map(\.rule).sorted() == ["required_column(gone)", "type(id)"])
        #expect(bad.tables[0].rows == nil)
        #expect(try JUnitFile(project.path("schema.xml")).cases == ["columns": "failure"])
        try project.remove("warehouse.duckdb")
        try project.write("models/mart/only.sql", "SELECT 1 AS one")
        try await project.run("mart.only", expect: 0)
        let missing = try await test(project, "--schema", expect: 1)
        #expect(missing.tables[0].error?.code == "test.missing-table")
    }

    @Test("--all does all of it, and a path picks what lies below it")
    func all() async throws {
        let project = try await Self.project()
        let report = try await test(project, "--all", expect: 1)
        #expect(report.tests.count == 2 && report.tables.count == 1)
        #expect(report.passed == 2 && report.failed == 1)
        #expect(report.tables[0].schema != nil && report.tables[0].rows == 10)
        let some = try await test(project, "--all", "contracts", expect: 0)
        #expect(some.tests.isEmpty && some.tables.count == 1)
    }

    @Test("weir docs tells how each test ended when it was last run, and when")
    func docs() async throws {
        let project = try await Self.project()
        func page(_ table: String) async throws -> String {
            #expect(try await project.weir("docs").code == 0)
            return String(
                decoding: try #require(FileManager.default.contents(atPath: project.path("site/tables/\(table).html"))),
                as: UTF8.self)
        }
        let before = try await page("mart.m")
        #expect(before.contains("it is wrong") && !before.contains("✗ failed"))
        #expect(try await project.weir("test", "--all").code == 1)
        let model = try await page("mart.m")
        for part in [
            "it doubles &lt;a&gt; &amp; drops 0 <span class=\"good\">✓ passed",
            "it is wrong <span class=\"bad\">✗ failed",
        ] {
            #expect(model.contains(part), "\(part)\n\(model)")
        }
        let source = try await page("raw.t")
        #expect(source.contains("the rows keep the contract <span class=\"good\">✓ passed"), "\(source)")
        #expect(source.contains("the columns are those of the contract <span class=\"good\">✓ passed"))
        // A test that was mended, and one that went away.
        try project.write(
            "tests/mart/m.yaml",
            "model: mart.m\ntests:\n  - name: it is wrong\n    given: {}\n    expect: { rows: [] }\n")
        #expect(try await project.weir("test").code == 0)
        let after = try await page("mart.m")
        #expect(after.contains("it is wrong <span class=\"good\">✓ passed") && !after.contains("it doubles"))
    }

    @Test("a history that cannot be written keeps no test from being run")
    func damagedHistory() async throws {
        let project = try await Self.project()
        for file in ["state.db-wal", "state.db-shm"] { try? project.remove(".weir/\(file)") }
        try project.write(".weir/state.db", String(repeating: "no database ", count: 500))
        let done = try await project.weir("test", "-o", "json")
        #expect(done.code == 1 && done.err.contains("state.damaged"), "\(done)")
        #expect((try? JSONShape.parse(done.out)) != nil)
    }
}

/// A JUnit report as a continuous integration server reads it.
private struct JUnitFile {
    /// What each case ended with: nil for passed, else the element's name.
    var cases: [String: String?] = [:]
    /// Tests, failures, errors and skipped, by suite.
    var counts: [String: [Int]] = [:]

    init(_ path: String) throws {
        let reader = Reader()
        let parser = XMLParser(data: try Data(contentsOf: URL(fileURLWithPath: path)))
        parser.delegate = reader
        try #require(parser.parse(), "\(String(describing: parser.parserError))")
        (cases, counts) = (reader.cases, reader.counts)
    }

    private final class Reader: NSObject, XMLParserDelegate {
        var cases: [String: String?] = [:]
        var counts: [String: [Int]] = [:]
        private var current = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            switch name {
            case "testsuite":
                counts[attributes["name"] ?? ""] = ["tests", "failures", "errors", "skipped"].map {
                    Int(attributes[$0] ?? "") ?? -1
                }
            case "testcase":
                current = attributes["name"] ?? ""
                cases.updateValue(nil, forKey: current)
            case "failure", "error", "skipped": cases.updateValue(name, forKey: current)
            default: break
            }
        }
    }
}
