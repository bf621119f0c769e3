import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("Stored lineage, schemas and metrics")
struct LineageStorageTests {
    @Test("a table's lineage is replaced as a whole and found from both ends")
    func lineage() async throws {
        let store = try StateStore.inMemory()
        func edge(_ node: String, _ column: String, _ input: String, _ kind: LineageEdge.Kind = .copy) -> LineageEdge {
            LineageEdge(node: node, column: column, inputTable: "raw.flights", inputColumn: input, kind: kind)
        }
        try await store.saveLineage([
            "mart.a": [edge("mart.a", "x", "dep"), edge("mart.a", "x", "arr", .computed)],
            "mart.b": [edge("mart.b", "", "dep", .influence)],
        ])
        try await store.saveLineage(["mart.a": [edge("mart.a", "y", "arr", .aggregated)]])
        #expect(try await store.lineage(of: "mart.a") == [edge("mart.a", "y", "arr", .aggregated)])
        #expect(try await store.consumers(of: "raw.flights").map(\.node) == ["mart.a", "mart.b"])
        #expect(try await store.consumers(of: "raw.flights", column: "dep").map(\.node) == ["mart.b"])
        try await store.saveLineage(["mart.a": []])
        #expect(try await store.lineage() == [edge("mart.b", "", "dep", .influence)])
    }

    @Test("a schema gets a new version only when it differs from the last")
    func schemas() async throws {
        let store = try StateStore.inMemory()
        let one = [Column(name: "a", type: "INTEGER")]
        let two = one + [Column(name: "sélect \"q\"", type: "STRUCT(\"x\" INTEGER)")]
        #expect(try await store.saveSchema("s.t", columns: one, run: "r1")?.version == 1)
        #expect(try await store.saveSchema("s.t", columns: one, run: "r2") == nil)
        #expect(try await store.saveSchema("s.t", columns: two)?.version == 2)
        #expect(try await store.saveSchema("s.t", columns: one)?.version == 3)
        let all = try await store.schemas(of: "s.t")
        #expect(all.map(\.columns) == [one, two, one])
        #expect(all.last?.runID == "r1")
    }

    @Test("metrics come newest first, without those that are no number")
    func metrics() async throws {
        let store = try StateStore.inMemory()
        let start = Date(timeIntervalSince1970: 0)
        try await store.record(
            metrics: [1, .nan, 2, .infinity, 3].enumerated().map {
                Metric("rows", node: "a.b", value: $1, at: start.addingTimeInterval(Double($0)))
            })
        #expect(try await store.metrics("rows", node: "a.b").map(\.value) == [3, 2, 1])
        #expect(try await store.metrics("rows", node: "a.b", limit: 1).map(\.value) == [3])
    }
}
