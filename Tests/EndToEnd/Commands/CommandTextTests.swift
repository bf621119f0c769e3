import Foundation
import Testing

@Suite("What commands tell people")
struct CommandTextTests {
    @Test(
        "names what was asked for",
        arguments: [
            (["lineage", "mart.sales_by_day.revenue"], ["is made of", "staging.orders.amount (aggregated)"]),
            (["lineage", "mart.sales_by_day", "--mermaid"], ["flowchart LR", "n0 --> n1"]),
            (["lineage", "raw.orders", "--downstream"], ["is read by", "mart.sales_by_day"]),
            (["runs"], ["succeeded", "weir runs show"]),
            (["runs", "show"], ["raw.orders", "quarantined range(quantity)", "Rows in 11 = published 10"]),
            (["quarantine", "list"], ["raw.orders", "range(quantity)"]),
            (["quarantine", "show", "raw.orders"], ["data/orders.csv", "range(quantity)", "cups"]),
            (["lint"], ["model-without-contract", "hint:"]), (["doctor"], ["All is well.", "1 row in quarantine"]),
            (["docs"], ["3 tables described", "site/index.html"]),
            (["test"], ["1 passed"]), (["test", "--new", "staging.orders"], ["tests/staging/orders.yaml"]),
            (["init", "mine", "--from", "data/orders.csv"], ["raw.orders", "weir plan"]),
        ])
    func told(_ words: [String], _ wanted: [String]) async throws {
        let project = try await SampleShop.make()
        let done = await (try project.start(words)).finish()
        #expect(done.code == 0, "\(done)")
        for text in wanted { #expect(done.out.contains(text), "\(text) is not in \(done)") }
    }

    @Test("lint is strict where that is asked for, and a new test passes at once")
    func strict() async throws {
        let project = try await SampleShop.make()
        #expect(try await project.weir("lint", "--strict").code == 1)
        #expect(try await project.weir("test", "--new", "staging.orders").code == 0)
        let tested = try await project.weir("test")
        #expect(tested.code == 0 && tested.out.contains("2 passed"), "\(tested)")
    }

    @Test("the site tells of each table its why, columns, contract, lineage, tests and last runs")
    func site() async throws {
        let project = try await SampleShop.make()
        #expect(try await project.weir("docs", "--to", "public").code == 0)
        func page(_ name: String) throws -> String {
            try String(contentsOfFile: project.path("public/\(name)"), encoding: .utf8)
        }
        let pages = try FileManager.default.contentsOfDirectory(atPath: project.path("public/tables"))
        #expect(pages.count == 3)
        let mart = try page("tables/\(try #require(pages.first { $0.contains("sales_by_day") }))")
        for wanted in ["cancelled order", "revenue", "<svg", "staging.orders", "published"] {
            #expect(mart.contains(wanted), "\(wanted)")
        }
        let raw = try page("tables/\(try #require(pages.first { $0.contains("raw") }))")
        #expect(raw.contains("quantity") && raw.contains("quarantined"))
    }
}
