import Foundation
import StandIn
import Testing
import WeirCore
import WeirEngine

@Suite(
    "weir search in PostgreSQL",
    .enabled(if: ProcessInfo.processInfo.environment["WEIR_TEST_PGVECTOR"] != nil, "needs WEIR_TEST_PGVECTOR"),
    .serialized)
struct PostgresSearchTests {
    /// A database of its own on the server that has pgvector, gone after the test.
    private struct Server: Sendable {
        let address: String

        static func with(_ setup: [String], _ body: (Server) async throws -> Void) async throws {
            let environment = ProcessInfo.processInfo.environment
            let main = Server(address: try #require(environment["WEIR_TEST_PGVECTOR"]))
            let name = "search_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
            try await main.execute("CREATE DATABASE \(name)", isTransaction: false)
            let start = try #require(main.address.lastIndex(of: "/"))
            let server = Server(address: "\(main.address[..<start])/\(name)")
            let result: Result<Void, any Error>
            do {
                for statement in setup { try await server.execute(statement) }
                result = .success(try await body(server))
            } catch { result = .failure(error) }
            try await main.execute("DROP DATABASE \(name) WITH (FORCE)", isTransaction: false)
            try result.get()
        }

        func execute(_ sql: String, isTransaction: Bool = true) async throws {
            let tail = isTransaction ? "" : ", use_transaction = false"
            _ = try await asked("CALL postgres_execute('s', ?\(tail))", sql)
        }

        func rows(_ sql: String) async throws -> [String] {
            try await asked("SELECT * FROM postgres_query('s', ?)", sql)
        }

        private func asked(_ statement: String, _ sql: String) async throws -> [String] {
            var options = Database.Options()
            options.extensions = ["postgres_scanner"]
            return try await Database.open(options).withConnection { connection in
                try await connection.execute("ATTACH \(SQL.literal(address)) AS s (TYPE postgres)")
                return try await connection.query(statement, [.text(sql)])
                    .map { $0.map(\.display).joined(separator: "|") }
            }
        }

        /// The address is not in the file, as a user's is not.
        func project(_ ai: String = "") throws -> TempProject {
            try TempProject([
                "weir.yaml": "weir: 1\nname: test\nconnections: { shop: { type: postgres, url: \"${SHOP}\" } }\n\(ai)"
            ])
        }

        var environment: [String: String] { ["SHOP": address, "KEY": StandIn.key] }
    }

    private static let reviews = [
        "CREATE TABLE reviews (id integer PRIMARY KEY, body text, stars integer)",
        """
        INSERT INTO reviews VALUES (1, 'The refund was late, and nobody answered.', 1), (2, 'My parcel arrived broken.', 2),
            (3, 'Great service and friendly people!', 5), (4, 'The part number is XZ-9431.', 3), (5, '  ', 4), (6, NULL, 1)
        """,
    ]
    private static let column = "shop#public.reviews.body"

    @Test("index, ask, look and drop, for people and programs")
    func commands() async throws {
        try await Server.with(Self.reviews) { server in
            let project = try server.project()
            func weir(_ words: String...) async throws -> Invocation {
                try await project.command(["search"] + words, environment: server.environment)
            }
            let early = try await weir("refund", "--in", Self.column, "-o", "json")
            #expect(early.code == 2 && early.failure?.code == "search.no-pgvector", "\(early)")
            let made = try await weir("index", "--in", Self.column, "-o", "json")
            #expect(made.code == 0 && made.out.contains("\"in\" : \"\(Self.column)\"") && made.err.isEmpty, "\(made)")
            #expect(made.out.contains("\"embedded\" : 5") && made.out.contains("\"vectors\" : 4"), "\(made)")
            let text = try await weir("my money came back too late", "--in", Self.column, "--limit", "2")
            #expect(
                text.code == 0 && text.out.hasPrefix("1. 1  0.")
                    && text.out.contains("\n   The refund was late, and nobody answered."), "\(text)")
            let words = try await weir("XZ-9431", "--in", Self.column, "--hybrid", "-o", "json")
            let found = try #require(JSONValue(parsing: words.out))
            #expect(found["hits"]?[0]?["key"]?["id"] == 4 && found["hits"]?[0]?["word_rank"] == 1, "\(words)")
            #expect(found["hybrid"] == true && found["method"] == "exact" && found["stale"] == nil, "\(words)")
            let some = try await weir("refund", "--in", Self.column, "--where", "stars > 2", "-o", "json")
            let ids = JSONValue(parsing: some.out)?["hits"]?.items.compactMap { $0["key"]?["id"]?.integer }
            #expect(ids.map(Set.init) == [3, 4], "\(some)")
            let wrong = try await weir(
                "x", "--in", Self.column, "--where", "id = 1; DROP TABLE reviews", "-o", "json")
            #expect(wrong.code == 2 && wrong.failure?.code == "search.where", "\(wrong)")
            try await server.execute("UPDATE reviews SET body = 'changed' WHERE id = 3")
            let behind = try await weir("refund", "--in", Self.column)
            #expect(behind.out.contains("weir search index --in \(Self.column)"), "\(behind)")
            let status = try await weir("status", "--in", "shop")
            #expect(status.out.contains(Self.column) && status.out.contains("1 row behind"), "\(status)")
            let refreshed = try await weir("index", "--in", Self.column)
            #expect(refreshed.out.contains("1 text embedded"), "\(refreshed)")
            let dropped = try await weir("drop", "--in", Self.column, "-o", "json")
            #expect(dropped.code == 0, "\(dropped)")
            let none = try await weir("refund", "--in", Self.column, "-o", "json")
            #expect(none.code == 2 && none.failure?.code == "search.no-index", "\(none)")
            for done in [early, made, text, wrong, none] {
                #expect(!(done.out + done.err).contains(":weir@"), "\(done)")
            }
            #expect(try await server.rows("SELECT count(*) FROM reviews") == ["6"])
        }
    }

    @Test("a server that cannot be reached is told, without its password")
    func unreachable() async throws {
        let project = try Server(address: "postgresql://ana:s3cr3tpw@127.0.0.1:1/x").project()
        let done = try await project.weir(
            "search", "x", "--in", Self.column, "-o", "json",
            environment: ["SHOP": "postgresql://ana:s3cr3tpw@127.0.0.1:1/x"])
        #expect(done.code == 3 && done.failure?.code == "connection.failed", "\(done)")
        #expect(!(done.out + done.err).contains("s3cr3tpw"))
    }

    @Test("indexing that is killed loses the batch under way at most, and the end is the same")
    func killed() async throws {
        let count = 3000
        let setup = [
            "CREATE TABLE reviews (id integer PRIMARY KEY, body text)",
            "INSERT INTO reviews SELECT i, chr(97 + i % 26) || ' text number ' || i FROM generate_series(1, \(count)) i",
        ]
        let everything = """
            SELECT key::text, hash, chunk, start, length, space, vector::text, words::text
            FROM weir_search."public.reviews.body" ORDER BY key, chunk
            """
        let model = try await StandIn()
        let ai = """
            ai:
              embeddings: local/any
              cache: { max_megabytes: 1 }
              providers:
                local: { type: openai-compatible, key: "${KEY}", base_url: "\(model.url)/v1" }

            """
        let words = ["search", "index", "--in", Self.column, "-o", "json"]
        func sent(from: Int) -> [String] {
            model.received.dropFirst(from).flatMap {
                JSONValue(parsing: $0.body)?["input"]?.items.compactMap(\.text) ?? []
            }
            .filter { $0 != "length" }
        }
        var whole: [String] = []
        try await Server.with(setup) { server in
            let done = try await server.project(ai).command(words, environment: server.environment)
            #expect(done.code == 0 && sent(from: 0).count == count, "\(done)")
            whole = try await server.rows(everything)
        }
        try await Server.with(setup) { server in
            func stored() async throws -> Set<String> {
                let there = try await server.rows(
                    "SELECT to_regclass('weir_search.\"public.reviews.body\"') IS NULL AS t")
                if there == ["true"] { return [] }
                return Set(
                    try await server.rows(
                        """
                        SELECT body FROM reviews WHERE jsonb_build_object('id', id) IN
                            (SELECT key FROM weir_search."public.reviews.body")
                        """))
            }
            let project = try server.project(ai)
            model.set(delay: .milliseconds(30))
            var kills = 0
            for round in 0..<60 {
                let begun = model.received.count
                let before = try await stored()
                let child = try project.start(words, environment: server.environment)
                while model.received.count < begun + 2 + round % 3,
                    FileManager.default.contents(atPath: child.output)?.isEmpty != false
                {
                    try await Task.sleep(for: .milliseconds(3))
                }
                child.signal(SIGKILL)
                let done = await child.finish()
                #expect(before.isDisjoint(with: sent(from: begun)), "embedded again after it was stored")
                if done.code == 0 { break }
                kills += 1
            }
            #expect(kills >= 5)
            model.set(delay: .zero)
            let begun = model.received.count
            let before = try await stored()
            let last = try await project.command(words, environment: server.environment)
            #expect(last.code == 0 && before.isDisjoint(with: sent(from: begun)), "\(last)")
            #expect(try await server.rows(everything) == whole)
        }
        await model.stop()
    }
}
