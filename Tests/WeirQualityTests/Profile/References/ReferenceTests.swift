import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("References between tables", .timeLimit(.minutes(5)))
struct ReferenceTests {
    private static let shop = [
        (
            "customers",
            "SELECT i AS id, 'c' || i AS name, ['DE', 'FR'][1 + i % 2] AS country_code FROM range(1, 500) t(i)"
        ),
        ("countries", "SELECT * FROM (VALUES ('DE', 'Germany'), ('FR', 'France'), ('US', 'USA')) t(code, name)"),
        (
            "orders",
            "SELECT i AS order_id, CASE WHEN i % 100 = 7 THEN 9000 + i WHEN i % 11 > 0 THEN 1 + hash(i) % 499 END AS customer_id, 1 + i % 9 AS quantity, CASE WHEN i > 5 THEN i // 2 END AS previous_order_id FROM range(1, 2000) t(i)"
        ),
        (
            "order_items",
            "SELECT 1 + i // 3 AS order_id, i % 3 AS line, 'p' || (i % 40) AS product FROM range(5000) t(i)"
        ),
        ("stock", "SELECT 'p' || i AS article, i * 3 AS amount FROM range(60) t(i)"),
    ]

    private func find(_ tables: [(String, String)]) async throws -> ([Reference], [String: Int]) {
        try await ProfileLab.database().withConnection { connection in
            try await connection.perform { connection in
                var looked: [ReferenceFinder.Table] = []
                for (name, query) in tables {
                    let sql = SQL.quote(name)
                    try connection.execute("CREATE TABLE \(sql) AS \(query)")
                    let profile = try Profiler(target: name).profile(sql, isTable: true, on: connection)
                    looked.append(.init(name: name, shortName: name, relation: sql, shown: sql, profile: profile))
                }
                let found = try ReferenceFinder(tables: looked).find(on: connection)
                let counts = try found.map { ($0.words, try connection.query($0.sql).count) }
                return (found, Dictionary(counts, uniquingKeysWith: { first, _ in first }))
            }
        }
    }

    @Test("are those that a person would draw, with orphans counted; small numbers that fit by accident are none")
    func shop() async throws {
        let (found, shown) = try await find(Self.shop)
        #expect(
            Set(found.map { "\($0.fromTable).\($0.fromColumn) → \($0.toTable).\($0.toColumn)" }) == [
                "orders.customer_id → customers.id", "customers.country_code → countries.code",
                "order_items.order_id → orders.order_id", "orders.previous_order_id → orders.order_id",
                "order_items.product → stock.article",
            ], "\(found.map(\.words))")
        let customers = try #require(found.first { $0.fromColumn == "customer_id" })
        #expect(customers.orphans == 20)
        #expect(shown[customers.words] == 20)
        #expect(customers.plausibility < 1)
        #expect(found.first { $0.fromColumn == "country_code" }?.orphans == 0)
        #expect(found.first { $0.fromColumn == "country_code" }?.coverage == 0.667)
    }

    @Test("of several columns: where they stand together in a key, with the rows whose combination it does not have")
    func composite() async throws {
        let (found, shown) = try await find([
            (
                "order_items",
                "SELECT 1 + i // 3 AS order_id, i % 3 AS line, 'p' || (i % 40) AS product FROM range(600) t(i)"
            ),
            (
                "returns",
                """
                SELECT i AS return_id, CASE WHEN i <> 9 THEN 1 + i * 7 % 200 END AS order_id,
                    CASE WHEN i IN (3, 4) THEN 7 ELSE i % 3 END AS line FROM range(300) t(i)
                """
            ),
            // The same names, other combinations.
            ("labels", "SELECT i AS order_id, 5 + i % 2 AS line FROM range(100) t(i)"),
            // Each value is there, and no name says so.
            ("counts", "SELECT 1 + i % 50 AS a, i % 3 AS b FROM range(100) t(i)"),
        ])
        let composite = found.filter { $0.fromColumns.count > 1 }
        #expect(composite.map(\.fromTable) == ["returns"], "\(found.map(\.words))")
        let reference = try #require(composite.first)
        #expect(
            Set(zip(reference.fromColumns, reference.toColumns).map { "\($0) \($1)" }) == [
                "order_id order_id", "line line",
            ])
        #expect(reference.toTable == "order_items" && reference.filled == 299 && reference.orphans == 2)
        #expect(shown[reference.words] == 2)
        #expect(reference.check.hasPrefix("relationships: [{ from: ["))
        let json = try JSONEncoder().encode(reference)
        #expect(try JSONDecoder().decode(Reference.self, from: json) == reference)
    }

    @Test("nothing to find: tables of one column, empty ones, and ids that only count")
    func nothing() async throws {
        let (found, _) = try await find([
            ("a", "SELECT i AS id, i % 5 AS rating FROM range(100) t(i)"), ("b", "SELECT i AS id FROM range(50) t(i)"),
            ("empty", "SELECT 1 AS a_id WHERE false"), ("c", "SELECT NULL::INTEGER AS a_id FROM range(5)"),
        ])
        #expect(found.isEmpty, "\(found.map(\.words))")
    }

    @Test(
        "names agree in one and many",
        arguments: [
            ("customer_id", "id", "customers", 1.0), ("customerId", "id", "Customer", 1.0),
            ("city_id", "id", "cities", 1),
            ("customer", "id", "customers", 1), ("id", "id", "customers", 0), ("quantity", "id", "orders", 0),
            ("iso_code", "iso_code", "countries", 0.9), ("status_id", "id", "statuses", 1),
            ("box_no", "no", "boxes", 1),
        ])
    func names(column: String, key: String, table: String, expected: Double) {
        #expect(ReferenceCandidate.agreement(column, key, of: table, isSameTable: false) == expected)
    }
}
