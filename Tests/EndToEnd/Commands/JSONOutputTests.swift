import Foundation
import Testing

@Suite("JSON of every command")
struct JSONOutputTests {
    /// A command, and the heading of Output.md that documents what it prints.
    struct Command: Sendable, CustomTestStringConvertible {
        let words: [String]
        let heading: String
        var code: Int32 = 0
        /// Keys that only some rules have; they are told in words.
        var optional: Set<String> = []
        var testDescription: String { words.joined(separator: " ") }
    }

    static let commands = [
        Command(words: ["plan"], heading: "### weir plan"),
        Command(words: ["run", "--full-refresh"], heading: "### weir run", optional: [".nodes[].checks[].affected"]),
        Command(words: ["runs"], heading: "### weir runs"),
        Command(words: ["quarantine", "list"], heading: "### weir quarantine list"),
        Command(words: ["quarantine", "show", "raw.orders"], heading: "### weir quarantine show"),
        Command(words: ["query", "SELECT * FROM mart.sales_by_day ORDER BY day"], heading: "### weir query"),
        Command(words: ["test", "tests/bad.yaml"], heading: "### weir test", code: 1),
        Command(
            words: [
                "check", "data/orders.csv", "--contract", "contracts/orders.yaml", "--by", "status", "--failed", "1",
            ], heading: "### weir check", code: 1, optional: [".tables[].checks[].affected"]),
        Command(words: ["test", "--new", "staging.orders"], heading: "### weir test --new"),
        Command(words: ["lineage", "mart.sales_by_day.revenue"], heading: "### weir lineage"),
        Command(words: ["docs"], heading: "### weir docs"),
        Command(words: ["profile", "data/orders.csv"], heading: "### weir profile"),
        Command(words: ["lint"], heading: "### weir lint"),
        Command(
            words: [
                "diff", "--key", "id",
                "SELECT * FROM (VALUES (1, 'a', 1), (2, 'b', 2)) t(id, name, old), (SELECT 1 AS n)",
                "SELECT * FROM (VALUES (1, 'A', 1), (3, 'c', 3)) t(id, name, new), (SELECT 1::BIGINT AS n)",
            ], heading: "### weir diff", code: 1),
        Command(
            words: ["diff", "--schema", "SELECT 1 AS id, 1 AS old, 1 AS n", "SELECT 1 AS id, 1 AS new, 'x' AS n"],
            heading: "### weir diff --schema", code: 1),
        Command(
            words: ["drift"], heading: "### weir drift",
            optional: Set(
                [
                    "alerts", "batches", "learning", "measured_at", "open_alerts", "scope", "status", "table",
                ].map { ".tables[].\($0)" }
                    + [
                        "also", "at", "column", "expected", "id", "lower", "measured_at", "metric", "observed", "scope",
                        "seasons", "segment", "segment.column", "segment.observed", "segment.rows", "segment.share",
                        "segment.value", "table", "trained_on", "upper", "why",
                    ].map { ".tables[].alerts[].\($0)" })),
        Command(words: ["drift", "--measure", "raw.orders"], heading: "### weir drift --measure"),
        Command(
            words: [
                "drift", "SELECT i AS id, i * 1.5::DOUBLE AS x, 'x' AS new FROM range(2000) t(i)", "--against",
                "SELECT i::VARCHAR AS id, i::DOUBLE AS x FROM range(2000) t(i)",
            ], heading: "### weir drift --against", code: 1),
        Command(
            words: [
                "drift", "--series",
                "SELECT TIMESTAMP '2026-01-01' + INTERVAL (i) DAY AS at, CASE i WHEN 30 THEN 900 ELSE 100 END AS value FROM range(31) t(i)",
            ], heading: "### weir drift --series"),
        Command(words: ["doctor"], heading: "### weir doctor"),
        Command(
            words: ["search", "coffee", "--in", "raw.orders.product", "--hybrid"], heading: "### weir search",
            optional: [".hits[].word_rank"]),
        Command(words: ["search", "index", "--in", "raw.orders.product"], heading: "### weir search index"),
        Command(words: ["mcp", "install", "--client", "claude-code"], heading: "### weir mcp install"),
        Command(words: ["init", "mine", "--from", "data/orders.csv"], heading: "### weir init"),
        Command(words: ["contract", "lint", "next.yaml"], heading: "### weir contract lint"),
        Command(
            words: ["contract", "diff", "contracts/orders.yaml", "next.yaml"], heading: "### weir contract diff",
            code: 1),
        Command(words: ["contract", "import", "sql", "shop.sql"], heading: "### weir contract import and export"),
        Command(words: ["contract", "export", "sql", "next.yaml"], heading: "### weir contract import and export"),
        Command(
            words: ["contract", "suggest", "data/orders.csv"], heading: "### weir contract suggest",
            optional: ["columns", "rule", "says", "why"].reduce(into: []) { $0.insert(".rejected[].\($1)") }),
    ]

    /// The sample's contract with a column less, a key of a later version and a rule that only people can check.
    static func next(_ contract: String) -> String {
        contract.replacing(#/ {6}- name: product\n.*\n.*\n/#, with: "")
            .replacing("      - name: quantity\n", with: "      - name: quantity\n        deprecated: true\n")
            + "    quality:\n      - { name: polite, type: text, description: be nice }\n"
    }

    static let failing = """
        model: mart.sales_by_day
        tests:
          - name: fails
            given: { staging.orders: { rows: [{ order_id: 1, day: 2026-03-01, amount: 1, status: paid }] } }
            expect: { rows: [{ day: 2026-03-01, sales: 7, revenue: 1 }] }
        """

    @Test("is one document with the keys that are documented, and no other", arguments: commands)
    func documented(command: Command) async throws {
        let project = try await SampleShop.make()
        try project.write("tests/bad.yaml", Self.failing)
        try project.write("shop.sql", "CREATE TABLE a (b INT NOT NULL); DROP TABLE a;")
        let contract = try String(contentsOfFile: project.path("contracts/orders.yaml"), encoding: .utf8)
        try project.write("next.yaml", Self.next(contract))
        let done = await (try project.start(command.words + ["--output", "json"])).finish()
        #expect(done.code == command.code, "\(done)")
        let block = try #require(
            try Repository.blocks("json", of: "Documentation/Weir.docc/Output.md", under: command.heading).first)
        let documented = JSONShape.keys(try JSONShape.parse(block))
        let found = JSONShape.keys(try JSONShape.parse(done.out))
        #expect(documented.symmetricDifference(found).subtracting(command.optional).sorted() == [], "\(done)")
    }

    @Test(
        "is one error object when the command fails",
        arguments: [
            (["plan", "nothing.here"], "selection.nothing"), (["run", "nothing.here"], "selection.nothing"),
            (["backfill", "mart.nothing", "--from", "2026-01-01", "--to", "2026-01-02"], "*"),
            (["test", "tests/nowhere.yaml"], "test.unknown-path"), (["test", "--new", "mart.nothing"], "*"),
            (["query", "SELEC"], "sql.syntax"), (["quarantine", "show", "raw.nothing"], "*"),
            (["quarantine", "replay", "raw.nothing"], "*"), (["lineage", "mart.nothing"], "*"),
            (["runs", "show", "19990101"], "*"), (["docs", "--env", "nowhere"], "*"),
            (["init", "other", "--from", "nowhere.csv"], "*"),
            (["contract", "lint", "nowhere.yaml"], "contract.unreadable"),
            (["contract", "diff", "nowhere.yaml", "contracts/orders.yaml"], "contract.unreadable"),
            (["contract", "import", "avro", "contracts/orders.yaml"], "*"),
            (["contract", "suggest", "raw.nothing"], "*"), (["drift", "raw.nothing"], "drift.unknown-table"),
            (["drift", "ack", "ffff", "--normal"], "drift.unknown-alert"),
            (["drift", "history", "raw.orders", "mean", "nothing"], "drift.no-series"),
        ])
    func failure(words: [String], code: String) async throws {
        let project = try await SampleShop.make()
        for spelling in [["-o", "json"], ["-ojson"], ["--output=json"]] {
            let done = await (try project.start(words + spelling)).finish()
            #expect(done.code == 2 || done.code == 1, "\(done)")
            let object = try #require(try JSONShape.parse(done.out) as? [String: Any], "\(done)")
            #expect(Set(object.keys) == ["error", "exit_code"], "\(done)")
            #expect(object["exit_code"] as? Int == Int(done.code))
            #expect(code == "*" || done.failure?.code == code, "\(done)")
        }
    }

    @Test(
        "is one error object also for a command line that is wrong, whatever is wrong and however JSON is asked for",
        arguments: [
            "plan", "run", "backfill", "test", "check", "query", "quarantine list", "quarantine show",
            "quarantine replay", "lineage", "runs", "runs show", "docs", "lint", "doctor", "init", "profile", "diff",
            "contract lint", "contract diff", "contract import", "contract export", "contract suggest", "drift",
            "drift ack", "drift history", "search", "search index", "search status", "search drop",
            "memory list", "memory search", "memory add", "memory edit", "memory retire", "memory export",
            "memory import", "todo list", "todo show", "todo add", "todo start", "todo done", "todo block",
            "todo handoff", "todo patterns",
        ])
    func usage(command: String) async throws {
        let project = try TempProject()
        for spelling in [["-o", "json"], ["-ojson"], ["-o=json"], ["--output=json"], ["--output", "json"]] {
            let words = command.split(separator: " ").map(String.init) + spelling + ["--no-such-option"]
            let done = await (try project.start(words)).finish()
            #expect(done.code == 2 && done.failure?.code == "usage", "\(words): \(done)")
            _ = try JSONShape.parse(done.out)
        }
    }

    @Test(
        "is one error object outside of any project",
        arguments: ["plan", "run", "test", "lint", "docs", "runs", "memory", "todo"])
    func nowhere(command: String) async throws {
        let project = try TempProject()
        try project.remove("weir.yaml")
        let done = try await project.weir(command, "-o", "json")
        #expect(done.code == 2 && done.failure != nil, "\(done)")
        _ = try JSONShape.parse(done.out)
    }
}
