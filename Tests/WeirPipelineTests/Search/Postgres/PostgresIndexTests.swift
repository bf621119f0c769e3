import Foundation
import Testing
import WeirAI
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite(
    "Vectors of a column of PostgreSQL", .enabled(if: PostgresLab.isExpected, "needs WEIR_TEST_PGVECTOR"),
    .timeLimit(.minutes(10)))
struct PostgresIndexTests {
    @Test("only texts that are new or changed are embedded, equal texts once, and what is gone leaves")
    func incremental() async throws {
        try await PostgresLab.with(SearchLab.notes + [(9, "My parcel arrived broken.")]) { lab in
            try await lab.execute("INSERT INTO notes VALUES (100, NULL, 1)")
            let first = try await lab.index()
            #expect(first.embedded == 8 && first.rows == 9 && first.vectors == 8 && first.removed == 0, "\(first)")
            #expect(try await lab.rows("SELECT count(*) FROM \(PostgresLab.vectors) WHERE vector IS NULL") == ["1"])
            let again = try await lab.index()
            #expect(again.embedded == 0 && again.reused == 0 && again.removed == 0 && again.vectors == 8)
            try await lab.set([
                (1, "The refund came at once."), (3, nil), (10, "Something new."), (11, "The cat sleeps on the sofa."),
            ])
            // A search changes nothing there, and tells.
            let before = try await lab.rows("SELECT * FROM \(PostgresLab.vectors) ORDER BY id")
            let stale = try await lab.search("refund")
            #expect(stale.stale == 4, "\(stale)")
            #expect(try await lab.rows("SELECT * FROM \(PostgresLab.vectors) ORDER BY id") == before)
            let changed = try await lab.index()
            #expect(
                changed.embedded == 2 && changed.reused == 1 && changed.removed == 1 && changed.rows == 10, "\(changed)"
            )
            let wrong = try await lab.rows(
                """
                SELECT v.key FROM \(PostgresLab.vectors) v LEFT JOIN notes n
                ON jsonb_build_object('id', n.id) = v.key AND md5(n.text) = v.hash WHERE n.id IS NULL
                """)
            #expect(wrong.isEmpty)
            #expect(try await lab.search("something new").stale == nil)
        }
    }

    @Test("texts that change places take their vectors along, and an emptied table leaves an empty index")
    func moved() async throws {
        try await PostgresLab.with([(1, "apples and pears"), (2, "ships at sea")]) { lab in
            try await lab.index()
            try await lab.set([(1, "ships at sea"), (2, "apples and pears")])
            let report = try await lab.index()
            #expect(report.embedded == 0 && report.reused == 2 && report.vectors == 2, "\(report)")
            #expect(lab.ids(try await lab.search("fruit")).first == 2)
            let pears = try await lab.search("pears") { $0.isHybrid = true }
            #expect(lab.ids(pears).first == 2)
            try await lab.set([(1, nil), (2, nil)])
            let emptied = try await lab.index()
            #expect(emptied.removed == 2 && emptied.rows == 0 && emptied.vectors == 0)
            #expect(try await lab.search("fruit").hits.isEmpty)
        }
    }

    @Test("a text that stands in very many rows is embedded once, and is all of theirs")
    func repeated() async throws {
        try await PostgresLab.with { lab in
            try await lab.execute("INSERT INTO notes SELECT i, 'the same refund', 1 FROM generate_series(1, 25000) i")
            let report = try await lab.index()
            #expect(report.embedded == 1 && report.rows == 25_000 && report.vectors == 25_000, "\(report)")
            try await lab.execute("UPDATE notes SET text = 'another refund'")
            let changed = try await lab.index()
            #expect(changed.embedded == 1 && changed.rows == 25_000 && changed.vectors == 25_000, "\(changed)")
            let texts = try await lab.rows("SELECT count(DISTINCT hash) AS n FROM \(PostgresLab.vectors)")
            #expect(texts == ["1"])
        }
    }

    @Test("a long text is many chunks, found once by its best, and other chunks need a rebuild")
    func chunks() async throws {
        let filler = (1...200).map { "Sentence \($0) is about the weather in spring." }.joined(separator: " ")
        let text = "# Shop\n\n\(filler)\n\n## Returns\n\nMoney comes back within a week.\n"
        try await PostgresLab.with([(1, text), (2, "Weather."), (3, text)]) { lab in
            let report = try await lab.index { $0.chunking = Chunking(limit: 64, overlap: 8) }
            #expect(report.vectors > 40 && report.embedded == 2 && report.chunkTokens == 64, "\(report)")
            let found = try await lab.search("when do I get my money back?")
            #expect(Set(lab.ids(found).prefix(2)) == [1, 3] && found.hits.count == 3)
            #expect(found.hits[0].snippet == "## Returns Money comes back within a week.")
            #expect(found.hits[0].headings == "Shop > Returns")
            let other = await lab.indexFailure { $0.chunking = Chunking(limit: 128, overlap: 8) }
            #expect(other?.code == "search.other-chunks")
            let rebuilt = try await lab.index {
                $0.chunking = Chunking(limit: 128, overlap: 8)
                $0.rebuilds = true
            }
            #expect(rebuilt.vectors < report.vectors && rebuilt.embedded == 2)
        }
    }

    @Test("keys of several columns and of any type, names and texts that would be SQL")
    func names() async throws {
        try await PostgresLab.with { lab in
            let long = String(repeating: "é", count: 60)
            try await lab.execute(
                """
                CREATE SCHEMA "od""d'";
                CREATE TABLE "od""d'"."t'x" ("k'ey" text, "at" timestamptz, "te""xt" varchar(100), PRIMARY KEY ("k'ey", "at"));
                INSERT INTO "od""d'"."t'x" VALUES ('a"b''c\\', '2026-03-01 10:00+02', 'the refund''s "late" \\ $1'),
                    ('', '2026-03-01 10:00+00', 'cats'), ('x', 'infinity', E'tab\\tand\\nline 🙂');
                CREATE TABLE "\(long)" (id uuid PRIMARY KEY, "\(long.dropLast(35))" text);
                INSERT INTO "\(long)" VALUES ('00000000-0000-0000-0000-000000000001', 'late refund');
                """)
            let target = #"shop#od"d'.t'x.te"xt"#
            let report = try await lab.index { $0.target = target }
            #expect(report.key == ["k'ey", "at"] && report.vectors == 3, "\(report)")
            let found = try await lab.search("late refund") {
                $0.target = target
                $0.isHybrid = true
            }
            let hit = try #require(found.hits.first)
            #expect(found.hits.count == 3 && hit.snippet == #"the refund's "late" \ $1"#, "\(found)")
            #expect(hit.key["k'ey"] == .string(#"a"b'c\"#) && hit.key["at"] == "2026-03-01T08:00:00")
            #expect(found.hits.contains { $0.snippet == "tab and line 🙂" })
            // The server cuts names after 63 bytes: 31 of these letters.
            let cut = String(long.prefix(31))
            let second = "shop#public.\(cut).\(long.dropLast(35))"
            let cutReport = try await lab.index { $0.target = second }
            let inCut = try await lab.search("refund") { $0.target = second }
            #expect(cutReport.vectors == 1 && inCut.hits.first?.snippet == "late refund")
            let known = try await SearchIndexes(project: try lab.project.load()).status(of: "shop")
            #expect(known.map(\.in).sorted() == [target, second].sorted() && known.allSatisfy { $0.stale == 0 })
        }
    }

    @Test("a key that does not tell rows apart, or none, is told; so is another one than the index has")
    func keys() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            // Closures stay outside of macros, where the compiler mixes up those of one function.
            let twice = await lab.indexFailure { $0.key = ["stars"] }
            #expect(twice?.code == "search.key-not-unique")
            try await lab.execute(
                "CREATE TABLE free (a integer, b integer, text text); INSERT INTO free VALUES (1, NULL, 'x'), (1, 2, 'refund')"
            )
            let none = await lab.indexFailure { $0.target = "shop#public.free.text" }
            #expect(
                none?.code == "search.no-key" && none?.hint?.contains("--key") == true,
                "\(none.map { "\($0)" } ?? "none")")
            try await lab.index {
                $0.target = "shop#public.free.text"
                $0.key = ["A", "b"]
            }
            // The index knows its key from then on.
            let found = try await lab.search("refund") { $0.target = "shop#public.free.text" }
            #expect(found.hits.map(\.snippet) == ["refund", "x"] && found.hits[1].key["b"] == .null, "\(found)")
            let other = await lab.failure("x") {
                $0.target = "shop#public.free.text"
                $0.key = ["b"]
            }
            #expect(other?.code == "search.other-key")
        }
    }

    @Test("vectors of two embedders are never mixed")
    func spaces() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            try await lab.index()
            try await lab.execute("UPDATE weir_search.indexes SET space = 'another-model'")
            #expect(await lab.failure("refund")?.code == "search.other-space")
            #expect(await lab.indexFailure()?.code == "search.other-space")
            let rebuilt = try await lab.index { $0.rebuilds = true }
            #expect(rebuilt.embedded == 8)
            #expect(lab.ids(try await lab.search("refund")).first == 1)
        }
    }

    @Test("an index is dropped by its name, also when its table is gone; status tells how all of them are")
    func status() async throws {
        try await PostgresLab.with(SearchLab.notes) { lab in
            let indexes = SearchIndexes(project: try lab.project.load())
            #expect(try await indexes.status(of: "shop").isEmpty)
            try await lab.index()
            try await lab.set([(1, "changed"), (2, nil), (20, "new")])
            let status = try #require(try await indexes.status(of: "shop").first)
            #expect(status.stale == 3 && status.rows == 8 && status.vectors == 7 && status.problem == nil, "\(status)")
            #expect(try await indexes.status(of: "shop#public.notes.text").map(\.in) == [status.in])
            try await lab.execute("DROP TABLE notes")
            let gone = try #require(try await indexes.status(of: "shop").first)
            #expect(gone.stale == nil && gone.problem?.contains("public.notes") == true)
            let wrong = await #expect(throws: WeirError.self) { try await indexes.drop("shop#public.note.text") }
            #expect(wrong?.code == "search.no-index" && wrong?.hint == "did you mean \"shop#public.notes.text\"?")
            try await indexes.drop("shop#public.notes.text")
            #expect(try await indexes.status(of: "shop").isEmpty)
            let left = try await lab.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'weir_search'")
            #expect(left == ["indexes"])
            let none = await #expect(throws: WeirError.self) { try await indexes.status(of: "shopp") }
            #expect(none?.hint == "did you mean \"shop\"?")
        }
    }

    @Test("an index that another process changes meanwhile is left alone, and a second run makes it whole")
    func changedMeanwhile() async throws {
        try await PostgresLab.with((1...5000).map { ($0, "note number \($0)") }) { lab in
            let failure = await lab.indexFailure { indexer in
                // Two batches of 2048 are stored; before the third another one writes.
                indexer.progress = { done, _ in
                    guard done == 4096 else { return }
                    let bump = Task { try await lab.execute("UPDATE weir_search.indexes SET changes = changes + 1") }
                    let ready = DispatchSemaphore(value: 0)
                    Task {
                        _ = await bump.result
                        ready.signal()
                    }
                    ready.wait()
                }
            }
            #expect(
                failure?.code == "search.busy" && failure?.isTransient == true, "\(failure.map { "\($0)" } ?? "none")")
            #expect(try await lab.rows("SELECT count(*) FROM \(PostgresLab.vectors)") == ["4096"])
            let rest = try await lab.index()
            #expect(rest.embedded == 5000 - 4096 && rest.vectors == 5000, "\(rest)")
        }
    }

    @Test("several processes that index at the same time leave one whole index")
    func concurrent() async throws {
        try await PostgresLab.with((1...3000).map { ($0, "note number \($0)") }) { lab in
            // Projects of their own: nothing but the database keeps them apart.
            let failures = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        do {
                            try await ScratchProject.with(["weir.yaml": PostgresLab.yaml(lab.address)]) { project in
                                _ = try await PostgresLab(project: project, address: lab.address).index()
                            }
                            return nil
                        } catch { return (error as? WeirError)?.code ?? "\(error)" }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(failures.compactMap(\.self).allSatisfy { $0 == "search.busy" }, "\(failures)")
            #expect(failures.contains { $0 == nil }, "\(failures)")
            let report = try await lab.index()
            #expect(report.vectors == 3000 && report.rows == 3000, "\(report)")
            let sound = try await lab.rows(
                "SELECT count(DISTINCT key) AS k, count(DISTINCT id) AS i, count(*) AS n FROM \(PostgresLab.vectors)")
            #expect(sound == ["3000|3000|3000"])
        }
    }
}
