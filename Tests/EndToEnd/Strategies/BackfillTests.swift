import Foundation
import Testing

@Suite("Backfill")
struct BackfillTests {
    private static func project(_ interval: String, sql: String = "SELECT * FROM raw.t") throws -> TempProject {
        try OneModel.project("strategy: interval\ninterval: { column: at, \(interval) }", sql)
    }

    private static func days(_ range: ClosedRange<Int>, _ word: String = "a") -> String {
        range.map { "\($0),\(word),2026-01-\($0 < 10 ? "0" : "")\($0) 06:30:00\n" }.joined()
    }

    private func deliver(_ rows: String, to project: TempProject) throws {
        try project.write("data/t.csv", "id,v,at\n" + rows)
    }

    private func backfill(
        _ project: TempProject, _ from: String, _ to: String, _ more: [String] = [], expect code: Int32 = 0
    ) async throws -> Invocation {
        let done = try await Turns.shared.take {
            try await project.start(["backfill", "mart.m", "--from", from, "--to", to, "-o", "json"] + more).finish()
        }
        #expect(done.code == code, "\(done)")
        return done
    }

    @Test("builds a range again in batches side by side, and nothing beside it", arguments: ["1", "4"])
    func batches(threads: String) async throws {
        let project = try Self.project("grain: day, batch: 3")
        try deliver(Self.days(1...28), to: project)
        try await project.run(expect: 0)
        try deliver(Self.days(1...28, "b"), to: project)
        try await project.run("raw.t", expect: 0)
        let done = try await backfill(project, "2026-01-05", "2026-01-25", ["--threads", threads])
        #expect(try done.report["mart.m"]?.balance == .init(read: 20, published: 20, quarantined: 0, filtered: 0))
        #expect(try done.report["mart.m"]?.changes.deleted == 20)
        #expect(
            try await project.rows("SELECT count(*), min(id), max(id) FROM mart.m WHERE v = 'b'") == ["20|5|24"])
        #expect(try await project.rows("SELECT count(*) FROM mart.m") == ["28"])
    }

    @Test("hours and months: batches keep to the grain", arguments: [("hour", "6"), ("month", "1"), ("year", "1")])
    func grains(grain: String, batch: String) async throws {
        let project = try Self.project("grain: \(grain), batch: \(batch)")
        try deliver(Self.days(1...9) + "10,a,2026-02-03\n11,a,2026-03-01\n", to: project)
        try await project.run(expect: 0)
        try deliver(Self.days(1...9, "b") + "10,b,2026-02-03\n11,b,2026-03-01\n", to: project)
        try await project.run("raw.t", expect: 0)
        _ = try await backfill(project, "2026-01-02T06:00:00", "2026-03-01")
        #expect(try await project.rows("SELECT string_agg(id, ',' ORDER BY id) FROM mart.m WHERE v = 'a'") == ["1,11"])
        #expect(try await project.rows("SELECT count(*) FROM mart.m") == ["11"])
    }

    @Test("can be the first build of a table; the run after it takes the rest")
    func first() async throws {
        let project = try Self.project("grain: day, batch: 2")
        try deliver(Self.days(1...10), to: project)
        try await project.run("raw.t", expect: 0)
        _ = try await backfill(project, "2026-01-03", "2026-01-07")
        #expect(try await project.rows("SELECT id FROM mart.m ORDER BY 1") == ["3", "4", "5", "6"])
        try deliver(Self.days(1...12), to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m WHERE id > 2 ORDER BY 1").count == 10)
    }

    @Test("beyond the newest row loses nothing that comes later")
    func beyond() async throws {
        let project = try Self.project("grain: day, batch: 5")
        try deliver(Self.days(1...10), to: project)
        try await project.run(expect: 0)
        _ = try await backfill(project, "2026-01-01", "2026-02-01")
        try deliver(Self.days(1...10) + "15,a,2026-01-15\n", to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT count(*) FROM mart.m WHERE id = 15") == ["1"])
        try deliver(Self.days(1...10) + "15,a,2026-01-15\n32,a,2026-02-01\n", to: project)
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m WHERE id > 10 ORDER BY 1") == ["15", "32"])
    }

    @Test("a range without a row is built as empty, and later rows of it are found")
    func empty() async throws {
        let project = try Self.project("grain: day, batch: 31")
        try deliver(Self.days(1...3), to: project)
        try await project.run("raw.t", expect: 0)
        _ = try await backfill(project, "2026-05-01", "2026-06-01")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT count(*) FROM mart.m") == ["3"])
    }

    @Test("new rows and new SQL are still there to be built after a backfill of something else")
    func leavesTheRest() async throws {
        let project = try Self.project("grain: day, lookback: 0")
        try deliver(Self.days(1...10), to: project)
        try await project.run(expect: 0)
        try deliver(Self.days(1...10) + "15,a,2026-01-15\n", to: project)
        try await project.run("raw.t", expect: 0)
        _ = try await backfill(project, "2026-01-02", "2026-01-03")
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT count(*) FROM mart.m WHERE id = 15") == ["1"])
        let header = "strategy: interval\ninterval: { column: at, grain: day, lookback: 0 }"
        try project.write("models/mart/m.sql", "/* weir\n\(header)\n*/\nSELECT * REPLACE (upper(v) AS v) FROM raw.t")
        _ = try await backfill(project, "2026-01-02", "2026-01-03")
        #expect(try await project.rows("SELECT id FROM mart.m WHERE v = 'A'") == ["2"])
        try await project.run(expect: 0)
        #expect(try await project.rows("SELECT count(*) FROM mart.m WHERE v = 'A'") == ["11"])
    }

    @Test("one row of the far future does not hide what comes before it")
    func future() async throws {
        let project = try Self.project("grain: day")
        let far = "99,far,2036-01-01\n"
        try deliver(Self.days(1...10) + far, to: project)
        try await project.run("--now", "2026-01-11T00:00:00Z", expect: 0)
        try deliver(Self.days(1...11) + "15,a,2026-01-15\n" + far, to: project)
        try await project.run("--now", "2026-01-16T00:00:00Z", expect: 0)
        #expect(try await project.rows("SELECT id FROM mart.m WHERE id > 10 ORDER BY 1") == ["11", "15", "99"])
    }

    @Test("killed half-way, it leaves whole batches, and once more it ends as if nothing had happened")
    func killed() async throws {
        let sql = "SELECT t.* FROM raw.t t, range(2000) r WHERE hash(t.id + r.range) IS NOT NULL"
        let project = try Self.project("grain: day, batch: 1", sql: sql)
        try deliver(Self.days(1...28), to: project)
        try await project.run(expect: 0)
        try deliver(Self.days(1...28, "b"), to: project)
        try await project.run("raw.t", expect: 0)
        let command = ["backfill", "mart.m", "--from", "2026-01-01", "--to", "2026-01-29"]
        for milliseconds in [150, 300, 500] {
            _ = try await Turns.shared.take {
                try await project.start(command).wait(limit: .milliseconds(milliseconds))
            }
            let half = try await project.rows("SELECT id, count(*) FROM mart.m GROUP BY id, v")
            #expect(half.count == 28 && half.allSatisfy { $0.hasSuffix("|2000") }, "\(half)")
        }
        _ = try await backfill(project, "2026-01-01", "2026-01-29")
        #expect(try await project.rows("SELECT v, count(*) FROM mart.m GROUP BY v") == ["b|56000"])
        #expect(
            try await project.rows("SELECT count(*) FROM duckdb_tables() WHERE starts_with(table_name, '__weir')")
                == ["0"])
    }

    @Test("says what to run first where its input was not built yet, also in an environment")
    func withoutInput() async throws {
        let project = try Self.project("grain: day")
        try project.write("weir.yaml", "weir: 1\nname: t\nenvironments: { dev: {} }\n")
        try deliver(Self.days(1...3), to: project)
        try await project.run(expect: 0)
        let refused = try await backfill(project, "2026-01-01", "2026-01-03", ["--env", "dev"], expect: 2)
        #expect(refused.failure?.hint?.contains("weir run --env dev raw.t") == true, "\(refused)")
    }

    @Test(
        "refuses what is no range and what is no interval model",
        arguments: [
            (["mart.m", "--from", "2026-01-05", "--to", "2026-01-05"], "backfill.empty-range"),
            (["mart.m", "--from", "soon", "--to", "2026-01-05"], "backfill.bad-time"),
            (["mart.n", "--from", "2026-01-01", "--to", "2026-01-05"], "table.unknown"),
            (["mart.plain", "--from", "2026-01-01", "--to", "2026-01-05"], "backfill.not-interval"),
        ])
    func refused(arguments: [String], code: String) async throws {
        let project = try Self.project("grain: day")
        try project.write("models/mart/plain.sql", "SELECT 1 AS one")
        try deliver(Self.days(1...3), to: project)
        try await project.run(expect: 0)
        let refused = try await project.start(["backfill", "-o", "json"] + arguments).finish()
        #expect(refused.code == 2 && refused.failure?.code == code, "\(refused)")
    }
}
