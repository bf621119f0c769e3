import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

@Suite("Searching a column")
struct SearchTests {
    @Test("the nearest comes first, with its key; the index is made on the way and kept up to date")
    func nearest() async throws {
        try await SearchLab.with(SearchLab.notes) { lab in
            let found = try await lab.search("the money came back too late")
            #expect(lab.ids(found).first == 1, "\(found)")
            #expect(
                found.method == .exact && !found.hybrid && found.stale == nil && found.space == "builtin:wordllama-256")
            #expect(
                found.hits.map(\.rank) == Array(1...7)
                    && found.hits.map(\.score) == found.hits.map(\.score).sorted(by: >))
            #expect(found.hits.allSatisfy { $0.score <= 1.0001 && $0.score >= -1.0001 })
            // A blank text is no answer.
            #expect(!lab.ids(found).contains(7))
            try await lab.set([(30, "I waited for my refund for months.")])
            let ids1 = lab.ids(try await lab.search("waiting months for a refund") { $0.limit = 1 })
            #expect(ids1 == [30])
        }
    }

    @Test("words that no embedder knows are found by the words, in any script")
    func hybrid() async throws {
        try await SearchLab.with(SearchLab.notes) { lab in
            for (question, id) in [("XZ-9431", 6), ("rückerstattung", 4), ("退款", 5), ("sofas", 8)] {
                let found = try await lab.search(question) { $0.isHybrid = true }
                let hit = try #require(found.hits.first)
                #expect(
                    lab.ids(found).first == id && hit.wordRank == 1 && hit.vectorRank != nil, "\(question): \(found)")
            }
            // Words that are nowhere leave the ranks by meaning.
            let none = try await lab.search("qqqq") { $0.isHybrid = true }
            #expect(none.hits.allSatisfy { $0.wordRank == nil })
            // The words follow the table.
            try await lab.set([(6, "Nothing here."), (40, "Ask for part XZ-9431.")])
            let ids2 = lab.ids(try await lab.search("XZ-9431") { $0.isHybrid = true })
            #expect(ids2.first == 40)
        }
    }

    @Test("only rows of the condition are found, and all of those", arguments: [false, true])
    func conditions(_ isHybrid: Bool) async throws {
        try await SearchLab.with((1...60).map { ($0, "note \($0) about refunds") }) { lab in
            func ids(_ condition: String) async throws -> [Int] {
                let found = try await lab.search("refunds") {
                    $0.condition = condition
                    $0.isHybrid = isHybrid
                    $0.limit = 100
                }
                return lab.ids(found).sorted()
            }
            let last = try await ids("id > 57")
            #expect(last == [58, 59, 60])
            let some = try await ids("stars = 0 OR id = 1")
            #expect(some.count == 13)
            for condition in ["false", "NULL"] {
                let none = try await ids(condition)
                #expect(none.isEmpty)
            }
            let commented = try await ids("id IN (SELECT max(id) FROM raw.notes) -- the last")
            #expect(commented == [60])
        }
    }

    @Test(
        "a condition that is none, does more or ends early is refused before anything is done",
        arguments: [
            "id = 1; DROP TABLE raw.notes", "DROP TABLE raw.notes", "id = 1) UNION ALL SELECT (1", "1=1) OR (1=1",
            "id = 1 THEN 1 END, CASE WHEN 1", "", "SELECT 1", "id =", "COPY raw.notes TO '/tmp/x'",
            "id IN (DELETE FROM raw.notes RETURNING id)",
        ])
    func wrongConditions(_ condition: String) async throws {
        try await SearchLab.with(SearchLab.notes) { lab in
            let error = await lab.failure("refund") { $0.condition = condition }
            #expect(error?.code == "search.where", "\(condition): \(error.map { "\($0)" } ?? "none")")
            let rows = try await lab.rows("SELECT count(*) FROM raw.notes")
            let made = try await lab.rows("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'weir_search'")
            #expect(rows == ["8"] && made == ["0"])
        }
    }

    @Test("a column that the condition misspells is told with the one that was meant")
    func unknownColumn() async throws {
        try await SearchLab.with(SearchLab.notes) { lab in
            let error = await lab.failure("refund") { $0.condition = "starz > 1" }
            #expect(
                error?.code == "sql.unknown-column" && error?.hint?.contains("stars") == true,
                "\(error.map { "\($0)" } ?? "")")
        }
    }

    @Test("a graph finds what a look at every vector finds, also what came and left since it was made")
    func graph() async throws {
        let words = [
            "refund", "parcel", "cat", "ship", "apple", "music", "rain", "bread", "garden", "engine", "winter", "paper",
        ]
        let notes = (1...900).map { id in
            (id, Optional("note \(id): \(words[id % 12]) and \(words[id / 12 % 12]) with \(words[id / 144 % 12])"))
        }
        try await SearchLab.with(notes) { lab in
            #expect(try await lab.index().graph == nil)
            let exact = try await lab.search("a ship in the rain") { $0.limit = 20 }
            #expect(exact.method == .exact)
            #expect(try await lab.index { $0.graphFrom = 500 }.graph == 900)
            let found = try await lab.search("a ship in the rain") { $0.limit = 20 }
            #expect(found.method == .graph)
            #expect(Set(lab.ids(found)).intersection(lab.ids(exact)).count >= 19)
            for (a, b) in zip(found.hits, exact.hits) { #expect(abs(a.score - b.score) < 1e-4) }
            // New, changed and gone rows, fewer than make the graph old.
            let best = try #require(lab.ids(exact).first)
            try await lab.set([(best, "quite another text"), (5000, "a ship in the rain"), (lab.ids(exact)[1], nil)])
            let later = try await lab.search("a ship in the rain") { $0.limit = 20 }
            #expect(later.method == .graph && lab.ids(later).first == 5000)
            #expect(
                !lab.ids(later).contains(best) && !lab.ids(later).contains(lab.ids(exact)[1]) && later.hits.count == 20)
            // With a condition every vector is looked at: none of those that it allows is lost.
            let conditional = try await lab.search("a ship in the rain") { $0.condition = "id IN (1, 2)" }
            #expect(conditional.method == .exact && lab.ids(conditional).sorted() == [1, 2])
            // A tenth of new ones makes it again.
            try await lab.set((6000..<6100).map { ($0, "note \($0)") })
            #expect(try await lab.index { $0.graphFrom = 500 }.graph == 1000)
        }
    }

    @Test("files beside the warehouse that are broken or gone cost nothing but time", arguments: [true, false])
    func companions(_ isBroken: Bool) async throws {
        try await SearchLab.with((1...300).map { ($0, "note \($0) about refunds") } + [(999, "XZ-9431")]) { lab in
            try await lab.index { $0.graphFrom = 100 }
            _ = try await lab.search("XZ-9431") { $0.isHybrid = true }
            let folder = "\(lab.project.root)/.weir/search"
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.count == 2 && files.allSatisfy { $0.hasSuffix(".duckdb") }, "\(files)")
            for file in files {
                if isBroken {
                    try "broken".write(toFile: "\(folder)/\(file)", atomically: true, encoding: .utf8)
                } else {
                    try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
                }
            }
            let found = try await lab.search("XZ-9431") { $0.isHybrid = true }
            #expect(lab.ids(found).first == 999 && found.method == .exact)
            #expect(try await lab.index { $0.graphFrom = 100 }.graph == 301)
            #expect(try await lab.search("XZ-9431").method == .graph)
            // Too few vectors for a graph: it goes.
            try await lab.index()
            #expect(try await lab.search("XZ-9431").method == .exact)
        }
    }
}
