import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("Making clients know the server")
struct MCPInstallTests {
    private func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "weir-install-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test("a client without a configuration gets one, and again changes nothing", arguments: MCPClientKind.allCases)
    func new(client: MCPClientKind) throws {
        let root = try folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let install = MCPInstall(client, root: root, home: "\(root)/home", environment: [:])
        let files = try install.plan()
        #expect(files.map(\.change) == [.create, .create])
        #expect(!FileManager.default.fileExists(atPath: files[0].path), "a plan writes nothing")
        try install.write(files)
        let text = try String(contentsOfFile: files[0].path, encoding: .utf8)
        #expect(text.contains("\"mcp\""))
        if client != .codex { #expect(JSONValue(parsing: text)?[client.section]?["weir"]?["command"] == "weir") }
        #expect(try install.plan().map(\.change) == [.none, .none])
    }

    static let existing = [
        "", "{}", "{ }\n", #"{"mcpServers":{}}"#,
        #"{"mcpServers": {"other": {"command": "x", "args": ["a", 1.50, 12345678901234567890]}}}"#,
        "{\n  // a comment, with \"mcpServers\": {\n  \"mcpServers\": {\n    /* { */ \"other\": { \"command\": \"x\" }, // last\n  },\n}\n",
        "\u{FEFF}{\"a\": \"\\\"mcpServers\\\": {\", \"z\": [1, {\"mcpServers\": {}}], \"b\": null}",
        #"{"mcpServers": {"weir": {"command": "old", "env": {"A": "1"}}, "other": {"command": "x"}}, "last": true}"#,
    ]

    @Test("what is there stays to the letter", arguments: existing)
    func merges(text: String) throws {
        let entry: JSONValue = ["command": "weir", "args": ["mcp"]]
        let merged = try #require(JSONEdit.setting("weir", in: "mcpServers", to: entry, text: text))
        // Everything that was there is there still, in its order.
        if !text.contains("\"old\"") {
            var rest = merged[...]
            for character in text {
                guard let at = rest.firstIndex(of: character) else {
                    Issue.record("\(character) is lost in \(merged)")
                    return
                }
                rest = rest[rest.index(after: at)...]
            }
        } else {
            #expect(!merged.contains("\"old\""))
            #expect(merged.hasSuffix(#", "other": {"command": "x"}}, "last": true}"#))
        }
        #expect(JSONEdit.setting("weir", in: "mcpServers", to: entry, text: merged) == merged, "\(merged)")
        if !text.contains("//"), !text.hasPrefix("\u{FEFF}") {
            let value = try #require(JSONValue(parsing: merged), "\(merged)")
            #expect(value["mcpServers"]?["weir"] == entry)
            for (key, old) in JSONValue(parsing: text)?["mcpServers"]?.fields ?? [:] where key != "weir" {
                #expect(value["mcpServers"]?[key] == old)
            }
        }
    }

    @Test(
        "what is not understood is not touched",
        arguments: [
            "[]", "{", "{\"mcpServers\": []}", "{\"mcpServers\": 1}", "nonsense", "{\"a\": }", "{\"a\" 1}", "{} {}",
            "{\"a\": \"x}",
        ])
    func damaged(text: String) throws {
        #expect(JSONEdit.setting("weir", in: "mcpServers", to: [:], text: text) == nil)
        let root = try folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(root)/.mcp.json"))
        #expect(throws: WeirError.self) {
            _ = try MCPInstall(.claudeCode, root: root, home: root, environment: [:]).plan()
        }
        #expect(try String(contentsOfFile: "\(root)/.mcp.json", encoding: .utf8) == text)
    }

    @Test("TOML keeps what it has; a table that says something else is left to the person")
    func toml() throws {
        let entry: JSONValue = ["command": "weir", "args": ["mcp", "--project", "/a \"b\""]]
        let before = "# mine\nmodel = \"x\"\n\n[mcp_servers.other]\ncommand = \"y\""
        let merged = try TOMLEdit.setting("mcp_servers.weir", to: entry, text: before, path: "config.toml")
        #expect(merged.hasPrefix(before))
        #expect(
            merged.contains(
                "\n\n[mcp_servers.weir]\ncommand = \"weir\"\nargs = [\"mcp\",\"--project\",\"/a \\\"b\\\"\"]\n"))
        #expect(try TOMLEdit.setting("mcp_servers.weir", to: entry, text: merged, path: "config.toml") == merged)
        #expect(throws: WeirError.self) {
            _ = try TOMLEdit.setting("mcp_servers.weir", to: ["command": "weir", "args": []], text: merged, path: "x")
        }
    }

    @Test("AGENTS.md keeps what people wrote, before and behind")
    func agents() {
        let mine = "# Our rules\n\nBe kind.\n"
        let once = MCPGuide.merged(into: mine)
        #expect(once.hasPrefix(mine))
        let more = once + "\n## More of ours\n"
        #expect(MCPGuide.merged(into: more) == more)
        let old = more.replacing("Working in this Weir project", with: "Old words")
        #expect(MCPGuide.merged(into: old) == more)
        #expect(MCPGuide.merged(into: "") == MCPGuide.merged(into: MCPGuide.merged(into: "")))
    }

    @Test("a file that somebody changes meanwhile is not overwritten")
    func meanwhile() throws {
        let root = try folder()
        defer { try? FileManager.default.removeItem(atPath: root) }
        let install = MCPInstall(.cursor, root: root, home: root, environment: [:])
        let files = try install.plan()
        try FileManager.default.createDirectory(atPath: "\(root)/.cursor", withIntermediateDirectories: true)
        try Data("{\"mcpServers\": {\"new\": {}}}".utf8).write(to: URL(fileURLWithPath: files[0].path))
        #expect(throws: WeirError.self) { try install.write(files) }
        #expect(try String(contentsOfFile: files[0].path, encoding: .utf8).contains("new"))
        try install.write(install.plan())
        let value = JSONValue(parsing: try String(contentsOfFile: files[0].path, encoding: .utf8))
        #expect(value?["mcpServers"]?.fields?.keys.sorted() == ["new", "weir"])
    }
}
