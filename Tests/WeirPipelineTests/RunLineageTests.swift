import Foundation
import Testing
import WeirCore
import WeirStore

@testable import WeirPipeline

@Suite("The lineage that a run tells")
struct RunLineageTests {
    @Test("each table has a START and a COMPLETE between those of the run, with columns, balance and checks")
    func file() async throws {
        try await ScratchProject.with { project in
            let summary = try await project.run()
            let events = try project.events()
            #expect(events.count == 2 * (1 + 3))
            #expect(events.first?["job"]?["name"]?.text == "shop")
            #expect(events.first?["eventType"]?.text == "START")
            #expect(events.last?["eventType"]?.text == "COMPLETE")
            #expect(events.last?["run"]?["runId"]?.text == OpenLineageRunID.uuid(run: summary.id))
            #expect(events.allSatisfy { $0["job"]?["namespace"]?.text == "tests" })

            let source = try #require(events.last { $0["job"]?["name"]?.text == "shop.raw.orders" })
            #expect(source["eventType"]?.text == "COMPLETE")
            #expect(source["inputs"]?[0]?["namespace"]?.text == "file")
            #expect(source["inputs"]?[0]?["name"]?.text?.hasSuffix("data/orders.csv") == true)
            #expect(source["outputs"]?[0]?["outputFacets"]?["outputStatistics"]?["rowCount"] == .int(2))
            let rules = source["outputs"]?[0]?["facets"]?["dataQualityAssertions"]?["assertions"]
            #expect(rules?[0]?["success"] != nil)

            let mart = try #require(events.last { $0["job"]?["name"]?.text == "shop.mart.customers" })
            let facets = mart["outputs"]?[0]?["facets"]
            #expect(facets?["schema"]?["fields"]?[0]?["name"]?.text == "customer")
            let cents = facets?["columnLineage"]?["fields"]?["cents"]?["inputFields"]?[0]
            #expect(cents?["field"]?.text == "cents")
            #expect(cents?["name"]?.text == "staging.orders")
            #expect(mart["run"]?["facets"]?["parent"]?["run"]?["runId"]?.text == OpenLineageRunID.uuid(run: summary.id))
            #expect(mart["run"]?["facets"]?["processing_engine"] != nil)
        }
    }

    @Test("an endpoint that is down costs a warning; the events wait and go first the next time")
    func endpointDown() async throws {
        let configuration = try #require(ScratchProject.shop["weir.yaml"])
        let changed = configuration.replacing("file: .weir/lineage.jsonl", with: "url: \"http://127.0.0.1:9/\"")
        try await ScratchProject.with(["weir.yaml": changed]) { project in
            let summary = try await project.run()
            #expect(summary.outcome == .done)
            #expect(summary.warnings.map(\.code) == ["lineage.not-sent"])
            let waiting = try project.text(".weir/openlineage-spool.ndjson").split(separator: "\n")
            #expect(waiting.count == 8)
            #expect(try await RunBook.open(try project.load()).run("latest").run.status == .succeeded)
        }
    }

    @Test("a lineage file that cannot be written costs one warning and not one for each table")
    func unwritableFile() async throws {
        let configuration = try #require(ScratchProject.shop["weir.yaml"])
        let changed = configuration.replacing(".weir/lineage.jsonl", with: "data/orders.csv/lineage.jsonl")
        try await ScratchProject.with(["weir.yaml": changed]) { project in
            let summary = try await project.run()
            #expect(summary.outcome == .done)
            #expect(summary.warnings.map(\.code) == ["lineage.not-written"])
        }
    }

    @Test("an endpoint that is too slow is left alone once the run is over")
    func deadline() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let emitter = OpenLineageHTTPEmitter(url: "http://127.0.0.1:9", spool: folder + "/spool.ndjson")
        await emitter.stop(after: .now - .seconds(1))
        let warnings = await emitter.emit([OpenLineageBuilder(OpenLineageSample.context).runStarted(at: Date())])
        #expect(warnings.map(\.code) == ["lineage.not-sent"])
        #expect(warnings.first?.message.contains("too slowly") == true)
        #expect(try String(contentsOfFile: folder + "/spool.ndjson", encoding: .utf8).split(separator: "\n").count == 1)
    }
}
