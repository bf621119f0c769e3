import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("The state store")
struct StateStoreTests {
    @Test("what is written comes back, also after the file is opened again")
    func roundTrip() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("deep/down/state.db").path
            let run = someRun(environment: "dev")
            let nodes = [someNode(run.id, "mart.délais"), someNode(run.id, "a\"b.select", .stopped)]
            do {
                let store = try await StateStore.open(path)
                try await store.begin(run)
                try await store.record(nodes: nodes)
                try await store.finish(run.id, status: .gateFailed, error: "2 rules broke")
            }
            let store = try await StateStore.open(path)
            let (found, foundNodes) = try await store.run(run.id)
            #expect(found.status == .gateFailed)
            #expect(found.error == "2 rules broke")
            #expect(found.finishedAt != nil)
            #expect(found.environment == "dev")
            #expect(found.startedAt == run.startedAt)
            #expect(foundNodes == nodes)
        }
    }

    @Test("a table recorded twice in a run is kept once, as it was last")
    func replacesNode() async throws {
        let store = try StateStore.inMemory()
        let run = someRun()
        try await store.begin(run)
        try await store.record(nodes: [someNode(run.id, "a.b", .failed), someNode(run.id, "a.c")])
        try await store.record(nodes: [someNode(run.id, "a.b", .published)])
        let (_, nodes) = try await store.run(run.id)
        #expect(nodes.map(\.name) == ["a.b", "a.c"])
        #expect(nodes.map(\.status) == [.published, .published])
    }

    @Test("a node of a run that was never begun is refused, and nothing of its batch stays")
    func unknownRun() async throws {
        let store = try StateStore.inMemory()
        let run = someRun()
        try await store.begin(run)
        await #expect(throws: WeirError.self) {
            try await store.record(nodes: [someNode(run.id, "a.b"), someNode("none", "a.c")])
        }
        #expect(try await store.run(run.id).1.isEmpty)
        await #expect(throws: WeirError.self) { try await store.finish("none", status: .failed) }
    }

    @Test("the last result of each table is kept apart by environment")
    func lastNodes() async throws {
        let store = try StateStore.inMemory()
        let runs = [someRun("1"), someRun("2", environment: "dev"), someRun("3")]
        for run in runs { try await store.begin(run) }
        try await store.record(nodes: [someNode("1", "a.b", .failed), someNode("1", "a.c")])
        try await store.record(nodes: [someNode("2", "a.b", .blocked)])
        try await store.record(nodes: [someNode("3", "a.b", .published)])
        // An older run that ends late does not push itself in front.
        try await store.record(nodes: [someNode("1", "a.b", .stopped)])
        #expect(try await store.lastNodes().map(\.runID) == ["3", "1"])
        #expect(try await store.lastNodes(environment: "dev").map(\.status) == [.blocked])
        #expect(try await store.history(of: "a.b").map(\.runID) == ["3", "1"])
    }

    @Test("10,000 tables are recorded in one go and read back")
    func manyNodes() async throws {
        try await withFolder { folder in
            let store = try await StateStore.open(folder.appendingPathComponent("state.db").path)
            let run = someRun()
            try await store.begin(run)
            try await store.record(nodes: (0..<10_000).map { someNode(run.id, "m.t\($0)") })
            #expect(try await store.run(run.id).1.count == 10_000)
            #expect(try await store.lastNodes().count == 10_000)
        }
    }

    @Test("credentials are not stored, whether declared or only recognised")
    func noSecrets() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            let store = try await StateStore.open(path, secrets: [Secret("hunter22")])
            var run = someRun()
            run.command = "weir run --set key=hunter22"
            try await store.begin(run)
            var node = someNode(run.id, "a.b")
            node.errorJSON = #"{"message":"cannot reach postgres://ana:s3cr3tpw@db/x?password=tops3cr3t"}"#
            node.reason = "hunter22"
            try await store.record(nodes: [node])
            try await store.finish(run.id, status: .failed, error: "postgres://ana:s3cr3tpw@db")
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let bytes = try Data(contentsOf: folder.appendingPathComponent(file))
                for secret in ["hunter22", "s3cr3tpw", "tops3cr3t"] {
                    #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) stands in \(file)")
                }
            }
            #expect(try await store.run(run.id).1.first?.errorJSON?.contains("postgres://***@db") == true)
        }
    }

    @Test("pruning forgets old runs with their tables, but never a running one or a table's last result")
    func prune() async throws {
        let store = try StateStore.inMemory()
        for number in 1...6 {
            try await store.begin(someRun("\(number)", status: number == 2 ? .running : .succeeded))
            try await store.record(nodes: [someNode("\(number)", number == 3 ? "old.table" : "a.b")])
        }
        #expect(try await store.prune(keeping: 1) == 3)
        #expect(Set(try await store.runs().map(\.id)) == ["2", "3", "6"])
        #expect(try await store.history(of: "a.b").map(\.runID) == ["6", "2"])
    }

    @Test("a node's JSON holds its error and checks as documents, not as texts")
    func nodeJSON() throws {
        var node = someNode("1", "a.b")
        node.errorJSON = "not json"
        let value = try #require(JSONValue(parsing: JSONOutput.line(node)))
        #expect(value["checks"]?[0]?["rule"] == "not_null(a)")
        #expect(value["error"] == "not json")
        #expect(value["rows_quarantined"] == 2)
        #expect(value["run_id"] == "1")
    }
}

@Suite("Run ids")
struct RunIDTests {
    @Test("sort by time and can be typed")
    func shape() {
        let date = Date(timeIntervalSince1970: 1_795_449_662)
        #expect(RunID.make(at: date, random: 0x4f2) == "20261123-160102-04f2")
        #expect(RunID.make(at: date) < RunID.make(at: date.addingTimeInterval(1)))
    }

    @Test("are found by their beginning, their end and as the latest")
    func lookUp() async throws {
        let store = try StateStore.inMemory()
        let ids = ["20261123-160102-4f2a", "20261123-160103-aaaa", "20261124-000000-4f2b"]
        for (index, id) in ids.enumerated() {
            try await store.begin(someRun(id, startedAt: Date(timeIntervalSince1970: Double(index))))
        }
        #expect(try await store.run("20261124").0.id == ids[2])
        #expect(try await store.run("4F2A").0.id == ids[0])
        #expect(try await store.run(" latest ").0.id == ids[2])
        #expect(try await store.run(ids[1]).0.id == ids[1])
        await #expect { try await store.run("20261123") } throws: {
            ($0 as? WeirError)?.code == "run.ambiguous" && ($0 as? WeirError)?.hint?.contains(ids[0]) == true
        }
        for unknown in ["", "%", "*", "2027", "'; DROP TABLE runs; --"] {
            await #expect { try await store.run(unknown) } throws: { ($0 as? WeirError)?.code == "run.unknown" }
        }
    }
}

@Suite("Runs whose process died")
struct InterruptedTests {
    @Test("are marked, and those of living processes and other machines are not")
    func mark() async throws {
        let store = try StateStore.inMemory()
        let now = Date()
        try await store.begin(someRun("dead", startedAt: now, pid: 0x7FFF_FFF0))
        try await store.begin(someRun("alive", startedAt: now, pid: ProcessIdentity.current))
        try await store.begin(someRun("elsewhere", startedAt: now, host: "there", pid: 0x7FFF_FFF0))
        try await store.begin(someRun("done", startedAt: now, status: .succeeded, pid: 0x7FFF_FFF0))
        #expect(try await store.markInterrupted(host: "here").map(\.id) == ["dead"])
        #expect(try await store.run("dead").0.status == .interrupted)
        #expect(try await store.run("dead").0.finishedAt != nil)
        #expect(try await store.markInterrupted(host: "here").isEmpty)
        #expect(try await store.markInterrupted(exclusive: true, except: "alive").map(\.id) == ["elsewhere"])
        #expect(try await store.run("alive").0.status == .running)
        #expect(try await store.run("done").0.status == .succeeded)
    }

    #if os(Linux)
        @Test("a process number that was given away again does not keep a run alive")
        func reusedNumber() async throws {
            let store = try StateStore.inMemory()
            let beforeThisProcess = Date(timeIntervalSinceNow: -10 * 365 * 86_400)
            try await store.begin(someRun("old", startedAt: beforeThisProcess, pid: ProcessIdentity.current))
            #expect(try await store.markInterrupted(host: "here").map(\.id) == ["old"])
        }
    #endif
}
