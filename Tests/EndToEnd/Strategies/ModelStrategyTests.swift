import Foundation
import Testing

/// A source whose file is written by the test, and a model on it.
enum OneModel {
    static func project(
        _ header: String, _ sql: String = "SELECT * FROM raw.t",
        columns: String = "{ id: INTEGER, v: VARCHAR, at: TIMESTAMP }"
    )
        throws -> TempProject
    {
        try TempProject([
            "sources/t.yaml": "name: raw.t\nfrom: { files: data/t.csv }\ncolumns: \(columns)\n",
            "models/mart/m.sql": "/* weir\n\(header)\n*/\n\(sql)\n",
        ])
    }
}

@Suite("Model strategies")
struct ModelStrategyTests {
    private func deliver(_ rows: String, to project: TempProject) throws {
        try project.write("data/t.csv", "id,v,at\n" + rows)
    }

    @Test("a view stores nothing and shows what is there")
    func view() async throws {
        let project = try OneModel.project("strategy: view", "SELECT id FROM raw.t WHERE v = 'a'")
        try deliver("1,a,\n2,b,\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,a,\n2,a,\n", to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "2"])
    }

    @Test("a table turns into a view and back when its strategy changes")
    func tableToView() async throws {
        let project = try OneModel.project("strategy: table")
        try deliver("1,a,\n", to: project)
        try await project.run(expect: 0)
        try project.write("models/mart/m.sql", "/* weir\nstrategy: view\n*/\nSELECT id FROM raw.t")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT count(*) FROM duckdb_views() WHERE view_name = 'm'") == ["1"])
        try project.write("models/mart/m.sql", "SELECT id, v FROM raw.t")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT * FROM mart.m") == ["1|a"])
    }

    @Test("append with a watermark takes rows beyond it and holds back those without a time")
    func append() async throws {
        let project = try OneModel.project("strategy: append\nwatermark: at")
        try deliver("1,a,2026-01-01\n2,b,2026-01-02\n3,c,\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,a,2026-01-01\n2,b,2026-01-02\n3,c,\n4,d,2026-01-03\n", to: project)
        let second = try await project.run(expect: 0)
        #expect(try second.report["mart.m"]?.changes.inserted == 1)
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "2", "4"])
        #expect(
            try await project.rows("SELECT id, array_to_string(_weir_reasons, ',') FROM weir_quarantine.mart__m") == [
                "3|watermark_null(at)"
            ])
    }

    @Test("merge with look-back sees corrections within it, and not those before it")
    func mergeLookback() async throws {
        let project = try OneModel.project("strategy: merge\nkey: [id]\nwatermark: at\nlookback: 2 days")
        try deliver("1,a,2026-01-01\n2,b,2026-01-09\n3,c,2026-01-10\n", to: project)
        try await project.run(expect: 0)
        try deliver(
            "1,CHANGED,2026-01-01\n2,CHANGED,2026-01-09\n3,c,2026-01-10\n5,late,2026-01-08\n6,too late,2026-01-02\n",
            to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id, v FROM mart.m ORDER BY 1") == ["1|a", "2|CHANGED", "3|c", "5|late"])
        try await project.run("--full-refresh", expect: 0)
        #expect(try await project.rows("SELECT count(*) FROM mart.m WHERE v = 'CHANGED'") == ["2"])
    }

    @Test("the table that append and merge start with is made of rows that pass the gate")
    func mergeFirstLoadKeys() async throws {
        let project = try OneModel.project("strategy: merge\nkey: [id]")
        try deliver("1,a,\n1,b,\n,c,\n", to: project)
        let done = try await project.run(expect: 0)
        #expect(try done.report["mart.m"]?.balance == .init(read: 3, published: 1, quarantined: 2, filtered: 0))
    }

    @Test("a filter's rows are counted as filtered")
    func filtered() async throws {
        let project = try OneModel.project("strategy: table", "SELECT id FROM raw.t WHERE v = 'a'")
        try deliver("1,a,\n2,b,\n3,b,\n", to: project)
        #expect(
            try await project.run(expect: 0).report["mart.m"]?.balance
                == .init(read: 3, published: 1, quarantined: 0, filtered: 2))
    }

    @Test("reformatting and commenting SQL changes nothing")
    func reformatted() async throws {
        let project = try OneModel.project("strategy: table", "SELECT id, v FROM raw.t")
        try deliver("1,a,\n", to: project)
        try await project.run(expect: 0)
        try project.write("models/mart/m.sql", "-- why\nselect\n  id,\n  v -- the value\nfrom raw.t;\n")
        #expect(try await project.run(expect: 0).report["mart.m"]?.status == "unchanged")
    }

    @Test(
        "a watermark that went backwards stops the model, and its table stays",
        arguments: ["strategy: append\nwatermark: at", "strategy: merge\nkey: [id]\nwatermark: at\nlookback: 2 days"])
    func watermarkBackwards(header: String) async throws {
        let project = try OneModel.project(header)
        try deliver("1,a,2026-01-01\n2,b,2026-01-10\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,a,2026-01-01\n3,c,2026-01-05\n4,d,2026-01-09\n", to: project)
        let stopped = try await project.run(expect: 1)
        #expect(
            stopped.faults.contains { $0.code == "load.watermark-backwards" && $0.place?.file != nil }, "\(stopped)")
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "2"])
        try deliver("", to: project)
        try await project.run(expect: 0)
        try deliver("5,e,2026-01-11\n", to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "2", "5"])
    }

    @Test(
        "the newest row of the input was deleted: the model goes on, says so, and takes what comes after",
        arguments: ["strategy: append\nwatermark: at", "strategy: merge\nkey: [id]\nwatermark: at"])
    func newestDeleted(header: String) async throws {
        let project = try OneModel.project(header)
        try deliver("1,a,2026-01-01\n2,b,2026-01-10\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,a,2026-01-01\n", to: project)
        let deleted = try await project.run(expect: 0)
        #expect(
            try deleted.report["mart.m"]?.notices.contains { $0.contains("deleted") && $0.contains("2026-01-10") }
                == true,
            "\(deleted)")
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "2"])
        // Below the old mark, and the deleted row come back.
        try deliver("1,a,2026-01-01\n3,c,2026-01-05\n2,b,2026-01-10\n", to: project)
        let after = try await project.run(expect: 0)
        #expect(try after.report["mart.m"]?.notices == [])
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "2", "3"])
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "2", "3"])
    }

    @Test("rows in quarantine are no reason to stop when the newest row was deleted")
    func newestDeletedBesideHeld() async throws {
        let project = try OneModel.project("strategy: append\nwatermark: at\ncontract: contracts/m.yaml")
        try project.write(
            "contracts/m.yaml",
            Contracts.table("mart.m", "      - { name: v, logicalType: string, required: true }"))
        try deliver("1,a,2026-01-01\n2,,2026-01-02\n3,c,2026-01-10\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,a,2026-01-01\n2,,2026-01-02\n", to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "3"])
    }

    @Test("a row older than the published one is counted as filtered, not as published")
    func mergeOutdated() async throws {
        let project = try OneModel.project("strategy: merge\nkey: [id]\nwatermark: at\nlookback: 9 days")
        try deliver("1,new,2026-01-05\n2,b,2026-01-06\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,old,2026-01-02\n2,b,2026-01-06\n3,c,2026-01-07\n", to: project)
        #expect(
            try await project.run(expect: 0).report["mart.m"]?.balance
                == .init(read: 3, published: 2, quarantined: 0, filtered: 1))
        #expect(try await project.rows("SELECT id, v FROM mart.m ORDER BY 1") == ["1|new", "2|b", "3|c"])
    }

    @Test(
        "a table that turns into one that keeps rows is built anew, without a row twice",
        arguments: [
            "strategy: append\nwatermark: at", "strategy: merge\nkey: [id]",
            "strategy: interval\ninterval: { column: at }",
            "strategy: scd2\nkey: [id]",
        ])
    func tableToKept(header: String) async throws {
        let project = try OneModel.project("strategy: table")
        try deliver("1,a,2026-01-01\n2,b,2026-01-02\n", to: project)
        try await project.run(expect: 0)
        try project.write("models/mart/m.sql", "/* weir\n\(header)\n*/\nSELECT * FROM raw.t")
        #expect(try await project.weir("plan").out.contains("its strategy changed from table"))
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id, v FROM mart.m ORDER BY 1") == ["1|a", "2|b"])
        #expect(try await project.run(expect: 0).report["mart.m"]?.status == "unchanged")
    }

    @Test("a merge that becomes scd2 is refused with what to do, and its rows stay")
    func mergeToHistory() async throws {
        let project = try OneModel.project("strategy: merge\nkey: [id]")
        try deliver("1,a,2026-01-01\n", to: project)
        try await project.run(expect: 0)
        try project.write("models/mart/m.sql", "/* weir\nstrategy: scd2\nkey: [id]\n*/\nSELECT * FROM raw.t")
        #expect(try await project.weir("plan").code == 2)
        let refused = try await project.run(expect: 2)
        #expect(refused.faults.contains { $0.code == "plan.strategy-changed" && $0.hint != nil }, "\(refused)")
        #expect(try await project.rows("SELECT id FROM mart.m") == ["1"])
        try await project.run("mart.m", "--full-refresh", expect: 0)
        #expect(try await project.rows("SELECT id, is_current FROM mart.m") == ["1|true"])
    }

    @Test("a model that changes no longer keeps what the old one made, unless it keeps rows by its strategy")
    func changedSQL() async throws {
        let project = try OneModel.project("strategy: merge\nkey: [id]", "SELECT id, v FROM raw.t")
        try deliver("1,a,\n", to: project)
        try await project.run(expect: 0)
        try project.write(
            "models/mart/m.sql", "/* weir\nstrategy: merge\nkey: [id]\n*/\nSELECT id, v, upper(v) AS w FROM raw.t")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id, v, w FROM mart.m") == ["1|a|A"])
        try project.write(
            "models/mart/m.sql", "/* weir\nstrategy: merge\nkey: [id]\n*/\nSELECT id, upper(v) AS w FROM raw.t")
        let stopped = try await project.run(expect: 1)
        #expect(stopped.faults.contains { $0.code == "schema.missing-column" && $0.hint != nil })
        #expect(try await project.rows("SELECT id, v, w FROM mart.m") == ["1|a|A"])
    }
}

@Suite("Interval models")
struct IntervalModelTests {
    private static let header = "strategy: interval\ninterval: { column: at, grain: day, lookback: 1 }"

    private func deliver(_ rows: String, to project: TempProject) throws {
        try project.write("data/t.csv", "id,v,at\n" + rows)
    }

    @Test("the newest day and those of the look-back are built again, older ones stay")
    func rebuilt() async throws {
        let project = try OneModel.project(Self.header)
        try deliver("1,a,2026-01-01\n2,b,2026-01-05\n3,c,2026-01-06\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,OLD,2026-01-01\n2,B,2026-01-05\n3,C,2026-01-06\n4,d,2026-01-07 12:00:00\n", to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id, v FROM mart.m ORDER BY 1") == ["1|a", "2|B", "3|C", "4|d"])
        try await project.run("--full-refresh", expect: 0)
        #expect(try await project.rows("SELECT v FROM mart.m WHERE id = 1") == ["OLD"])
    }

    @Test("running again with nothing new changes nothing")
    func again() async throws {
        let project = try OneModel.project(Self.header)
        try deliver("1,a,2026-01-01\n2,b,2026-01-05\n", to: project)
        try await project.run(expect: 0)
        #expect(try await project.run(expect: 0).report["mart.m"]?.status == "unchanged")
    }

    @Test("rows without a time are held back, once")
    func withoutTime() async throws {
        let project = try OneModel.project(Self.header)
        try deliver("1,a,2026-01-01\n2,b,\n", to: project)
        try await project.run(expect: 0)
        try deliver("1,a,2026-01-01\n2,b,\n3,c,2026-01-02\n", to: project)
        let done = try await project.run(expect: 0)
        #expect(try done.report["mart.m"]?.balance.quarantined == 1)
        #expect(try await project.rows("SELECT id FROM weir_quarantine.mart__m") == ["2"])
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["1", "3"])
    }

    @Test("a table whose times all went backwards is not emptied silently")
    func backwards() async throws {
        let project = try OneModel.project(Self.header)
        try deliver("1,a,2026-01-01\n2,b,2026-01-05\n", to: project)
        try await project.run(expect: 0)
        try deliver("3,c,2025-06-01\n", to: project)
        let stopped = try await project.run(expect: 1)
        #expect(stopped.faults.contains { $0.code == "load.watermark-backwards" && $0.hint != nil }, "\(stopped)")
        #expect(try await project.rows("SELECT count(*) FROM mart.m WHERE id IN (1, 2)") == ["2"])
    }
}
