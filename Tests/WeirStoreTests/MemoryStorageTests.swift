import Foundation
import GRDB
import Testing
import WeirCore

@testable import WeirStore

@Suite("Memories in the store")
struct MemoryStorageTests {
    private func draft(
        _ content: String, _ type: MemoryType = .pattern, at seconds: Double = 0, origin: Memory.Origin = .agent
    ) -> MemoryDraft {
        MemoryDraft(
            type: type, content: content, origin: origin, session: "s1",
            createdAt: Date(timeIntervalSince1970: 1_700_000_000 + seconds))
    }

    @discardableResult
    private func keep(
        _ store: StateStore, _ contents: [String], limit: Int = 100, at seconds: Double = 0
    ) async throws -> [Memory] {
        try await store.keep(contents.map { draft($0, at: seconds) }, limit: limit) { _, _, _ in
            .keep(superseding: [], merging: [])
        }.compactMap(\.memory)
    }

    @Test("come back as they were written, also after the file is opened again")
    func roundTrip() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            let written = try await keep(try await StateStore.open(path), ["Größe 中文 ' \" ; --", "a".padded(100)])
            let found = try await StateStore.open(path).memories()
            #expect(Set(found) == Set(written))
            #expect(found.allSatisfy { $0.status == .active && $0.session == "s1" && $0.uses == 0 })
        }
    }

    @Test("are found by their words in any form, nearest first, and no longer when they are put away")
    func words() async throws {
        let store = try StateStore.inMemory()
        let kept = try await keep(store, ["Index the orders table by day", "Orders indexed twice are slow", "Use UTC"])
        func found(_ text: String) async throws -> [String] {
            try await store.memoryCandidates(query: MemoryWords.query(text), matches: 10, recent: 0).matching
                .map(\.content)
        }
        #expect(try await found("why is an order's INDEX there?").count == 2)
        #expect(try await found("utc") == ["Use UTC"])
        #expect(try await found("nothing of the kind") == [])
        #expect(MemoryWords.query("the of and ?!") == nil)
        // What looks like a question to FTS5 is a text.
        #expect(try await found("\" OR * NEAR(orders) AND -utc : ^x") != [])
        _ = try await store.retire([kept[2].id])
        #expect(try await found("utc") == [])
        #expect(try await store.memory(kept[2].id).status == .retired)
    }

    @Test("in scripts without spaces are found by parts of a run")
    func unspaced() async throws {
        let store = try StateStore.inMemory()
        try await keep(store, ["注文テーブルは毎日更新される", "顧客テーブルは毎週更新される"])
        let found = try await store.memoryCandidates(query: MemoryWords.query("注文"), matches: 10, recent: 0)
        #expect(found.matching.map(\.content) == ["注文テーブルは毎日更新される"])
        #expect(MemoryWords.of("日本 v2-test É") == ["日本", "v2", "test", "é"])
    }

    @Test("that are replaced or merged stay, with a link; what they were worth goes on")
    func links() async throws {
        let store = try StateStore.inMemory()
        let old = try await keep(store, ["Pool size is 10", "Use a pool"])
        try await store.countUse(of: old)
        let kept = try await store.keep([draft("Pool size is 20", at: 60)], limit: 100) { _, alike, _ in
            #expect(alike.count == 2)
            return .keep(
                superseding: [.init(id: old[0].id, reason: "other number")],
                merging: [.init(id: old[1].id, reason: "says more")])
        }
        let new = try #require(kept.first?.memory)
        #expect(new.uses == 1 && new.repeats == 1 && new.lastUsedAt != nil)
        let first = try await store.memory(old[0].id)
        #expect(first.status == .superseded && first.successor == new.id && first.reason == "other number")
        #expect(try await store.memory(old[1].id).status == .merged)
        #expect(try await store.memoryCounts() == [.active: 1, .superseded: 1, .merged: 1])
        let restored = try await store.edit(
            old[0].id,
            {
                var edit = MemoryEdit()
                edit.restores = true
                return edit
            }())
        #expect(restored.status == .active && restored.successor == nil)
        #expect(try await store.memories().count == 2)
    }

    @Test("that are of least use make room, never critical or new ones")
    func limit() async throws {
        let store = try StateStore.inMemory()
        let first = try await keep(store, (0..<5).map { "memory number \($0)" })
        try await store.countUse(of: Array(first[0...1]), at: Date(timeIntervalSince1970: 1_700_000_100))
        _ = try await store.edit(
            first[2].id,
            {
                var edit = MemoryEdit()
                edit.isCritical = true
                return edit
            }())
        let kept = try await store.keep([draft("a new one", at: 90), draft("another", at: 90)], limit: 5) { _, _, _ in
            .keep(superseding: [], merging: [])
        }
        #expect(kept.flatMap(\.retired).map(\.id) == [first[3].id, first[4].id])
        #expect(kept[0].retired.first?.reason?.contains("used least") == true)
        #expect(try await store.memories().count == 5)
        // All that is left is critical or new: nothing is put away.
        let one = try await keep(store, ["only this"], limit: 1, at: 100)
        #expect(try await store.memories().contains(one[0]))
        #expect(try await store.memories().contains { $0.id == first[2].id })
    }

    @Test("with a secret are refused, also one that only the project knows, and nothing of them is in the file")
    func secrets() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            let store = try await StateStore.open(path, secrets: [Secret("tr0ub4dor")])
            let kept = try await store.keep(
                [draft("the shop is tr0ub4dor"), draft("postgres://a:b@c/d"), draft("fine to keep")], limit: 10
            ) { _, _, _ in .keep(superseding: [], merging: []) }
            #expect(kept.map(\.outcome) == [.refused, .refused, .new])
            let id = try #require(kept[2].memory?.id)
            await #expect(throws: WeirError.self) {
                try await store.edit(
                    id,
                    {
                        var edit = MemoryEdit()
                        edit.content = "tr0ub4dor it is"
                        return edit
                    }())
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let data = try #require(FileManager.default.contents(atPath: "\(folder.path)/\(name)"))
                #expect(data.range(of: Data("tr0ub4dor".utf8)) == nil)
            }
        }
    }

    @Test("are named by the beginning of their ids, and a mistake says how")
    func names() async throws {
        let store = try StateStore.inMemory()
        let kept = try await keep(store, (0..<30).map { "memory number \($0)" })
        #expect(try await store.memory(kept[7].id.uppercased()).id == kept[7].id)
        for (name, code) in [
            ("m", "memory.ambiguous"), ("x", "memory.unknown"), ("", "memory.unknown"), ("*", "memory.unknown"),
        ] {
            do {
                _ = try await store.memory(name)
                Issue.record("\(name) was found")
            } catch let error as WeirError { #expect(error.code == code && error.hint != nil) }
        }
        // All or none.
        await #expect(throws: WeirError.self) { try await store.retire([kept[0].id, "nothing"]) }
        #expect(try await store.memories().count == 30)
    }

    @Test("an edit to what another says already is refused")
    func exists() async throws {
        let store = try StateStore.inMemory()
        let kept = try await keep(store, ["one of them", "the other"])
        var edit = MemoryEdit()
        edit.content = "THE  other."
        do {
            _ = try await store.edit(kept[0].id, edit)
            Issue.record("it was changed")
        } catch let error as WeirError { #expect(error.code == "memory.exists") }
        edit.content = "something else"
        #expect(try await store.edit(kept[0].id, edit).content == "something else")
        let found = try await store.memoryCandidates(query: MemoryWords.query("else"), matches: 5, recent: 5)
        #expect(found.matching.map(\.id) == [kept[0].id])
        #expect(found.recent.count == 2)
    }

    @Test("vectors come back exactly, and those that were replaced come again")
    func vectors() async throws {
        let store = try StateStore.inMemory()
        var with = draft("with a vector")
        with.vector = MemoryVector(space: "a", numbers: [1, -0.5, .pi])
        let kept = try await store.keep([with, draft("without one")], limit: 10) { _, _, _ in
            .keep(superseding: [], merging: [])
        }.compactMap(\.memory)
        let rows = try await store.memoryVectors(space: "a", after: 0)
        #expect(rows.map(\.numbers) == [[1, -0.5, .pi]] && rows[0].memory == kept[0].id)
        #expect(try await store.memoryVectors(space: "b", after: 0).isEmpty)
        #expect(try await store.memoriesWithoutVector(space: "a", limit: 9).map(\.id) == [kept[1].id])
        try await store.store([(memory: kept[1], vector: MemoryVector(space: "a", numbers: [0, 0, 1]))])
        let later = try await store.memoryVectors(space: "a", after: rows[0].stamp)
        #expect(later.map(\.memory) == [kept[1].id])
        var edit = MemoryEdit()
        edit.content = "another text"
        _ = try await store.edit(kept[1].id, edit)
        #expect(try await store.memoryVectors(space: "a", after: 0).count == 1)
    }

    @Test("a file of an older Weir gets them, and what was in it stays")
    func older() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            try OldStateFile.write(to: path)
            let store = try await StateStore.open(path)
            try await keep(store, ["remember this"])
            #expect(try await store.metrics("rows", limit: 5).count == 1)
            #expect(try await store.memories().count == 1)
        }
    }

    @Test("sixteen writers at once, each with its own connection, lose none")
    func writers() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent("state.db").path
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        let store = try await StateStore.open(path)
                        for number in 0..<10 {
                            try await self.keep(store, ["writer \(writer) says \(number)"], limit: 1_000)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await StateStore.open(path).memories().count == 160)
        }
    }

    @Test("of a person have a place of their own")
    func userPath() throws {
        #expect(
            try MemoryScope.userPath(environment: ["HOME": "/home/ana"]) == "/home/ana/.local/share/weir/state.db")
        #expect(
            try MemoryScope.userPath(environment: ["HOME": "/h", "XDG_DATA_HOME": "/data"]) == "/data/weir/state.db")
        #expect(
            try MemoryScope.userPath(environment: ["HOME": "/h", "XDG_DATA_HOME": "data"])
                == "/h/.local/share/weir/state.db")
        #expect(throws: WeirError.self) { try MemoryScope.userPath(environment: [:]) }
    }
}

extension String {
    fileprivate func padded(_ count: Int) -> String { self + String(repeating: "x", count: max(0, count - self.count)) }
}
