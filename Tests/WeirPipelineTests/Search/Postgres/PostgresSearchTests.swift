import Foundation
import Testing
import WeirAI
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite(
    "Searching a column of PostgreSQL", .enabled(if: PostgresLab.isExpected, "needs WEIR_TEST_PGVECTOR"),
    .timeLimit(.minutes(10)))
struct PostgresSearchTests {
    @Test("finds what the warehouse finds in the same texts, with the same scores")
    func sameAsWarehouse() async throws {
        let long = (1...60).map { "Sentence \($0) is about the weather in spring." }.joined(separator: " ")
        let notes = SearchLab.notes + [(20, "# Shop\n\n\(long)\n\n## Returns\n\nMoney comes back within a week.\n")]
        let questions = ["the money came back too late", "cat", "returns", "退款", "Rückerstattung"]
        var wanted: [SearchReport] = []
        try await SearchLab.with(notes) { lab in
            for question in questions { wanted.append(try await lab.search(question)) }
        }
        try await PostgresLab.with(notes) { lab in
            let report = try await lab.index()
            #expect(report.in == "shop#public.notes.text" && report.embedded == 9 && report.rows == 9, "\(report)")
            for (question, other) in zip(questions, wanted) {
                let found = try await lab.search(question)
                #expect(found.in == "shop#public.notes.text" && found.method == .exact && found.stale == nil)
                #expect(lab.ids(found) == lab.ids(other), "\(question)")
                #expect(found.hits.map(\.snippet) == other.hits.map(\.snippet))
                #expect(found.hits.map(\.headings) == other.hits.map(\.headings))
                for (a, b) in zip(found.hits, other.hits) { #expect(abs(a.score - b.score) < 1e-5) }
            }
        }
    }

    @Test("words that no embedder knows are found by the words, in any script")
    func hybrid() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            try await lab.index()
            for (question, id) in [("XZ-9431", 6), ("9431", 6), ("rückerstattung", 4), ("退款", 5), ("sofas", 8)] {
                let found = try await lab.search(question) { $0.isHybrid = true }
                let hit = try #require(found.hits.first)
                #expect(
                    lab.ids(found).first == id && hit.wordRank == 1 && hit.vectorRank != nil, "\(question): \(found)")
            }
            for question in ["qqqq", "the of and", "'); DROP TABLE notes; --", "& | ! <-> :*"] {
                let none = try await lab.search(question) { $0.isHybrid = true }
                #expect(none.hits.count == 7, "\(question)")
            }
            let some = try await lab.search("parcel refund") {
                $0.isHybrid = true
                $0.condition = "stars = 2"
            }
            #expect(Set(lab.ids(some)) == [2], "\(some)")
            #expect(try await lab.rows("SELECT count(*) FROM notes") == ["8"])
        }
    }

    @Test("only rows of the condition are found, and all of those", arguments: [false, true])
    func conditions(_ isHybrid: Bool) async throws {
        try await PostgresLab.with((1...60).map { ($0, "note \($0) about refunds") }) { lab in
            try await lab.index { $0.graphFrom = 10 }
            func ids(_ condition: String) async throws -> [Int] {
                let found = try await lab.search("refunds") {
                    $0.condition = condition
                    $0.isHybrid = isHybrid
                    $0.limit = 100
                }
                #expect(found.method == .exact)
                return lab.ids(found).sorted()
            }
            #expect(try await ids("id > 57") == [58, 59, 60])
            #expect(try await ids("stars = 0 OR id = 1").count == 13)
            for condition in ["false", "NULL", "text ~* 'nothing'"] { #expect(try await ids(condition).isEmpty) }
            #expect(try await ids("id IN (SELECT max(id) FROM notes) -- the last") == [60])
            #expect(try await ids("text = $$note 7 about refunds$$") == [7])
        }
    }

    @Test(
        "a condition that is none, does more or ends early is refused, and changes nothing",
        arguments: [
            "id = 1; DROP TABLE notes", "DROP TABLE notes", "id = 1) UNION ALL SELECT (1", "1=1) OR (1=1",
            "id = 1 THEN true END, CASE WHEN true", "", "SELECT 1", "id =", "COPY notes TO '/tmp/x'",
            "id IN (DELETE FROM notes RETURNING id)", "starz > 1", "id = 1)) TO STDOUT; DROP TABLE notes; --",
            "true) AS x) TO STDOUT; DELETE FROM notes; COPY (SELECT 1 FROM (SELECT 1 WHERE (true", "id = 1 /*",
            "id = E'\\'; DROP TABLE notes; --'",
        ])
    func wrongConditions(_ condition: String) async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            try await lab.index()
            let error = await lab.failure("refund") { $0.condition = condition }
            #expect(error?.code == "search.where", "\(condition): \(error.map { "\($0)" } ?? "none")")
            #expect(try await lab.rows("SELECT count(*) FROM notes") == ["8"])
        }
    }

    @Test("a condition cannot write, not even through a function")
    func writingCondition() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            try await lab.execute(
                """
                CREATE FUNCTION wipe() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
                BEGIN DELETE FROM notes; RETURN true; END $$
                """)
            try await lab.index()
            let error = await lab.failure("refund") { $0.condition = "wipe()" }
            #expect(error?.code == "search.no-permission", "\(error.map { "\($0)" } ?? "none")")
            #expect(try await lab.rows("SELECT count(*) FROM notes") == ["8"])
        }
    }

    @Test("a graph is asked, finds at least 95 of 100 true neighbours, and follows the table")
    func graph() async throws {
        let words = [
            "refund", "parcel", "cat", "ship", "apple", "music", "rain", "bread", "garden", "engine", "winter", "paper",
            "doctor", "school", "river",
        ]
        let notes = (1...3000).map { id in
            (
                id,
                Optional(
                    "\(words[id % 15]) and \(words[id / 15 % 15]) with \(words[id / 225 % 15]), number \(id * 7919)")
            )
        }
        try await PostgresLab.with(notes) { lab in
            let first = try await lab.index { $0.graphFrom = 1000 }
            #expect(first.graph == 3000)
            var kept = 0
            let questions = words.map { "a \($0) near the house" }
            for question in questions {
                let found = try await lab.search(question) { $0.limit = 20 }
                // A condition that holds for all makes it look at each.
                let exact = try await lab.search(question) {
                    $0.limit = 20
                    $0.condition = "true"
                }
                #expect(found.method == .graph && exact.method == .exact && found.hits.count == 20)
                kept += Set(lab.ids(found)).intersection(lab.ids(exact)).count
            }
            #expect(Double(kept) >= 0.95 * Double(20 * questions.count), "\(kept) of \(20 * questions.count)")
            // More than a graph keeps in mind at once.
            let many = try await lab.search("ship") { $0.limit = 900 }
            #expect(many.method == .graph && many.hits.count == 900)
            try await lab.set([(1, nil), (2, "quite another text about lawyers"), (9000, "a lawyer wrote to me")])
            let second = try await lab.index { $0.graphFrom = 1000 }
            #expect(second.graph == 3000 && second.embedded == 2 && second.removed == 1)
            let later = try await lab.search("lawyers") { $0.limit = 2 }
            #expect(later.method == .graph && Set(lab.ids(later)) == [2, 9000])
            // Too few vectors for a graph: it goes.
            #expect(try await lab.index().graph == nil)
            #expect(try await lab.search("lawyers").method == .exact)
        }
    }

    @Test("PostgreSQL answers through the graph, and looks at each where it should")
    func usesGraph() async throws {
        try await PostgresLab.with((1...800).map { ($0, "note \($0) about \($0 % 7) refunds") }) { lab in
            try await lab.index { $0.graphFrom = 100 }
            try await lab.execute(
                """
                CREATE FUNCTION plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
                BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$
                """)
            let project = try lab.project.load()
            let vector = try #require(
                try await BuiltinEmbedder.shared().embed(["late refund"]).first.flatMap(VectorText.unit))
            guard case .postgres(let column) = try SearchTarget("shop#public.notes.text", project: project) else {
                return #expect(Bool(false), "no column of a connection")
            }
            let plans = try await PostgresDatabase.with("shop", in: project) { database, connection in
                let opened = try await connection.perform { connection in
                    try PostgresShelf.open(
                        column, key: [], where: nil, project: project, database: database, on: connection)
                }
                let shelf = PostgresShelf(opened, on: connection)
                return try await connection.perform { connection in
                    try connection.transaction { connection in
                        for (name, value) in shelf.settings(limit: 20) {
                            _ = try database.query(
                                "SELECT set_config(\(SQL.literal(name)), \(SQL.literal(value)), true) AS s",
                                on: connection)
                        }
                        return try [true, false].map { usesGraph in
                            let question = shelf.question(vector, limit: 20, usesGraph: usesGraph)
                            return try database.query(
                                "SELECT * FROM plan(\(SQL.literal(question))) AS p(line)", on: connection
                            ).map { $0[0].display }.joined(separator: "\n")
                        }
                    }
                }
            }
            #expect(plans[0].contains("Index Scan using") && !plans[0].contains("Sort"), "\(plans[0])")
            #expect(plans[1].contains("Seq Scan") && plans[1].contains("Sort"), "\(plans[1])")
        }
    }

    @Test("every wrong target is told with what was meant")
    func targets() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            func error(_ target: String) async -> WeirError? { await lab.failure("x") { $0.target = target } }
            #expect(await error("shopp#public.notes.text")?.hint == "did you mean \"shop\"?")
            #expect(await error("shop#public.note.text")?.code == "search.unknown-table")
            #expect(await error("shop#public.notes.txt")?.hint == "did you mean \"text\"?")
            #expect(await error("shop#public.notes.stars")?.code == "search.not-text")
            #expect(await error("files#public.notes.text")?.code == "search.no-database")
            for target in [
                "shop#", "shop#text", "shop#notes.text", "shop#public.notes.", "shop:", "\(lab.address)#a.b.c",
            ] {
                let found = await error(target)
                #expect(found?.code == "search.target" && found?.message.contains("weir:weir") == false, "\(target)")
            }
            // As it is, and as the other spellings.
            #expect(await error("shop#public.notes.text")?.code == "search.no-pgvector")
            try await lab.index()
            for target in ["shop:public.notes.text", "shop.public.notes.text", "shop#public.notes.TEXT"] {
                let found = try await lab.search("refund") { $0.target = target }
                #expect(lab.ids(found).first == 1, "\(target)")
            }
        }
    }
}
