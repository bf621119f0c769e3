import Foundation
import StandIn
import Testing

@Suite("weir ai")
struct AICommandTests {
    static func project(_ server: StandIn, budgets: String = "") throws -> TempProject {
        try TempProject([
            "weir.yaml": """
            weir: 1
            name: test
            ai:
              model: claude-haiku-4-5
              providers:
                claude: { type: anthropic, key: "${CLAUDE_KEY}", base_url: "\(server.url)/" }
                local: { type: openai-compatible, key: "${CLAUDE_KEY}", base_url: "\(server.url)/v1" }
              budgets: [\(budgets)]
            """
        ])
    }

    static let environment = ["CLAUDE_KEY": StandIn.key]

    func weir(_ project: TempProject, _ words: String...) async throws -> Invocation {
        await (try project.start(["ai"] + words, environment: Self.environment)).finish()
    }

    @Test("an answer comes on standard output, its cost on standard error, and the ledger knows it")
    func ask() async throws {
        let server = try await StandIn()
        let project = try Self.project(server, budgets: "{ limit: $1, per: day }")
        let first = try await weir(project, "ask", "Zürich?")
        #expect(first.code == 0 && first.out == "echo: Zürich?\n", "\(first)")
        #expect(first.err.contains("tokens in") && first.err.contains("$"), "\(first)")
        let again = try await weir(project, "ask", "Zürich?", "--no-stream")
        #expect(again.out == "echo: Zürich?\n" && again.err.contains("from the cache"), "\(again)")
        #expect(server.count == 1)
        let usage = try await weir(project, "usage", "--by", "model", "-o", "csv")
        #expect(usage.out.contains("claude-haiku-4-5,2,2,0,1,"), "\(usage)")
        let budget = try await weir(project, "budget")
        #expect(budget.out.contains("$1.00") && budget.out.contains("ok"), "\(budget)")
        await server.stop()
    }

    @Test("files and images are told apart by their content")
    func files() async throws {
        let server = try await StandIn()
        let project = try Self.project(server)
        try project.write("a.txt", "forty-two")
        try project.write("fake.png", "no image")
        let text = try await weir(project, "ask", "what?", "--file", project.path("a.txt"))
        #expect(text.code == 0, "\(text)")
        #expect(server.received.last?.text.contains("forty-two") == true)
        let fake = try await weir(project, "ask", "what?", "--image", project.path("fake.png"), "-o", "json")
        #expect(fake.code == 2 && fake.failure?.code == "ai.not-an-image", "\(fake)")
        try project.write("huge.png", Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + Data(count: 40_000_000))
        let huge = try await weir(project, "ask", "what?", "--image", project.path("huge.png"), "-o", "json")
        #expect(huge.code == 2 && huge.failure?.code == "ai.too-large", "\(huge)")
        #expect(server.count == 1)
        await server.stop()
    }

    @Test("a budget of zero stops with its own code; a wrong key says so")
    func refusals() async throws {
        let server = try await StandIn()
        let project = try Self.project(server, budgets: "{ limit: $0 }")
        let stopped = try await weir(project, "ask", "hello", "-o", "json")
        #expect(stopped.code == 1 && stopped.failure?.code == "ai.budget", "\(stopped)")
        #expect(server.count == 0)
        let other = try Self.project(server)
        let wrong = await (try other.start(["ai", "ask", "hello"], environment: ["CLAUDE_KEY": "not-the-key-at-all"]))
            .finish()
        #expect(wrong.code == 3 && wrong.err.contains("ai.unauthorized"), "\(wrong)")
        #expect(!wrong.err.contains("not-the-key-at-all"))
        await server.stop()
    }

    @Test("two processes cannot overspend a budget together")
    func together() async throws {
        let server = try await StandIn()
        server.set(delay: .milliseconds(200))
        // Each call may cost 0.0005 dollars and a little; two fit and no third.
        let project = try Self.project(server, budgets: "{ limit: $0.0012 }")
        let children = try (0..<6).map { number in
            try project.start(
                ["ai", "ask", "question \(number)", "--max-tokens", "100", "--no-cache", "-o", "json"],
                environment: Self.environment)
        }
        var codes: [Int32] = []
        for child in children { codes.append(await child.finish().code) }
        #expect(codes.allSatisfy { $0 == 0 || $0 == 1 }, "\(codes)")
        let report = try await weir(project, "budget", "-o", "json")
        let spent = try #require(report.out.firstMatch(of: /"spent" : "([0-9.]+)"/).flatMap { Double($0.output.1) })
        #expect(spent > 0 && spent <= 0.0012, "\(report)")
        #expect(report.out.contains(#""reserved" : "0.000000000000""#), "\(report)")
        await server.stop()
    }

    static let documented: [(words: [String], heading: String)] = [
        (["ask", "hello"], "### weir ai ask"), (["models"], "### weir ai models"), (["usage"], "### weir ai usage"),
        (["budget"], "### weir ai budget"), (["doctor"], "### weir ai doctor"), (["prices"], "### weir ai prices"),
        (["prices", "check"], "### weir ai prices check"),
    ]

    @Test("JSON has the keys that are documented, and no other", arguments: 0..<7)
    func json(_ index: Int) async throws {
        let (words, heading) = Self.documented[index]
        let server = try await StandIn()
        let project = try Self.project(
            server, budgets: "{ limit: $5, soft: $4, per: day, model: claude-haiku-4-5, table: a.b }")
        _ = try await weir(project, "ask", "before")
        let done = await (try project.start(["ai"] + words + ["-o", "json"], environment: Self.environment)).finish()
        #expect(done.code == 0, "\(done)")
        let block = try #require(
            try Repository.blocks("json", of: "Documentation/Weir.docc/Output.md", under: heading).first)
        let expected = JSONShape.keys(try JSONShape.parse(block))
        let found = JSONShape.keys(try JSONShape.parse(done.out))
        #expect(expected.symmetricDifference(found).sorted() == [], "\(done)")
        await server.stop()
    }

    @Test("mistakes in the `ai:` section are placed, with the nearest right word")
    func configuration() async throws {
        let project = try TempProject([
            "weir.yaml": """
            weir: 1
            ai:
              providers:
                a: { type: antropic, key: x }
                b: { type: openai, kee: x, limits: { requests_per_minute: 0 } }
                c: { type: openai-compatible }
                d: { type: vertex }
              budgets: [{ limit: much }, { per: week, limit: $1 }]
              cash: {}
            """
        ])
        let done = try await weir(project, "budget", "-o", "json")
        #expect(done.code == 2, "\(done)")
        for text in [
            "did you mean \\\"anthropic\\\"?", "did you mean \\\"key\\\"?", "requests_per_minute must be above zero",
            "base_url", "project", "is no amount of US dollars", "\\\"week\\\" is not a per",
            "did you mean \\\"cache\\\"?",
        ] { #expect(done.out.contains(text), "\(text) in \(done)") }
    }

    @Test("without any service every command says what to do")
    func none() async throws {
        let project = try TempProject()
        for words in [["ask", "x"], ["models"], ["doctor"]] {
            let done = await (try project.start(["ai"] + words)).finish()
            #expect(done.code == 2, "\(words): \(done)")
            #expect((done.out + done.err).contains("ANTHROPIC_API_KEY"), "\(words): \(done)")
        }
    }
}
