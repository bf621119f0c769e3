import Foundation
import Testing

/// The Python environment of the tests, as `scripts/venv test` makes it.
enum TestPython {
    static let path = "\(Repository.root)/.deps/venv-test/bin/python"

    /// False skips the test. Where services are required a missing environment must fail instead.
    static var isExpected: Bool {
        let environment = ProcessInfo.processInfo.environment
        let isThere =
            FileManager.default.isExecutableFile(atPath: path)
            && (try? FileManager.default.contentsOfDirectory(atPath: "\(Repository.root)/.deps/venv-test/lib"))?
                .contains {
                    FileManager.default.fileExists(
                        atPath: "\(Repository.root)/.deps/venv-test/lib/\($0)/site-packages/mcp")
                } == true
        return isThere || environment["CI"] != nil || environment["WEIR_REQUIRE_SERVICES"] != nil
    }
}

@Suite("weir mcp under the official SDK", .enabled(if: TestPython.isExpected, "scripts/venv test installs the SDK"))
struct MCPSDKTests {
    private struct Report: Decodable {
        struct Applied: Decodable { let status: String }

        let version: String
        let listed: [String]
        let tools: [String: Ignored]
        let resources: [String]
        let templates: [String]
        let prompts: [String]
        let progress: [Double]
        let hint: String
        let unknown: String
        let completed: [String]
        let asked: [String]
        let refused: String?
        let applied: Applied?
        let again: Bool?
        let hints: [String: [Bool?]]
        let retired: [String]?
        let changed: [String]?
    }

    private struct Ignored: Decodable {}

    private func run(_ mode: String, _ options: [String], in given: TempProject? = nil) async throws -> Report {
        let project = if let given { given } else { try await SampleShop.make() }
        let script = "\(Repository.root)/Tests/EndToEnd/MCP/sdk_client.py"
        let inherited = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "TMPDIR", "LANG", "DUCKDB_LIB_DIR", "LD_LIBRARY_PATH"].contains($0.key)
        }
        let logs = URL(fileURLWithPath: project.root).deletingLastPathComponent().appending(path: "logs").path
        let done = try await Turns.shared.take {
            try await Child(
                TestPython.path, [script, mode, Binary.path, project.root] + options, in: project.root,
                environment: inherited, logs: logs
            ).finish(limit: .seconds(300))
        }
        try #require(done.code == 0, "\(done)")
        return try JSONDecoder().decode(Report.self, from: Data(done.out.utf8))
    }

    static let reading = [
        "schema", "query", "profile", "explain", "lineage", "docs", "plan", "test", "check", "quarantine", "diff",
        "usage",
    ]

    @Test("every tool, resource and prompt is as the protocol says", arguments: ["legacy", "auto", "2026-07-28"])
    func reads(mode: String) async throws {
        let report = try await run(mode, [])
        #expect(report.version == (mode == "legacy" ? "2025-11-25" : "2026-07-28"))
        #expect(report.listed == Self.reading)
        #expect(report.tools.keys.sorted() == Self.reading.sorted())
        #expect(Set(report.resources).isSuperset(of: ["weir://docs", "weir://runs", "weir://tables/raw.orders"]))
        #expect(report.resources.count == 6)
        #expect(report.templates.count == 5)
        #expect(report.prompts == ["profile_table", "investigate_failure", "write_contract", "optimise_query"])
        #expect(report.hint.contains("quantity"))
        #expect(report.unknown.contains("there is no tool"))
        #expect(report.completed == ["raw.orders", "mart.sales_by_day"])
        #expect(report.refused == "tool.denied")
        #expect(report.asked.isEmpty)
        #expect(report.changed == (mode == "legacy" ? nil : ["weir://runs"]))
        #expect(zip(report.progress, report.progress.dropFirst()).allSatisfy { $0 < $1 })
    }

    static let notes = ["memory_search", "memory_list", "todo_list", "search"]

    @Test("named sets are offered in their order: those that read, and with --allow-write those that note down")
    func sets() async throws {
        let project = try await SampleShop.make()
        let index = try await project.weir("search", "index", "--in", "raw.orders.status")
        try #require(index.code == 0, "\(index)")
        let reading = try await run("auto", ["--toolsets", "search,todo,memory,default"], in: project)
        #expect(reading.listed == Self.reading + Self.notes)
        #expect(Set(reading.tools.keys) == Set(Self.reading + Self.notes))
        #expect(reading.hints.values.allSatisfy { $0[0] == true })
        let writing = try await run("legacy", ["--allow-write", "--toolsets", "all"], in: project)
        let sets = ["memory_search", "memory_list", "memory_add", "memory_retire", "todo_list", "todo_write", "search"]
        #expect(writing.listed == Self.reading + ["apply", "run"] + sets)
        #expect(writing.hints["memory_retire"] == [false, true] && writing.hints["memory_add"] == [false, false])
        #expect(writing.retired == ["Orders of the shop come at six"])
        // A note is no question; taking one away is.
        #expect(writing.asked.count { $0.contains("Put these memories away?") } == 1, "\(writing.asked)")
        let todos = try await project.weir("todo", "list", "-o", "json")
        #expect(todos.out.contains("[Data Engineer] Count the orders"))
        let wrong = try await project.weir("mcp", "--toolsets", "memmory")
        #expect(wrong.code == 2 && wrong.err.contains("did you mean \"memory\"?"), "\(wrong)")
    }

    @Test("a person is asked before a plan is applied", arguments: ["legacy", "auto", "2026-07-28"])
    func writes(mode: String) async throws {
        let report = try await run(mode, ["--allow-write"])
        #expect(report.listed == Self.reading + ["apply", "run"])
        #expect(report.applied?.status == "done")
        #expect(report.again == true)
        #expect(report.asked.count == 2, "\(report.asked)")
        #expect(report.asked.first?.contains("mart.more") == true)
    }
}
