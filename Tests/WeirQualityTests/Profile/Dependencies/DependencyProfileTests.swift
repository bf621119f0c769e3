import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Dependencies in a profile", .timeLimit(.minutes(5)))
struct DependencyProfileTests {
    /// Orders whose six true dependencies a person would name, with columns that follow from nothing.
    static func orders(_ rows: Int) -> String {
        """
        SELECT i AS order_id, hash(i, 1) % (\(rows) // 20) AS customer_id, 'name' || (hash(customer_id, 2) % 5000) AS customer_name,
        lpad((hash(customer_id, 3) % 100)::VARCHAR, 5, '0') AS zip, 'city ' || (hash(zip, 4) % 40) AS city,
        ['DE', 'FR', 'US'][(1 + hash(city, 5) % 3)::INT] AS country, hash(i, 6) % 200 AS product_id,
        ((hash(product_id, 7) % 9000) / 100)::DECIMAL(9, 2) AS price, 1 + hash(i, 8) % 9 AS quantity,
        DATE '2024-01-01' + (hash(i, 9) % 365)::INT AS day FROM range(\(rows)) t(i)
        """
    }

    private func pairs(_ dependencies: [Dependency]) -> [String] {
        dependencies.map { "\($0.from.joined(separator: "+")) \($0.to)" }
    }

    @Test("the true ones come first, and what follows from two others after them")
    func ranked() async throws {
        let profile = try await ProfileLab.profile(of: Self.orders(4_000)) { $0.dependencies = .always }
        let found = try #require(profile.table.dependencies)
        #expect(found.completeUpTo == nil)
        #expect(
            Set(pairs(found.exact).prefix(5)) == [
                "customer_id customer_name", "customer_id zip", "zip city", "city country", "product_id price",
            ], "\(pairs(found.exact))")
        #expect(found.minimal > 30)
        let first = try #require(found.exact.first)
        #expect(first.plausibility > 0.7 && first.violations == 0 && first.repeats > 1000)
        #expect(found.exact.filter { $0.plausibility >= 0.5 }.count <= 8, "\(found.exact)")
        #expect(profile.table.keys.first?.columns == ["order_id"])
        #expect(!profile.findings.contains { $0.code == "broken-dependency" }, "\(profile.findings)")
    }

    @Test("a dependency that a few rows break is a finding, whose SQL shows just these rows and whose check fails")
    func broken() async throws {
        let query =
            "SELECT * REPLACE (CASE WHEN order_id IN (5, 50) THEN 'elsewhere' WHEN order_id = 500 THEN NULL ELSE city END AS city) FROM (\(Self.orders(4_000)))"
        let profile = try await ProfileLab.profile(of: query) { $0.dependencies = .always }
        let finding = try #require(
            profile.findings.first { $0.code == "broken-dependency" && $0.columns == ["zip", "city"] },
            "\(profile.findings.map(\.message)) \(profile.table.dependencies as Any)")
        #expect(finding.rows == 3)
        let sql = try #require(finding.sql).replacing("{table}", with: "(\(query))")
        let shown = try await ProfileLab.database().withConnection { connection in
            try await connection.query("SELECT order_id FROM (\(sql)) ORDER BY 1").map { $0[0].display }
        }
        #expect(shown == ["5", "50", "500"])
        let check = try #require(finding.check)
        let counted = String(try #require(check.firstMatch(of: /query: '(.*)'/)).1).replacing("''", with: "'")
        let count = try await ProfileLab.database().withConnection { connection in
            try await connection.query(counted.replacing("{table}", with: "(\(query))")).scalar.int
        }
        #expect(count == 3)
    }

    @Test("keys of three columns are found, and null equals null")
    func keys() async throws {
        let profile = try await ProfileLab.profile(
            of:
                "SELECT a.i AS shop_id, b.i AS day_no, c.i AS line_no, (a.i * b.i) % 3 AS v FROM range(20) a(i), range(9) b(i), range(7) c(i)"
        ) { $0.dependencies = .always }
        #expect(profile.table.keys.map(\.columns).first == ["shop_id", "day_no", "line_no"])
        #expect(profile.table.dependencies?.minimalKeys == 1)
        let nulls = try await ProfileLab.profile(of: "SELECT * FROM (VALUES (NULL, 1), (NULL, 1), (2, 3)) t(a, b)")
        #expect(nulls.table.dependencies?.minimal == 2)
        #expect(nulls.table.keys.isEmpty)
        let broken = try await ProfileLab.profile(of: "SELECT * FROM (VALUES (NULL, 1), (NULL, 2), (2, 3)) t(a, b)")
        #expect(broken.table.dependencies?.minimal == 1)
    }

    @Test("a large table is searched in a sample, and what is told holds in all of its rows")
    func sampled() async throws {
        // In 3 of 300,000 rows the city is another, which a sample may well miss.
        let query =
            "SELECT * REPLACE (CASE WHEN order_id IN (5, 150000, 250000) THEN 'elsewhere' ELSE city END AS city) FROM (SELECT order_id, zip, city, product_id, price FROM (\(Self.orders(300_000))))"
        let quick = try await ProfileLab.profile(of: query)
        #expect(quick.table.dependencies == nil)
        let profile = try await ProfileLab.profile(of: query) { $0.dependencies = .always }
        let found = try #require(profile.table.dependencies)
        #expect(found.rows == 100_000)
        #expect(found.sampledFrom == 300_000)
        #expect(pairs(found.exact).contains("product_id price"))
        #expect(!pairs(found.exact).contains("zip city"))
        #expect(found.approximate.first { $0.from == ["zip"] && $0.to == "city" }?.violations == 3)
        #expect(found.exact.allSatisfy { $0.violations == 0 })
    }

    @Test("constants, nested columns and more columns than a mask holds")
    func odd() async throws {
        let many = (0..<80).map { "hash(i, \($0)) % 5 AS c\($0)" }.joined(separator: ", ")
        let profile = try await ProfileLab.profile(
            of: "SELECT i, 1 AS one, NULL::INT AS none, [i] AS l, {'a': i} AS s, \(many) FROM range(50) t(i)"
        ) {
            $0.dependencies = .always
            $0.budget = 3
        }
        let found = try #require(profile.table.dependencies)
        #expect(found.columns.count == 63)
        #expect(!found.columns.contains("l") && !found.columns.contains("one") && !found.columns.contains("none"))
        #expect(found.minimal >= 2)
        let never = try await ProfileLab.profile(of: "SELECT 1 AS a, 2 AS b FROM range(9)") { $0.dependencies = .never }
        #expect(never.table.dependencies == nil)
        let nothing = try await ProfileLab.profile(of: "SELECT 1 AS a, 2 AS b FROM range(9)")
        #expect(nothing.table.dependencies?.minimal == 2)
    }

    @Test("values whose hashes are equal are still told apart: the count of the column decides")
    func collisions() async throws {
        // The facts say three values where the hashes say two, as a collision would.
        let codes = try await ProfileLab.database().withConnection { connection in
            try await connection.execute("CREATE TABLE t AS SELECT * FROM (VALUES ('a'), ('b'), ('a')) v(x)")
            return try await connection.perform { connection in
                let facts = ColumnFacts(name: "x", type: "VARCHAR", nulls: 0, distinct: .exact(3))
                return try CodeReader(source: "t", limit: nil, columns: [facts]).read(on: connection).0.columns
            }
        }
        #expect(codes == [[0, 1, 0]])
    }

    @Test("a cancelled search ends")
    func cancelled() async throws {
        let columns = (0..<30).map { "hash(i, \($0)) % \($0 + 2) AS c\($0)" }.joined(separator: ", ")
        let query = "SELECT \(columns) FROM range(20000) t(i)"
        let database = try await ProfileLab.database()
        let task = Task {
            try await database.withConnection { connection in
                try await connection.perform { connection in
                    var options = Profiler.Options()
                    options.dependencies = .always
                    return try Profiler(target: "t", options: options).profile(query, on: connection)
                }
            }
        }
        try await Task.sleep(for: .seconds(1))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
