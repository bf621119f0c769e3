import Foundation
import Testing

@Suite("weir memory")
struct MemoryCommandTests {
    /// A person's own memories go to the project's folder here.
    static func environment(_ project: TempProject) -> [String: String] { ["XDG_DATA_HOME": project.path("data-home")] }

    static let documented: [(words: [String], heading: String)] = [
        (["list", "--all"], "### weir memory list"), (["search", "pool"], "### weir memory search"),
        (["add", "--from", "answer.md"], "### weir memory add"),
        (["edit", "ID", "--critical"], "### weir memory edit"), (["retire", "ID"], "### weir memory retire"),
        (["export"], "### weir memory export"), (["import", "file.md"], "### weir memory import"),
    ]

    private func seeded() async throws -> (project: TempProject, id: String) {
        let project = try TempProject([
            "answer.md": """
            # Add To Memory:
            Type: performance
            Content: Set the pool size to 20
            #
            # Add To Memory:
            Type: patern
            Content: Use composite indexes
            #
            """,
            "file.md": "# X Agent Memory\n\n## Learnings\n\n- Orders come at six\n- key AKIAIOSFODNN7EXAMPLE\n",
        ])
        for content in ["Set the pool size to 10", "The pool is called main"] {
            _ = try await project.weir("memory", "add", "--type", "performance", "--session", "s1", content)
        }
        let listed = try await project.weir("memory", "list", "-o", "json")
        let object = try #require(try JSONShape.parse(listed.out) as? [String: Any])
        let memories = try #require(object["memories"] as? [[String: Any]])
        return (project, try #require(memories.first?["id"] as? String))
    }

    @Test("JSON has the keys that are documented, and no other", arguments: 0..<7)
    func json(index: Int) async throws {
        let (words, heading) = Self.documented[index]
        let (project, id) = try await seeded()
        if heading.hasSuffix("list") || heading.hasSuffix("export") {
            _ = try await project.weir("memory", "add", "--from", "answer.md")
        }
        let line = ["memory"] + words.map { $0 == "ID" ? id : $0 } + ["-o", "json"]
        let done = try await project.command(line)
        #expect(done.code == (heading.hasSuffix("add") ? 1 : 0), "\(done)")
        let block = try #require(
            try Repository.blocks("json", of: "Documentation/Weir.docc/Output.md", under: heading).first)
        let expected = JSONShape.keys(try JSONShape.parse(block))
        let found = JSONShape.keys(try JSONShape.parse(done.out))
        // What only some memories have is told in words.
        let optional = expected.union(found).filter { key in
            ["last_used_at", "meaning_rank", "successor", "reason", "session"].contains { key.hasSuffix(".\($0)") }
        }
        #expect(expected.symmetricDifference(found).subtracting(optional).sorted() == [], "\(done)")
    }

    @Test(
        "mistakes are told with their code",
        arguments: [
            (["add", "--type", "context", "abc"], "memory.invalid"),
            (["add", "--type", "context", "password=hunter2"], "memory.invalid"),
            (["edit", "mffff", "--critical"], "memory.unknown"), (["retire", "nothing"], "memory.unknown"),
            (["import", "nowhere.md"], "memory.no-file"), (["import"], "memory.no-file"),
            (["export", "--user"], "memory.no-file"),
            (["add", "text"], "usage"), (["add", "--type", "patern", "some text"], "usage"), (["edit", "m"], "usage"),
            (["list", "--limit", "0"], "usage"), (["export", "--generation", "4"], "usage"),
            (["add", "--from", "nowhere"], "memory.no-file"),
        ])
    func mistakes(words: [String], code: String) async throws {
        let project = try TempProject()
        let done = await
            (try project.start(
                ["memory"] + words + ["-o", "json"], environment: Self.environment(project))).finish()
        #expect(done.code == 2 && done.failure?.code == code, "\(done)")
        #expect(!done.out.contains("hunter2"))
    }

    @Test("a person's own memories are the same in every project, and need none")
    func user() async throws {
        let project = try TempProject()
        let environment = Self.environment(project)
        func weir(_ words: String..., at folder: String) async throws -> Invocation {
            try await project.command(["memory"] + words + ["--user", "--project", folder], environment: environment)
        }
        let added = try await weir("add", "--type", "guideline", "Answer in Norwegian", at: project.root)
        #expect(added.code == 0 && added.out.contains("remembered"), "\(added)")
        let elsewhere = try await weir("list", at: FileManager.default.temporaryDirectory.path)
        #expect(elsewhere.out.contains("Answer in Norwegian"), "\(elsewhere)")
        #expect(!(try await project.weir("memory", "list")).out.contains("Norwegian"))
        #expect(FileManager.default.fileExists(atPath: project.path("data-home/weir/state.db")))
    }

    @Test("what was written is found again, changed, brought back, and shared through the file")
    func story() async throws {
        let (project, id) = try await seeded()
        let found = try await project.weir("memory", "search", "pools")
        #expect(found.out.contains("The pool is called main"), "\(found)")
        let taken = try await project.weir("memory", "add", "--from", "answer.md")
        #expect(
            taken.code == 1 && taken.out.contains("in place of") && taken.out.contains("did you mean \"pattern\"?"),
            "\(taken)")
        #expect(try await project.weir("memory", "retire", id).out.contains("is put away"))
        let restored = try await project.weir("memory", "edit", id, "--restore", "--critical")
        #expect(restored.code == 0, "\(restored)")
        let exported = try await project.weir("memory", "export")
        #expect(exported.code == 0, "\(exported)")
        let text = try String(
            contentsOfFile: project.path(".claude-mpm/memories/data-engineer_memories.md"), encoding: .utf8)
        #expect(text.contains("## CRITICAL") && text.contains("The pool is called main") && text.contains("to 20"))
        #expect(!text.contains("to 10"))
        let again = try await project.weir("memory", "import")
        #expect(again.out.contains("0 new memories"), "\(again)")
    }
}
