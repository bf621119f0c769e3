import Foundation
import Testing
import WeirAI
import WeirCore

@testable import WeirPipeline

@Suite("Vectors of a column")
struct SearchIndexTests {
    @Test("only texts that are new or changed are embedded, equal texts once, and what is gone leaves")
    func incremental() async throws {
        try await SearchLab.with(SearchLab.notes + [(9, "My parcel arrived broken.")]) { lab in
            let first = try await lab.index()
            #expect(first.embedded == 8 && first.rows == 9 && first.vectors == 8 && first.removed == 0, "\(first)")
            #expect(
                try await lab.rows("SELECT count(*) FROM weir_search.\"raw.notes.text\" WHERE vector IS NULL") == ["1"])
            let again = try await lab.index()
            #expect(again.embedded == 0 && again.reused == 0 && again.removed == 0 && again.vectors == 8)
            try await lab.set([
                (1, "The refund came at once."), (3, nil), (10, "Something new."), (11, "The cat sleeps on the sofa."),
            ])
            let changed = try await lab.index()
            #expect(changed.embedded == 2 && changed.reused == 1 && changed.removed == 1 && changed.rows == 10)
            let table = try await lab.rows(
                """
                SELECT v.key FROM weir_search."raw.notes.text" v
                LEFT JOIN raw.notes n ON to_json({'id': n.id})::VARCHAR = v.key AND md5(n.text) = v.hash WHERE n.id IS NULL
                """)
            #expect(table.isEmpty)
            #expect(
                try await lab.rows("SELECT count(*) - count(DISTINCT id) FROM weir_search.\"raw.notes.text\"") == ["0"])
        }
    }

    @Test("texts that change places take their vectors along, and an emptied table leaves an empty index")
    func moved() async throws {
        try await SearchLab.with([(1, "apples and pears"), (2, "ships at sea")]) { lab in
            try await lab.index()
            try await lab.set([(1, "ships at sea"), (2, "apples and pears")])
            let report = try await lab.index()
            #expect(report.embedded == 0 && report.reused == 2 && report.vectors == 2, "\(report)")
            let ids1 = lab.ids(try await lab.search("fruit"))
            #expect(ids1.first == 2)
            try await lab.set([(1, nil), (2, nil)])
            let emptied = try await lab.index()
            #expect(emptied.removed == 2 && emptied.rows == 0 && emptied.vectors == 0)
            #expect(try await lab.search("fruit").hits.isEmpty)
        }
    }

    @Test("a long text is many chunks, and a row is found once, by its best")
    func chunks() async throws {
        let filler = (1...200).map { "Sentence \($0) is about the weather in spring." }.joined(separator: " ")
        try await SearchLab.with([
            (1, "# Shop\n\n\(filler)\n\n## Returns\n\nMoney comes back within a week.\n"), (2, "Weather."),
        ]) {
            lab in
            let report = try await lab.index { $0.chunking = Chunking(limit: 64, overlap: 8) }
            #expect(report.vectors > 20 && report.chunkTokens == 64)
            let found = try await lab.search("when do I get my money back?")
            #expect(lab.ids(found) == [1, 2])
            #expect(found.hits[0].headings == "Shop > Returns" && found.hits[0].snippet.contains("within a week"))
            #expect(found.hits[0].snippet == "## Returns Money comes back within a week.")
            let other = await #expect(throws: WeirError.self) {
                try await lab.index { $0.chunking = Chunking(limit: 128, overlap: 8) }
            }
            #expect(other?.code == "search.other-chunks")
            let rebuilt = try await lab.index {
                $0.chunking = Chunking(limit: 128, overlap: 8)
                $0.rebuilds = true
            }
            #expect(rebuilt.vectors < report.vectors && rebuilt.embedded == 2)
        }
    }

    @Test("a key that does not tell rows apart, or none, is told; so is another one than the index has")
    func keys() async throws {
        try await SearchLab.with(SearchLab.notes) { lab in
            // Closures stay outside of macros, where the compiler mixes up those of one function.
            func failure(_ key: [String]) async -> WeirError? { await lab.failure("x") { $0.key = key } }
            #expect(await failure(["stars"])?.code == "search.key-not-unique")
            let none = await failure([])
            #expect(none?.code == "search.no-key" && none?.hint?.contains("--key") == true)
            #expect(await failure(["idd"])?.hint == "did you mean \"id\"?")
            try await lab.index { $0.key = ["stars", "id"] }
            // The index knows its key from then on.
            let known = try await lab.search("refund") { $0.key = [] }
            let hit = try #require(known.hits.first)
            #expect(hit.key["id"] == 1 && hit.key["stars"] == 1)
            #expect(await lab.failure("x")?.code == "search.other-key")
        }
    }

    @Test("every wrong target is told with what was meant")
    func targets() async throws {
        try await SearchLab.with(SearchLab.notes) { lab in
            func error(_ target: String) async -> WeirError? { await lab.failure("x") { $0.target = target } }
            #expect(await error("raw.note.text")?.hint == "did you mean \"raw.notes\"?")
            #expect(await error("raw.notes.txt")?.hint == "did you mean \"text\"?")
            let number = await error("raw.notes.stars")
            #expect(number?.code == "search.not-text" && number?.hint == "texts are in text")
            for target in ["", ".", "text", "notes.", "..", "raw.notes."] {
                #expect(await error(target)?.code == "search.target", "\(target)")
            }
            #expect(await lab.failure(" \n")?.code == "search.empty-question")
            // Names are compared as the database compares them.
            let ids2 = lab.ids(try await lab.search("refund") { $0.target = "RAW.Notes.TEXT" })
            #expect(ids2.first == 1)
        }
    }

    @Test("names and texts that would be SQL are names and texts")
    func names() async throws {
        try await SearchLab.with([]) { lab in
            try await lab.execute(
                """
                CREATE SCHEMA "od""d"; CREATE TABLE "od""d"."t'x" ("k'ey" VARCHAR, "te""xt" VARCHAR);
                INSERT INTO "od""d"."t'x" VALUES ('a"b''c', 'the refund''s "late"'), (NULL, 'cats');
                """)
            let found = try await lab.search("refund") {
                $0.target = #"od"d.t'x.te"xt"#
                $0.key = ["k'ey"]
                $0.isHybrid = true
            }
            #expect(found.hits.map(\.snippet) == [#"the refund's "late""#, "cats"])
            #expect(found.hits[0].key["k'ey"] == .string(#"a"b'c"#) && found.hits[1].key["k'ey"] == .null)
        }
    }

    @Test("an index is dropped by its name, also when its table is gone; status tells how all of them are")
    func status() async throws {
        try await SearchLab.with(SearchLab.notes) { lab in
            let indexes = SearchIndexes(project: try lab.project.load())
            #expect(try await indexes.status().isEmpty)
            try await lab.index()
            try await lab.set([(1, "changed"), (2, nil), (20, "new")])
            let status = try #require(try await indexes.status().first)
            #expect(status.stale == 3 && status.rows == 8 && status.vectors == 7 && status.problem == nil, "\(status)")
            try await lab.execute("DROP TABLE raw.notes")
            let gone = try #require(try await indexes.status().first)
            #expect(gone.stale == nil && gone.problem?.contains("raw.notes") == true)
            let wrong = await #expect(throws: WeirError.self) { try await indexes.drop("raw.note.text") }
            #expect(wrong?.code == "search.no-index" && wrong?.hint == "did you mean \"raw.notes.text\"?")
            try await indexes.drop("raw.notes.text")
            #expect(try await indexes.status().isEmpty)
            #expect(
                try await lab.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'weir_search'") == [
                    "indexes"
                ])
        }
    }
}
