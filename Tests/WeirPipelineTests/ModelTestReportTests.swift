import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Test reports and selection")
struct ModelTestReportTests {
    static let sql = "SELECT id, customer FROM raw.orders"

    static func file(_ name: String, _ id: Int = 1) -> String {
        "model: mart.m\ntests:\n  - name: \(name)\n    given: { raw.orders: { rows: [{ id: \(id) }] } }\n    expect: { columns: subset, rows: [{ id: 1 }] }\n"
    }

    @Test("JUnit XML stays well formed whatever tests and values are called")
    func junit() async throws {
        let hostile = "<a b=\"c\">&'\u{1}\u{FFFE}]]>\u{0}\n\u{202E}🙂--><![CDATA["
        var report = TestReport(project: hostile)
        var diff = RowDiff()
        diff.columns = [hostile]
        diff.missingCount = 1
        diff.missing = [[.init(column: hostile, value: hostile)]]
        for status in [ModelTestResult.Status.passed, .failed, .invalid] {
            var result = ModelTestResult(
                name: hostile, model: TableName(schema: hostile, table: hostile), file: hostile, line: 1, status: status
            )
            result.diff = diff
            result.errors = [WeirError("x", hostile, hint: hostile, frame: hostile)]
            report.tests.append(result)
        }
        var table = TableTestResult(name: TableName(schema: "a", table: hostile), contract: hostile)
        table.error = WeirError("x", hostile)
        report.tables = [table]
        let parser = XMLParser(data: Data(JUnitReport.xml(report).utf8))
        let counter = ElementCounter()
        parser.delegate = counter
        #expect(parser.parse())
        #expect(counter.found == ["testsuites": 1, "testsuite": 2, "testcase": 4, "failure": 1, "error": 2])
        #expect(report.outcome == .wrongUsage)
    }

    final class ElementCounter: NSObject, XMLParserDelegate {
        var found: [String: Int] = [:]
        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { found[name, default: 0] += 1 }
    }

    @Test(
        "a path selects every test at or below it",
        arguments: [
            ([], 3), (["tests"], 3), (["."], 3), (["tests/a"], 2), (["tests/a/b/"], 1), (["tests/c.yml"], 1),
            (["tests/a/b", "tests/c.yml"], 2),
        ])
    func paths(_ paths: [String], _ count: Int) async throws {
        let files = [
            "tests/a/one.yaml": Self.file("one"), "tests/a/b/two.yaml": Self.file("two"),
            "tests/c.yml": Self.file("three"),
            "tests/a/fixtures/data.yaml": "no: test", "tests/.hidden.yaml": "no: test",
        ]
        let report = try await ModelTestLab.with(sql: Self.sql, files: files) { lab in
            try await lab.report { $0.paths = paths }
        }
        #expect(report.tests.count == count)
        #expect(report.outcome == .done)
    }

    @Test(
        "nothing to run is an error that says what to do",
        arguments: [[], ["tests"], ["contracts"], ["tests/mrat"], ["/"]])
    func nothing(_ paths: [String]) async throws {
        let error = await #expect(throws: WeirError.self) {
            try await ModelTestLab.with(
                sql: Self.sql, files: ["tests/mart/.keep": "", "contracts/.keep": ""]
            ) { lab in try await lab.report { $0.paths = paths } }
        }
        #expect(["test.none", "test.unknown-path"].contains(error?.code ?? ""))
        #expect(error?.outcome == .wrongUsage)
        #expect(error?.hint != nil)
    }

    @Test("a failing test ends the command with 1 and JSON tells the rows")
    func json() async throws {
        let report = try await ModelTestLab.with(sql: Self.sql, files: ["tests/t.yaml": Self.file("wrong", 2)]) {
            try await $0.report()
        }
        #expect(report.outcome == .gateFailed)
        let json = try #require(JSONValue(parsing: try JSONOutput.pretty(report)))
        #expect(json["failed"] == 1)
        #expect(json["tests"]?[0]?["diff"]?["missing"]?[0]?[0] == ["column": "id", "value": "1"])
    }
}
