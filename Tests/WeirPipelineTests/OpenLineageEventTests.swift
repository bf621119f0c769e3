import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

@Suite("OpenLineage events")
struct OpenLineageEventTests {
    private func json(_ event: OpenLineageEvent) throws -> JSONValue {
        try #require(JSONValue(parsing: event.line()))
    }

    @Test("have every key that the schema requires, in its formats")
    func required() throws {
        for event in OpenLineageSample.events {
            let value = try json(event)
            let time = try #require(value["eventTime"]?.text)
            #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            #expect(value["schemaURL"] == "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent")
            #expect(value["producer"]?.text.flatMap { URL(string: $0)?.scheme } == "urn")
            #expect(["START", "COMPLETE", "FAIL", "ABORT"].contains(value["eventType"]?.text))
            #expect(value["run"]?["runId"]?.text.flatMap(UUID.init(uuidString:)) != nil)
            #expect(value["job"]?["namespace"]?.text == "weir")
            #expect(value["job"]?["name"]?.text?.hasPrefix("flights") == true)
            var sets: [JSONValue] = [try #require(value["run"]), try #require(value["job"])]
            for side in ["inputs", "outputs"] {
                guard case .array(let items)? = value[side] else { continue }
                for item in items { #expect(item["namespace"]?.text != nil && item["name"]?.text != nil) }
                sets += items
            }
            for set in sets {
                for key in ["facets", "outputFacets"] {
                    guard case .object(let facets)? = set[key] else { continue }
                    for (name, facet) in facets {
                        #expect(facet["_producer"] == value["producer"], "\(name)")
                        let url = try #require(facet["_schemaURL"]?.text)
                        #expect(
                            url.wholeMatch(
                                of: /https:\/\/openlineage\.io\/spec\/facets\/\d-\d-\d\/(\w+)\.json#\/\$defs\/(\w+)/
                            ).map { $0.1 == $0.2 } == true)
                    }
                }
            }
        }
    }

    @Test("of a table name the run as their parent, and a run's start and end are one run")
    func parents() throws {
        let events = OpenLineageSample.events
        let run = events[0].run.runId
        #expect(events[1].run.facets["parent"]?["run"]?["runId"] == .string(run))
        #expect(events[1].run.facets["parent"]?["job"]?["name"] == "flights")
        #expect(events[1].run.runId == events[2].run.runId)
        #expect(events[1].run.runId != run)
        #expect(events[7].run.runId == run)
        #expect(events[0].run.facets["parent"] == nil)
        #expect(events[0].job.name == "flights" && events[1].job.name == "flights.mart.délais")
    }

    @Test("say what was built, of what, how many rows, and whether the rules held")
    func facets() throws {
        let event = OpenLineageSample.events[2]
        let output = event.outputs[0]
        #expect(output.outputFacets?["outputStatistics"]?["rowCount"] == 336_776)
        #expect(output.facets["dataQualityAssertions"]?["assertions"]?[0]?["success"] == false)
        #expect(output.facets["dataQualityMetrics"]?["columnMetrics"]?["a\"b"]?["nullCount"] == 4)
        #expect(output.facets["dataQualityMetrics"]?["columnMetrics"]?["a\"b"]?["max"] == nil)
        #expect(output.facets["schema"]?["fields"]?[0]?["ordinal_position"] == 1)
        let lineage = try #require(output.facets["columnLineage"])
        #expect(lineage["fields"]?["a\"b"]?["inputFields"]?[0]?["transformations"]?[0]?["subtype"] == "IDENTITY")
        #expect(lineage["dataset"]?[0]?["transformations"]?[0]?["type"] == "INDIRECT")
        #expect(event.run.facets["nominalTime"]?["nominalEndTime"] == "2026-11-23T16:01:02.123Z")
        #expect(event.job.facets["jobType"]?["processingType"] == "BATCH")
        #expect(event.inputs[2].facets["dataSource"] == nil)
        #expect(event.inputs[1].facets["dataSource"]?["uri"] == "postgres://db:5432/x")
    }

    @Test("hold no credentials, stand on one line, and come back as they were")
    func lines() throws {
        for event in OpenLineageSample.events {
            let line = event.line()
            #expect(!line.contains("s3cr3tpw"))
            #expect(!line.contains("\n"))
            #expect(try JSONDecoder().decode(OpenLineageEvent.self, from: Data(line.utf8)) == event)
            #expect(event.line() == line)
        }
    }

    @Test("run ids become UUIDs that differ by run, table and interval")
    func uuids() {
        let ids = [
            OpenLineageRunID.uuid(run: "a"), OpenLineageRunID.uuid(run: "b"), OpenLineageRunID.uuid(run: "a", node: ""),
            OpenLineageRunID.uuid(run: "a", node: "b"), OpenLineageRunID.uuid(run: "ab", node: ""),
        ]
        #expect(Set(ids).count == ids.count)
        #expect(
            ids.allSatisfy {
                $0.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil
            })
        #expect(OpenLineageRunID.uuid(run: "a", node: "b") == ids[3])
    }

    @Test("datasets are named by convention and without credentials")
    func naming() {
        typealias Name = OpenLineageNaming.Name
        #expect(
            OpenLineageNaming.server(url: "postgresql://ana:pw@db/shop", table: "public.orders")
                == Name(namespace: "postgres://db:5432", name: "shop.public.orders"))
        #expect(OpenLineageNaming.server(url: "nonsense", table: "t") == nil)
        #expect(
            OpenLineageNaming.file("data/*.csv", relativeTo: "/p") == Name(namespace: "file", name: "/p/data/*.csv"))
        #expect(
            OpenLineageNaming.file("s3://bucket/a/b.parquet", relativeTo: "/p")
                == Name(namespace: "s3://bucket", name: "a/b.parquet"))
        #expect(
            OpenLineageNaming.file("https://u:p@host/x.csv?sig=1", relativeTo: "/p")
                == Name(namespace: "https://host", name: "x.csv"))
        #expect(
            OpenLineageNaming.warehouse(path: "/p/../w.duckdb", table: TableName(schema: "a", table: "b"))
                == Name(namespace: "duckdb:///w.duckdb", name: "a.b"))
    }
}
