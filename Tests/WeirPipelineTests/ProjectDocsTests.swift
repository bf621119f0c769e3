import Foundation
import Testing
import WeirCore
import WeirQuality

@testable import WeirPipeline

@Suite("Documentation and lint of a project")
struct ProjectDocsTests {
    @Test("the site shows why, contract, lineage, tests and last runs of a project that was run")
    func site() async throws {
        try await ScratchProject.with { project in
            try await project.run()
            let result = try await project.runner().writeDocs(to: project.root + "/site")
            #expect(result.tables == 3)
            #expect(FileManager.default.fileExists(atPath: result.index))
            let orders = try project.text("site/tables/staging.orders.html")
            for text in [
                "amounts in cents, so that sums are exact", "hundredths of the amount", "raw.orders.amount",
                "half a unit is fifty cents", "models/staging/orders.sql", "published", "shop-team",
            ] { #expect(orders.contains(text), "\(text)") }
            #expect(!orders.contains("/* weir"))
            let raw = try project.text("site/tables/raw.orders.html")
            for text in ["the shop&#39;s own number", "not null", "data/orders.csv", "contracts/orders.yaml"] {
                #expect(raw.contains(text), "\(text)")
            }
        }
    }

    @Test("the site is written before any run, without data, and twice the same")
    func siteWithoutRun() async throws {
        try await ScratchProject.with { project in
            try FileManager.default.removeItem(atPath: project.root + "/data/orders.csv")
            _ = try await project.runner().writeDocs(to: project.root + "/site")
            let raw = try project.text("site/tables/raw.orders.html")
            // The contract tells the columns that the file cannot.
            #expect(raw.contains("<code>customer</code>"))
            #expect(raw.contains("It has not been run."))
            _ = try await project.runner().writeDocs(to: project.root + "/site")
            #expect(try project.text("site/tables/raw.orders.html") == raw)
        }
    }

    @Test("a damaged history is a warning and not the end of the site")
    func siteWithDamagedHistory() async throws {
        try await ScratchProject.with { project in
            try project.write(".weir/state.db", String(repeating: "no database ", count: 500))
            let result = try await project.runner().writeDocs(to: project.root + "/site")
            #expect(result.warnings.map(\.code) == ["state.damaged"])
        }
    }

    @Test("a line over several layers goes around the tables between")
    func longEdge() throws {
        let layout = try #require(LineageLayout.all(["a": [], "b": ["a"], "c": ["a", "b"]]))
        let long = try #require(layout.edges.first { $0.from == "a" && $0.to == "c" })
        let between = try #require(layout.nodes.first { $0.name == "b" })
        #expect(long.through.map(\.layer) == [1])
        #expect(long.through[0].row != between.row)
        #expect(layout.heights == [1, 2, 1])
    }

    @Test("lint names each thing left unsaid once, with the place and what to write")
    func lint() async throws {
        try await ScratchProject.with { project in
            let report = try await project.runner().lint()
            let found = report.findings.map { "\($0.table) \($0.rule.rawValue)" }
            #expect(
                found == [
                    "raw.orders column-without-description", "mart.customers model-without-why",
                    "mart.customers model-without-contract", "mart.customers model-without-test",
                    "staging.orders model-without-contract", "staging.orders column-without-description",
                ])
            #expect(report.tables == 3)
            #expect(report.findings.allSatisfy { $0.place.file != nil && !$0.hint.isEmpty })
            #expect(report.findings.last?.message.contains("id, customer") == true)
            let text = try JSONOutput.line(report)
            #expect(text.contains(#""rule":"model-without-why""#))
        }
    }

    @Test("lint misses an owner and a source's contract")
    func lintOwner() async throws {
        let configuration = try #require(ScratchProject.shop["weir.yaml"]).replacing(
            "defaults: { owner: shop-team }\n", with: "")
        let source = "name: raw.orders\nfrom: { files: \"data/orders.csv\" }\n"
        try await ScratchProject.with(["weir.yaml": configuration, "sources/orders.yaml": source]) { project in
            let found = try await project.runner().lint().findings.map { "\($0.table) \($0.rule.rawValue)" }
            #expect(found.count { $0.hasSuffix("table-without-owner") } == 3)
            #expect(found.first == "raw.orders source-without-contract")
        }
    }

    @Test("rules of a contract in words")
    func ruleWords() throws {
        let id = ColumnPath("id")
        #expect(Rule(.notNull, columns: [id]).words == "not null")
        #expect(Rule(.range(ValueRange(minimum: "0", maximum: "24")), columns: [id]).words == "0 to 24")
        #expect(
            Rule(.range(ValueRange(minimum: "0", exclusiveMaximum: "24")), columns: [id]).words
                == "at least 0 and less than 24")
        #expect(
            Rule(.acceptedValues([.string("a"), .int(2), .null]), columns: [id], severity: .warn).words
                == "one of a, 2, null (only reported)")
        #expect(Rule(.length(min: 2, max: 2), columns: [id]).words == "2 characters")
        #expect(Rule(.unique, columns: [id, ColumnPath("day")]).words == "unique together: id, day")
        #expect(
            Rule(
                .foreignKey(ForeignKey(table: "raw.planes", columns: ["tailnum"])), columns: [id],
                tolerance: .percent(1)
            ).words == "is in raw.planes.tailnum (up to 1% may be lost)")
        #expect(Rule(.rowCount, limit: Limit([.greaterOrEqual(1)])).words == "row count: at least 1")
    }
}

@Suite("The book of runs")
struct RunBookTests {
    @Test("a project that was never run has no runs, and reading creates nothing")
    func empty() async throws {
        try await ScratchProject.with { project in
            let book = try await RunBook.open(try project.load())
            #expect(try await book.runs().isEmpty)
            let error = await #expect(throws: WeirError.self) { try await book.run("latest") }
            #expect(error?.code == "run.unknown")
            #expect(!FileManager.default.fileExists(atPath: project.root + "/.weir"))
        }
    }

    @Test("runs are listed newest first with their figures, as many as asked for")
    func list() async throws {
        try await ScratchProject.with { project in
            let first = try await project.run()
            let second = try await project.run()
            let book = try await RunBook.open(try project.load())
            let runs = try await book.runs()
            #expect(runs.map(\.run.id) == [second.id, first.id])
            #expect(runs.map(\.tablesPublished) == [0, 3])
            #expect(runs[1].rowsQuarantined == 1)
            #expect(runs[1].rowsPublished == 6)
            #expect(try await book.runs(limit: 1).count == 1)
            let detail = try await book.run(String(first.id.suffix(4)))
            #expect(detail.nodes.count == 3)
            #expect(try JSONOutput.pretty(detail).contains(#""rule" : "not_null(customer)""#))
        }
    }
}
