import Foundation
import Testing

@Suite("A contract that changes")
struct ContractChangeTests {
    private static func contract(_ table: String, minimum: Int? = nil, type: String = "integer", notes: String = "")
        -> String
    {
        let options = minimum.map { "        logicalTypeOptions: { minimum: \($0) }\n" } ?? ""
        return Contracts.table(
            table,
            """
                  - name: id
                    logicalType: integer
                  - name: v
                    logicalType: \(type)\(notes.isEmpty ? "" : "\n        description: \(notes)")
            \(options)
            """)
    }

    private static func project(_ load: String, model: String? = nil) throws -> TempProject {
        let project = try TempProject([
            "sources/t.yaml":
                "name: raw.t\nfrom: { files: \"data/*.csv\" }\nload: \(load)\ncontract: contracts/t.yaml\n",
            "contracts/t.yaml": contract("raw.t"), "data/1.csv": "id,v\n1,5\n2,-2\n",
        ])
        if let model { try project.write("models/mart/m.sql", model) }
        return project
    }

    private func plan(_ project: TempProject) async throws -> Invocation {
        try await project.weir("plan", "-o", "json")
    }

    @Test(
        "a rule that is added reaches rows published before, whatever the strategy, and is planned",
        arguments: ["{ strategy: replace }", "{ strategy: append }", "{ strategy: merge, key: [id] }"])
    func added(load: String) async throws {
        let project = try Self.project(load)
        try await project.run(expect: 0)
        try project.write("contracts/t.yaml", Self.contract("raw.t", minimum: 0))
        #expect(try await plan(project).out.contains("its contract changed"))
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance.quarantined == 1, "\(done)")
        #expect(try await project.rows("SELECT id FROM raw.t") == ["1"])
        #expect(
            try await project.rows("SELECT id, v, _weir_reasons[1] FROM weir_quarantine.raw__t") == ["2|-2|range(v)"])
        #expect(try await project.weir("test", "--data").code == 0)
        #expect(try await project.run(expect: 0).report["raw.t"]?.status == "unchanged")
    }

    @Test("on_fail: stop leaves the table as it is and says so on every run, until it is mended")
    func stops() async throws {
        let project = try Self.project("{ strategy: append }")
        try await project.run(expect: 0)
        try project.write(
            "contracts/t.yaml",
            Self.contract("raw.t", minimum: 0)
                .replacing(
                    "    physicalName",
                    with: "    customProperties: [{ property: weir.onFail, value: stop }]\n    physicalName"))
        try project.write("data/2.csv", "id,v\n3,7\n")
        for _ in 0..<2 {
            let stopped = try await project.run(expect: 1)
            #expect(stopped.faults.contains { $0.code == "contract.published-rows" && $0.hint != nil }, "\(stopped)")
            #expect(try await project.rows("SELECT id FROM raw.t ORDER BY 1") == ["1", "2"])
        }
        try project.write("contracts/t.yaml", Self.contract("raw.t"))
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM raw.t ORDER BY 1") == ["1", "2", "3"])
    }

    @Test("new rows and a new rule in one run: both are seen to")
    func both() async throws {
        let project = try Self.project("{ strategy: merge, key: [id] }")
        try await project.run(expect: 0)
        try project.write("contracts/t.yaml", Self.contract("raw.t", minimum: 0))
        try project.write("data/2.csv", "id,v\n3,7\n4,-4\n")
        let done = try await project.run(expect: 0)
        #expect(try done.report["raw.t"]?.balance == .init(read: 3, published: 1, quarantined: 2, filtered: 0))
        #expect(try await project.rows("SELECT id FROM raw.t ORDER BY 1") == ["1", "3"])
        #expect(try await project.rows("SELECT id FROM weir_quarantine.raw__t ORDER BY 1") == ["2", "4"])
    }

    @Test("another type builds a table that is replaced anew, and stops one whose rows stay")
    func type() async throws {
        let replaced = try Self.project("{ strategy: replace }")
        try await replaced.run(expect: 0)
        try replaced.write("contracts/t.yaml", Self.contract("raw.t", type: "number"))
        try await replaced.run(expect: 0)
        #expect(try await replaced.rows("SELECT DISTINCT typeof(v) FROM raw.t") == ["DOUBLE"])
        let kept = try Self.project("{ strategy: append }")
        try await kept.run(expect: 0)
        try kept.write("contracts/t.yaml", Self.contract("raw.t", type: "boolean"))
        try await kept.run(expect: 1)
        #expect(try await kept.rows("SELECT id, v FROM raw.t ORDER BY 1") == ["1|5", "2|-2"])
    }

    @Test("a description, a comment and another order change nothing")
    func words() async throws {
        let project = try Self.project("{ strategy: append }")
        try await project.run(expect: 0)
        try project.write("contracts/t.yaml", "# of interest to nobody\n" + Self.contract("raw.t", notes: "what it is"))
        #expect(try await project.run(expect: 0).report["raw.t"]?.status == "unchanged")
    }

    @Test(
        "a contract given to a model holds for what the model published",
        arguments: [
            "strategy: table", "strategy: merge\nkey: [id]", "strategy: append\nwatermark: id",
            "strategy: interval\ninterval: { column: at }",
        ])
    func model(header: String) async throws {
        let sql = "SELECT id, v, DATE '2026-01-01' + id::INTEGER AS at FROM raw.t"
        let project = try Self.project("{ strategy: replace }", model: "/* weir\n\(header)\n*/\n\(sql)")
        try await project.run(expect: 0)
        try project.write("contracts/m.yaml", Self.contract("mart.m", minimum: 0))
        try project.write("models/mart/m.sql", "/* weir\n\(header)\ncontract: contracts/m.yaml\n*/\n\(sql)")
        #expect(try await plan(project).out.contains("its contract changed"))
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m") == ["1"])
        #expect(try await project.rows("SELECT id FROM weir_quarantine.mart__m") == ["2"])
        #expect(try await project.run(expect: 0).report["mart.m"]?.status == "unchanged")
        try project.write("models/mart/m.sql", "/* weir\n\(header)\n*/\n\(sql)")
        try await project.run(expect: 0)
        #expect(try await project.run(expect: 0).report["mart.m"]?.status == "unchanged")
    }

    @Test("the history of scd2 is not taken apart; what breaks the contract there is told")
    func history() async throws {
        let header = "strategy: scd2\nkey: [id]"
        let project = try Self.project(
            "{ strategy: replace }", model: "/* weir\n\(header)\n*/\nSELECT id, v FROM raw.t")
        try await project.run(expect: 0)
        try project.write("contracts/m.yaml", Self.contract("mart.m", minimum: 0))
        try project.write(
            "models/mart/m.sql", "/* weir\n\(header)\ncontract: contracts/m.yaml\n*/\nSELECT id, v FROM raw.t")
        let done = try await project.run(expect: 0)
        #expect(done.out.contains("range(v)"), "\(done)")
        #expect(try await project.rows("SELECT id, is_current FROM mart.m ORDER BY 1") == ["1|true", "2|true"])
    }

    @Test("an environment with another contract builds its own table")
    func environment() async throws {
        let project = try Self.project("{ strategy: replace }")
        try project.write("weir.yaml", "weir: 1\nname: t\nenvironments: { dev: {} }\n")
        try await project.run(expect: 0)
        try project.write("contracts/t.yaml", Self.contract("raw.t", minimum: 0))
        try await project.run("--env", "dev", expect: 0)
        #expect(try await project.rows("SELECT id FROM dev__raw.t") == ["1"])
        #expect(try await project.rows("SELECT id FROM raw.t ORDER BY 1") == ["1", "2"])
    }
}
