import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

@Suite("The sample project")
struct SampleProjectTests {
    @Test("it runs at once, and its gate keeps out the one order that breaks the contract")
    func runs() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        let report = try ProjectInit.sample(in: folder.path + "/shop")
        #expect(report.written.count == 9)
        let shop = InitFolder(path: folder.path + "/shop")
        let summary = try await shop.run()
        #expect(summary.outcome == .done)
        #expect(summary.nodes.map(\.status) == [.published, .published, .published])
        #expect(summary.nodes[0].balance == RowBalance(read: 8, published: 7, quarantined: 1))
    }

    @Test("nothing is overwritten: every file in the way is named, and no file is written")
    func refuses() throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("weir.yaml", "mine")
        try folder.write("models/staging/orders.sql", "mine too")
        let error = #expect(throws: WeirError.self) { try ProjectInit.sample(in: folder.path) }
        #expect(error?.code == "init.exists")
        #expect(error?.message.contains("weir.yaml") == true)
        #expect(error?.message.contains("models/staging/orders.sql") == true)
        #expect(try folder.read("weir.yaml") == "mine")
        #expect(!folder.has("sources/orders.yaml"))
    }

    @Test("a .gitignore that is there keeps its lines and gets those it lacks; a .env stays as it is")
    func keepsWhatIsThere() throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write(".gitignore", "node_modules/\n.env")
        try folder.write(".env", "TOKEN=abc\n")
        let report = try ProjectInit.sample(in: folder.path)
        let ignored = try folder.read(".gitignore")
        #expect(ignored.hasPrefix("node_modules/\n.env\n.weir/\n"))
        #expect(ignored.components(separatedBy: ".env").count == 2)
        #expect(try folder.read(".env") == "TOKEN=abc\n")
        #expect(report.kept == [".env"])
    }

    @Test("a second init in the same folder is refused", arguments: [1, 2])
    func twice(_ times: Int) throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        _ = try ProjectInit.sample(in: folder.path)
        for _ in 0..<times {
            #expect(throws: WeirError.self) { try ProjectInit.sample(in: folder.path) }
        }
    }
}
