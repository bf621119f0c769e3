import Foundation
import StandIn
import Testing
import WeirCore

@Suite("weir search")
struct SearchCommandTests {
    static func project(_ ai: String = "", _ rows: [String] = notes) async throws -> TempProject {
        let project = try TempProject([
            "weir.yaml": "weir: 1\nname: test\nenvironments: { dev: {} }\n\(ai)",
            "sources/notes.yaml":
                "name: raw.notes\nfrom: { files: \"notes.csv\" }\nload: { strategy: merge, key: [id] }\n",
            "notes.csv": "id,text,stars\n" + rows.joined(separator: "\n") + "\n",
        ])
        try await project.run(expect: 0, environment: ["KEY": StandIn.key])
        return project
    }

    static let notes = [
        #"1,"The refund was late, and nobody answered.",1"#, "2,My parcel arrived broken.,2",
        "3,Great service and friendly people!,5", "4,The part number is XZ-9431.,3",
        "5,# Returns\u{1B}[31m red,4", "6,,1", "8,Thanks a lot.,5",
    ]

    private struct Report: Decodable {
        struct Hit: Decodable {
            let rank: Int
            let score: Double
            let key: [String: Int]
            let snippet: String
        }
        let hits: [Hit]
        let method: String
        let stale: Int?
    }

    private func report(_ done: Invocation) throws -> Report {
        try JSONDecoder.snake.decode(Report.self, from: Data(done.out.utf8))
    }

    @Test("finds by meaning without a network, and tells a person rank, score, key and snippet")
    func text() async throws {
        let project = try await Self.project()
        let done = try await project.weir(
            "search", "my money came back too late", "--in", "raw.notes.text", "--limit", "2")
        #expect(done.code == 0, "\(done)")
        let lines = done.out.split(separator: "\n")
        #expect(
            lines.first?.hasPrefix("1. 1  0.") == true && lines[1] == "   The refund was late, and nobody answered.",
            "\(done)")
        #expect(!done.out.contains("3. "))
        // What stands in data does not reach the terminal as a command.
        let red = try await project.weir("search", "returns red", "--in", "notes.text")
        #expect(red.code == 0 && !red.out.contains("\u{1B}") && red.out.contains("\\u{1B}[31m red"), "\(red)")
        let status = try await project.weir("search", "status")
        #expect(status.out.contains("raw.notes.text") && status.out.contains("up to date"), "\(status)")
    }

    @Test("follows the table, mixes words with meaning, and knows conditions and environments")
    func table() async throws {
        let project = try await Self.project()
        let words = try await project.weir("search", "XZ-9431", "--in", "raw.notes.text", "--hybrid", "-o", "json")
        #expect(try report(words).hits.first?.key == ["id": 4], "\(words)")
        let some = try await project.weir(
            "search", "refund", "--in", "raw.notes.text", "--where", "stars > 2", "-o", "json")
        #expect(try Set(report(some).hits.map { $0.key["id"] ?? 0 }) == [3, 4, 5, 8], "\(some)")
        try project.write("notes.csv", "id,text,stars\n7,A refund was promised for Monday.,1\n")
        try await project.run(expect: 0)
        let new = try await project.weir("search", "refund promised on Monday", "--in", "raw.notes.text", "-o", "json")
        #expect(try report(new).hits.first?.key == ["id": 7], "\(new)")
        let missing = try await project.weir("search", "x", "--in", "raw.notes.text", "--env", "dev", "-o", "json")
        #expect(missing.code == 2 && missing.failure?.code == "search.unknown-table", "\(missing)")
        try await project.run("--env", "dev", expect: 0)
        let dev = try await project.weir("search", "parcel", "--in", "raw.notes.text", "--env", "dev", "-o", "json")
        #expect(dev.code == 0 && dev.out.contains("dev__raw.notes.text"), "\(dev)")
        let dropped = try await project.weir("search", "drop", "--in", "raw.notes.text")
        #expect(dropped.code == 0, "\(dropped)")
        let rest = try await project.weir("search", "status")
        #expect(rest.out.contains("dev__raw.notes.text") && !rest.out.contains("\nraw.notes.text"), "\(rest)")
    }

    @Test(
        "every mistake has its own code",
        arguments: [
            (["x", "--in", "raw.note.text"], "search.unknown-table"),
            (["x", "--in", "raw.notes.txt"], "search.unknown-column"),
            (["x", "--in", "raw.notes.stars"], "search.not-text"),
            (["", "--in", "raw.notes.text"], "search.empty-question"),
            (["x", "--in", "text"], "search.target"), (["x"], "usage"),
            (["x", "--in", "raw.notes.text", "--where", "id = 1; DROP TABLE raw.notes"], "search.where"),
            (["x", "--in", "raw.notes.text", "--where", "UPDATE raw.notes SET id = 1"], "search.where"),
            (["x", "--in", "raw.notes.text", "--key", "stars"], "search.key-not-unique"),
            (["x", "--in", "raw.notes.text", "--limit", "0"], "usage"),
            (["x", "--in", "raw.notes.text", "--env", "nowhere"], "environment.unknown"),
            (["drop", "--in", "raw.notes.text"], "search.no-index"),
            (["index", "--in", "raw.notes.text", "--chunk-tokens", "3"], "usage"),
        ])
    func mistakes(_ words: [String], _ code: String) async throws {
        let project = try await Self.project()
        let done = try await project.command(["search"] + words + ["-o", "json"])
        #expect(done.code == 2 && done.failure?.code == code, "\(done)")
        #expect(try await project.rows("SELECT count(*) FROM raw.notes") == ["7"])
    }

    @Test("a project without a warehouse says how to get one")
    func nothing() async throws {
        let project = try TempProject()
        let done = try await project.weir("search", "x", "--in", "raw.notes.text", "-o", "json")
        #expect(done.code == 2 && done.failure?.code == "warehouse.missing", "\(done)")
    }

    @Test("a provider's vectors are made when asked for, told when they are behind, and never mixed with others")
    func provider() async throws {
        let server = try await StandIn()
        let ai = """
            ai:
              embeddings: { model: local/any }
              providers:
                local: { type: openai-compatible, key: "${KEY}", base_url: "\(server.url)/v1" }

            """
        let project = try await Self.project(ai)
        let environment = ["KEY": StandIn.key]
        func weir(_ words: String...) async throws -> Invocation {
            try await project.command(
                ["search"] + words + ["--in", "raw.notes.text", "-o", "json"], environment: environment)
        }
        let none = try await weir("refund")
        #expect(none.code == 2 && none.failure?.code == "search.no-index" && server.count == 0, "\(none)")
        let made = try await weir("index")
        #expect(made.code == 0 && made.out.contains("\"embedded\" : 6"), "\(made)")
        let found = try await weir("refund")
        #expect(try report(found).hits.count == 6 && report(found).stale == nil, "\(found)")
        try project.write("notes.csv", "id,text,stars\n7,new,1\n1,changed,1\n")
        try await project.run(expect: 0, environment: environment)
        let before = server.count
        let behind = try await weir("refund")
        #expect(try report(behind).stale == 2 && server.count == before + 2, "\(behind)")
        let usage = try await project.command(["ai", "usage", "--by", "step", "-o", "csv"], environment: environment)
        #expect(usage.out.contains("search,"), "\(usage)")
        try project.write("weir.yaml", "weir: 1\nname: test\n")
        let other = try await weir("refund")
        #expect(other.code == 2 && other.failure?.code == "search.other-space", "\(other)")
        let again = try await weir("index", "--rebuild")
        #expect(again.code == 0 && again.out.contains("builtin:wordllama-256"), "\(again)")
        await server.stop()
    }

    @Test("a wrong `embeddings:` is told where it stands")
    func settings() async throws {
        let project = try TempProject(["weir.yaml": "weir: 1\nai:\n  embeddings: { modell: x }\n"])
        let done = try await project.weir("search", "x", "--in", "raw.notes.text", "-o", "json")
        #expect(done.code == 2 && done.faults.contains { $0.code == "yaml.unknown-key" }, "\(done)")
    }
}
