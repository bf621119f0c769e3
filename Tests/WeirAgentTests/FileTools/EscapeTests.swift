import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("File tools stay in the project")
struct EscapeTests {
    let outside: TempFolder
    let folder: TempFolder
    let workspace: Workspace

    init() throws {
        outside = try TempFolder(["secret.txt": "outside", "sub/deep.txt": "outside"])
        folder = try TempFolder(["models/mart/a.sql": "SELECT 1\n", "data/x.csv": "a\n1\n"])
        workspace = Workspace(root: folder.path)
        try folder.link("file-link", to: "\(outside.path)/secret.txt")
        try folder.link("folder-link", to: outside.path)
        try folder.link("models/up", to: "../..")
        try folder.link("self", to: ".")
        try folder.link("gone", to: "\(outside.path)/not-yet")
    }

    private func call(_ tool: String, _ arguments: JSONValue) async throws -> ToolAnswer {
        let toolbox = Toolbox(FileTools.all(workspace))
        let caller = ToolCaller(
            tools: toolbox, context: ToolContext(root: folder.path), actor: "test", permit: { _, _ in .allowed },
            audit: { _ in })
        return try await caller.call(tool, arguments)
    }

    static let paths = [
        "../secret.txt", "models/../../secret.txt", "/etc/passwd", "file-link", "folder-link/secret.txt", "models/up/x",
        "folder-link/sub/deep.txt", "self/self/file-link", "gone", "./.././x", "models/mart/../../../x", "//etc/passwd",
        "self/models/mart/a.sql", "models/up", "..", "a\u{0}b", "folder-link/new/file.txt",
    ]

    @Test("by no path", arguments: paths)
    func ways(path: String) async throws {
        for (tool, arguments) in [
            ("Read", ["path": .string(path)]), ("Write", ["path": .string(path), "content": "owned"]),
            ("Edit", ["path": .string(path), "old": "outside", "new": "owned"]),
            ("LS", ["path": .string(path)]), ("Grep", ["pattern": "outside", "path": .string(path)]),
            ("Glob", ["pattern": "**", "path": .string(path)]),
        ] as [(String, JSONValue)] {
            let answer = try await call(tool, arguments)
            #expect(answer.isError, "\(tool) \(path): \(answer)")
            #expect(!answer.content.line.contains("outside\\n"), "\(tool) \(path)")
        }
        #expect(outside.text("secret.txt") == "outside" && outside.text("sub/deep.txt") == "outside")
        #expect(!outside.exists("not-yet") && !outside.exists("new"))
    }

    @Test("by searching: links are not followed, and secrets are not read")
    func searching() async throws {
        try folder.write(".env", "TOKEN=outside")
        try folder.write("models/.env.local", "TOKEN=outside")
        try folder.write(".git/config", "outside")
        let found = try await call("Grep", ["pattern": "outside"])
        #expect(!found.isError && found.content["matches"] == [])
        let files = try await call("Glob", ["pattern": "**"])
        #expect(files.content["files"]?.items.compactMap(\.text).sorted() == ["data/x.csv", "models/mart/a.sql"])
        for path in [".env", "models/.env.local"] {
            #expect(try await call("Read", ["path": .string(path)]).content["error"]?["code"] == "file.secret")
            #expect(
                try await call("Write", ["path": .string(path), "content": "x"]).content["error"]?["code"]
                    == "file.secret")
        }
        for path in [".git/hooks/pre-commit", ".weir/state.db", ".GIT/config"] {
            #expect(try await call("Write", ["path": .string(path), "content": "x"]).isError, "\(path)")
        }
        #expect(folder.text(".git/config") == "outside")
    }

    @Test("while somebody swaps a folder for a link, again and again")
    func race() async throws {
        let inside = "\(folder.path)/swap"
        let stop = Counted()
        try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: true)
        let target = outside.path
        let swapper = Task.detached {
            while stop.count == 0 {
                // Of a link the link is removed, and nothing behind it.
                try? FileManager.default.removeItem(atPath: inside)
                symlink(target, inside)
                unlink(inside)
                mkdir(inside, 0o755)
            }
        }
        for round in 0..<500 {
            _ = try await call("Write", ["path": "swap/secret.txt", "content": .string("owned \(round)")])
            let read = try await call("Read", ["path": "swap/secret.txt"])
            #expect(!read.content.line.contains("outside"))
        }
        stop.add()
        await swapper.value
        #expect(outside.text("secret.txt") == "outside")
    }

    @Test("100,000 paths reach nothing outside")
    func fuzz() throws {
        var random = Seeded(3)
        let pieces = [
            "..", ".", "/", "//", "models", "folder-link", "file-link", "up", "self", "a", "é", " ", "\u{0}", "~",
            "secret.txt", "gone",
        ]
        for round in 0..<100_000 {
            let path = (0..<Int.random(in: 0...9, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            .joined(separator: round.isMultiple(of: 2) ? "/" : "")
            guard let (bytes, _) = try? workspace.read(path) else { continue }
            #expect(String(decoding: bytes, as: UTF8.self) != "outside", "\(path)")
        }
    }
}
