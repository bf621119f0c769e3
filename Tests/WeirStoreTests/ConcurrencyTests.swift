import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("Several users of one state file")
struct ConcurrencyTests {
    @Test("sixteen openers of a file that is not there yet all succeed and lose nothing")
    func manyPools() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let store = try await StateStore.open(path)
                        let run = someRun("run-\(number)")
                        try await store.begin(run)
                        for batch in 0..<5 {
                            try await store.record(nodes: (0..<20).map { someNode(run.id, "t\(batch).c\($0)") })
                        }
                        try await store.finish(run.id, status: .succeeded)
                    }
                }
                try await group.waitForAll()
            }
            let store = try await StateStore.open(path)
            let runs = try await store.runs(limit: 100)
            #expect(runs.count == 16)
            #expect(runs.allSatisfy { $0.status == .succeeded })
            for run in runs { #expect(try await store.run(run.id).1.count == 100) }
        }
    }

    @Test("another process that writes at the same time is waited for")
    func otherProcess() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            let store = try await StateStore.open(path)
            try await store.begin(someRun("ours"))
            guard
                let sqlite = ["/usr/bin/sqlite3", "/opt/homebrew/bin/sqlite3"].first(where: {
                    FileManager.default.isExecutableFile(atPath: $0)
                })
            else { return }
            let other = Process()
            other.executableURL = URL(fileURLWithPath: sqlite)
            let rows = (0..<200).map {
                "BEGIN IMMEDIATE; INSERT INTO metrics (name, node, value, at_ms) VALUES ('theirs', '', \($0), \($0)); COMMIT;"
            }
            let input = Pipe()
            other.arguments = ["-cmd", ".timeout 10000", path]
            other.standardInput = input
            other.standardOutput = FileHandle.nullDevice
            try other.run()
            async let writing: Void = Task.detached {
                try input.fileHandleForWriting.write(contentsOf: Data(rows.joined(separator: "\n").utf8))
                try input.fileHandleForWriting.close()
                other.waitUntilExit()
            }.value
            for number in 0..<200 {
                try await store.record(metrics: [Metric("ours", value: Double(number))])
            }
            try await writing
            #expect(other.terminationStatus == 0)
            #expect(try await store.metrics("ours", limit: 1000).count == 200)
            #expect(try await store.metrics("theirs", limit: 1000).count == 200)
        }
    }

    @Test("readers see a batch whole or not at all")
    func wholeBatches() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            let store = try await StateStore.open(path)
            let reader = try await StateStore.open(path)
            let run = someRun("1")
            try await store.begin(run)
            async let writing: Void = {
                for batch in 0..<20 {
                    try await store.record(nodes: (0..<50).map { someNode("1", "t\(batch).c\($0)") })
                }
            }()
            for _ in 0..<50 {
                let count = try await reader.run("1").1.count
                #expect(count.isMultiple(of: 50))
            }
            try await writing
            #expect(try await reader.run("1").1.count == 1000)
        }
    }
}
