import Testing
import WeirCore

@testable import WeirQuality

@Suite("Sequences and times beside published rows")
struct PublishedSequenceTests {
    private static func rule(_ implementation: String) -> String {
        """
        properties: [{ name: id, logicalType: integer }, { name: shop, logicalType: string }, { name: seen, logicalType: timestamp }, { name: n, logicalType: integer }]
        quality: [{ type: custom, engine: weir, implementation: { \(implementation) } }]
        """
    }

    private static let setup = """
        CREATE TABLE raw.orders (id BIGINT, shop VARCHAR, seen TIMESTAMP, n INT);
        INSERT INTO raw.orders VALUES (1, 'a', '2026-01-01 10:00', 5), (2, 'b', '2026-01-01 12:00', 6), (3, 'a', '2026-01-02 10:00', 9);
        CREATE TABLE stage (id INT, shop VARCHAR, seen TIMESTAMP, n INT);
        INSERT INTO stage VALUES (4, 'a', '2026-01-02 10:30', 9), (6, 'b', '2026-01-01 11:30', 7), (7, 'c', '2026-01-01 10:10', 12);
        """

    @Test(
        "name the row that comes in, never the published one",
        arguments: [
            ("sequence: no_gaps, column: id", nil, [1]), ("sequence: no_gaps, column: id, step: 2", nil, []),
            ("sequence: no_gaps, column: id, partitionBy: shop", nil, [1]),
            // 7 is below the published 9, and 9 is not beyond it.
            ("sequence: increasing, column: n", nil, [1]), ("sequence: strictly_increasing, column: n", nil, [0, 1]),
            ("sequence: increasing, column: n, partitionBy: shop", nil, []),
            // In the order of the times, 12 stands before the published 6 and 9, and 7 before the published 6.
            ("sequence: increasing, column: n, orderBy: seen", nil, [1, 2]),
            ("sequence: increasing, column: n, orderBy: id", nil, [1]),
            // Half an hour after a published one, and half an hour before one.
            ("unique: shop, within: 1 hour, time: seen", nil, [0, 1]),
            ("unique: shop, within: 30 min, time: seen", nil, []),
            // The published row with the same id is replaced.
            ("unique: shop, within: 1 hour, time: seen", "UPDATE stage SET id = 3 WHERE id = 4", [1]),
            ("sequence: no_gaps, column: n, step: 2", "DELETE FROM raw.orders", [2]),
            ("unique: shop, within: 1 hour, time: seen", "DELETE FROM stage", []),
            ("sequence: increasing, column: n, orderBy: seen", "DELETE FROM stage", []),
        ] as [(String, String?, [Int64])])
    func together(implementation: String, change: String?, broken: [Int64]) async throws {
        let (result, failed) = try await Lab.audit(
            Self.rule(implementation), setup: Self.setup + (change ?? ""), existing: "raw.orders", replaced: ["id"])
        #expect(failed.keys.sorted() == broken, "\(result.outcomes)")
    }

    @Test("published rows without the column, or with another kind of values, say nothing")
    func unlike() async throws {
        for change in ["ALTER TABLE raw.orders DROP seen", "ALTER TABLE raw.orders ALTER seen TYPE VARCHAR"] {
            let (_, failed) = try await Lab.audit(
                Self.rule("unique: shop, within: 1 hour, time: seen"), setup: Self.setup + change,
                existing: "raw.orders")
            #expect(failed.isEmpty)
        }
    }

    @Test("a growing sequence without an order looks at every row once, however many are published")
    func many() async throws {
        let (_, failed) = try await Lab.audit(
            Self.rule("sequence: no_gaps, column: id"),
            setup: """
                CREATE TABLE raw.orders AS SELECT i AS id, '' AS shop, TIMESTAMP '2026-01-01' AS seen, 1 AS n FROM range(100000) t(i) WHERE i <> 500;
                CREATE TABLE stage AS SELECT i AS id, '' AS shop, TIMESTAMP '2026-01-01' AS seen, 1 AS n FROM range(100000, 100010) t(i)
                """, existing: "raw.orders")
        // The gap in what is published is nobody's fault here.
        #expect(failed.isEmpty)
    }
}
