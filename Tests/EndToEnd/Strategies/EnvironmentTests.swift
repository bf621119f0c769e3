import Testing

@Suite("Environments and selections")
struct EnvironmentTests {
    private static func project() throws -> TempProject {
        try TempProject([
            "weir.yaml": "weir: 1\nname: t\nenvironments: { dev: {} }\n",
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv }\ntags: [daily]\n",
            "models/staging/s.sql": "SELECT id, v FROM raw.t",
            "models/mart/a.sql": "SELECT count(*) AS n FROM staging.s",
            "models/mart/b.sql": "SELECT max(v) AS v FROM raw.t",
            "data/t.csv": "id,v\n1,10\n2,20\n",
        ])
    }

    private static let kinds = """
        SELECT schema_name || '.' || table_name, 'table' FROM duckdb_tables() WHERE schema_name LIKE 'dev\\_\\_%' ESCAPE '\\'
        UNION ALL SELECT schema_name || '.' || view_name, 'view' FROM duckdb_views() WHERE schema_name LIKE 'dev\\_\\_%' ESCAPE '\\'
        ORDER BY 1
        """

    @Test("dev builds what changed and what reads it, and looks at production for the rest; production is untouched")
    func dev() async throws {
        let project = try Self.project()
        try await project.run(expect: 0)
        try project.write("models/staging/s.sql", "SELECT id, v * 2 AS v FROM raw.t WHERE id > 1")
        try await project.run("--env", "dev", expect: 0)
        #expect(
            try await project.rows(Self.kinds)
                == ["dev__mart.a|table", "dev__mart.b|view", "dev__raw.t|view", "dev__staging.s|table"])
        #expect(try await project.rows("SELECT n FROM dev__mart.a") == ["1"])
        #expect(try await project.rows("SELECT v FROM dev__mart.b") == ["20"])
        #expect(try await project.rows("SELECT n FROM mart.a") == ["2"])
        let again = try await project.run("--env", "dev", expect: 0)
        #expect(try again.report.nodes.allSatisfy { $0.status == "unchanged" }, "\(again)")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT n FROM mart.a") == ["1"])
    }

    @Test("dev works before production was ever built")
    func devFirst() async throws {
        let project = try Self.project()
        try await project.run("--env", "dev", expect: 0)
        #expect(try await project.rows("SELECT n FROM dev__mart.a") == ["2"])
        try await project.run(expect: 0)
        try await project.run("--env", "dev", expect: 0)
        #expect(try await project.rows("SELECT n FROM dev__mart.a") == ["2"])
    }

    @Test(
        "selectors choose tables",
        arguments: [
            (["mart.b"], ["mart.b"]), (["+mart.a"], ["raw.t", "staging.s", "mart.a"]),
            (["staging.s+"], ["staging.s", "mart.a"]), (["mart.*"], ["mart.a", "mart.b"]), (["tag:daily"], ["raw.t"]),
            (["changed+"], ["staging.s", "mart.a"]), (["mart.b", "tag:daily"], ["raw.t", "mart.b"]),
        ])
    func selectors(texts: [String], wanted: [String]) async throws {
        let project = try Self.project()
        try await project.run(expect: 0)
        try project.write("models/staging/s.sql", "SELECT id FROM raw.t")
        let done = try await project.start(["run", "-o", "json"] + texts).finish()
        #expect(try Set(done.report.nodes.map(\.name)) == Set(wanted), "\(done)")
    }

    @Test("--full-refresh builds what is selected anew, and --prune drops what the project no longer has")
    func refreshAndPrune() async throws {
        let project = try Self.project()
        try await project.run(expect: 0)
        #expect(try await project.run("mart.b", "--full-refresh", expect: 0).report.statuses == ["mart.b": "published"])
        try project.remove("models/mart/b.sql")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT v FROM mart.b") == ["20"])
        let pruned = try await project.weir("run", "--prune")
        #expect(pruned.out.contains("Dropped mart.b") && !pruned.out.contains("Nothing to do"), "\(pruned)")
        #expect(try await project.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'b'") == ["0"])
    }

    @Test("what is made of a table that is built in dev reads dev, also through views that did not change")
    func throughViews() async throws {
        let project = try TempProject([
            "weir.yaml": "weir: 1\nname: t\nenvironments: { dev: {} }\n",
            "models/m/a.sql": "SELECT 1 AS x", "models/m/v.sql": "/* weir\nstrategy: view\n*/\nSELECT x FROM m.a",
            "models/m/w.sql": "SELECT x FROM m.v",
            "models/m/k.sql": "/* weir\nstrategy: merge\nkey: [x]\nwatermark: x\n*/\nSELECT x FROM m.v",
        ])
        try await project.run(expect: 0)
        try await project.run("--env", "dev", expect: 0)
        try project.write("models/m/a.sql", "SELECT unnest([0, 2]) AS x")
        try await project.run("--env", "dev", expect: 0)
        for table in ["v", "w", "k"] {
            #expect(try await project.rows("SELECT x FROM dev__m.\(table) ORDER BY 1") == ["0", "2"], "\(table)")
            #expect(try await project.rows("SELECT x FROM m.\(table)") == ["1"], "\(table)")
        }
        let again = try await project.run("--env", "dev", expect: 0)
        #expect(try again.report.nodes.allSatisfy { $0.status == "unchanged" }, "\(again)")
        try project.write("models/m/a.sql", "SELECT 1 AS x")
        try await project.run("--env", "dev", expect: 0)
        #expect(try await project.rows(Self.kinds).allSatisfy { $0.hasSuffix("view") })
        #expect(try await project.rows("SELECT x FROM dev__m.w") == ["1"])
    }

    @Test("a run with nothing to do changes nothing and says why")
    func nothing() async throws {
        let project = try Self.project()
        try await project.run(expect: 0)
        let again = try await project.run(expect: 0)
        #expect(
            try again.report.nodes.allSatisfy { $0.status == "unchanged" && $0.reason?.isEmpty == false }, "\(again)")
    }
}
