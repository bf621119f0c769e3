import Foundation
import StandIn
import Testing
import WeirCore

@Suite("Indexing that is killed", .serialized)
struct SearchKillTests {
    /// `make soak` takes ten thousand, killed at least twenty times.
    private static let isSoak = ProcessInfo.processInfo.environment["WEIR_SOAK"] == "1"
    private static let texts = isSoak ? 10_000 : 3000

    private static func project(_ server: StandIn) async throws -> TempProject {
        let rows = (0..<texts).map { "\($0),\(String(UnicodeScalar(UInt8(97 + $0 % 26)))) text number \($0)" }
        let project = try TempProject([
            "weir.yaml": """
            weir: 1
            name: test
            ai:
              embeddings: local/any
              cache: { max_megabytes: 1 }
              providers:
                local: { type: openai-compatible, key: "${KEY}", base_url: "\(server.url)/v1" }
            """,
            "sources/notes.yaml":
                "name: raw.notes\nfrom: { files: \"notes.csv\" }\nload: { strategy: merge, key: [id] }\n",
            "notes.csv": "id,text\n" + rows.joined(separator: "\n") + "\n",
        ])
        let run = try await project.weir("run", environment: ["KEY": StandIn.key])
        try #require(run.code == 0, "\(run)")
        return project
    }

    private static func start(_ project: TempProject) throws -> Child {
        try project.start(
            ["search", "index", "--in", "raw.notes.text", "-o", "json"], environment: ["KEY": StandIn.key])
    }

    /// The texts of the requests from the one with that number on; the first of each process only asks for the length.
    private static func sent(_ server: StandIn, from: Int) -> [String] {
        server.received.dropFirst(from).flatMap {
            JSONValue(parsing: $0.body)?["input"]?.items.compactMap(\.text) ?? []
        }
        .filter { $0 != "length" }
    }

    private static let everything = """
        SELECT key, hash, chunk, start, length, headings, space, vector FROM weir_search."raw.notes.text" ORDER BY key, chunk
        """

    @Test("loses the batch under way at most: nothing stored is embedded again, and the end is the same")
    func killed() async throws {
        let server = try await StandIn()
        let undisturbed = try await Self.project(server)
        let whole = try await Self.start(undisturbed).finish()
        #expect(whole.code == 0, "\(whole)")
        #expect(Self.sent(server, from: 0).count == Self.texts)
        let project = try await Self.project(server)
        server.set(delay: .milliseconds(30))
        var kills = 0
        for round in 0..<60 {
            let begun = server.received.count
            let stored = Set(try await project.storedTexts())
            let child = try Self.start(project)
            // Each round gets further: the first dies while its first batch is away.
            while server.received.count < begun + 2 + round % 3, !child.hasPrinted {
                try await Task.sleep(for: .milliseconds(3))
            }
            child.signal(SIGKILL)
            let done = await child.finish()
            let sent = Self.sent(server, from: begun)
            #expect(stored.isDisjoint(with: sent), "embedded again after it was stored")
            if done.code == 0 { break }
            kills += 1
        }
        #expect(kills >= (Self.isSoak ? 20 : 5))
        server.set(delay: .zero)
        let begun = server.received.count
        let stored = Set(try await project.storedTexts())
        let last = try await Self.start(project).finish()
        #expect(last.code == 0 && stored.isDisjoint(with: Self.sent(server, from: begun)), "\(last)")
        #expect(try await project.rows(Self.everything) == undisturbed.rows(Self.everything))
        let ids = try await project.rows("SELECT count(*) - count(DISTINCT id) FROM weir_search.\"raw.notes.text\"")
        #expect(ids == ["0"])
        await server.stop()
    }
}

extension Child {
    /// Whether it has come to its end and said so.
    fileprivate var hasPrinted: Bool { FileManager.default.contents(atPath: output)?.isEmpty == false }
}

extension TempProject {
    /// Texts of raw.notes whose vectors are in the warehouse.
    fileprivate func storedTexts() async throws -> [String] {
        let there = try await rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'raw.notes.text'")
        if there == ["0"] { return [] }
        return try await rows(
            "SELECT text FROM raw.notes WHERE to_json({'id': id})::VARCHAR IN (SELECT key FROM weir_search.\"raw.notes.text\")"
        )
    }
}
