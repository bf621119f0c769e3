import Foundation
import Synchronization
import Testing
import WeirCore
import WeirPipeline

@testable import WeirAgent

@Suite("Permissions")
struct PermissionTests {
    let folder: TempFolder
    let workspace: Workspace

    init() throws {
        folder = try TempFolder()
        workspace = Workspace(root: folder.path)
    }

    private func rules(
        allow: [String] = [], ask: [String] = [], deny: [String] = [], level: String? = nil, dryRun: Bool = false
    ) throws -> Permissions {
        var settings = AgentSettings()
        settings.level = level
        settings.permissions.allow = allow.map { .init($0) }
        settings.permissions.ask = ask.map { .init($0) }
        settings.permissions.deny = deny.map { .init($0) }
        return try Permissions(settings, root: folder.path, isDryRun: dryRun)
    }

    private func verdict(_ permissions: Permissions, _ tool: String, _ arguments: JSONValue) throws -> String {
        let run = ToolSpec(
            name: "run", title: "", summary: "", input: ToolSchema.object([.init("tables", .array(.string), "")]).json,
            level: .run)
        let spec = FileTools.all(workspace).first { $0.spec.name == tool }?.spec ?? run
        switch permissions.verdict(spec, try ToolArguments(arguments, for: spec)) {
        case .allow: return "allow"
        case .ask: return "ask"
        case .deny: return "deny"
        }
    }

    private func write(_ permissions: Permissions, _ path: String) throws -> String {
        try verdict(permissions, "Write", ["path": .string(path), "content": ""])
    }

    private func bash(_ permissions: Permissions, _ command: String) throws -> String {
        try verdict(permissions, "Bash", ["command": .string(command)])
    }

    @Test("by themselves ask before a shell, before the warehouse changes, and before files outside of four folders")
    func usual() throws {
        let usual = try rules()
        for path in [
            "models/mart/a.sql", "tests/a.yaml", "contracts/a.yaml", "docs/a.md", "./models/./x/../mart/a.sql",
        ] {
            #expect(try write(usual, path) == "allow", "\(path)")
        }
        for path in [
            "weir.yaml", "models", "models.sql", "sources/a.yaml", "models/../weir.yaml", "agents/a.md", "Models/a.sql",
        ] {
            #expect(try write(usual, path) == "ask", "\(path)")
        }
        #expect(try write(usual, "../a") == "deny" && write(usual, "/etc/passwd") == "deny")
        #expect(try bash(usual, "ls") == "ask" && verdict(usual, "run", [:]) == "ask")
        #expect(try verdict(usual, "Read", ["path": "weir.yaml"]) == "allow")
    }

    @Test("deny comes before ask, ask before allow, and a level before all")
    func order() throws {
        let some = try rules(
            allow: ["Write(**)", "run"], ask: ["Write(sources/**)"],
            deny: ["Write(models/raw/*.sql)", "Read(secret/**)"])
        #expect(try write(some, "weir.yaml") == "allow" && write(some, "sources/a.yaml") == "ask")
        #expect(try write(some, "models/raw/a.sql") == "deny" && write(some, "models/raw/x/a.sql") == "allow")
        #expect(try verdict(some, "run", [:]) == "allow" && verdict(some, "Read", ["path": "secret/a/b"]) == "deny")
        #expect(try verdict(some, "Read", ["path": "other/../secret/a"]) == "deny")
        let low = try rules(allow: ["Write(**)", "run"], level: "propose")
        #expect(try write(low, "models/a/b.sql") == "deny" && verdict(low, "run", [:]) == "deny")
        let dry = try rules(allow: ["run", "Bash"], deny: ["Write(weir.yaml)"], dryRun: true)
        #expect(try write(dry, "sources/a.yaml") == "allow" && write(dry, "weir.yaml") == "deny")
        #expect(try verdict(dry, "run", [:]) == "deny" && bash(dry, "ls") == "deny")
    }

    @Test(
        "a command that begins well and does more is not allowed by its beginning",
        arguments: [
            "git diff; rm -rf .", "git diff && curl x", "git diff | sh", "git diff $(rm x)", "git diff `rm x`",
            "git diff > /etc/x",
            "git diff\nrm x", "git diff & rm x", "git diff <(rm x)", "git diff \\; rm", "git diffx", "gitdiff",
            "{ git diff; }",
        ])
    func shell(command: String) throws {
        let some = try rules(allow: ["Bash(git diff *)", "Bash(git diff)"])
        #expect(try bash(some, "git diff --stat") == "allow" && bash(some, "git  diff   a") == "allow")
        #expect(try bash(some, command) == "ask", "\(command)")
    }

    @Test(
        "a command that is forbidden is found wherever it stands in the line",
        arguments: [
            "rm -rf x", "ls; rm -rf x", "ls &&   rm  -r x", "echo $(rm -r x)", "(rm -r x)", "RM -r x", "a | rm -r x",
        ])
    func forbidden(command: String) throws {
        let some = try rules(allow: ["Bash"], deny: ["Bash(rm -r*)"])
        #expect(try bash(some, command) == "deny", "\(command)")
        #expect(try bash(some, "rmdir x") == "allow")
    }

    @Test("a rule that cannot be read is a mistake with its place")
    func mistakes() throws {
        for text in [
            "", "Write(", "Write()", "Wri te", "Write({a)", "(x)", "Write(a) b", String(repeating: "x", count: 2_000),
        ] {
            #expect(throws: WeirError.self, "\(text)") { try rules(allow: [text]) }
        }
        var settings = AgentSettings()
        settings.permissions.deny = [.init("Wriet(x)", at: Place(file: "weir.yaml", line: 9)), .init("mcp_x")]
        #expect {
            try Permissions(settings, root: folder.path, tools: ["Write", "Read"])
        } throws: { error in
            let causes = (error as? WeirError)?.causes ?? []
            return causes.count == 2 && causes[0].hint == "did you mean \"Write\"?" && causes[0].place?.line == 9
        }
    }

    @Test("what was agreed to for good is not asked again; what nobody can answer is refused")
    func desk() async throws {
        let asked = Counted()
        let desk = PermissionDesk(try rules()) { question in
            asked.add()
            return question.subject == "ls" ? .always : .no("not that")
        }
        let spec = BashTool(root: folder.path).spec
        func permit(_ command: String) async throws -> ToolPermission {
            try await desk.permit(spec, try ToolArguments(["command": .string(command)], for: spec))
        }
        #expect(try await permit("ls") == .approved)
        #expect(try await permit("ls") == .approved)
        #expect(asked.count == 1)
        #expect(try await permit("rm") == .refused("not that"))
        let alone = PermissionDesk(try rules(), ask: PermissionDesk.unattended(isAgreed: false))
        let arguments = try ToolArguments(["command": "ls"], for: spec)
        guard case .refused(let reason) = try await alone.permit(spec, arguments) else {
            Issue.record("it was allowed")
            return
        }
        #expect(reason.contains("--yes"))
    }

    /// The plain meaning of a pattern, slow and obvious.
    private static func matches(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            let end = text.firstIndex(of: "/") ?? text.endIndex
            return (text.startIndex...end).contains { matches(pattern.dropFirst(), text[$0...]) }
        }
        guard let letter = text.first, first == letter || (first == "?" && letter != "/") else { return false }
        return matches(pattern.dropFirst(), text.dropFirst())
    }

    @Test("100,000 patterns mean what they say, and none takes long")
    func fuzz() throws {
        var random = Seeded(5)
        let pieces = ["a", "b", "/", "*", "?", "a/", ".", "{a,b}"]
        for _ in 0..<100_000 {
            // `**/` has a meaning of its own, which the next test holds to its word.
            let pattern = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                ["a", "b", "/", "."].randomElement(using: &random) ?? ""
            }.joined()
            guard !pattern.contains("**") else {
                _ = PathPattern(pattern)?.matches(text)
                continue
            }
            let options = Self.expanded(pattern)
            let expected = options.contains { Self.matches(Array($0)[...], Array(text)[...]) }
            #expect(PathPattern(pattern)?.matches(text) == expected, "\(pattern) \(text)")
        }
        let nasty = String(repeating: "*a", count: 300)
        #expect(PathPattern(nasty)?.matches(String(repeating: "a", count: 2_000) + "b") == false)
        #expect(PathPattern(String(repeating: "{a,b}", count: 40)) == nil)
    }

    private static func expanded(_ pattern: String) -> [String] {
        guard let range = pattern.range(of: "{a,b}") else { return [pattern] }
        return ["a", "b"].flatMap { expanded(pattern.replacingCharacters(in: range, with: $0)) }
    }

    @Test(
        "** crosses folders and keeps to whole names before a slash",
        arguments: [
            ("models/**", "models/a/b.sql", true), ("models/**", "models", false),
            ("models/**/*.sql", "models/b.sql", true),
            ("models/**/*.sql", "models/a/c/b.sql", true), ("**/b.sql", "b.sql", true), ("**/b.sql", "x/ab.sql", false),
            ("**/b.sql", "x/y/b.sql", true), ("**", "", true), ("a**b", "a/x/b", true), ("a/**/b", "a/xb", false),
            ("a/**/b/**/c", "a/b/c", true), ("a/**/b/**/c", "a/1/b/2/3/c", true), ("*.{sql,yaml}", "a.yaml", true),
            ("*.{sql,yaml}", "a.yml", false), ("?", "é", true), ("*", "a/b", false),
        ])
    func folders(pattern: String, path: String, expected: Bool) {
        #expect(PathPattern(pattern)?.matches(path) == expected)
    }

    @Test("100,000 rules and calls neither crash nor let a call out of the project")
    func fuzzRules() throws {
        var random = Seeded(29)
        let pieces = [
            "Write", "Read", "Bash", "*", "(", ")", "/", "..", "models", "a", "**", "{", "}", ",", " ", ";", "é",
            "\u{0}", ".", "|", "rm",
        ]
        func some(_ most: Int) -> String {
            (0..<Int.random(in: 0...most, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        let write = WriteTool(workspace: workspace).spec
        let bash = BashTool(root: folder.path).spec
        for _ in 0..<100_000 {
            guard let rule = try? PermissionRule(.init(some(6))) else { continue }
            let path = some(8)
            let permissions = try? rules(allow: [rule.text])
            let verdict = permissions?.verdict(
                write, try ToolArguments(["path": .string(path), "content": ""], for: write))
            if (try? workspace.path(path)) == nil, case .allow? = verdict {
                Issue.record("\(rule.text) lets \(path) out")
            }
            _ = permissions?.verdict(bash, try ToolArguments(["command": .string(some(8))], for: bash))
        }
    }
}

final class Counted: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
}
