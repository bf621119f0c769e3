import Foundation
import Testing
import WeirCore
import WeirEngine

@testable import WeirPipeline

@Suite("Sources in other databases", .serialized, .timeLimit(.minutes(10)))
struct SourceDatabaseTests {
    /// A database that a test can write to.
    struct Server: Sendable, CustomStringConvertible {
        let engine: String
        let service: Service?
        var description: String { engine }

        /// Runs statements in the server, one by one.
        func execute(_ project: SourceProject, _ statements: [String]) async throws {
            var options = Database.Options()
            options.extensions = ["\(engine)_scanner"]
            let address = try service?.required() ?? "\(project.root)/s.db"
            try await Database.open(options).withConnection { connection in
                try await connection.execute("ATTACH \(SQL.literal(address)) AS s (TYPE \(engine))")
                for statement in statements {
                    if engine == "sqlite" {
                        try await connection.execute("USE s; \(statement)")
                    } else {
                        _ = try await connection.query("CALL \(engine)_execute('s', \(SQL.literal(statement)))")
                    }
                }
            }
        }

        func connect(_ project: SourceProject) throws {
            let address = try service?.required()
            let connection = address.map { "url: \"\($0)\"" } ?? "path: s.db"
            try project.write(
                "weir.yaml", "weir: 1\nname: s\nconnections:\n  shop: { type: \(engine), \(connection) }\n")
        }
    }

    static let servers = [
        Server(engine: "sqlite", service: nil), Server(engine: "postgres", service: .postgres),
        Server(engine: "mysql", service: .mysql),
    ].filter { $0.service?.isExpected ?? true }

    static let create = [
        "DROP TABLE IF EXISTS orders",
        "CREATE TABLE orders (id INTEGER, name VARCHAR(50), seen INTEGER)",
        "INSERT INTO orders VALUES (1, 'one', 10), (2, 'it''s', 20), (3, NULL, 20)",
    ]

    private func project(_ server: Server, _ source: String, _ statements: [String] = create) async throws
        -> SourceProject
    {
        let project = try SourceProject()
        try await server.execute(project, statements)
        try server.connect(project)
        try project.source("from: { \(server.engine): shop, table: orders }\n\(source)")
        return project
    }

    @Test("replace reads the table anew, and says when nothing changed", arguments: servers)
    func replace(server: Server) async throws {
        let project = try await project(server, "")
        let first = try await project.run()
        #expect(first.status == .published, "\(first.reason ?? "")")
        let rows = try await project.rows()
        #expect(rows == ["1|one|10", "2|it's|20", "3|NULL|20"])
        try await server.execute(project, ["DELETE FROM orders WHERE id = 1"])
        #expect(try await project.run().balance.published == 2)
    }

    @Test("a query instead of a table", arguments: servers)
    func query(server: Server) async throws {
        let project = try await project(server, "")
        try project.source(
            "from: { \(server.engine): shop, query: \"SELECT id, name FROM orders WHERE seen = 20 AND name IS NOT NULL\" }\ncolumns: { id: INTEGER }"
        )
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows = try await project.rows()
        #expect(rows == ["2|it's"])
    }

    @Test("append takes each row once, also those that come later with the watermark read last", arguments: servers)
    func append(server: Server) async throws {
        let project = try await project(server, "load: { strategy: append, watermark: seen }")
        #expect(try await project.run().balance.published == 3)
        #expect(try await project.run().balance.read == 0)
        try await server.execute(
            project,
            [
                "INSERT INTO orders VALUES (4, 'late', 20)", "INSERT INTO orders VALUES (3, NULL, 20)",
                "INSERT INTO orders VALUES (5, 'new', 30)", "INSERT INTO orders VALUES (6, 'too old', 5)",
            ])
        #expect(try await project.run().balance.published == 3)
        let rows = try await project.rows()
        #expect(rows == ["1|one|10", "2|it's|20", "3|NULL|20", "3|NULL|20", "4|late|20", "5|new|30"])
    }

    @Test("merge updates by key from the watermark on, and looks back", arguments: servers)
    func merge(server: Server) async throws {
        let orders = [
            "DROP TABLE IF EXISTS orders", "CREATE TABLE orders (id INTEGER, name VARCHAR(50), seen TIMESTAMP NULL)",
            "INSERT INTO orders VALUES (1, 'one', '2024-01-01 00:00:00'), (2, 'two', '2024-01-03 00:00:00')",
        ]
        let project = try await project(
            server,
            "columns: { seen: TIMESTAMP }\nload: { strategy: merge, key: [id], watermark: seen, lookback: 1 day }",
            orders)
        #expect(try await project.run().balance.published == 2)
        try await server.execute(
            project,
            [
                "INSERT INTO orders VALUES (3, 'in the look-back', '2024-01-02 12:00:00')",
                "INSERT INTO orders VALUES (4, 'before it', '2024-01-01 12:00:00')",
                "UPDATE orders SET name = 'two!', seen = '2024-01-04 00:00:00' WHERE id = 2",
                "INSERT INTO orders VALUES (5, 'no time', NULL)",
            ])
        let second = try await project.run()
        #expect(second.status == .published, "\(second.reason ?? "")")
        #expect(second.balance.published == 2)
        #expect(second.balance.quarantined == 1)
        let rows = try await project.rows("SELECT id, name FROM raw.t ORDER BY id")
        #expect(rows == ["1|one", "2|two!", "3|in the look-back"])
        let held = try await project.quarantine()
        #expect(held.count == 1)
        #expect(held.first?.hasPrefix("shop:orders|NULL|watermark_null(seen)") == true, "\(held)")
    }

    @Test("looking back from a watermark that is no time is an error that says so")
    func lookbackType() async throws {
        let project = try await project(
            Self.servers[0], "load: { strategy: merge, key: [id], watermark: seen, lookback: 1 day }")
        try await project.run()
        #expect(try await project.run().error?.code == "load.lookback-type")
    }

    @Test("a watermark that went backwards stops the load", arguments: servers)
    func backwards(server: Server) async throws {
        let project = try await project(server, "load: { strategy: append, watermark: seen }")
        try await project.run()
        try await server.execute(project, ["DELETE FROM orders WHERE seen > 10"])
        let result = try await project.run()
        #expect(result.status == .stopped)
        #expect(result.error?.code == "load.watermark-backwards")
        let rows = try await project.rows("SELECT count(*) FROM raw.t")
        #expect(rows == ["3"])
    }

    @Test("batches are published one by one, never splitting rows of one watermark", arguments: servers)
    func batches(server: Server) async throws {
        let rows = (0..<97).map { "(\($0), 'n\($0)', \($0 / 7))" }.joined(separator: ", ")
        let project = try await project(
            server, "load: { strategy: append, watermark: seen, batch: 10 }",
            Array(Self.create.prefix(2)) + [
                "INSERT INTO orders VALUES \(rows)", "INSERT INTO orders VALUES (200, 'no time', NULL)",
            ])
        let first = try await project.run()
        #expect(first.status == .published, "\(first.reason ?? "")")
        #expect(first.balance.published == 97)
        #expect(first.balance.quarantined == 1)
        let counts = try await project.rows("SELECT count(*), count(DISTINCT id), max(seen) FROM raw.t")
        #expect(counts == ["97|97|13"])
        #expect(try await project.run().balance.published == 0)
        try await server.execute(
            project, ["INSERT INTO orders VALUES (98, 'a', 13)", "INSERT INTO orders VALUES (99, 'b', 14)"])
        #expect(try await project.run().balance.published == 2)
        // Again from nothing: the same rows, in pieces.
        let again = try await project.run { $0.fullRefresh = true }
        #expect(again.status == .published, "\(again.reason ?? "")")
        #expect(again.balance.published == 99)
        let held = try await project.rows("SELECT count(*) FROM weir_quarantine.raw__t")
        #expect(held == ["1"])
    }

    @Test("batches of a first load that stopped half-way go on where they were", arguments: servers)
    func resumes(server: Server) async throws {
        let project = try await project(server, "load: { strategy: merge, key: [id], watermark: seen, batch: 1 }")
        #expect(try await project.run().balance.published == 3)
        // As if only the first piece had been published.
        try await Database.open(.init(path: "\(project.root)/warehouse.duckdb")).withConnection { connection in
            try await connection.execute(
                "DELETE FROM raw.t WHERE seen > 10; UPDATE weir_meta.checkpoints SET watermark = '10'")
        }
        #expect(try await project.run().changes.inserted == 2)
        let rows = try await project.rows("SELECT id FROM raw.t ORDER BY 1")
        #expect(rows == ["1", "2", "3"])
    }

    @Test("a table that disappears fails its source and leaves what was published", arguments: servers)
    func disappears(server: Server) async throws {
        let project = try await project(server, "")
        try await project.run()
        try await server.execute(project, ["DROP TABLE orders"])
        let result = try await project.run()
        #expect(result.status == .failed)
        #expect(result.reason?.contains("orders") == true, "\(result.reason ?? "")")
        let rows = try await project.rows("SELECT count(*) FROM raw.t")
        #expect(rows == ["3"])
    }

    @Test("a new column is added, a lost one stops the load", arguments: servers)
    func evolution(server: Server) async throws {
        let project = try await project(server, "load: { strategy: merge, key: [id] }")
        try await project.run()
        try await server.execute(
            project, ["ALTER TABLE orders ADD COLUMN extra VARCHAR(10)", "UPDATE orders SET extra = 'x' WHERE id = 1"])
        let second = try await project.run()
        #expect(second.status == .published, "\(second.reason ?? "")")
        let rows = try await project.rows()
        #expect(rows == ["1|one|10|x", "2|it's|20|NULL", "3|NULL|20|NULL"])
        try await server.execute(project, ["ALTER TABLE orders DROP COLUMN name"])
        #expect(try await project.run().error?.code == "schema.missing-column")
    }

    @Test(
        "append from a database without a watermark, and batch without one, are errors",
        arguments: [
            "load: { strategy: append }", "load: { strategy: merge, key: [id], batch: 10 }",
        ])
    func needsWatermark(load: String) async throws {
        let project = try await project(Self.servers[0], load)
        #expect(throws: (any Error).self) { try ProjectLoader.load(root: project.root, environment: [:]) }
    }

    // MARK: Values

    @Test("SQLite's values of any type in any column: those that do not fit are set aside")
    func sqliteValues() async throws {
        let project = try SourceProject()
        let made = Process()
        made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        made.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            d = sqlite3.connect(sys.argv[1])
            d.execute('create table orders (i integer, d date, x real, b blob, s text)')
            d.executemany('insert into orders values (?, ?, ?, ?, ?)', [
                (1, '2020-01-02', 1.5, b'\\x00\\xff', 'a'), ('abc', '2020-01-03', 2, None, 'b'), (3, '2013-02-30', 'z', b'q', 'c'),
                (9223372036854775807, None, None, b'', "it's")])
            d.commit()
            """, "\(project.root)/s.db",
        ]
        try made.run()
        made.waitUntilExit()
        try project.write("weir.yaml", "weir: 1\nname: s\nconnections: { shop: { type: sqlite, path: s.db } }\n")
        try project.source("from: { sqlite: shop, table: orders }")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows = try await project.rows()
        #expect(rows == ["1|2020-01-02|1.5|\\x00\\xFF|a", "9223372036854775807|NULL|NULL||it's"])
        let reasons = try await project.rows(
            "SELECT array_to_string(_weir_reasons, '+') FROM weir_quarantine.raw__t ORDER BY 1")
        #expect(reasons == ["type(d)+type(x)", "type(i)"])
    }

    @Test("PostgreSQL's types", .enabled(if: Service.postgres.isExpected, "needs WEIR_TEST_POSTGRES"))
    func postgresTypes() async throws {
        let server = Server(engine: "postgres", service: .postgres)
        let project = try await project(
            server, "columns: { exact: \"DECIMAL(38,9)\", a: VARCHAR }",
            [
                "DROP TABLE IF EXISTS orders",
                """
                CREATE TABLE orders (s smallint, b boolean, n numeric(10,2), exact numeric, ts timestamptz, d date, u uuid, j jsonb,
                    l text[], by bytea, iv interval, t time, a inet, r real, "Ünï q" varchar)
                """,
                """
                INSERT INTO orders VALUES (-32768, true, 9.99, 12345678901234567890123456789.123456789, '2020-01-01 00:00:00+02',
                    '2020-02-29', '00000000-0000-0000-0000-000000000001', '{"a": [1]}', '{a,NULL,"b c"}', '\\x00ff', '1 month 2 days',
                    '12:00:00.5', '10.0.0.1', 0.5, 'é')
                """, "INSERT INTO orders (s) VALUES (NULL)",
            ])
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows = try await project.rows("SELECT * FROM raw.t WHERE s IS NOT NULL")
        #expect(
            rows == [
                "-32768|true|9.99|12345678901234567890123456789.123456789|2019-12-31 22:00:00+00|2020-02-29|"
                    + "00000000-0000-0000-0000-000000000001|{\"a\": [1]}|[a, NULL, b c]|\\x00\\xFF|1 month 2 days|12:00:00.5|"
                    + "10.0.0.1/32|0.5|é"
            ])
    }

    @Test("MySQL's types", .enabled(if: Service.mysql.isExpected, "needs WEIR_TEST_MYSQL"))
    func mysqlTypes() async throws {
        let server = Server(engine: "mysql", service: .mysql)
        let project = try await project(
            server, "columns: { z: \"DECIMAL(38,15)\" }",
            [
                "DROP TABLE IF EXISTS orders",
                "CREATE TABLE orders (z decimal(65,30), a int unsigned, b bigint unsigned, c decimal(20,5), d datetime(6), f date, h year, i tinyint(1), k json, l enum('x','y'), o blob, p double)",
                "INSERT INTO orders VALUES (12345678901234567890.123456789012345, 4294967295, 18446744073709551615, 1.23456, '2020-01-01 01:02:03.123456', '2020-02-29', 2020, 1, '{\"a\": 1}', 'y', x'00ff', 0.1)",
            ])
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        let rows = try await project.rows()
        #expect(
            rows == [
                "12345678901234567890.123456789012345|4294967295|18446744073709551615|1.23456|2020-01-01 01:02:03.123456|2020-02-29|2020|true|{\"a\": 1}|y|\\x00\\xFF|0.1"
            ])
    }

    // MARK: Failures

    @Test(
        "a server that is down is tried again, told clearly, and its password is never shown",
        arguments: ["postgres", "mysql"])
    func down(engine: String) async throws {
        let project = try SourceProject()
        try project.write(
            "weir.yaml",
            "weir: 1\nname: s\nconnections: { shop: { type: \(engine), url: \"\(engine)://joe:hunter22@127.0.0.1:1/db\" } }\n"
        )
        try project.source("from: { \(engine): shop, table: orders }")
        let result = try await project.run()
        #expect(result.status == .failed)
        #expect(result.attempts > 1)
        let error = try #require(result.error)
        #expect(error.code == "connection.failed")
        #expect(error.isTransient)
        #expect("\(error) \(error.hint ?? "") \(result.reason ?? "")".contains("hunter22") == false)
        #expect(error.message.contains("shop"))
    }

    @Test("a wrong password is not tried again, and not shown", arguments: servers.filter { $0.service != nil })
    func wrongPassword(server: Server) async throws {
        let project = try SourceProject()
        let address = try #require(try server.service?.required()).replacing(":weir@", with: ":hunter22@")
        try project.write(
            "weir.yaml", "weir: 1\nname: s\nconnections: { shop: { type: \(server.engine), url: \"\(address)\" } }\n")
        try project.source("from: { \(server.engine): shop, table: orders }")
        let result = try await project.run()
        #expect(result.status == .failed)
        #expect(result.attempts == 1)
        #expect("\(String(describing: result.error))".contains("hunter22") == false)
    }
}
