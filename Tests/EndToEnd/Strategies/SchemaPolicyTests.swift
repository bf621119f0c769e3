import Testing

@Suite("Columns that change")
struct SchemaPolicyTests {
    private static func project(_ policy: String) throws -> TempProject {
        try TempProject([
            "sources/t.yaml":
                "name: raw.t\nfrom: { files: \"data/*.csv\" }\nload: { strategy: append, schema: \(policy) }\n",
            "models/mart/m.sql": "SELECT * FROM raw.t", "data/1.csv": "id,v\n1,10\n2,20\n",
        ])
    }

    @Test("evolve adds the new column and widens the type")
    func evolve() async throws {
        let project = try Self.project("evolve")
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id,v,w\n3,1.5,x\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.notices.contains { $0.contains("new column w") } == true)
        #expect(
            try await project.rows("SELECT id, v, w FROM raw.t ORDER BY 1") == ["1|10|NULL", "2|20|NULL", "3|1.5|x"])
        #expect(
            try await project.rows("SELECT id, v, w FROM mart.m ORDER BY 1") == ["1|10|NULL", "2|20|NULL", "3|1.5|x"])
    }

    @Test("freeze stops with the difference")
    func freeze() async throws {
        let project = try Self.project("freeze")
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id,v,w\n3,30,x\n")
        let stopped = try await project.run(expect: 1)
        #expect(
            stopped.faults.contains { $0.code == "schema.frozen" && $0.message.contains("+ w VARCHAR") }, "\(stopped)")
        #expect(try await project.rows("SELECT * FROM raw.t ORDER BY 1") == ["1|10", "2|20"])
    }

    @Test("ignore leaves the new column out and says so")
    func ignore() async throws {
        let project = try Self.project("ignore")
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id,v,w\n3,30,x\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.notices.contains { $0.contains("w") } == true)
        #expect(try await project.rows("SELECT * FROM raw.t ORDER BY 1") == ["1|10", "2|20", "3|30"])
    }

    @Test("columns in another order are told apart by name")
    func reordered() async throws {
        let project = try Self.project("freeze")
        try await project.run(expect: 0)
        try project.write("data/2.csv", "v,id\n30,3\n")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id, v FROM raw.t ORDER BY 1") == ["1|10", "2|20", "3|30"])
    }

    @Test("a renamed or dropped column stops the load, with a guess", arguments: ["evolve", "freeze", "ignore"])
    func renamed(policy: String) async throws {
        let project = try Self.project(policy)
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id,vv\n3,30\n")
        let stopped = try await project.run(expect: 1)
        let fault = stopped.faults.first { $0.code == "schema.missing-column" }
        #expect(fault?.hint?.contains("renamed to vv") == true, "\(stopped)")
        #expect(fault?.place?.file == "sources/t.yaml")
        try project.write("data/2.csv", "id\n3\n")
        try await project.run(expect: 1)
        #expect(try await project.rows("SELECT * FROM raw.t ORDER BY 1") == ["1|10", "2|20"])
    }

    @Test("a column listed as optional may be absent")
    func optional() async throws {
        let project = try TempProject([
            "sources/t.yaml":
                "name: raw.t\nfrom: { files: \"data/*.csv\" }\nload: { strategy: append, optional: [v] }\n",
            "data/1.csv": "id,v\n1,10\n",
        ])
        try await project.run(expect: 0)
        try project.write("data/2.csv", "id\n3\n")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id, v FROM raw.t ORDER BY 1") == ["1|10", "3|NULL"])
    }

    @Test("a plan names whom a lost column breaks, and calls nothing breaking that nobody reads")
    func planBreaks() async throws {
        let project = try TempProject([
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv }\n", "data/t.csv": "id,v,w\n1,a,b\n",
            "models/mart/m.sql": "SELECT id, v FROM raw.t", "models/mart/n.sql": "SELECT n.v FROM mart.m AS n",
        ])
        try await project.run(expect: 0)
        try project.write("sources/t.yaml", "name: raw.t\nfrom: { files: data/t.csv }\nload: { optional: [v, w] }\n")
        try project.write("data/t.csv", "id,v\n1,a\n")
        let harmless = try await project.weir("plan")
        #expect(harmless.code == 0 && harmless.out.contains("- w") && !harmless.out.contains("breaking"), "\(harmless)")
        try project.write("data/t.csv", "id,w\n1,a\n")
        let plan = try await project.weir("plan")
        #expect(plan.code == 2 && plan.out.contains("breaks mart.m"), "\(plan)")
        #expect(plan.out.contains("models/mart/m.sql:1:12"), "\(plan)")
        try await project.run(expect: 2)
    }

    @Test("a plan names the contracts that a changed type breaks, also those that refer to the column")
    func planBreaksContracts() async throws {
        let project = try TempProject([
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv }\ncolumns: { id: INTEGER, v: INTEGER }\n",
            "data/t.csv": "id,v\n1,10\n", "data/u.csv": "t_id\n1\n",
            "models/mart/m.sql": "/* weir\ncontract: contracts/m.yaml\n*/\nSELECT id, v FROM raw.t",
            "models/mart/n.sql": "/* weir\ncontract: contracts/n.yaml\n*/\nSELECT id AS m_id FROM raw.t",
            "contracts/m.yaml": Contracts.table("mart.m", "      - { name: v, logicalType: integer }"),
            "contracts/n.yaml": Contracts.table(
                "mart.n",
                "      - { name: m_id, logicalType: integer, relationships: [{ to: mart.m.v }] }"),
        ])
        try await project.run()
        try project.write(
            "sources/t.yaml", "name: raw.t\nfrom: { files: data/t.csv }\ncolumns: { id: INTEGER, v: VARCHAR }\n")
        let plan = try await project.weir("plan")
        #expect(plan.out.contains("mart.m changes its columns (breaking)"), "\(plan)")
        #expect(plan.out.contains("breaks contracts/m.yaml:"), "\(plan)")
        #expect(plan.out.contains("the column \"v\" is VARCHAR"), "\(plan)")
        #expect(plan.out.contains("breaks contracts/n.yaml:"), "\(plan)")
        #expect(plan.out.contains("m_id refers to mart.m.v, which becomes VARCHAR"), "\(plan)")
        // A wider number breaks nothing.
        try project.write(
            "sources/t.yaml", "name: raw.t\nfrom: { files: data/t.csv }\ncolumns: { id: INTEGER, v: BIGINT }\n")
        let harmless = try await project.weir("plan")
        #expect(harmless.out.contains("~ v INTEGER → BIGINT") && !harmless.out.contains("breaks"), "\(harmless)")
    }

    @Test("a consumer of a column that a replaced source lost is an error before anything runs")
    func breakingConsumer() async throws {
        let project = try TempProject([
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv }\nload: { optional: [v] }\n",
            "models/mart/m.sql": "SELECT id,\n  v\nFROM raw.t", "data/t.csv": "id,v\n1,10\n",
        ])
        try await project.run(expect: 0)
        try project.write("data/t.csv", "id,w\n1,10\n")
        let stopped = try await project.run(expect: 2)
        #expect(stopped.faults.contains { $0.place?.file == "models/mart/m.sql" && $0.place?.line == 2 }, "\(stopped)")
        #expect(try await project.rows("SELECT * FROM raw.t") == ["1|10"])
    }
}
