import Testing

@Suite("The gate, end to end")
struct GateTests {
    private static func project(_ source: String = "", contract: String = "") throws -> TempProject {
        try TempProject([
            "sources/t.yaml":
                "name: raw.t\nfrom: { files: data/t.csv }\ncolumns: { id: INTEGER, v: INTEGER }\ncontract: contracts/t.yaml\n\(source)",
            "contracts/t.yaml": Contracts.table(
                "raw.t",
                "      - { name: id, required: true, primaryKey: true }\n      - { name: v, logicalType: integer, logicalTypeOptions: { minimum: 0 } }",
                extra: contract),
            "models/mart/m.sql": "SELECT count(*) AS n FROM raw.t",
            "data/t.csv": "id,v\n1,1\n2,2\n3,-1\n,4\n1,5\nx,6\n",
        ])
    }

    @Test("by default rows that break a rule are held back with every reason and their line, and the rest is published")
    func quarantine() async throws {
        let project = try Self.project()
        let done = try await project.run(expect: 0)
        let balance = try #require(try done.report["raw.t"]?.balance)
        #expect(balance.read == 6)
        let held = try await project.rows(
            "SELECT _weir_line, _weir_source, _weir_raw FROM weir_quarantine.raw__t ORDER BY 1")
        #expect(held.contains("4|data/t.csv|NULL"))
        #expect(held.contains("5|data/t.csv|NULL"))
        #expect(held.contains("7|data/t.csv|x,6"))
        #expect(try await project.rows("SELECT id FROM raw.t WHERE id = 2") == ["2"])
    }

    @Test("on_fail: stop publishes nothing, says so, and ends with 1; what reads it is blocked")
    func stop() async throws {
        let project = try Self.project("on_fail: stop\n")
        let stopped = try await project.run(expect: 1)
        #expect(try stopped.report.statuses == ["raw.t": "stopped", "mart.m": "blocked"])
        #expect(try stopped.report["raw.t"]?.reason?.isEmpty == false)
        try project.write("data/t.csv", "id,v\n1,1\n")
        try await project.run(expect: 0)
        try project.write("data/t.csv", "id,v\n1,-1\n")
        try await project.run(expect: 1)
        #expect(try await project.rows("SELECT * FROM raw.t") == ["1|1"])
        #expect(try await project.rows("SELECT n FROM mart.m") == ["1"])
    }

    @Test("on_fail: warn publishes rows that break a rule; those that cannot be read are still held back")
    func warn() async throws {
        let project = try Self.project("on_fail: warn\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance == .init(read: 6, published: 5, quarantined: 1, filtered: 0))
    }

    @Test("more than the tolerance stops the load", arguments: [("10%", 1), ("2 rows", 1), ("90%", 0), ("6 rows", 0)])
    func tolerance(text: String, code: Int32) async throws {
        let project = try Self.project(
            contract: "    customProperties:\n      - { property: weir.tolerance, value: \"\(text)\" }")
        try await project.run(expect: code)
    }

    @Test("--fail-fast starts no other table after the first that failed; without it the rest goes on")
    func failFast() async throws {
        let project = try Self.project("on_fail: stop\n")
        for letter in ["a", "b", "c"] { try project.write("models/zz/\(letter).sql", "SELECT 1 AS n") }
        let usual = try await project.run("--threads", "1", expect: 1)
        #expect(try usual.report["zz.c"]?.status == "published")
        try project.write("models/zz/d.sql", "SELECT 2 AS n")
        let fast = try await project.run("--threads", "1", "--fail-fast", expect: 1)
        let statuses = try fast.report.statuses
        #expect(statuses["raw.t"] == "stopped")
        #expect(statuses["mart.m"] == "blocked")
    }

    @Test(
        "exit codes: 2 for usage and configuration",
        arguments: [
            ["run", "--nonsense"], ["run", "nothing.here"], ["run", "--env", "nowhere"], ["query", "SELEC 1"],
        ])
    func usage(arguments: [String]) async throws {
        let project = try TempProject(["models/mart/m.sql": "SELECT 1 AS n"])
        try await project.run(expect: 0)
        let done = try await project.start(arguments).finish()
        #expect(done.code == 2, "\(done)")
        #expect(!done.err.isEmpty)
    }

    @Test("a project that is not there is exit 2")
    func noProject() async throws {
        let project = try TempProject()
        try project.remove("weir.yaml")
        #expect(try await project.weir("run").code == 2)
    }
}
