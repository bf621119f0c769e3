import Foundation
import Synchronization
import Testing
import WeirCore
import WeirEngine

@Suite("Connections, transactions and cancellation")
struct EngineConnections {
    private func database(connections: Int = 4) async throws -> Database {
        var options = Database.Options()
        options.maxConnections = connections
        return try await Database.open(options)
    }

    /// Slow enough to be cancelled on any machine, and never finished by itself in a test's time.
    static let endless = "SELECT sum(a.i * b.i * c.i) FROM range(100_000) a(i), range(100_000) b(i), range(100) c(i)"

    // MARK: Transactions

    @Test("what is done in a transaction is there after it, and not after an error in it")
    func transactions() async throws {
        struct Stop: Error {}
        try await database().withConnection { connection in
            try await connection.execute("CREATE TABLE t (i INTEGER)")
            try await connection.perform { c in _ = try c.transaction { try $0.execute("INSERT INTO t VALUES (1)") } }
            await #expect(throws: Stop.self) {
                try await connection.perform { connection in
                    try connection.transaction { connection in
                        try connection.execute("INSERT INTO t VALUES (2)")
                        throw Stop()
                    }
                }
            }
            await #expect(throws: WeirError.self) {
                try await connection.perform { connection in
                    try connection.transaction { connection in
                        try connection.execute("INSERT INTO t VALUES (3)")
                        try connection.execute("INSERT INTO nowhere VALUES (3)")
                    }
                }
            }
            #expect(try await connection.query("SELECT i FROM t").map { $0[0] } == [1])
        }
    }

    @Test("a transaction inside a transaction is part of it")
    func nested() async throws {
        struct Stop: Error {}
        try await database().withConnection { connection in
            try await connection.execute("CREATE TABLE t (i INTEGER)")
            await #expect(throws: Stop.self) {
                try await connection.perform { connection in
                    try connection.transaction { connection in
                        try connection.transaction { (connection: isolated Connection) in
                            try connection.execute("INSERT INTO t VALUES (1)")
                        }
                        throw Stop()
                    }
                }
            }
            #expect(try await connection.query("SELECT count(*) FROM t").scalar == 0)
            try await connection.perform { connection in
                try connection.transaction { connection in
                    try connection.execute("INSERT INTO t VALUES (1)")
                    try connection.transaction { (connection: isolated Connection) in
                        try connection.execute("INSERT INTO t VALUES (2)")
                    }
                }
            }
            #expect(try await connection.query("SELECT count(*) FROM t").scalar == 2)
        }
    }

    @Test("a transaction left open by its user is gone when the connection is lent again")
    func abandonedTransaction() async throws {
        let database = try await database(connections: 1)
        try await database.withConnection { connection in
            try await connection.execute("CREATE TABLE t (i INTEGER)")
            try await connection.execute("BEGIN; INSERT INTO t VALUES (1)")
        }
        try await database.withConnection { connection in
            #expect(try await connection.query("SELECT count(*) FROM t").scalar == 0)
            try await connection.perform { c in _ = try c.transaction { try $0.execute("INSERT INTO t VALUES (2)") } }
            #expect(try await connection.query("SELECT count(*) FROM t").scalar == 1)
        }
    }

    // MARK: Cancellation

    @Test("cancelling the task interrupts its query, and the connection serves the next", .timeLimit(.minutes(10)))
    func cancelled() async throws {
        let database = try await database(connections: 1)
        for _ in 0..<5 {
            let task = Task {
                _ = try await database.withConnection { try await $0.query(Self.endless) }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...60)))
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await database.withConnection { try await $0.query("SELECT 42").scalar } == 42)
        }
    }

    @Test("cancelling in a transaction rolls it back", .timeLimit(.minutes(10)))
    func cancelledTransaction() async throws {
        let database = try await database(connections: 1)
        try await database.withConnection { try await $0.execute("CREATE TABLE t (i INTEGER)") }
        let task = Task {
            try await database.withConnection { connection in
                try await connection.perform { connection in
                    try connection.transaction { connection in
                        try connection.execute("INSERT INTO t VALUES (1)")
                        _ = try connection.query(Self.endless)
                    }
                }
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await database.withConnection { try await $0.query("SELECT count(*) FROM t").scalar } == 0)
    }

    @Test("cancelling a task that waits for a connection ends the wait", .timeLimit(.minutes(10)))
    func cancelledWait() async throws {
        let database = try await database(connections: 1)
        try await database.withConnection { _ in
            let waiting = Task { try await database.withConnection { _ in } }
            try await Task.sleep(for: .milliseconds(20))
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
        }
        // The cancelled waiter did not take the place with it.
        try await database.withConnection { _ in }
    }

    @Test("a stream can be stopped early and a failing one throws")
    func streams() async throws {
        try await database().withConnection { connection in
            try await connection.perform { connection in
                var rows = 0
                try connection.stream("SELECT i FROM range(1_000_000) t(i)") { _, chunk in
                    rows += chunk.count
                    return rows < 5000
                }
                #expect(rows >= 5000 && rows < 100_000)
                var all = 0
                try connection.stream("SELECT i FROM range(?) t(i)", [100_000]) { columns, chunk in
                    #expect(columns.map(\.name) == ["i"])
                    all += chunk.count
                    return true
                }
                #expect(all == 100_000)
                #expect(throws: WeirError.self) {
                    try connection.stream(
                        "SELECT CAST(CASE WHEN i = 90_000 THEN 'x' ELSE '1' END AS INTEGER) FROM range(100_000) t(i)"
                    ) { _, _ in true }
                }
                #expect(try connection.query("SELECT 1").scalar == 1)
            }
        }
    }

    // MARK: Pool

    @Test("never more connections than allowed, however many tasks ask", .timeLimit(.minutes(10)))
    func poolBound() async throws {
        let database = try await database(connections: 3)
        let gauge = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await database.withConnection { connection in
                        gauge.enter()
                        defer { gauge.leave() }
                        let sum = try await connection.query(
                            "SELECT sum(i) + ? FROM range(1000) t(i)", [.int(Int64(number))])
                        #expect(sum.scalar.int == 499_500 + Int64(number))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(gauge.highest <= 3)
        #expect(gauge.highest >= 1)
    }

    @Test("tasks that are cancelled at random leave a pool that works", .timeLimit(.minutes(10)))
    func chaos() async throws {
        let database = try await database(connections: 2)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    let task = Task {
                        try await database.withConnection {
                            try await $0.query(number % 3 == 0 ? Self.endless : "SELECT 1")
                        }
                    }
                    try? await Task.sleep(for: .milliseconds(number % 17))
                    if number % 3 != 1 { task.cancel() }
                    _ = await task.result
                }
            }
        }
        for _ in 0..<4 {
            #expect(try await database.withConnection { try await $0.query("SELECT 1").scalar } == 1)
        }
    }

    @Test("progress can be asked for while a statement runs", .timeLimit(.minutes(10)))
    func progress() async throws {
        let database = try await database()
        try await database.withConnection { connection in
            try await connection.execute(
                "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0")
            let watch = Task { () -> QueryProgress? in
                while !Task.isCancelled {
                    if let progress = connection.progress, progress.percent > 0 { return progress }
                    try? await Task.sleep(for: .milliseconds(2))
                }
                return nil
            }
            try await connection.execute("CREATE TABLE big AS SELECT hash(i) AS h FROM range(20_000_000) t(i)")
            try await connection.execute("CREATE TABLE sorted AS SELECT h FROM big ORDER BY h")
            watch.cancel()
            let seen = await watch.value
            if let seen { #expect(seen.percent <= 100 && seen.rows >= 0 && seen.totalRows >= 0) }
            #expect(connection.progress == nil || connection.progress?.percent ?? 0 <= 100)
        }
    }

    // MARK: Memory

    @Test("work larger than the memory limit spills to disk", .timeLimit(.minutes(10)))
    func spills() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-spill-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var options = Database.Options()
        options.memoryLimit = "64MB"
        options.threads = 2
        options.tempDirectory = folder
        let database = try await Database.open(options)
        try await database.withConnection { connection in
            let sql = "SELECT count(DISTINCT s) FROM (SELECT md5(i::VARCHAR) || i AS s FROM range(2_000_000) t(i))"
            let count = try await connection.query(sql).scalar
            #expect(count == 2_000_000)
        }
    }
}

/// How many are inside at once.
private final class Gauge: Sendable {
    private let state = Mutex((now: 0, highest: 0))
    func enter() {
        state.withLock {
            $0.now += 1
            $0.highest = max($0.highest, $0.now)
        }
    }
    func leave() { state.withLock { $0.now -= 1 } }
    var highest: Int { state.withLock { $0.highest } }
}
