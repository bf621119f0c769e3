import Testing

@testable import WeirEngine

@Suite("Estimated counts of different values")
struct DistinctSketchTests {
    private func ask(_ sql: String) async throws -> [Int64?] {
        try await Database.open(Database.Options()).withConnection { connection in
            try await connection.query(sql).map { $0[0].int }
        }
    }

    @Test(
        "are within five standard errors, for few values as for many",
        arguments: [1, 2, 80, 180, 4_096, 10_000, 300_000])
    func close(_ count: Int) async throws {
        for seed in 1...4 {
            let found = try await ask(
                "SELECT \(DistinctSketch.sql("v")) FROM (SELECT i % \(count) * \(seed * 7919) AS v FROM range(\(count * 3)) t(i))"
            )
            let off = abs(Double(found[0] ?? 0) / Double(count) - 1)
            #expect(off < 5 * DistinctSketch.error, "\(found) of \(count)")
        }
    }

    @Test("nulls do not count, equal values count once, and every type counts")
    func kinds() async throws {
        #expect(
            try await ask("SELECT \(DistinctSketch.sql("v")) FROM (VALUES (NULL), (1), (1), (2), (NULL)) t(v)") == [2])
        #expect(try await ask("SELECT \(DistinctSketch.sql("v")) FROM (SELECT NULL::INT AS v WHERE false)") == [0])
        #expect(try await ask("SELECT \(DistinctSketch.sql("v")) FROM (SELECT NULL::INT AS v FROM range(5000))") == [0])
        for value in [
            "'ü' || i % 7", "[i % 7]", "{'a': i % 7}", "(i % 7)::DOUBLE / 3", "DATE '2020-01-01' + (i % 7)::INT",
        ] {
            #expect(
                try await ask("SELECT \(DistinctSketch.sql("v")) FROM (SELECT \(value) AS v FROM range(20000) t(i))")
                    == [7],
                "\(value)")
        }
    }

    @Test("groups have counts of their own, beside other aggregates and in many threads")
    func groups() async throws {
        let found = try await ask(
            """
            SELECT \(DistinctSketch.sql("v")) FROM (SELECT i % 50 AS g, i % 50 * 1000 + i % (10 * (1 + i % 50)) AS v
            FROM range(500000) t(i)) GROUP BY g ORDER BY g
            """)
        let exact = try await ask(
            """
            SELECT count(DISTINCT v) FROM (SELECT i % 50 AS g, i % 50 * 1000 + i % (10 * (1 + i % 50)) AS v
            FROM range(500000) t(i)) GROUP BY g ORDER BY g
            """)
        #expect(found.count == 50)
        for (one, other) in zip(found, exact) {
            let (one, other) = (Double(one ?? 0), Double(other ?? 1))
            #expect(abs(one / other - 1) < 5 * DistinctSketch.error + 0.5 / other, "\(one) of \(other)")
        }
    }
}
