import Foundation
import Testing
import WeirCore
import WeirEngine

@Suite("Opening databases")
struct EngineFiles {
    private func scratch(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-files-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func code(_ options: Database.Options) async -> String? {
        do {
            let database = try await Database.open(options)
            _ = try await database.withConnection { try await $0.query("SELECT 1") }
            return nil
        } catch { return (error as? WeirError)?.code ?? "\(error)" }
    }

    @Test("a file that is no database is refused and left as it was")
    func noDatabase() async throws {
        try await scratch { folder in
            let text = String(repeating: "a,b\n1,2\n", count: 4000)
            try text.write(toFile: "\(folder)/data.duckdb", atomically: true, encoding: .utf8)
            #expect(await code(.init(path: "\(folder)/data.duckdb")) == "warehouse.unreadable")
            #expect(try String(contentsOfFile: "\(folder)/data.duckdb", encoding: .utf8) == text)
        }
    }

    @Test("a database cut short is refused")
    func cutShort() async throws {
        try await scratch { folder in
            let path = "\(folder)/a.duckdb"
            do {
                let database = try await Database.open(.init(path: path))
                try await database.withConnection {
                    try await $0.execute(
                        "CREATE TABLE t AS SELECT range AS i, md5(range::VARCHAR) AS m FROM range(100_000); CHECKPOINT")
                }
            }
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.truncate(atOffset: 5000)
            try handle.close()
            #expect(await code(.init(path: path)) != nil)
        }
    }

    @Test("a folder that does not exist, and a folder instead of a file, are errors")
    func noFolder() async throws {
        try await scratch { folder in
            #expect(await code(.init(path: "\(folder)/none/a.duckdb")) == "warehouse.cannot-open")
            #expect(await code(.init(path: folder)) == "warehouse.cannot-open")
        }
    }

    @Test("a file held by another process is told from other errors, with the process")
    func locked() async throws {
        try await scratch { folder in
            let path = "\(folder)/a.duckdb"
            do { _ = try await Database.open(.init(path: path)) }
            // DuckDB locks with fcntl, which only another process can hold against this one.
            let holder = Process()
            holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            holder.arguments = [
                "python3", "-c",
                "import fcntl, sys\nf = open(sys.argv[1], 'r+b')\nfcntl.lockf(f, fcntl.LOCK_EX)\nprint('held', flush=True)\nsys.stdin.read()",
                path,
            ]
            let output = Pipe()
            let input = Pipe()
            holder.standardOutput = output
            holder.standardInput = input
            try holder.run()
            _ = output.fileHandleForReading.availableData
            do {
                _ = try await Database.open(.init(path: path))
                Issue.record("the file was opened")
            } catch let error as WeirError {
                #expect(error.code == "warehouse.locked")
                #expect(error.isTransient)
            }
            try input.fileHandleForWriting.close()
            holder.waitUntilExit()
            #expect(await code(.init(path: path)) == nil)
        }
    }

    @Test("a read-only database takes no writes")
    func readOnly() async throws {
        try await scratch { folder in
            let path = "\(folder)/a.duckdb"
            do {
                let database = try await Database.open(.init(path: path))
                try await database.withConnection { try await $0.execute("CREATE TABLE t AS SELECT 1 AS i") }
            }
            var options = Database.Options(path: path)
            options.readOnly = true
            let database = try await Database.open(options)
            try await database.withConnection { connection in
                let value = try await connection.query("FROM t").scalar
                #expect(value == 1)
                await #expect(throws: WeirError.self) { try await connection.execute("INSERT INTO t VALUES (2)") }
            }
        }
    }

    @Test("settings that DuckDB does not take are named")
    func badSettings() async throws {
        var options = Database.Options()
        options.memoryLimit = "much"
        #expect(await code(options) == "warehouse.bad-setting")
        options = .init()
        options.extensions = ["no_such_thing"]
        #expect(await code(options) == "engine.no-extension")
    }

    @Test(
        "DuckDB's complaints become errors with a code",
        arguments: [
            ("SELEC 1", "sql.syntax"), ("SELECT nope", "sql.binding"), ("FROM nowhere", "sql.unknown-name"),
            ("SELECT 'x'::INTEGER", "sql.conversion"), ("", "sql.syntax"), (";", "sql.syntax"),
            ("SELECT 300::TINYINT", "sql.conversion"),
            ("SELECT 9223372036854775807 + 1", "sql.out-of-range"), ("COMMIT", "engine.transaction"),
        ])
    func errors(sql: String, code: String) async throws {
        try await Database.open().withConnection { connection in
            do {
                _ = try await connection.query(sql)
                Issue.record("no error")
            } catch let error as WeirError { #expect(error.code == code, "\(error)") }
        }
    }
}
