import Foundation
import Testing
import WeirCore

@testable import WeirStore

@Suite("Tasks in the store")
struct TaskStorageTests {
    private static let date = Date(timeIntervalSince1970: 1_700_000_000)

    private func task(_ id: Int64, _ content: String, parent: Int64? = nil, position: Int = 0) -> TaskRecord {
        TaskRecord(
            id: id, parent: parent, position: position, content: content, status: "pending", origin: "person",
            createdAt: Self.date, changedAt: Self.date)
    }

    @Test("a tree comes back in its order, children with the numbers of their parents")
    func tree() async throws {
        let store = try StateStore.inMemory()
        let made = try await store.changeTasks { _ in
            [self.task(-1, "b", position: 1), self.task(-2, "b.1", parent: -1), self.task(-3, "a")]
        }
        #expect(made.map(\.content) == ["a", "b", "b.1"])
        #expect(made[2].parent == made[1].id)
        let changed = try await store.changeTasks { records in
            records.map { record in
                var record = record
                record.status = "completed"
                record.handedTo = "QA"
                record.handedAt = Self.date
                return record
            }
        }
        #expect(changed.map(\.id) == made.map(\.id))
        #expect(changed.allSatisfy { $0.status == "completed" && $0.handedTo == "QA" && $0.handedAt == Self.date })
    }

    @Test("what is left out goes out of sight, and a change that fails changes nothing")
    func dropped() async throws {
        let store = try StateStore.inMemory()
        _ = try await store.changeTasks { _ in [self.task(-1, "a"), self.task(-2, "b", parent: -1)] }
        await #expect(throws: WeirError.self) {
            try await store.changeTasks { _ in throw WeirError("no", "no") }
        }
        #expect(try await store.tasks().count == 2)
        #expect(try await store.changeTasks { $0.filter { $0.parent == nil } }.map(\.content) == ["a"])
        let again = try await store.changeTasks { $0 + [self.task(-9, "c")] }
        #expect(Set(again.map(\.id)).count == 2)
    }

    @Test("secrets are wiped from their texts")
    func secrets() async throws {
        let store = try StateStore.inMemory(secrets: [Secret("hunter2")])
        let made = try await store.changeTasks { _ in [self.task(-1, "log in with hunter2")] }
        #expect(made[0].content == "log in with ***")
    }

    @Test("changes of many writers at once are all there")
    func writers() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        let store = try await StateStore.open(path)
                        for number in 0..<10 {
                            _ = try await store.changeTasks { records in
                                records + [self.task(-1, "\(writer).\(number)", position: records.count)]
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let all = try await StateStore.open(path).tasks()
            #expect(Set(all.map(\.content)).count == 80)
            #expect(all.map(\.position) == Array(0..<80))
        }
    }
}
