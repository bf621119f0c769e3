import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("Which sessions stay")
struct SessionPruneTests {
    private static let day = 86_400.0
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)

    /// Sessions that were used so many days ago.
    private func shelf(_ ages: [Double]) throws -> (TempFolder, SessionShelf, [String]) {
        let folder = try TempFolder()
        let shelf = SessionShelf(root: folder.path)
        let ids = try ages.enumerated().map { index, age in
            let id = "20261101-00000\(index)-aaaaaa"
            _ = try SessionFile(id: id, folder: shelf.folder)
            try folder.write(".weir/agent/sessions/\(id)/result-1.txt", "large")
            try FileManager.default.setAttributes(
                [.modificationDate: Self.now.addingTimeInterval(-age * Self.day)],
                ofItemAtPath: "\(shelf.folder)/\(id).jsonl")
            return id
        }
        return (folder, shelf, ids)
    }

    @Test("the latest used stay in any case, and young ones whatever their number; the others go with what lies beside")
    func rule() throws {
        let (folder, shelf, ids) = try shelf([40, 1, 35, 2, 31])
        #expect(shelf.prune(keep: 3, days: 30, now: Self.now, isDry: true).removed == [ids[2], ids[0]])
        #expect(shelf.ids().count == 5)
        let done = shelf.prune(keep: 3, days: 30, now: Self.now)
        #expect(done.removed == [ids[2], ids[0]] && done.kept == 3 && done.busy.isEmpty)
        #expect(shelf.ids() == [ids[4], ids[3], ids[1]])
        #expect(!folder.exists(".weir/agent/sessions/\(ids[0])") && folder.exists(".weir/agent/sessions/\(ids[1])"))
        #expect(shelf.prune(keep: 0, days: 30, now: Self.now).removed == [ids[4]])
        #expect(shelf.prune(keep: 0, days: 0, now: Self.now.addingTimeInterval(1)).kept == 0)
        #expect(shelf.prune(keep: 0, days: 0).removed.isEmpty, "an empty shelf, and one that is not there")
    }

    @Test("one that somebody is at work on stays, however old it is")
    func busy() throws {
        let (folder, shelf, ids) = try shelf([90, 91])
        let open = try SessionFile(id: ids[1], folder: shelf.folder)
        let done = shelf.prune(keep: 0, days: 0, now: Self.now)
        #expect(done.removed == [ids[0]] && done.busy == [ids[1]])
        try open.append(.task("go on"))
        #expect(try shelf.records(ids[1]).count == 1 && folder.exists(".weir/agent/sessions/\(ids[1])"))
    }

    @Test(
        "files of other names are no sessions, and nothing beside them is taken away",
        arguments: [
            ".jsonl", "..jsonl", "...jsonl", "notes.jsonl", "20261101-000000-AAAAAA.jsonl",
            "20261101-000000-aaaaaa .jsonl",
            "٢٠٢٦1101-000000-aaaaaa.jsonl", "20261101-000000-aaaaaa\n.jsonl",
        ])
    func names(name: String) throws {
        let (folder, shelf, ids) = try shelf([90])
        try folder.write(".weir/agent/sessions/\(name)", "")
        try folder.write(".weir/agent/history", "kept")
        #expect(shelf.ids() == ids)
        #expect(shelf.prune(keep: 0, days: 0, now: .distantFuture).removed == ids)
        #expect(folder.exists(".weir/agent/sessions/\(name)") && folder.exists(".weir/agent/history"))
        #expect(!SessionFile.remove(id: String(name.dropLast(6)), folder: shelf.folder))
        #expect(folder.exists(".weir/agent/sessions/\(name)") && folder.exists(".weir/agent/history"))
        #expect(SessionShelf.isID(SessionShelf.newID()))
    }

    @Test("a link is not followed: neither what it names nor the link becomes a session")
    func link() throws {
        let (folder, shelf, ids) = try shelf([90])
        try folder.write("other.txt", "not a session")
        let id = "20261101-000009-bbbbbb"
        try folder.link(".weir/agent/sessions/\(id).jsonl", to: "\(folder.path)/other.txt")
        #expect(throws: WeirError.self) { try SessionFile(id: id, folder: shelf.folder) }
        #expect(shelf.prune(keep: 0, days: 0, now: .distantFuture).removed == ids)
        #expect(folder.text("other.txt") == "not a session")
    }

    @Test("going on with one locks it before it is read; one that was taken away is not made anew")
    func resume() throws {
        let (folder, shelf, ids) = try shelf([1, 2])
        try SessionFile(id: ids[0], folder: shelf.folder).append(.task("first"))
        var held: SessionFile?
        do {
            let resumed = try shelf.resume(ids[0])
            #expect(resumed.records.map(\.event) == [.task("first")])
            held = resumed.file
        }
        #expect { try shelf.resume(ids[0]) } throws: { ($0 as? WeirError)?.code == "agent.session-busy" }
        #expect(shelf.prune(keep: 0, days: 0, now: .distantFuture).busy == [ids[0]])
        try held?.append(.task("second"))
        held = nil
        #expect(try shelf.resume(ids[0]).records.count == 2)
        #expect { try SessionFile(resuming: ids[1], folder: shelf.folder) } throws: {
            ($0 as? WeirError)?.code == "agent.no-session"
        }
        #expect(shelf.ids() == [ids[0]] && !folder.exists(".weir/agent/sessions/\(ids[1]).jsonl"))
    }

    @Test("one that is opened while it is taken away is written to a file that is there")
    func race() async throws {
        let (folder, shelf, ids) = try shelf([90])
        let id = ids[0]
        for _ in 0..<300 {
            async let pruned = Task.detached { shelf.prune(keep: 0, days: 0, now: .distantFuture) }.value
            if let file = try? SessionFile(id: id, folder: shelf.folder) {
                try file.append(.task("x"))
                #expect(try shelf.records(id).last?.event == .task("x"))
            }
            _ = await pruned
        }
        #expect(folder.exists(".weir"))
    }
}
