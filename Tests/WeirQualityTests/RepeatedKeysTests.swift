import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

/// Beyond ``RepeatedKeys/fewest`` rows keys are looked at by their hashes first. What is found must be what grouping
/// alone finds: no double missed, no single taken for one.
@Suite("Keys that come twice among many", .timeLimit(.minutes(10)))
struct RepeatedKeysTests {
    private static let many = 260_000

    /// Suspects as a condition, with what grouping finds among them and what it finds among all rows.
    private func search(
        _ keys: [String], _ setup: String, where condition: String = "true", rows: Int = many
    ) async throws -> (suspects: RepeatedKeys.Suspects, among: [String], all: [String], suspected: Int) {
        try await Database.open().withConnection { connection in
            try await connection.perform { connection in
                try connection.execute(setup)
                let suspects = try RepeatedKeys.suspects(
                    keys, in: "t", where: condition, rows: rows, table: "odd \"name", on: connection)
                let list = keys.joined(separator: ", ")
                func doubles(_ more: String, on connection: isolated Connection) throws -> [String] {
                    try connection.query(
                        "SELECT \(list), count(*) FROM t WHERE \(condition) AND \(more) GROUP BY \(list) HAVING count(*) > 1 ORDER BY ALL"
                    ).map { $0.map(\.display).joined(separator: "|") }
                }
                let suspected =
                    switch suspects {
                    case .none: "false"
                    case .all: "true"
                    case .some(let condition): condition
                    }
                let count = try connection.query("SELECT count(*) FROM t WHERE \(condition) AND \(suspected)").scalar
                return (
                    suspects, try doubles(suspected, on: connection), try doubles("true", on: connection),
                    Int(count.int ?? -1)
                )
            }
        }
    }

    @Test("of different keys few are suspected, and none is a double")
    func different() async throws {
        let found = try await search(["id"], "CREATE TABLE t AS SELECT i AS id FROM range(\(Self.many)) r(i)")
        #expect(found.among == [] && found.all == [])
        // A key that meets another's bit is suspected wrongly; there is a bit for each of many keys.
        #expect(found.suspected < Self.many / 10, "\(found.suspected)")
    }

    @Test(
        "a double is found wherever it stands: side by side, far apart, first and last",
        arguments: [
            [0, 1], [0, 259_999], [131_071, 131_072], [5, 6, 200_000],
        ])
    func places(rows: [Int]) async throws {
        let list = rows.map(String.init).joined(separator: ", ")
        let found = try await search(
            ["id"],
            "CREATE TABLE t AS SELECT CASE WHEN i IN (\(list)) THEN -7 ELSE i END AS id FROM range(\(Self.many)) r(i)")
        #expect(found.among == ["-7|\(rows.count)"] && found.all == found.among)
        #expect(found.suspects != .all && found.suspected < Self.many / 10)
    }

    @Test("keys of several columns and types, among which no column alone is unique")
    func composite() async throws {
        let found = try await search(
            ["a", "b", "c"],
            """
            CREATE TABLE t AS SELECT i % 1000 AS a, 'é' || (i // 1000) AS b, DATE '2020-01-01' AS c FROM range(\(Self.many)) r(i);
            INSERT INTO t VALUES (17, 'é41', DATE '2020-01-01'), (17, 'é41', DATE '2020-01-02'), (17, 'é41', DATE '2020-01-02');
            """)
        #expect(found.among == ["17|é41|2020-01-01|2", "17|é41|2020-01-02|2"])
        #expect(found.all == found.among)
    }

    @Test("nulls count where the condition lets them, each part of a key by itself")
    func nulls() async throws {
        let setup = """
            CREATE TABLE t AS SELECT CASE WHEN i % 9 = 0 THEN NULL ELSE i END AS a, i % 2 AS b FROM range(\(Self.many)) r(i);
            INSERT INTO t VALUES (1, NULL), (1, NULL), (7, 1)
            """
        let complete = try await search(["a", "b"], setup, where: "a IS NOT NULL AND b IS NOT NULL")
        #expect(complete.among == ["7|1|2"] && complete.all == complete.among)
        let all = try await search(["a", "b"], setup)
        #expect(all.among == all.all && all.among.count == 4, "\(all.among)")
        #expect(all.among.contains("1|NULL|2"))
    }

    @Test("where too many keys come twice, all rows are suspected")
    func hopeless() async throws {
        let found = try await search(["id"], "CREATE TABLE t AS SELECT i // 2 AS id FROM range(\(Self.many)) r(i)")
        #expect(found.suspects == .all)
        #expect(found.all.count == Self.many / 2)
    }

    @Test("far more rows than were told, so that bits are met all the time, cost time and hide no double")
    func crowded() async throws {
        // Bits for the fewest rows, and six times as many rows: a quarter of what was told is soon suspected.
        let crowd = 1_500_000
        let found = try await search(
            ["id"],
            "CREATE TABLE t AS SELECT i * 7919 AS id FROM range(\(crowd)) r(i); INSERT INTO t VALUES (7919)",
            rows: RepeatedKeys.fewest)
        #expect(found.among == ["7919|2"])
        #expect(found.among == found.all)
    }

    @Test("two keys of one bit are both suspected, and neither is a double")
    func collisions() async throws {
        // DuckDB's hash cannot be turned around, so the neighbours are searched: keys whose hashes share the bits that
        // the smallest table looks at.
        let shared = "hash(i) >> 41"
        let found = try await search(
            ["id"],
            """
            CREATE TABLE pool AS SELECT i, \(shared) AS place FROM range(1200000) r(i);
            CREATE TABLE t AS SELECT i AS id FROM pool
            WHERE place IN (SELECT place FROM pool GROUP BY place HAVING count(*) > 1) ORDER BY place LIMIT \(Self.many / 10);
            CREATE TABLE rest AS SELECT 10000000 + i AS id FROM range(\(Self.many - Self.many / 10)) r(i);
            INSERT INTO t FROM rest;
            """, rows: RepeatedKeys.fewest)
        #expect(found.all == [] && found.among == [])
        #expect(found.suspects != .none)
        // Every second one of a place meets the bit of the first.
        #expect(found.suspected >= Self.many / 10 / 2, "\(found.suspected)")
    }

    @Test("below the fewest rows grouping alone decides; nothing is looked at")
    func few() async throws {
        let found = try await search(["id"], "CREATE TABLE t AS SELECT 1 AS id", rows: RepeatedKeys.fewest - 1)
        #expect(found.suspects == .all)
    }

    // MARK: In an audit

    private static let key = """
        properties:
          - { name: id, logicalType: integer, primaryKey: true }
          - { name: part, logicalType: string, primaryKey: true }
        """

    @Test("an audit of many rows marks the rows too many, and those whose key is published already")
    func audit() async throws {
        let (result, failed) = try await Lab.audit(
            Self.key,
            setup: """
                CREATE TABLE stage AS SELECT i AS id, 'p' || i % 3 AS part FROM range(\(Self.many)) r(i);
                INSERT INTO stage VALUES (10, 'p1'), (10, 'p2'), (NULL, 'p1'), (NULL, 'p1');
                CREATE TABLE raw.orders AS SELECT 250000 + i AS id, 'p0' AS part FROM range(3) r(i)
                """, existing: "raw.orders")
        // Of 250000, 250001 and 250002 one is in part p0.
        let published = (250_000...250_002).filter { $0 % 3 == 0 }.map(Int64.init)
        #expect(published.count == 1)
        let unique = failed.filter { $0.value.contains("unique(id, part)") }.keys.sorted()
        #expect(unique == (published + [Int64(Self.many)]).sorted(), "\(failed)")
        #expect(result["unique(id, part)"]?.violating == 2)
        #expect(failed.filter { $0.value == ["not_null(id)"] }.count == 2, "\(failed)")
        #expect(result.failedRows == 4)
    }

    @Test("an audit of many rows in which no key comes twice passes")
    func passes() async throws {
        let (result, failed) = try await Lab.audit(
            Self.key,
            setup: "CREATE TABLE stage AS SELECT i % 1000 AS id, 'p' || i // 1000 AS part FROM range(\(Self.many)) r(i)"
        )
        #expect(result.verdict == .pass && failed.isEmpty)
    }
}
