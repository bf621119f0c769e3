import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("File tools")
struct FileToolsTests {
    private func call(_ workspace: Workspace, _ tool: String, _ arguments: JSONValue) async throws -> ToolAnswer {
        let caller = ToolCaller(
            tools: Toolbox(FileTools.all(workspace)), context: ToolContext(root: workspace.root), actor: "test",
            permit: { _, _ in .allowed }, audit: { _ in })
        return try await caller.call(tool, arguments)
    }

    @Test("Read numbers lines, goes on where it was cut, and says what it cannot read")
    func read() async throws {
        let folder = try TempFolder([
            "a.txt": "one\r\ntwo\nthree", "empty.txt": "", "wide.txt": String(repeating: "x", count: 5_000) + "\nend\n",
            "long.txt": (1...5_000).map { "line \($0)\n" }.joined(),
        ])
        try folder.write("data.parquet", Data([0x50, 0x41, 0x52, 0x31, 0, 1, 2]))
        try folder.write("huge.csv", String(repeating: String(repeating: "x", count: 999) + "\n", count: 6_000))
        let workspace = Workspace(root: folder.path)
        let whole = try await call(workspace, "Read", ["path": "a.txt"])
        #expect(whole.text == "1\tone\n2\ttwo\n3\tthree\n" && whole.isForeign && whole.content["total_lines"] == 3)
        #expect(try await call(workspace, "Read", ["path": "empty.txt"]).content["lines"] == 0)
        let wide = try await call(workspace, "Read", ["path": "wide.txt"])
        #expect(wide.text?.contains("the line goes on") == true && wide.text?.contains("2\tend") == true)
        let first = try await call(workspace, "Read", ["path": "long.txt"])
        let shown = try #require(first.content["lines"]?.integer)
        #expect(first.content["truncated"] == true && shown < 5_000)
        let next = try await call(workspace, "Read", ["path": "long.txt", "offset": .int(shown + 1)])
        #expect(next.text?.hasPrefix("\(shown + 1)\tline \(shown + 1)\n") == true)
        #expect(
            try await call(workspace, "Read", ["path": "a.txt", "offset": 9]).content["error"]?["code"]
                == "file.no-line")
        #expect(try await call(workspace, "Read", ["path": "data.parquet"]).content["error"]?["code"] == "file.binary")
        let huge = try await call(workspace, "Read", ["path": "huge.csv"])
        #expect(
            huge.content["truncated"] == true && huge.content["total_lines"] == nil
                && huge.content["bytes"] == 6_000_000)
        #expect(try await call(workspace, "Read", ["path": "nothing"]).content["error"]?["code"] == "file.missing")
        #expect(try await call(workspace, "Read", ["path": "."]).content["error"]?["code"] == "file.is-folder")
    }

    @Test("Edit wants one place, and says what is nearly it")
    func edit() async throws {
        let folder = try TempFolder(["a.sql": "SELECT  a,\n  b\nFROM t\nJOIN t\n", "win.sql": "a\r\nb\r\nc\r\n"])
        let workspace = Workspace(root: folder.path)
        func edit(_ path: String, _ old: String, _ new: String, all: Bool = false) async throws -> ToolAnswer {
            try await call(
                workspace, "Edit", ["path": .string(path), "old": .string(old), "new": .string(new), "all": .bool(all)])
        }
        let twice = try await edit("a.sql", " t", " u")
        #expect(twice.content["error"]?["code"] == "edit.ambiguous")
        #expect(twice.content["error"]?["message"]?.text?.contains("3, 4") == true)
        #expect(try await edit("a.sql", "SELECT a,", "x").content["error"]?["hint"]?.text?.contains("line 1") == true)
        #expect(try await edit("a.sql", "nowhere", "x").content["error"]?["code"] == "edit.not-found")
        #expect(try await edit("a.sql", "", "x").isError)
        #expect(try await edit("a.sql", "b", "b").isError)
        #expect(folder.text("a.sql") == "SELECT  a,\n  b\nFROM t\nJOIN t\n")
        #expect(try await edit("a.sql", " t", " u", all: true).content["places"] == 2)
        #expect(folder.text("a.sql") == "SELECT  a,\n  b\nFROM u\nJOIN u\n")
        // A file of Windows keeps its line ends.
        #expect(try await !edit("win.sql", "a\nb", "a\nx\nb").isError)
        #expect(folder.text("win.sql").map { Array($0.utf8) } == Array("a\r\nx\r\nb\r\nc\r\n".utf8))
    }

    @Test("Write keeps the mode of a file, makes folders, and leaves no other file behind")
    func write() async throws {
        let folder = try TempFolder(["run.sh": "old"])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/run.sh")
        let workspace = Workspace(root: folder.path)
        #expect(try await call(workspace, "Write", ["path": "run.sh", "content": "new"]).content["done"] == "replaced")
        let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/run.sh")[.posixPermissions] as? Int
        #expect(mode == 0o755 && folder.text("run.sh") == "new")
        #expect(try await call(workspace, "Write", ["path": "models/x/y.sql", "content": "é\n"]).content["lines"] == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["models", "run.sh"])
        #expect(workspace.changed == ["models/x/y.sql", "run.sh"])
    }

    @Test("a dry run shows its own changes, writes none, and comes out as a patch that git applies")
    func dryRun() async throws {
        let lines = (1...40).map { "line \($0)\n" }.joined()
        let folder = try TempFolder(["models/a/b.sql": lines, "no-end.txt": "a\nb", "empty.txt": ""])
        let workspace = Workspace(root: folder.path, isDryRun: true)
        _ = try await call(workspace, "Edit", ["path": "models/a/b.sql", "old": "line 3\n", "new": "LINE 3\nmore\n"])
        _ = try await call(workspace, "Edit", ["path": "models/a/b.sql", "old": "line 38\n", "new": ""])
        _ = try await call(workspace, "Write", ["path": "tests/new.yaml", "content": "x: 1\n"])
        _ = try await call(workspace, "Write", ["path": "no-end.txt", "content": "a\nc\n"])
        _ = try await call(workspace, "Write", ["path": "empty.txt", "content": "é"])
        #expect(try await call(workspace, "Read", ["path": "models/a/b.sql"]).text?.contains("3\tLINE 3") == true)
        #expect(try await call(workspace, "Grep", ["pattern": "^LINE"]).content["matches"]?.items.count == 1)
        #expect(try await call(workspace, "Glob", ["pattern": "tests/**"]).content["files"] == ["tests/new.yaml"])
        #expect(try await call(workspace, "LS", ["path": "tests"]).content["total"] == 1)
        #expect(folder.text("models/a/b.sql") == lines && !folder.exists("tests"))
        try folder.write("the.patch", workspace.patch())
        let applied = try await ShellProcess(
            root: folder.path, command: "git init -q . && git apply --unidiff-zero the.patch || git apply the.patch",
            limit: .seconds(60)
        ).run()
        #expect(applied.code == 0, "\(applied.output)\n\(workspace.patch())")
        #expect(folder.text("models/a/b.sql")?.hasPrefix("line 1\nline 2\nLINE 3\nmore\nline 4\n") == true)
        #expect(
            folder.text("tests/new.yaml") == "x: 1\n" && folder.text("no-end.txt") == "a\nc\n"
                && folder.text("empty.txt") == "é")
    }

    @Test("Grep and Glob say when they cut, and what is no pattern")
    func search() async throws {
        let folder = try TempFolder(["a.txt": (0..<300).map { "row \($0) (x)\n" }.joined()])
        let workspace = Workspace(root: folder.path)
        let many = try await call(workspace, "Grep", ["pattern": "row"])
        #expect(many.content["truncated"] == true && many.content["matches"]?.items.count == 200)
        let fixed = try await call(workspace, "Grep", ["pattern": "9 (x)", "fixed": true, "limit": 3, "path": "a.txt"])
        #expect(fixed.content["matches"]?[0]?["line"] == 10)
        #expect(try await call(workspace, "Grep", ["pattern": "("]).isError)
        #expect(
            try await call(workspace, "Grep", ["pattern": "ROW 1 ", "ignore_case": true]).content["matches"]?.items
                .count == 1)
        #expect(try await call(workspace, "Glob", ["pattern": "{"]).isError)
    }
}
