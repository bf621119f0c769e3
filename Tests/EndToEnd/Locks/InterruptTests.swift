import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("A run that is stopped")
struct InterruptTests {
    @Test("ends cleanly, says how to go on, and the next run goes on", arguments: [SIGINT, SIGTERM])
    func stopped(signal: Int32) async throws {
        let project = try TempProject([
            "models/mart/a.sql": "SELECT 1 AS n", "models/mart/b.sql": "SELECT n FROM mart.a",
        ])
        try await project.run(expect: 0)
        try project.write("models/mart/slow.sql", Self.slow)
        try project.write("models/mart/last.sql", "SELECT m FROM mart.slow")
        let child = try project.start(["run"])
        try await Task.sleep(for: .seconds(4))
        child.signal(signal)
        let done = await child.finish(limit: .seconds(60))
        #expect(done.code == 3, "\(done)")
        #expect((done.out + done.err).contains("go on"), "\(done)")
        #expect(try await project.rows("SELECT n FROM mart.b") == ["1"])
        #expect(
            try await project.rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE '__weir_new%'") == [])
        try project.write("models/mart/slow.sql", "SELECT 7 AS m")
        let next = try await project.run(expect: 0).report
        #expect(next.statuses["mart.a"] == "unchanged" && next.statuses["mart.last"] == "published", "\(next)")
    }

    /// Takes hours, and can be interrupted.
    static let slow = "SELECT max(hash(a.range * b.range)) AS m FROM range(1000000) a, range(10000000) b"

    @Test("also tells programs in one object what was not reached")
    func json() async throws {
        let project = try TempProject(["models/mart/slow.sql": Self.slow])
        let child = try project.start(["run", "-o", "json"])
        try await Task.sleep(for: .seconds(4))
        child.signal(SIGINT)
        let done = await child.finish(limit: .seconds(60))
        #expect(done.code == 3, "\(done)")
        #expect(try done.report["mart.slow"]?.status == "cancelled", "\(done)")
    }
}

@Suite("Without .weir")
struct StateFolderTests {
    @Test("positions are kept: no file is loaded twice, no row is missed")
    func positions() async throws {
        let columns = "columns: { id: INTEGER, at: TIMESTAMP }\n"
        let project = try TempProject([
            "sources/a.yaml":
                "name: raw.a\nfrom: { files: \"a/*.csv\" }\n\(columns)load: { strategy: append }\n",
            "weir.yaml": "weir: 1\nname: t\nconnections: { shop: { type: sqlite, path: shop.db } }\n",
            "sources/w.yaml":
                "name: raw.w\nfrom: { sqlite: shop, table: t }\nload: { strategy: merge, key: [id], watermark: seen }\n",
            "models/mart/m.sql": "/* weir\nstrategy: append\nwatermark: at\n*/\nSELECT id, \"at\" FROM raw.a",
            "a/1.csv": "id,at\n1,2026-01-01 00:00:00\n",
        ])
        let shop = "LOAD sqlite_scanner; ATTACH '\(project.path("shop.db"))' AS s (TYPE sqlite);"
        try await Scratch.execute("\(shop) CREATE TABLE s.t AS SELECT range AS id, range AS seen FROM range(1, 101)")
        try await project.run(expect: 0)
        try project.remove(".weir")
        let second = try await project.run(expect: 0).report
        #expect(second["raw.a"]?.status == "unchanged" && second["mart.m"]?.status == "unchanged", "\(second)")
        try project.remove(".weir")
        try project.write("a/2.csv", "id,at\n2,2026-01-02 00:00:00\n")
        try await Scratch.execute("\(shop) INSERT INTO s.t VALUES (101, 101)")
        let third = try await project.run(expect: 0).report
        for table in ["raw.a", "mart.m"] {
            #expect(try await project.rows("SELECT id FROM \(table) ORDER BY ALL") == ["1", "2"], "\(table)")
        }
        #expect(try await project.rows("SELECT count(*), count(DISTINCT id) FROM raw.w") == ["101|101"])
        #expect((third["raw.w"]?.balance.read ?? 101) <= 2, "the source was read from the start again")
        let history = try await project.weir("runs", "-o", "json")
        #expect(history.code == 0, "\(history)")
    }
}
