import Foundation
import Testing

@Suite("weir drift")
struct DriftCommandTests {
    @Test("names the country whose addresses are gone, is taught, and stays quiet on healthy days")
    func wholeStory() async throws {
        let shop = try DriftProject(anomaly: "{ \(DriftProject.metrics) }")
        try shop.deliver(day: 0)
        let first = try await shop.run(day: 0, expect: 0)
        #expect(first.nodes.first?.drift?.status == "learning")
        #expect(first.nodes.first?.drift?.learning == "0 of 8 points")
        try await shop.live(1..<30)
        let healthy = try await shop.overview(expect: 0)
        #expect(healthy.notWatched.isEmpty)
        #expect(healthy.tables.map(\.status) == ["normal"])
        #expect(healthy.tables.first?.batches == 30)
        #expect(healthy.tables.first?.openAlerts == 0, "\(healthy)")

        try shop.deliver(day: 30, without: "FR")
        let broken = try await shop.run(day: 30, expect: 0)
        let drift = try #require(broken.nodes.first?.drift)
        #expect(drift.status == "drifted")
        let alert = try #require(drift.alerts.first { $0.metric == "null_share" })
        #expect(alert.column == "email")
        #expect(alert.segment?.column == "country" && alert.segment?.value == "FR", "\(alert)")
        #expect((alert.segment?.share ?? 0) > 0.9)
        #expect((alert.observed ?? 0) > (alert.upper ?? 1))
        #expect(drift.alerts.allSatisfy { $0.column == "email" }, "\(drift.alerts.map(\.why))")

        let told = try await shop.overview(expect: 1)
        #expect(told.tables.first?.alerts.map(\.id).contains(alert.id) == true)
        let text = try await shop.project.weir("drift", "raw.orders")
        #expect(text.code == 0 && text.out.contains("country = FR") && text.out.contains(alert.id), "\(text)")

        let said = try await shop.project.weir("drift", "ack", alert.id, "--normal", "--note", "new form")
        #expect(said.code == 0, "\(said)")
        for other in drift.alerts where other.id != alert.id {
            #expect(try await shop.project.weir("drift", "ack", other.id, "--anomaly").code == 0)
        }
        _ = try await shop.overview(expect: 0)
        try shop.deliver(day: 31, without: "FR")
        let again = try await shop.run(day: 31, expect: 0)
        #expect(again.nodes.first?.drift?.alerts.contains { $0.metric == "null_share" } == false)
        let history = try await shop.project.weir("drift", "history", "raw.orders", "null_share", "email")
        #expect(history.code == 0 && history.out.contains("normal"), "\(history)")
    }

    @Test("a table that stops for drift is not published until somebody says that it is normal")
    func stop() async throws {
        let shop = try DriftProject(anomaly: "{ onFail: stop, minimum: 6, \(DriftProject.metrics) }")
        try await shop.live(0..<15)
        try shop.deliver(day: 15, rows: 0.1)
        let stopped = try await shop.run(day: 15, expect: 1)
        let node = try #require(stopped.nodes.first)
        #expect(node.status == "stopped")
        #expect(node.reason?.contains("rows is unusual") == true, "\(node.reason ?? "")")
        #expect(try await shop.project.query("SELECT max(day) FROM raw.orders").scalar.text == "d114")
        // The same file again is as unusual as before: what was held back has taught nothing.
        let again = try await shop.run(day: 16, expect: 1)
        let alerts = try #require(again.nodes.first?.drift?.alerts)
        for alert in alerts {
            #expect(try await shop.project.weir("drift", "ack", String(alert.id.prefix(6)), "--normal").code == 0)
        }
        let passed = try await shop.run(day: 17, expect: 0)
        #expect(passed.nodes.first?.status == "published", "\(passed)")
        #expect(try await shop.project.query("SELECT max(day) FROM raw.orders").scalar.text == "d115")
    }

    @Test("a column that comes is told at once, and once")
    func schema() async throws {
        let shop = try DriftProject()
        try await shop.live(0..<2)
        try shop.deliver(day: 2, extra: true)
        let changed = try await shop.run(day: 2, expect: 0)
        let alert = try #require(changed.nodes.first?.drift?.alerts.first { $0.metric == "schema" })
        #expect(alert.why.contains("added price"), "\(alert.why)")
        try shop.deliver(day: 3, extra: true)
        let after = try await shop.run(day: 3, expect: 0)
        #expect(after.nodes.first?.drift?.alerts.contains { $0.metric == "schema" } == false)
    }

    @Test("a table that nobody watches is not measured, and can be measured by hand")
    func notWatched() async throws {
        let shop = try DriftProject(isWatched: false)
        try shop.deliver(day: 0)
        let run = try await shop.run(day: 0, expect: 0)
        #expect(run.nodes.first?.drift == nil)
        let overview = try await shop.overview(expect: 0)
        #expect(overview.tables.isEmpty && overview.notWatched == ["raw.orders"])
        let measured = try await shop.project.weir(
            "drift", "--measure", "raw.orders", "--now", DriftProject.time(1))
        #expect(measured.code == 0 && measured.out.contains("learning: 1 of 8 points"), "\(measured)")
        let detail = try await shop.project.weir("drift", "raw.orders")
        #expect(detail.code == 0 && detail.out.contains("null_share of email"), "\(detail)")
        let nothing = try await shop.project.weir("drift", "--measure", "-o", "json")
        #expect(nothing.failure?.code == "drift.nothing")
        let unknown = try await shop.project.weir("drift", "raw.order", "-o", "json")
        #expect(unknown.failure?.code == "drift.unknown-table" && unknown.code == 2)
        let alert = try await shop.project.weir("drift", "ack", "ffff", "--normal", "-o", "json")
        #expect(alert.failure?.code == "drift.unknown-alert" && alert.code == 2)
    }

    private struct Checked: Decodable {
        struct Table: Decodable {
            struct Drift: Decodable {
                let status: String
                let scope: String
                let rows: Int
                let learning: String?
                let alerts: [DriftProject.Alert]
            }
            let status: String
            let drift: Drift?
        }
        let tables: [Table]
    }

    private func check(_ project: TempProject, _ words: [String]) async throws -> Checked.Table {
        let done = await (try project.start(["check", "-o", "json"] + words)).finish()
        #expect(done.code == 0, "\(done)")
        let report = try JSONDecoder.snake.decode(Checked.self, from: Data(done.out.utf8))
        return try #require(report.tables.first)
    }

    @Test("a check measures what is published of a watched table, once")
    func check() async throws {
        let project = try TempProject([
            "sources/t.yaml": """
            name: raw.t
            from: { files: "data/*.csv" }
            columns: { id: INTEGER, at: TIMESTAMP }
            load: { strategy: merge, key: [id], watermark: at }
            contract: contracts/t.yaml
            """,
            "contracts/t.yaml": """
            apiVersion: v3.1.0
            kind: DataContract
            id: t
            version: 1.0.0
            status: active
            schema:
              - name: raw.t
                customProperties: [{ property: weir.anomaly, value: true }]
                properties: [{ name: id, logicalType: integer, required: true }]
            """, "data/a.csv": "id,at\n1,2026-01-01 10:00:00\n2,2026-01-02 09:00:00\n",
        ])
        try await project.run("--now", "2026-01-02T12:00:00Z", expect: 0)
        func check(_ words: String...) async throws -> Checked.Table { try await self.check(project, words) }
        #expect(try await check("--rules", "not_null*").drift == nil)
        let first = try await check()
        #expect(first.drift?.scope == "table" && first.drift?.rows == 2, "\(first)")
        #expect(first.drift?.status == "learning" && first.status == "passed")
        #expect(try await check().drift == nil)
        try project.write("data/b.csv", "id,at\n3,2026-01-03 11:30:00\n")
        try await project.run("--now", "2026-01-03T12:00:00Z", expect: 0)
        #expect(try await check("--partition", "id").drift == nil)
        let contract = try String(contentsOfFile: project.path("contracts/t.yaml"), encoding: .utf8)
        try project.write("contracts/t.yaml", contract.replacing("value: true", with: "value: false"))
        #expect(try await check().drift == nil)
    }

    @Test("a check tells what is unusual of a table that grows, and the table stays valid")
    func checkAlerts() async throws {
        let project = try TempProject([
            "sources/t.yaml": """
            name: raw.t
            from: { files: "data/*.csv" }
            columns: { id: INTEGER, email: VARCHAR, at: TIMESTAMP }
            load: { strategy: merge, key: [id], watermark: at }
            contract: contracts/t.yaml
            """,
            "contracts/t.yaml": """
            apiVersion: v3.1.0
            kind: DataContract
            id: t
            version: 1.0.0
            status: active
            schema:
              - name: raw.t
                customProperties: [{ property: weir.anomaly, value: { metrics: [null_share], minimum: 6 } }]
                properties: [{ name: id, logicalType: integer, required: true }]
            """,
        ])
        func deliver(_ day: Int, rows: Int, missing: Int) async throws {
            var text = "id,email,at\n"
            for row in 0..<rows {
                text += "\(day * 10_000 + row),\(row < missing ? "" : "u@example.org"),2026-01-\(10 + day) 10:00:00\n"
            }
            try project.write("data/\(day).csv", text)
            try await project.run("--now", "2026-01-\(10 + day)T12:00:00Z", expect: 0)
        }
        for day in 0..<10 {
            try await deliver(day, rows: 100, missing: 2 + day % 2)
            let table = try await check(project, ["--now", "2026-01-\(10 + day)T13:00:00Z"])
            #expect(table.drift?.alerts.isEmpty == true, "\(table)")
        }
        try await deliver(10, rows: 900, missing: 880)
        let table = try await check(project, ["--now", "2026-01-20T13:00:00Z"])
        let alert = try #require(table.drift?.alerts.first, "\(table)")
        #expect(alert.metric == "null_share" && alert.column == "email")
        #expect(table.status == "warned")
        let shown = try await project.weir("check")
        #expect(shown.code == 0)
        let all = try await project.weir("drift")
        #expect(all.out.contains("null_share of email"), "\(all)")
    }

    @Test("the age of a table that nobody watches is remembered of every run, where its watermark is a time")
    func ages() async throws {
        let project = try TempProject([
            "sources/t.yaml": """
            name: raw.t
            from: { files: "data/*.csv" }
            columns: { id: INTEGER, at: TIMESTAMP }
            load: { strategy: merge, key: [id], watermark: at }
            """, "data/a.csv": "id,at\n1,2026-01-01 10:00:00\n2,2026-01-02 09:00:00\n",
            "sources/n.yaml": """
            name: raw.n
            from: { files: "data/*.csv" }
            columns: { id: INTEGER, at: TIMESTAMP }
            load: { strategy: merge, key: [id], watermark: id }
            """,
        ])
        try await project.run("--now", "2026-01-02T12:00:00Z", expect: 0)
        try project.write("data/b.csv", "id,at\n3,2026-01-03 11:30:00\n")
        try await project.run("--now", "2026-01-03T12:00:00Z", expect: 0)
        let detail = try await project.weir("drift", "raw.t")
        #expect(detail.out.contains("freshness") && detail.out.contains("not watched"), "\(detail)")
        struct History: Decodable {
            struct Point: Decodable {
                let value: Double
                let standing: String
            }
            let points: [Point]
        }
        let ages = try await project.weir("drift", "history", "raw.t", "freshness", "-o", "json")
        let points = try JSONDecoder.snake.decode(History.self, from: Data(ages.out.utf8)).points
        #expect(points.map(\.value) == [10_800, 1800] && points.allSatisfy { $0.standing == "plain" }, "\(ages)")
        #expect(try await project.weir("drift", "history", "raw.n", "freshness").code != 0)
    }

    @Test(
        "`weir.anomaly` is read strictly",
        arguments: [
            ("{ onFail: explode }", "yaml.unknown-value"), ("{ sensitivty: 3 }", "yaml.unknown-key"),
            ("{ minimum: 1 }", "contract.bad-bound"), ("{ metrics: [rowz] }", "contract.unknown-value"),
            ("maybe", "yaml.wrong-type"),
        ])
    func strict(value: String, code: String) async throws {
        let shop = try DriftProject(anomaly: value)
        let done = try await shop.project.weir("plan", "-o", "json")
        #expect(done.faults.contains { $0.code == code }, "\(done)")
        #expect(done.code == 2)
    }

    @Test("a column that `weir.anomaly` names and the rows do not have is told")
    func unknownColumn() async throws {
        let shop = try DriftProject(anomaly: "{ columns: [emial] }")
        try shop.deliver(day: 0)
        let done = try await shop.project.weir("run")
        #expect(done.code == 0 && done.out.contains("did you mean \"email\""), "\(done)")
    }

    @Test("`weir.anomaly: false` switches off what `defaults:` ask for")
    func off() async throws {
        let shop = try DriftProject(anomaly: "false")
        try shop.project.write("weir.yaml", "weir: 1\nname: test\ndefaults: { monitor: true }\n")
        try shop.deliver(day: 0)
        #expect(try await shop.run(day: 0, expect: 0).nodes.first?.drift == nil)
    }
}

@Suite("weir drift of files")
struct DriftFileTests {
    @Test("two files are held against each other without a project")
    func against() async throws {
        let project = try TempProject()
        func file(_ name: String, shift: Int, status: String) throws {
            var text = "id,amount,status,note\n"
            for row in 0..<2000 { text += "\(row),\(row * 13 % 997 + shift).5,\(row % 4 == 0 ? status : "ok"),\n" }
            try project.write(name, text)
        }
        try file("a.csv", shift: 0, status: "open")
        try file("b.csv", shift: 0, status: "open")
        try file("c.csv", shift: 600, status: "lost")
        let same = try await project.weir("drift", "b.csv", "--against", "a.csv")
        #expect(same.code == 0 && same.out.contains("Nothing drifted"), "\(same)")
        let other = try await project.weir("drift", "c.csv", "--against", "a.csv", "-o", "json")
        #expect(other.code == 1, "\(other)")
        struct Found: Decodable {
            let columns: [Column]
            struct Column: Decodable {
                let name: String
                let hasDrifted: Bool
            }
        }
        let found = try JSONDecoder.snake.decode(Found.self, from: Data(other.out.utf8))
        #expect(Set(found.columns.filter(\.hasDrifted).map(\.name)) == ["amount", "status"], "\(other)")
        let query = try await project.weir(
            "drift", "SELECT 1 AS id, 'x' AS extra", "--against", "SELECT 1 AS id, 'x' AS gone")
        #expect(query.code == 1 && query.out.contains("added extra") && query.out.contains("removed gone"), "\(query)")
    }

    @Test("anomalies of the series in a file are found, each in its series")
    func series() async throws {
        let project = try TempProject()
        var text = "series,at,value,label\n"
        for name in ["calm", "wild"] {
            for day in 0..<60 {
                let date = Date(timeIntervalSince1970: 1_767_571_200 + Double(day) * 86_400).ISO8601Format()
                text += "\(name),\(date),\(name == "wild" && day == 50 ? 900 : 100 + day * 7 % 5),0\n"
            }
        }
        try project.write("s.csv", text)
        let done = try await project.weir("drift", "--series", "s.csv", "--kind", "count", "-o", "json")
        #expect(done.code == 0, "\(done)")
        struct Report: Decodable {
            let series: [Series]
            struct Series: Decodable {
                let name: String
                let points: Int
                let learning: Int
                let alarms: [Alarm]
            }
            struct Alarm: Decodable {
                let at: String
                let verdict: String
            }
        }
        let report = try JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8))
        #expect(report.series.map(\.name) == ["calm", "wild"] && report.series.map(\.points) == [60, 60])
        #expect(report.series[0].alarms.isEmpty && report.series[1].alarms.map(\.verdict) == ["high"])
        let text2 = try await project.weir("drift", "--series", "s.csv")
        #expect(text2.out.contains("wild: 60 points, 1 alarm"), "\(text2)")
        try project.write("words.csv", "a,b\nx,y\n")
        let none = try await project.weir("drift", "--series", "words.csv", "-o", "json")
        #expect(none.failure?.code == "drift.no-time")
    }
}
