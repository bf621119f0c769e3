import Foundation
import Testing
import WeirCore
import WeirPipeline
import WeirStore

@testable import WeirAgent

@Suite("Putting memories away by a tool")
struct MemoryToolsTests {
    private let folder: TempFolder
    private let tool = MemoryRetireTool(desk: NoteDesk(cache: ProjectCache()))
    private let context: ToolContext
    private let ids: [String]
    private static let contents = ["Orders come at six", "Refunds are negative orders"]

    init() async throws {
        folder = try TempFolder(["weir.yaml": "weir: 1\nname: lab\n"])
        context = ToolContext(root: folder.path)
        let book = try await tool.desk.book(context)
        var ids: [String] = []
        for content in Self.contents {
            ids.append(try #require(try await book.add(content, type: .context).memory).id)
        }
        self.ids = ids
    }

    private func arguments(_ ids: [String]) throws -> ToolArguments {
        try ToolArguments(["ids": JSONValue(ids)], for: tool.spec)
    }

    @Test("the question shows the contents that go, however their ids are written")
    func question() async throws {
        for id in [ids[0], ids[0].uppercased(), String(ids[0].uppercased().prefix(9))] {
            let question = try await tool.question(try arguments([id, ids[0]]), context)
            #expect(question == "Put these memories away?\n- Orders come at six")
            #expect(folder.exists("weir.yaml"))
        }
        // What is asked about is what goes.
        let answer = try await tool.call(try arguments([ids[1].uppercased()]), context)
        #expect(answer.content.line.contains(Self.contents[1]))
        let again = try await tool.question(try arguments(ids), context)
        #expect(
            again == "Put these memories away?\n- Orders come at six\n- Refunds are negative orders (retired already)")
    }

    @Test("nobody is asked about what is not there", arguments: ["m00000000", "", "m*", "x y"])
    func unknown(id: String) async throws {
        await #expect { _ = try await tool.question(try arguments([ids[0], id]), context) } throws: {
            ($0 as? WeirError)?.code == "memory.unknown"
        }
        await #expect(throws: WeirError.self) { _ = try await tool.call(try arguments([ids[0], id]), context) }
        #expect(try await tool.desk.book(context).list().count == 2)
    }
}
