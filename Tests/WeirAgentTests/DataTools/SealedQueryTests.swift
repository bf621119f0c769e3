import Foundation
import Testing
import WeirCore
import WeirEngine
import WeirPipeline

@testable import WeirAgent

@Suite("SQL of a model is kept in by the engine")
struct SealedQueryTests {
    /// Statements that try to get out. `FILE` is a file with a secret, `OUT` one that must not come to be, `FOLDER`
    /// the folder of both.
    static let attacks = [
        "SELECT * FROM read_csv('FILE')", "SELECT * FROM read_csv_auto('FILE')", "SELECT * FROM read_text('FILE')",
        "SELECT * FROM read_blob('FILE')", "SELECT * FROM read_json('FILE')", "SELECT * FROM read_json_auto('FILE')",
        "SELECT * FROM read_ndjson_objects('FILE')", "SELECT * FROM read_parquet('FILE')", "FROM 'FILE'",
        "SELECT * FROM \"FILE\"", "SELECT content FROM read_text('FOLDER/*')", "SELECT * FROM glob('FOLDER/*')",
        "SELECT * FROM sniff_csv('FILE')", "SELECT * FROM parquet_metadata('FILE')",
        "SELECT * FROM parquet_schema('FILE')",
        // In every position.
        "SELECT (SELECT content FROM read_text('FILE'))",
        "SELECT * FROM raw.orders WHERE EXISTS (SELECT 1 FROM read_text('FILE'))",
        "WITH x AS (SELECT * FROM read_text('FILE')) SELECT * FROM x",
        "WITH x AS MATERIALIZED (FROM 'FILE') SELECT * FROM x",
        "SELECT * FROM raw.orders UNION ALL BY NAME SELECT * FROM read_csv('FILE')",
        "SELECT * FROM raw.orders o JOIN LATERAL (SELECT * FROM read_text('FILE')) t ON true",
        "SELECT * FROM raw.orders ORDER BY (SELECT count(*) FROM read_text('FILE'))",
        "SELECT list_transform([1], x -> (SELECT content FROM read_text('FILE')))",
        "VALUES ((SELECT content FROM read_text('FILE')))", "DESCRIBE FROM 'FILE'", "SUMMARIZE FROM 'FILE'",
        "SELECT * FROM (DESCRIBE FROM 'FILE')", "PIVOT (FROM 'FILE') ON content",
        "SELECT * FROM query('SELECT * FROM read_text(''FILE'')')", "SELECT * FROM query_table('FILE')",
        "SELECT * FROM query_table(['FILE'])",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''FILE'')'))",
        "SELECT getvariable('x'), content FROM read_text('FILE')",
        // Networks, other databases, extensions.
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')", "FROM 'https://127.0.0.1:9/x.parquet'",
        "SELECT * FROM read_text('s3://bucket/x')", "SELECT * FROM sqlite_scan('FILE', 'x')",
        "SELECT * FROM postgres_scan('host=127.0.0.1', 'public', 'x')", "ATTACH 'FILE' AS other",
        "ATTACH ':memory:' AS other", "INSTALL httpfs", "LOAD httpfs", "LOAD 'FILE'",
        "SELECT * FROM read_duckdb('FILE')",
        // Writing.
        "COPY raw.orders TO 'OUT'", "COPY (SELECT 1) TO 'OUT' (FORMAT csv)", "EXPORT DATABASE 'OUT'",
        "INSERT INTO raw.orders SELECT * FROM raw.orders", "UPDATE raw.orders SET quantity = 0",
        "DELETE FROM raw.orders", "DROP TABLE raw.orders", "CREATE TABLE x AS SELECT 1",
        "CREATE TEMP TABLE x AS SELECT 1", "CREATE VIEW x AS SELECT 1", "TRUNCATE raw.orders",
        "ALTER TABLE raw.orders ADD COLUMN x INT", "CREATE SECRET x (TYPE s3)", "CREATE MACRO f(x) AS x", "VACUUM",
        "CHECKPOINT", "BEGIN", "PREPARE x AS SELECT 1", "CALL enable_logging(storage = 'file', storage_path = 'OUT')",
        // The engine lets these be written even when everything else is shut: its own files.
        "COPY (SELECT 1) TO 'WAREHOUSE.wal'", "COPY (SELECT 1) TO 'WAREHOUSE.wal.recovery'",
        "COPY (SELECT 1) TO 'WAREHOUSE.tmp/x'", "COPY raw.orders TO 'WAREHOUSE'", "EXPORT DATABASE 'WAREHOUSE.tmp'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'WAREHOUSE.wal'", "EXPLAIN (ANALYZE) COPY (SELECT 1) TO 'WAREHOUSE.wal'",
        "EXPLAIN (ANALYZE, FORMAT json) COPY (SELECT 1) TO 'WAREHOUSE.wal'",
        "EXPLAIN /* ANALYZE */ ANALYZE COPY (SELECT 1) TO 'WAREHOUSE.wal'", "ATTACH 'WAREHOUSE' AS again",
        "SHOW TABLES; COPY (SELECT 1) TO 'WAREHOUSE.wal'",
        "SHOW /* ' */ TABLES; COPY (SELECT 1) TO 'WAREHOUSE.wal' --'",
        "SHOW TABLES $$;$$; COPY (SELECT 1) TO 'WAREHOUSE.wal'",
        "DESCRIBE SELECT 1 AS \"x;\"; COPY (SELECT 1) TO 'WAREHOUSE.wal'",
        "PIVOT raw.orders ON status; COPY (SELECT 1) TO 'WAREHOUSE.wal'", "CREATE TEMP TABLE x AS FROM 'FILE'",
        "WITH x AS (DELETE FROM raw.orders RETURNING *) SELECT * FROM x",
        "EXPLAIN ANALYZE DELETE FROM raw.orders", "EXPLAIN ANALYZE COPY raw.orders TO 'OUT'",
        "EXPLAIN ANALYZE SELECT * FROM read_text('FILE')", "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1",
        // Settings, and what stands behind them.
        "SET enable_external_access = true", "RESET enable_external_access", "PRAGMA enable_external_access = true",
        "SET lock_configuration = false", "PRAGMA database_list; SELECT * FROM read_text('FILE')", "SET VARIABLE x = 1",
        "SET GLOBAL temp_directory = 'FOLDER'", "SELECT getenv('WEIR_TEST_CANARY')",
        // More than one statement.
        "SELECT 1; SELECT * FROM read_text('FILE')", "SELECT 1; DROP TABLE raw.orders",
        "SELECT 1;;COPY raw.orders TO 'OUT'",
        "SELECT 1 /* ; */; SET enable_external_access = true; SELECT * FROM read_text('FILE')", "", ";",
        "-- only words",
    ]

    @Test("whatever the statement, nothing is read from outside, written or changed")
    func attacks() async throws {
        let lab = try await DataLab()
        let secret = "canary-\(UUID().uuidString)"
        let folder = URL(fileURLWithPath: lab.root).deletingLastPathComponent().path
        let file = "\(folder)/secret.csv"
        let out = "\(folder)/out"
        try Data("content\n\(secret)\n".utf8).write(to: URL(fileURLWithPath: file))
        setenv("WEIR_TEST_CANARY", secret, 1)
        let warehouse = lab.path("warehouse.duckdb")
        let files = try FileManager.default.subpathsOfDirectory(atPath: lab.root).filter { !$0.hasPrefix(".weir") }
            .sorted()
        let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let rows = try await lab.call("query", ["sql": "SELECT count(*), sum(quantity) FROM raw.orders"])["rows"]
        for attack in Self.attacks {
            let sql = attack.replacing("FILE", with: file).replacing("OUT", with: out).replacing("FOLDER", with: folder)
                .replacing("WAREHOUSE", with: warehouse)
            for tool in ["query", "explain"] {
                let answer = try await lab.answer(tool, ["sql": .string(sql)])
                #expect(!answer.content.line.contains(secret), "\(tool): \(attack): \(answer.content.line)")
                // EXPLAIN of what explains itself, and plans of statements that are never run, are harmless.
                if tool == "query" { #expect(answer.isError, "\(attack): \(answer.content.line)") }
            }
            if attack.contains("read_text") || attack.hasPrefix("FROM") {
                let answer = try await lab.answer("explain", ["sql": .string(sql), "analyze": true])
                #expect(answer.isError, "\(attack): \(answer.content.line)")
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: lab.root).filter { !$0.hasPrefix(".weir") }.sorted()
                == files)
        #expect(
            try await lab.call("query", ["sql": "SELECT count(*), sum(quantity) FROM raw.orders"])["rows"] == rows)
    }

    @Test("the engine alone refuses, also where no statement is looked at beforehand")
    func engineAlone() async throws {
        let lab = try await DataLab()
        let file = lab.path("data/orders.csv")
        var options = Database.Options(path: lab.path("warehouse.duckdb"))
        options.readOnly = true
        options.extensions = ["json", "icu"]
        options.isSealed = true
        options.maxConnections = 3
        let database = try await Database.open(options)
        let out = lab.path("out.csv")
        for sql in [
            "SELECT * FROM read_csv('\(file)')", "FROM '\(file)'", "COPY raw.orders TO '\(out)'",
            "ATTACH '\(file)' AS x",
            "LOAD httpfs", "INSTALL httpfs", "SET enable_external_access = true", "SET lock_configuration = false",
            "DROP TABLE raw.orders", "SELECT * FROM glob('\(lab.root)/*')", "EXPORT DATABASE '\(out)'",
            "COPY (SELECT 1) TO '\(lab.path("warehouse.duckdb.wal"))'", "CALL enable_logging()",
            "COPY (SELECT 1) TO '\(lab.path("warehouse.duckdb.tmp"))/x'", "BEGIN", "SELECT 1; BEGIN", "SET threads = 1",
            "RESET lock_configuration", "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
        ] {
            await #expect(throws: (any Error).self, "\(sql)") {
                _ = try await database.withConnection { try await $0.query(sql) }
            }
        }
        #expect(!FileManager.default.fileExists(atPath: out))
        // Every connection of the database is sealed, and all of them can still read it.
        try await withThrowingTaskGroup(of: Int64?.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await database.withConnection { connection in
                        await #expect(throws: (any Error).self) { _ = try await connection.query("FROM '\(file)'") }
                        return try await connection.query("SELECT count(*) FROM raw.orders").scalar.int
                    }
                }
            }
            for try await count in group { #expect(count == 7) }
        }
    }

    @Test(
        "functions that switch the engine's logs and profiles write nothing",
        arguments: [
            "SELECT * FROM enable_logging(level = 'trace', storage = 'file', storage_path = 'OUT')",
            "SELECT count(*) FROM enable_logging(storage = 'stdout'), range(10)",
            "SELECT count(*) FROM enable_profiling(format = 'json', save_location = 'OUT.json'), range(1000)",
            "SELECT write_log('canary'), count(*) FROM range(10)", "SELECT * FROM force_checkpoint()",
        ])
    func switches(sql: String) async throws {
        let lab = try await DataLab()
        let out = lab.path("out")
        _ = try await lab.answer("query", ["sql": .string(sql.replacing("OUT", with: out))])
        _ = try await lab.call("query", ["sql": "SELECT sum(range) FROM range(100000)"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: lab.root).filter { $0.hasPrefix("out") } == [])
    }

    @Test("a view that reads files says why it cannot be asked")
    func views() async throws {
        let lab = try await DataLab()
        let file = lab.path("data/orders.csv")
        let database = try await Database.open(Database.Options(path: lab.path("warehouse.duckdb")))
        try await database.withConnection { connection in
            _ = try await connection.execute("CREATE VIEW raw.live AS SELECT * FROM read_csv('\(file)')")
        }
        let error = try await lab.error("query", ["sql": "SELECT * FROM raw.live"])
        #expect(error["code"] == "query.sealed", "\(error.line)")
        #expect(error["message"]?.text?.contains("outside of the warehouse") == true)
        #expect(try await lab.call("query", ["sql": "SELECT count(*) FROM raw.orders"])["rows"] == [[7]])
    }

    @Test(
        "what only asks is answered",
        arguments: [
            "SELECT 1", "WITH a AS (SELECT 1 AS x) FROM a", "VALUES (1), (2)", "DESCRIBE raw.orders", "SHOW TABLES",
            "SUMMARIZE raw.orders", "FROM raw.orders SELECT count(*)", "SELECT * FROM range(3) t(i) -- why not",
            "PIVOT raw.orders ON status USING sum(quantity)", "SELECT '; DROP TABLE x' AS text",
            "SELECT now() AT TIME ZONE 'Europe/Berlin', date_trunc('day', now())", "SELECT 1;",
            "SELECT * FROM query('SELECT 1')", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT count(*) FROM raw.orders",
            "SELECT j->>'a' FROM (SELECT '{\"a\": 1}'::JSON AS j)",
        ])
    func allowed(sql: String) async throws {
        let answer = try await SealedQueryTests.shared.call("query", ["sql": .string(sql)])
        #expect(answer["columns"]?.items.isEmpty == false, "\(answer.line)")
    }

    /// One project for the questions that change nothing.
    private static let shared = SharedLab()
}

/// A project that is made when first needed.
actor SharedLab {
    private var lab: Task<DataLab, any Error>?

    func get() async throws -> DataLab {
        let task = lab ?? Task { try await DataLab() }
        lab = task
        return try await task.value
    }

    nonisolated func call(_ tool: String, _ arguments: JSONValue = [:]) async throws -> JSONValue {
        try await get().call(tool, arguments)
    }
}
