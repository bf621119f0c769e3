import Testing

@Suite("Rules about tables, end to end")
struct TableRuleTests {
    // MARK: Row count

    @Test(
        "the number of rows stops a load that is too small or too large, and on_fail: warn publishes it",
        arguments: [
            ("mustBeGreaterThan: 0", "", 0), ("mustBeGreaterThan: 10", "", 1), ("mustBeBetween: [5, 10]", "", 0),
            ("mustBe: 11", "", 1), ("mustBe: 11", "on_fail: warn", 0), ("mustBe: 11, severity: warning", "", 0),
            ("mustBeLessThan: 10", "on_fail: quarantine", 1),
        ])
    func rowCount(limit: String, source: String, code: Int32) async throws {
        let project = try ContractProject.make(table: "quality: [{ metric: rowCount, \(limit) }]", source: source)
        let done = try await project.run(expect: code)
        let node = try #require(try done.report["raw.t"])
        #expect(node.balance.published == (code == 0 ? 10 : 0))
        #expect(node["row_count"]?.measured == 10)
    }

    @Test("the number of rows is that of what would be published: without rows that leave, with rows that stay")
    func rowCountCountsPublished() async throws {
        let contract = ContractProject.contract(
            "- { name: a, logicalTypeOptions: { minimum: 0 }, logicalType: integer }",
            table: "quality: [{ metric: rowCount, mustBeGreaterOrEqualTo: 9 }]")
        let project = try ContractProject.make(source: "load: { strategy: append }")
        try project.write("contracts/t.yaml", contract)
        try project.write("data/t.csv", ContractProject.data([1: ("-1", "1", "1"), 2: ("-1", "1", "1")]))
        let small = try await project.run(expect: 1)
        #expect(try small.report["raw.t"]?["row_count"]?.measured == 8)
        try project.write("data/t.csv", ContractProject.data([1: ("-1", "1", "1")]))
        try await project.run(expect: 0)
        try project.write("data/t2.csv", "id,a,b,c,at\n11,1,1,1,2026-01-11\n")
        let second = try await project.run(expect: 0)
        #expect(try second.report["raw.t"]?["row_count"]?.measured == 10)
    }

    @Test("an empty file does not replace a full table where rows are wanted")
    func empty() async throws {
        let project = try ContractProject.make(table: "quality: [{ metric: rowCount, mustBeGreaterThan: 0 }]")
        try await project.run(expect: 0)
        try project.write("data/t.csv", "id,a,b,c,at\n")
        try await project.run(expect: 1)
        #expect(try await project.rows("SELECT count(*) FROM raw.t") == ["10"])
    }

    // MARK: Freshness

    private static let fresh = "slaProperties: [{ property: latency, element: t.at, value: 2, unit: d }]"

    @Test(
        "the newest row may be as old as the contract says, counted from the time that the run counts as now",
        arguments: [("2026-01-12T12:00:00Z", 0), ("2026-01-12T12:00:01Z", 1), ("2026-01-10T12:00:00Z", 0)])
    func freshness(now: String, code: Int32) async throws {
        let project = try ContractProject.make("- { name: at }", top: Self.fresh)
        let done = try await project.run("--now", now, expect: code)
        let node = try #require(try done.report["raw.t"])
        #expect(node.balance.published == (code == 0 ? 10 : 0))
        if code == 1 {
            #expect(node.reason?.contains("freshness(at)") == true, "\(done)")
            #expect(node.reason?.contains("2026-01-10 12:00:00") == true, "\(done)")
        }
    }

    @Test("a column without any time is not fresh")
    func noTime() async throws {
        let project = try ContractProject.make("- { name: at }", top: Self.fresh)
        try project.write("data/t.csv", "id,a,b,c,at\n1,1,1,1,\n")
        let done = try await project.run("--now", "2026-01-10T12:00:00Z", expect: 1)
        #expect(try done.report["raw.t"]?["freshness(at)"]?.status == "failed", "\(done)")
    }

    // MARK: SQL

    private static func sql(_ query: String, _ more: String = "mustBe: 0") -> String {
        "quality: [{ type: sql, name: mine, query: \"\(query)\", \(more) }]"
    }

    @Test(
        "a query decides with its one value",
        arguments: [
            ("SELECT count(*) FROM {object} WHERE a > b", "mustBe: 0", 0),
            ("SELECT count(*) FROM {object} WHERE id > 8", "mustBe: 0", 1),
            ("SELECT count(*) FROM {object} WHERE id > 8", "mustBe: 20, unit: percent", 0),
            ("SELECT count(*) FROM {object} WHERE id > 8", "mustBe: 0, severity: warning", 0),
            ("SELECT bool_and(a = 1) FROM {object}", "mustBe: 1", 0),
            ("WITH x AS (FROM {object}) SELECT sum(a) FROM x", "mustBeBetween: [10, 10]", 0),
            ("SELECT count(*) FROM {object} o JOIN raw.other r ON r.id = o.id", "mustBeGreaterThan: 0", 0),
        ])
    func query(query: String, limit: String, code: Int32) async throws {
        let project = try ContractProject.make(table: Self.sql(query, limit))
        try project.write("models/raw/other.sql", "SELECT 1 AS id")
        try await project.run("raw.other", expect: 0)
        let done = try await project.run(expect: code)
        let status = try #require(try done.report["raw.t"]?["sql(mine)"]?.status, "\(done)")
        #expect(status == (code == 1 ? "failed" : limit.contains("warning") ? "warned" : "passed"))
    }

    @Test(
        "a query that fails, writes or returns no number publishes nothing",
        arguments: [
            "SELECT nothing FROM {object}", "SELEC 1", "DELETE FROM {object}", "DROP TABLE {object}; SELECT 0",
            "SELECT id FROM {object}", "SELECT 'word'", "SELECT 1, 2", "SELECT 1 WHERE false", "SELECT NULL",
            "SELECT 0; SELECT 0",
        ])
    func badQuery(query: String) async throws {
        let project = try ContractProject.make()
        try await project.run(expect: 0)
        try project.write("contracts/t.yaml", ContractProject.contract(table: Self.sql(query)))
        try project.write("data/t.csv", ContractProject.data() + "11,1,1,1,2026-01-11\n")
        let done = try await project.run()
        #expect([1, 2].contains(done.code), "\(done)")
        #expect(try await project.rows("SELECT count(*) FROM raw.t") == ["10"])
    }
}
