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
