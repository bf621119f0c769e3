import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("What is measured of a batch")
struct MeasureTests {
    private func measure(
        _ setup: String, time: String? = nil, edges: [String: [Double]] = [:], settings: WatchSettings = .init()
    ) async throws -> BatchMeasure {
        let database = try await Database.open()
        return try await database.withConnection { connection in
            try await connection.perform { connection in
                try connection.execute("CREATE TABLE t AS \(setup)")
                var measurer = BatchMeasurer(
                    source: "t", schema: try connection.columns(of: "SELECT * FROM t"),
                    at: try #require(UTC.date("2026-03-02T00:00:00Z")))
                measurer.timeColumn = time
                measurer.edges = edges
                measurer.settings = settings
                return try measurer.measure(on: connection)
            }
        }
    }

    @Test("rows, nulls, means, distinct values, freshness and whole hours")
    func everything() async throws {
        let measure = try await measure(
            """
            SELECT i AS id, CASE WHEN i % 4 = 0 THEN NULL ELSE 'v' || (i % 3) END AS "odd ""name",
                (i % 10)::DOUBLE AS amount, TIMESTAMP '2026-03-01 00:30:00' + INTERVAL (i) MINUTE AS at
            FROM range(240) r(i)
            """, time: "at")
        #expect(measure.rows == 240 && measure.sampled == 240)
        let odd = try #require(measure.columns.first { $0.name == "odd \"name" })
        #expect(odd.nulls == 60 && odd.sketch?.values?.count == 3)
        let amount = try #require(measure.columns.first { $0.name == "amount" })
        #expect(amount.mean == 4.5 && amount.minimum == 0 && amount.maximum == 9)
        let id = try #require(measure.columns.first { $0.name == "id" })
        #expect(id.isIdentifier && id.sketch == nil)
        // 00:30 to 04:29: the first hour and the last are not whole.
        #expect(measure.hours.map(\.rows) == [60, 60, 60])
        let freshness = try #require(measure.freshness)
        #expect(freshness == (24 * 60 - 30 - 239) * 60)
        let share = measure.values.first { $0.metric == .nullShare && $0.column == "odd \"name" }
        #expect(share?.value == 0.25)
    }

    @Test("later batches are counted in the buckets of the first")
    func buckets() async throws {
        let first = try await measure("SELECT (i * 1.5)::DOUBLE AS x FROM range(1000) r(i)")
        let sketch = try #require(first.columns[0].sketch)
        let edges = try #require(sketch.edges)
        #expect(edges.count == 19 && sketch.size == 1000)
        let second = try await measure(
            "SELECT (i * 15)::DOUBLE AS x FROM range(1000) r(i)", edges: ["x": edges])
        let moved = try #require(second.columns[0].sketch)
        #expect(moved.edges == edges && moved.size == 1000)
        let drift = try #require(DistributionDrift.of("x", now: moved, history: [sketch]))
        #expect(drift.isDrift && (drift.kolmogorovSmirnov ?? 0) > 0.8 && (drift.probability ?? 1) < 1e-6)
    }

    @Test("no row, only nulls, infinities, NaN and nested values")
    func hard() async throws {
        let empty = try await measure("SELECT 1 AS a, 'x' AS b WHERE false")
        #expect(empty.rows == 0 && empty.values.map(\.metric) == [.rows])
        let nulls = try await measure("SELECT NULL::INTEGER AS a, NULL::VARCHAR AS b FROM range(50)")
        #expect(nulls.values.filter { $0.metric == .nullShare }.allSatisfy { $0.value == 1 })
        let wild = try await measure(
            """
            SELECT CASE i % 4 WHEN 0 THEN 'NaN'::DOUBLE WHEN 1 THEN 'Infinity'::DOUBLE ELSE i END AS x,
                [i] AS list, {a: i} AS s, 'infinity'::TIMESTAMP AS at FROM range(100) r(i)
            """, time: "at")
        #expect(!wild.values.contains { !$0.value.isFinite })
        #expect(wild.freshness == nil && wild.hours.isEmpty)
    }

    @Test("a large batch is sampled for what may be estimated, and counted for what may not")
    func sampled() async throws {
        let measure = try await measure(
            "SELECT CASE WHEN i % 10 = 0 THEN NULL ELSE i % 7 END AS x, i AS id FROM range(1000000) r(i)")
        #expect(measure.rows == 1_000_000 && measure.columns[0].nulls == 100_000)
        #expect(measure.sampled > 50_000 && measure.sampled < 500_000)
        #expect(measure.columns[0].sketch?.values?.count == 7)
    }

    @Test("only the columns that are asked for")
    func chosen() async throws {
        var settings = WatchSettings()
        settings.columns = ["B"]
        let measure = try await measure("SELECT 1 AS a, 2 AS b", settings: settings)
        #expect(measure.columns.map(\.name) == ["b"])
    }

    @Test("the rows that a change comes from are found")
    func segments() async throws {
        let database = try await Database.open()
        let found = try await database.withConnection { connection in
            try await connection.perform { connection in
                try connection.execute(
                    """
                    CREATE TABLE t AS SELECT ['DE', 'FR', 'US'][i % 3 + 1] AS country, ['a', 'b'][i % 2 + 1] AS shop,
                        CASE WHEN i % 3 = 1 AND i % 30 <> 1 THEN NULL ELSE 'x@y.z' END AS email,
                        CASE WHEN i % 2 = 1 THEN 30.0 ELSE 10.0 END AS amount
                    FROM range(3000) r(i)
                    """)
                let measure = try BatchMeasurer(
                    source: "t", schema: try connection.columns(of: "SELECT * FROM t"), at: Date()
                ).measure(on: connection)
                let finder = SegmentFinder(source: "t", measure: measure, settings: .init())
                let half = ValueSketch(values: ["DE": 1000, "FR": 1000, "US": 6000])
                return (
                    nulls: try finder.find(.nullShare, of: "email", expected: 0.01, on: connection),
                    mean: try finder.find(.mean, of: "amount", expected: 10, on: connection),
                    rows: finder.ofRows(measure, history: ["country": [half]], expected: 8000)
                )
            }
        }
        #expect(found.nulls?.column == "country" && found.nulls?.value == "FR")
        #expect((found.nulls?.share ?? 0) > 0.95 && found.nulls?.observed == 0.9)
        #expect(found.mean?.column == "shop" && found.mean?.value == "b")
        #expect(found.rows?.value == "US" && found.rows?.rows == 1000)
    }
}
