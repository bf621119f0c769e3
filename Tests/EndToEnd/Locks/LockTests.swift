import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("One process at a time")
struct LockTests {
    /// A model that keeps a run busy for long; without the marker file it would be over at once.
    private static func slow() throws -> TempProject {
        try TempProject([
            "models/mart/slow.sql":
                "SELECT count(*) AS n FROM range(200000) a, range(200000) b WHERE (a.range * b.range) % 7 = 3"
        ])
    }

    private static func quicken(_ project: TempProject) throws {
        try project.write("models/mart/slow.sql", "SELECT 42 AS n")
    }

    /// Waits until the process holds the lock and is at work.
    private static func isBusy(_ project: TempProject, _ child: Child) async throws {
        for _ in 0..<3000 {
            let holder = (try? String(contentsOfFile: project.path(".weir/lock"), encoding: .utf8)) ?? ""
            if holder.contains(String(child.pid)),
                FileManager.default.fileExists(atPath: project.path("warehouse.duckdb"))
            {
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the run never began")
    }

    @Test("a second process is refused with the holder's number")
    func refused() async throws {
        let project = try Self.slow()
        let holder = try project.start(["run"])
        try await Self.isBusy(project, holder)
        let refused = try await project.run(expect: 3)
        #expect(refused.failure?.code == "project.locked")
        #expect(refused.failure?.message.contains(String(holder.pid)) == true)
        holder.signal(SIGKILL)
        _ = await holder.wait()
    }

    @Test("with --wait it goes on when the holder ends, and gives up at its limit")
    func waits() async throws {
        let project = try Self.slow()
        let holder = try project.start(["run"])
        try await Self.isBusy(project, holder)
        try await project.run("--wait", "1s", expect: 3)
        try Self.quicken(project)
        let waiting = try project.start(["run", "--wait", "2m"])
        try await Task.sleep(for: .milliseconds(500))
        holder.signal(SIGKILL)
        _ = await holder.wait()
        let done = await waiting.finish()
        #expect(done.code == 0, "\(done)")
        #expect(try await project.rows("SELECT n FROM mart.slow") == ["42"])
    }

    @Test("what a killed process left is no obstacle")
    func stale() async throws {
        let project = try Self.slow()
        let holder = try project.start(["run"])
        try await Self.isBusy(project, holder)
        holder.signal(SIGKILL)
        #expect(await holder.wait() == 128 + SIGKILL)
        try Self.quicken(project)
        try await project.run(expect: 0)
    }

    @Test("Ctrl-C and SIGTERM stop cleanly and say how to go on", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
        let project = try Self.slow()
        try project.write("models/mart/first.sql", "SELECT 1 AS n")
        let child = try project.start(["run", "--threads", "1"])
        try await Self.isBusy(project, child)
        try await Task.sleep(for: .milliseconds(700))
        child.signal(signal)
        let stopped = await child.finish(limit: .seconds(30))
        #expect(stopped.code == 3, "\(stopped)")
        #expect(
            (stopped.out + stopped.err).contains("run again") || (stopped.out + stopped.err).contains("goes on"),
            "\(stopped)")
        try Self.quicken(project)
        let done = try await project.run(expect: 0)
        #expect(try done.report["mart.slow"]?.status == "published")
        #expect(try await project.rows("SELECT f.n, s.n FROM mart.first f, mart.slow s") == ["1|42"])
        #expect(
            try await project.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE '%weir_new%'") == ["0"])
    }

    @Test("plan and query work while nothing runs, and a plan makes no warehouse")
    func planOnly() async throws {
        let project = try TempProject(["models/mart/a.sql": "SELECT 1 AS n"])
        #expect(try await project.weir("plan").code == 0)
        #expect(!FileManager.default.fileExists(atPath: project.path("warehouse.duckdb")))
        try await project.run("--dry-run", expect: nil)
        #expect(!FileManager.default.fileExists(atPath: project.path("warehouse.duckdb")))
    }
}
