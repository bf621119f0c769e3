import Foundation
import Testing

/// What a run sends, held against what the OpenLineage specification (2-0-2) requires of an event and its facets.
@Suite("OpenLineage events of a real run")
struct LineageEventTests {
    private typealias Object = [String: Any]

    @Test("have every field that the specification requires")
    func required() async throws {
        let project = try await SampleShop.make(run: false)
        let settings = try String(contentsOfFile: project.path("weir.yaml"), encoding: .utf8)
        try project.write("weir.yaml", settings + "\nlineage: { namespace: shop, file: events.jsonl }\n")
        try await project.run(expect: 0)
        let text = try String(contentsOfFile: project.path("events.jsonl"), encoding: .utf8)
        let events = try text.split(separator: "\n").map { try #require(try JSONShape.parse(String($0)) as? Object) }
        var kinds: [String: [String]] = [:]
        for event in events { try check(event, &kinds) }
        // Every run begins once and ends once.
        #expect(kinds.count >= 3)
        #expect(kinds.values.allSatisfy { $0.first == "START" && $0.last == "COMPLETE" && $0.count == 2 }, "\(kinds)")
        for facet in ["schema", "columnLineage", "dataQualityAssertions", "outputStatistics", "sql"] {
            #expect(text.contains("\"\(facet)\":{"), "no event has the facet \(facet)")
        }
    }

    @Test("a check is a job that reads the table, with the outcome of each rule; a table that is not there fails it")
    func checks() async throws {
        let project = try await SampleShop.make()
        let settings = try String(contentsOfFile: project.path("weir.yaml"), encoding: .utf8)
        try project.write("weir.yaml", settings + "\nlineage: { namespace: shop, file: events.jsonl }\n")
        let done = try await project.weir("check", "raw.orders")
        let text = try String(contentsOfFile: project.path("events.jsonl"), encoding: .utf8)
        let events = try text.split(separator: "\n").map { try #require(try JSONShape.parse(String($0)) as? Object) }
        var kinds: [String: [String]] = [:]
        for event in events { try check(event, &kinds) }
        #expect(kinds.values.map { $0 } == [["START", "COMPLETE"]], "\(kinds) \(done)")
        let last = try #require(events.last)
        #expect(((last["job"] as? Object)?["name"] as? String)?.hasSuffix(".raw.orders.check") == true, "\(text)")
        #expect((last["outputs"] as? [Object])?.isEmpty == true)
        let input = try #require((last["inputs"] as? [Object])?.first)
        let facets = try #require(input["inputFacets"] as? Object)
        let assertions = try #require((facets["dataQualityAssertions"] as? Object)?["assertions"] as? [Object])
        #expect(assertions.count > 2 && assertions.allSatisfy { $0["success"] is Bool })
        #expect(((facets["dataQualityMetrics"] as? Object)?["rowCount"] as? Int ?? 0) > 0)
        // A second check is another run of the same job.
        _ = try await project.weir("check", "raw.orders", "--env", "nowhere")
        _ = try await project.weir("check", "raw.orders")
        let again = try String(contentsOfFile: project.path("events.jsonl"), encoding: .utf8).split(separator: "\n")
        kinds = [:]
        for line in again { try check(try #require(try JSONShape.parse(String(line)) as? Object), &kinds) }
        #expect(kinds.count == 2 && again.count == 4)
    }

    private func check(_ event: Object, _ kinds: inout [String: [String]]) throws {
        let time = try #require(event["eventTime"] as? String)
        #expect((try? Date(time, strategy: .iso8601)) != nil || time.contains("."), "\(time)")
        uri(event["producer"])
        #expect((event["schemaURL"] as? String)?.hasPrefix("https://openlineage.io/spec/") == true)
        let kind = try #require(event["eventType"] as? String)
        #expect(["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"].contains(kind))
        let run = try #require(event["run"] as? Object)
        let id = try #require(run["runId"] as? String)
        #expect(UUID(uuidString: id) != nil, "\(id)")
        kinds[id, default: []].append(kind)
        let job = try #require(event["job"] as? Object)
        named(job)
        try facets(run)
        try facets(job)
        if let parent = (run["facets"] as? Object)?["parent"] as? Object {
            #expect(UUID(uuidString: (parent["run"] as? Object)?["runId"] as? String ?? "") != nil)
            named(try #require(parent["job"] as? Object))
        }
        for side in ["inputs", "outputs"] {
            for data in try #require((event[side] ?? [Any]()) as? [Object]) { try dataset(data) }
        }
    }

    private func dataset(_ dataset: Object) throws {
        named(dataset)
        try facets(dataset)
        let facets = dataset["facets"] as? Object ?? [:]
        for field in (facets["schema"] as? Object)?["fields"] as? [Object] ?? [] { text(field["name"]) }
        for (_, value) in (facets["columnLineage"] as? Object)?["fields"] as? Object ?? [:] {
            let inputs = try #require((value as? Object)?["inputFields"] as? [Object])
            for input in inputs {
                named(input)
                text(input["field"])
                for step in input["transformations"] as? [Object] ?? [] { text(step["type"]) }
            }
        }
        let checks = [facets, dataset["inputFacets"] as? Object ?? [:], dataset["outputFacets"] as? Object ?? [:]]
        for assertion in checks.flatMap({ ($0["dataQualityAssertions"] as? Object)?["assertions"] as? [Object] ?? [] })
        {
            text(assertion["assertion"])
            #expect(assertion["success"] is Bool, "\(assertion)")
        }
    }

    /// Each facet names who made it and the schema it follows.
    private func facets(_ owner: Object) throws {
        for key in ["facets", "inputFacets", "outputFacets"] {
            for (name, value) in owner[key] as? Object ?? [:] {
                let facet = try #require(value as? Object, "\(name)")
                uri(facet["_producer"])
                uri(facet["_schemaURL"])
            }
        }
    }

    private func named(_ object: Object) {
        text(object["namespace"])
        text(object["name"])
    }

    private func text(_ value: Any?) { #expect((value as? String)?.isEmpty == false, "\(value ?? "missing")") }

    private func uri(_ value: Any?) {
        let url = (value as? String).flatMap { URL(string: $0) }
        #expect(url?.scheme != nil, "\(value ?? "missing")")
    }
}
