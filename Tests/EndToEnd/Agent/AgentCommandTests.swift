import Foundation
import StandIn
import Testing

@Suite("weir agent")
struct AgentCommandTests {
    static let task =
        "mart.sales says that 5 orders came in on 2 November 2026, and the shop counts 3. Find out why and mend it."

    static func scenario(_ name: String) -> String { "\(Repository.root)/Tests/Scenarios/\(name)" }

    /// The project of a scenario, with a provider that says what was recorded.
    static func project(_ server: StandIn, agent: String = "") throws -> TempProject {
        let folder = "\(scenario("join-fan-out"))/project"
        var files: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            if let text = try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8) { files[path] = text }
        }
        files["weir.yaml"] = settings(server, agent: agent)
        return try TempProject(files)
    }

    /// A provider that says what was recorded.
    static func settings(_ server: StandIn, agent: String = "") -> String {
        """
        weir: 1
        name: shop
        ai:
          model: claude-haiku-4-5
          providers:
            claude: { type: anthropic, key: "${CLAUDE_KEY}", base_url: "\(server.url)" }
        \(agent)
        """
    }

    static let environment = ["CLAUDE_KEY": StandIn.key]

    func weir(_ project: TempProject, _ words: String...) async throws -> Invocation {
        await (try project.start(["agent"] + words, environment: Self.environment)).finish()
    }

    func play(_ server: StandIn, _ name: String = "join-fan-out") throws {
        server.play(try String(contentsOfFile: "\(Self.scenario(name))/recording.jsonl", encoding: .utf8))
    }

    struct Report: Decodable {
        let status: String
        let session: String
        let answer: String
        let patch: String
        let changedFiles: [String]
        let missing: [String]
        let turns: Int
        let code: String?
    }

    private func report(_ done: Invocation) throws -> Report {
        try JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8))
    }

    @Test("mends a project, shows the patch and its proof, and can be shown, exported and gone on with")
    func works() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        try await project.run(expect: 0, environment: Self.environment)
        try play(server)
        let done = try await weir(project, Self.task, "--yes")
        #expect(done.code == 0, "\(done)")
        #expect(done.out.contains("Payments fanned the join out") && done.err.contains("done"), "\(done)")
        #expect(
            try await project.rows("SELECT day, orders FROM mart.sales ORDER BY day") == [
                "2026-11-02|3", "2026-11-03|1",
            ])
        let sessions = try await weir(project, "sessions", "-o", "json")
        let id = try #require(sessions.out.firstMatch(of: /"id" : "([^"]+)"/)).1
        let shown = try await weir(project, "replay", String(id))
        #expect(shown.code == 0 && shown.out.contains("Payments fanned the join out"), "\(shown)")
        let page = try await weir(project, "export")
        #expect(page.out.contains("# Session \(id)") && page.out.contains("## End: done"), "\(page)")
        server.play(
            #"{"type":"task","text":"Thank you."}"# + "\n"
                + #"{"type":"answer","content":[{"text":"You are welcome."}]}"#)
        let again = try await weir(project, "--resume", "Thank you.", "-o", "json")
        #expect(try report(again).session == String(id) && report(again).answer == "You are welcome.", "\(again)")
        await server.stop()
    }

    @Test("unattended and without --yes nothing is run, and what was not shown is called unproven with exit code 1")
    func unattended() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        try await project.run(expect: 0, environment: Self.environment)
        let recording = try String(contentsOfFile: "\(Self.scenario("join-fan-out"))/recording.jsonl", encoding: .utf8)
        server.play(recording + #"{"type":"answer","content":[{"text":"It is mended all the same."}]}"#)
        let done = try await weir(project, Self.task, "-o", "json")
        #expect(done.code == 1, "\(done)")
        let report = try report(done)
        #expect(
            report.status == "unproven" && report.missing.count == 1 && report.missing[0].contains("gate"), "\(done)")
        #expect(try await project.rows("SELECT orders FROM mart.sales ORDER BY day") == ["5", "1"])
        await server.stop()
    }

    @Test("a dry run prints a patch and changes nothing")
    func dryRun() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        try await project.run(expect: 0, environment: Self.environment)
        try play(server)
        let before = try String(contentsOfFile: project.path("models/mart/order_revenue.sql"), encoding: .utf8)
        let done = try await weir(project, Self.task, "--dry-run", "-o", "json")
        #expect(done.code == 0, "\(done)")
        let report = try report(done)
        #expect(report.patch.contains("+++ b/models/mart/order_revenue.sql") && report.changedFiles.count == 2)
        #expect(try String(contentsOfFile: project.path("models/mart/order_revenue.sql"), encoding: .utf8) == before)
        #expect(!FileManager.default.fileExists(atPath: project.path("tests")))
        await server.stop()
    }

    @Test("limits, mistakes and missing services have their own exit codes")
    func mistakes() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        try play(server)
        let turns = try await weir(project, Self.task, "--max-turns", "1", "-o", "json")
        #expect(turns.code == 1, "\(turns)")
        #expect(try report(turns).code == "agent.turns")
        let cheap = try await weir(project, Self.task, "--budget", "$0.0000001", "-o", "json")
        #expect(cheap.code == 1, "\(cheap)")
        #expect(try report(cheap).code == "ai.budget")
        let unknown = try await weir(project, "x", "--agent", "data-enginer", "-o", "json")
        #expect(unknown.code == 2 && unknown.failure?.code == "agent.unknown-profile", "\(unknown)")
        let model = try await weir(project, "x", "--model", "no-such-model", "-o", "json")
        #expect(model.code == 2 && model.failure?.code == "ai.unknown-model", "\(model)")
        let none = try await weir(project, "--resume", "20200101", "-o", "json")
        #expect(none.code == 2, "\(none)")
        let other = try Self.project(server, agent: "agent: { permissions: { alow: [Bash] } }")
        let bad = try await weir(other, "x", "-o", "json")
        #expect(bad.code == 2 && bad.failure?.code == "yaml.unknown-key", "\(bad)")
        let empty = try await weir(project, "-o", "json")
        #expect(empty.code == 2 && empty.failure?.code == "agent.no-task", "\(empty)")
        await server.stop()
    }

    /// A session whose first question is on its way and is not answered.
    private func waiting(_ project: TempProject, _ server: StandIn) async throws -> Child {
        var slow = server.answer(#"{"content":[{"text":"x"}]}"#)
        slow.delay = .seconds(60)
        server.next(slow)
        let child = try project.start(["agent", "wait for me", "-o", "json"], environment: Self.environment)
        while server.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
        return child
    }

    @Test("killed in the middle, the session is whole and goes on")
    func killed() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        let child = try await waiting(project, server)
        child.signal(SIGKILL)
        #expect(await child.wait() == 128 + SIGKILL)
        server.play(#"{"type":"task","text":"go on"}"# + "\n" + #"{"type":"answer","content":[{"text":"I went on."}]}"#)
        let again = try await weir(project, "--resume", "go on", "-o", "json")
        #expect(again.code == 0, "\(again)")
        #expect(server.received.last?.text.contains("wait for me") == true)
        await server.stop()
    }

    @Test("an interrupt stops the step, keeps the session and says how to go on")
    func interrupted() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        let child = try await waiting(project, server)
        child.signal(SIGINT)
        let done = await child.finish()
        #expect(done.code == 3 && done.failure?.code == "agent.cancelled" && done.out.contains("--resume"), "\(done)")
        let sessions = try await weir(project, "sessions", "-o", "json")
        #expect(sessions.out.contains(#""status" : "cancelled""#), "\(sessions)")
        await server.stop()
    }

    @Test("profiles are listed, shown, written and validated")
    func profiles() async throws {
        let project = try TempProject()
        let list = try await weir(project, "list")
        #expect(list.code == 0 && list.out.contains("data-engineer"), "\(list)")
        #expect(try await weir(project, "new", "quality-guard", "--description", "Guards: quality").code == 0)
        let twice = try await weir(project, "new", "quality-guard")
        #expect(twice.code == 2 && twice.err.contains("agent.exists"), "\(twice)")
        let good = try await weir(project, "validate")
        #expect(good.code == 0 && good.out.contains("2 profiles, 0 mistakes"), "\(good)")
        try project.write("agents/bad.md", "---\nname: bad\ntools: Raed\n---\nx")
        let bad = try await weir(project, "validate", "agents/bad.md")
        #expect(
            bad.code == 2 && bad.out.contains("no description") && bad.out.contains("did you mean \"Read\"?"), "\(bad)")
        let shown = try await weir(project, "show", "quality-guard")
        #expect(shown.out.contains("description: \"Guards: quality\""), "\(shown)")
    }

    static let documented: [(words: [String], heading: String)] = [
        ([task, "--yes"], "### weir agent"), (["list"], "### weir agent list"), (["show"], "### weir agent show"),
        (["new", "quality-guard"], "### weir agent new"), (["validate"], "### weir agent validate"),
        (["sessions"], "### weir agent sessions"), (["sessions", "prune"], "### weir agent sessions prune"),
        (["export"], "### weir agent export"),
        (["replay"], "### weir agent replay"),
        (["bench", "join-fan-out", "--scenarios", "\(Repository.root)/Tests/Scenarios"], "### weir agent bench"),
    ]

    @Test("JSON has the keys that are documented, and no other")
    func json() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        try await project.run(expect: 0, environment: Self.environment)
        try play(server)
        for (words, heading) in Self.documented {
            if words[0] == "bench" { try play(server) }
            let done = await (try project.start(["agent"] + words + ["-o", "json"], environment: Self.environment))
                .finish()
            #expect(done.code == 0, "\(words): \(done)")
            let block = try #require(
                try Repository.blocks("json", of: "Documentation/Weir.docc/Output.md", under: heading).first)
            let expected = JSONShape.keys(try JSONShape.parse(block))
            let found = JSONShape.keys(try JSONShape.parse(done.out))
            #expect(expected.symmetricDifference(found).sorted() == [], "\(words): \(done)")
        }
        await server.stop()
    }
}
