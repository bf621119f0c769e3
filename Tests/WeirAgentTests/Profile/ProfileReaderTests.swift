import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("Agent profiles")
struct ProfileReaderTests {
    private func read(_ text: String) -> ProfileReader.Reading {
        ProfileReader().read(text, path: "agents/a.md", origin: .project)
    }

    /// As claude-mpm deployed it in August 2025: tools in one text, a base version.
    static let deployed = """
        ---
        name: data-engineer
        description: "Data engineering and AI API integrations"
        version: "2.5.1"
        author: "claude-mpm@anthropic.com"
        tools: "Read,Write,Edit,Bash,Grep,Glob,LS,WebSearch,TodoWrite"
        model: "opus"
        color: "yellow"
        base_version: "0.2.0"
        ---

        # Data Engineer Agent

        Specialize in data.
        """

    /// As Claude Code's files are: a list, keys of its own, and a description that is no YAML.
    static let claude = """
        ---
        name: code-reviewer
        description: Use this agent when: code was written. Examples: <example>user: "hi"</example>
        tools: Read, Grep, Bash(git diff:*)
        disallowedTools: Write
        model: inherit
        permissionMode: bypassPermissions
        skills:
          - one
          - two
        mcpServers: [github]
        ---
        You review code.
        """

    @Test("lay down steps: tools, with those of their arguments that are known")
    func steps() throws {
        func read(_ steps: String) -> ProfileReader.Reading {
            self.read("---\nname: a\ndescription: b\ntools: Read, Write\nsteps:\n\(steps)\n---\nbody")
        }
        let good = read("  - Read\n  - Write: { path: a.md, append: true, lines: [1, x] }\n  - Read:")
        #expect(good.errors.isEmpty && good.warnings.isEmpty, "\(good)")
        #expect(
            good.profile?.steps == [
                ScriptedStep(tool: "Read"),
                ScriptedStep(tool: "Write", arguments: ["path": "a.md", "append": true, "lines": [1, "x"]]),
                ScriptedStep(tool: "Read"),
            ])
        // A tool that the profile does not give, two tools in one step, arguments that are none, and no list.
        for (steps, line) in [("  - Bash", 6), ("  - { Read: {}, Write: {} }", 6), ("  - Read\n  - Write: x", 7)] {
            let bad = read(steps)
            #expect(bad.errors.map(\.code) == ["agent.steps"], "\(bad.errors)")
            #expect(bad.errors.first?.place?.line == line, "\(bad.errors)")
        }
        #expect(read("  Read: 1").errors.map(\.code) == ["yaml.wrong-type"])
    }

    @Test("of claude-mpm load unchanged")
    func loadsDeployed() throws {
        let reading = read(Self.deployed)
        let profile = try #require(reading.profile)
        #expect(reading.errors.isEmpty && reading.warnings.isEmpty, "\(reading)")
        #expect(profile.name == "data-engineer" && profile.version == "2.5.1" && profile.baseVersion == "0.2.0")
        #expect(profile.tools?.count == 9 && profile.allows("todowrite") && !profile.allows("query"))
        #expect(profile.model == "opus" && profile.color == "yellow" && profile.todoPrefix == "Data Engineer")
        #expect(profile.instructions.contains("Specialize in data."))
        #expect(profile.text == Self.deployed)
    }

    @Test("of Claude Code load unchanged, also where the description is no YAML; rights in them count for nothing")
    func loadsClaude() throws {
        let reading = read(Self.claude)
        let profile = try #require(reading.profile)
        #expect(reading.errors.isEmpty, "\(reading.errors)")
        #expect(
            reading.warnings.contains { $0.message.contains("no YAML") && $0.place?.line == 3 }, "\(reading.warnings)")
        #expect(
            profile.tools == ["Read", "Grep", "Bash(git diff:*)"] && profile.allows("Bash") && !profile.allows("Write"))
        #expect(profile.otherKeys == ["skills", "mcpServers"] && !profile.isPlanOnly)
        #expect(profile.summary.hasPrefix("Use this agent when: code"))
    }

    @Test("tell mistakes with their lines and the nearest right word")
    func mistakes() {
        let reading = read(
            "---\nname: a\ndescription: does\nduties: [model-test]\nmaxTurns: many\ntool: Read\nmodel: opus\ntools: Raed, Bash\n---\nx"
        )
        #expect(reading.errors.map(\.place?.line) == [4, 5], "\(reading.errors)")
        #expect(reading.errors[0].hint == "did you mean \"model-tests\"?")
        let hints = reading.warnings.compactMap(\.hint)
        #expect(
            hints.contains("did you mean \"tools\"?") && hints.contains("did you mean \"Read\"?"), "\(reading.warnings)"
        )
        #expect(read("name: a").errors.first?.code == "agent.no-front-matter")
        #expect(read("---\ndescription: x\n---\n").errors.map(\.code) == ["agent.no-name"])
        #expect(read("---\nname: \"../../etc\"\ndescription: x\n---\nx").errors.map(\.code) == ["agent.bad-name"])
        #expect(read("---\nname: a\n{broken\n---\nx").profile == nil)
        #expect(read("---\n---\n").profile == nil)
    }

    @Test(
        "come back byte by byte",
        arguments: [
            "", "---", "---\n---", "---\r\nname: a\r\n---\r\nbody\r\n", "\u{FEFF}---\nname: é\n---\nbody\n\n\n",
            "--- \nname: a\n---\t\n---\n",
            "no head\n---\n", "---\nname: a\nnever closed\n", deployed, claude,
        ])
    func roundTrip(text: String) {
        #expect(Array(FrontMatter(text).text.utf8) == Array(text.utf8))
    }

    @Test("the one that comes with Weir has no mistake and names every tool")
    func builtIn() throws {
        let shelf = ProfileShelf(root: nil)
        let item = try #require(shelf.items.first)
        #expect(item.reading.errors.isEmpty && item.reading.warnings.isEmpty, "\(item.reading)")
        let profile = try shelf.profile("data-engineer")
        #expect(ProfileReader.ownTools.allSatisfy { profile.allows($0) })
        #expect(profile.duties == Set(ProofDuty.allCases))
        for type in [
            "pattern", "architecture", "guideline", "mistake", "strategy", "integration", "performance", "context",
        ] {
            #expect(profile.instructions.contains("**\(type)**"))
        }
    }

    @Test("of the project come before Claude's, and those before Weir's; a draft has no mistake")
    func shelf() throws {
        let folder = try TempFolder([
            "agents/mine.md": AgentProfile.draft(name: "mine", summary: "Does: \"things\""),
            ".claude/agents/data-engineer.md": Self.deployed,
            ".claude/agents/README.md": "nothing", ".claude/agents/broken.md": "no head",
        ])
        let shelf = ProfileShelf(root: folder.path)
        #expect(try shelf.profile("data-engineer").origin == .claude)
        #expect(try shelf.profile("mine").summary == "Does: \"things\"")
        #expect(shelf.items.first { $0.reading.profile?.name == "mine" }?.reading.errors.isEmpty == true)
        #expect(shelf.items.count { $0.isHidden } == 1)
        #expect { try shelf.profile("mein") } throws: { ($0 as? WeirError)?.hint == "did you mean \"mine\"?" }
        #expect { try shelf.profile("broken") } throws: { ($0 as? WeirError)?.code == "agent.no-front-matter" }
    }

    @Test("100,000 front matters of any kind neither crash nor hang nor lose a byte")
    func fuzz() {
        var random = Seeded(17)
        let words = [
            "---", "\n", "\n---\n", "name", ": ", "a-b", "tools", "[Read, ", "]", "\"", "'", "- ", "  ", "\t", "é",
            "\u{FEFF}", "\r\n",
            "description", "{", "}", "&a", "*a", "<<: ", "model", "opus", "duties", "#", "|", ">", "\u{0}", "maxTurns",
            "9", "(", ")", ",",
            "🙂", "%YAML", "!!binary ", "? ", "null", "permissionMode", "plan",
        ]
        let seeds = [Self.deployed, Self.claude]
        for round in 0..<100_000 {
            var text: String
            if round.isMultiple(of: 3) {
                var scalars = Array(seeds[round % 2].unicodeScalars.prefix(260))
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let at = Int.random(in: 0..<scalars.count, using: &random)
                    scalars.insert(
                        contentsOf: words.randomElement(using: &random)?.unicodeScalars.map { $0 } ?? [], at: at)
                    scalars.remove(at: Int.random(in: 0..<scalars.count, using: &random))
                }
                text = String(String.UnicodeScalarView(scalars))
            } else {
                text = "---\n"
                for _ in 0..<Int.random(in: 0...24, using: &random) {
                    text += words.randomElement(using: &random) ?? ""
                }
            }
            let reading = read(text)
            #expect(reading.profile != nil || !reading.errors.isEmpty)
            if let profile = reading.profile {
                #expect(profile.name.wholeMatch(of: /[A-Za-z][A-Za-z0-9_ \-]*/) != nil)
                #expect(Array(profile.text.utf8) == Array(text.utf8))
            }
        }
    }
}
