import Foundation
import GRDB
import Testing
import WeirCore

@testable import WeirStore

@Suite("A state file that cannot be used")
struct DamageTests {
    static let broken: [(String, Data)] = [
        ("text", Data("this is no database, but it is long enough to be read as one. ".utf8)),
        ("noise", Data((0..<8192).map { UInt8(truncatingIfNeeded: $0 &* 7919) })),
        ("header only", Data("SQLite format 3\0".utf8) + Data(repeating: 0xFF, count: 4080)),
    ]

    @Test("is named, renamed aside and replaced by a new one", arguments: broken)
    func quarantined(_ name: String, _ bytes: Data) async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            try bytes.write(to: URL(fileURLWithPath: path))
            await #expect { _ = try await StateStore.open(path) } throws: {
                ($0 as? WeirError)?.code == "state.damaged"
            }
            let opened = try await StateStore.openOrQuarantine(path)
            #expect(opened.warnings.map(\.code) == ["state.damaged"])
            #expect(opened.warnings[0].hint?.contains("damaged-") == true)
            try await opened.store.begin(someRun("1"))
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let aside = try #require(
                files.first { $0.contains(".damaged-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") })
            #expect(try Data(contentsOf: folder.appendingPathComponent(aside)) == bytes)
            #expect(try await StateStore.open(path).run("1").0.id == "1")
        }
    }

    @Test("two damaged files in one second are both kept")
    func twice() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            let now = Date()
            for _ in 1...2 {
                try Self.broken[0].1.write(to: URL(fileURLWithPath: path))
                _ = try await StateStore.openOrQuarantine(path, now: now)
                for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            }
            let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
                $0.contains("damaged")
            }
            #expect(kept.count == 2)
        }
    }

    @Test("damage in the middle, found only while reading, is an error that says so and not a crash")
    func damagedInside() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            do {
                let queue = try DatabaseQueue(path: path)
                try Migration.run(on: queue)
                try await queue.write { database in
                    try database.execute(
                        sql: """
                            INSERT INTO metrics (name, node, value, at_ms)
                            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
                            SELECT 'm' || i, 'n', i, i FROM n
                            """)
                }
                try queue.close()
            }
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            // Beyond the pages of the schema itself, which opening the file reads.
            let start = 262_144
            bytes.replaceSubrange(
                start..<(bytes.count - 4096), with: Data(repeating: 0xA5, count: bytes.count - 4096 - start))
            try bytes.write(to: URL(fileURLWithPath: path))
            let store = try await StateStore.open(path)
            await #expect { _ = try await store.metrics("m40000", node: "n") } throws: {
                ($0 as? WeirError)?.code == "state.damaged"
            }
        }
    }

    @Test("an empty file is a new one")
    func empty() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            try Data().write(to: URL(fileURLWithPath: path))
            #expect(try await StateStore.openOrQuarantine(path).warnings.isEmpty)
        }
    }

    @Test("a newer Weir's file is left as it is, and history is kept beside it")
    func newer() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            do {
                let store = try await StateStore.open(path)
                try await store.begin(someRun("theirs"))
                try await store.write { try $0.execute(sql: "PRAGMA user_version = 99") }
            }
            let opened = try await StateStore.openOrQuarantine(path)
            #expect(opened.warnings.map(\.code) == ["state.newer"])
            #expect(opened.store.path?.hasSuffix("state-\(Migration.all.count).db") == true)
            try await opened.store.begin(someRun("ours"))
            let again = try await StateStore.openOrQuarantine(path)
            #expect(try await again.store.runs().map(\.id) == ["ours"])
            let version = try await DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            #expect(version == 99)
        }
    }

    @Test("somebody else's SQLite file is not touched")
    func foreign() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "CREATE TABLE theirs (a)") }
            let opened = try await StateStore.openOrQuarantine(path)
            #expect(opened.warnings.map(\.code) == ["state.foreign"])
            try await opened.store.begin(someRun())
            let tables = try await queue.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master") }
            #expect(tables == ["theirs"])
        }
    }

    @Test("a folder in its place leaves history in memory")
    func folderInPlace() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let opened = try await StateStore.openOrQuarantine(path)
            #expect(opened.warnings.first?.code == "state.unusable")
            #expect(opened.store.path == nil)
            try await opened.store.begin(someRun("1"))
            #expect(try await opened.store.run("1").0.id == "1")
        }
    }

    @Test("a file where its folder should be leaves history in memory")
    func fileForFolder() async throws {
        try await withFolder { folder in
            try Data("x".utf8).write(to: folder.appendingPathComponent(".weir"))
            let opened = try await StateStore.openOrQuarantine(folder.appendingPathComponent(".weir/state.db").path)
            #expect(opened.warnings.first?.code == "state.unusable")
            #expect(opened.store.path == nil)
        }
    }

    @Test("a step that fails leaves the file as it was, and later steps are added to earlier ones")
    func stepsFail() throws {
        let queue = try DatabaseQueue()
        let steps = [Migration(name: "a", sql: "CREATE TABLE a (x)"), Migration(name: "b", sql: "CREATE TABEL b (x)")]
        #expect(throws: DatabaseError.self) { try Migration.run(steps, on: queue) }
        let left = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
        #expect(left == 0)
        try Migration.run([steps[0]], on: queue)
        try Migration.run([steps[0], Migration(name: "b", sql: "CREATE TABLE b (x)")], on: queue)
        let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        #expect(version == 2)
    }
}
