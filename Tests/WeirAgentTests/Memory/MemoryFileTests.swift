import Foundation
import Testing
import WeirCore
import WeirStore

@testable import WeirAgent

@Suite("The memory file of claude-mpm")
struct MemoryFileTests {
    /// A folder that is gone after the test.
    private func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func book(_ folder: String, _ name: String = "a") async throws -> MemoryBook {
        MemoryBook(
            store: try await StateStore.open("\(folder)/\(name)/state.db"),
            now: { Date(timeIntervalSince1970: 1_764_300_000) })
    }

    static let first = """
        # Agent Memory: data-engineer
        <!-- Last Updated: 2025-08-20T10:00:00.000000+00:00Z -->

        - Use composite indexes for multi-column queries
        - <!-- Last Updated: 2025-08-19T10:00:00 -->
        - Orders are loaded at six

        """
    static let second = """
        # Data-Engineer Agent Memory

        Last Updated: 2025-08-20 10:00:00

        ## Learnings

        - Use composite indexes for multi-column queries
        - Orders are loaded at six

        """
    static let third = """
        # Data Engineer memory of the shop

        ## CRITICAL
        - [2026-01-02] Never write to production

        ## Decisions
        - [2026-01-03] The mart is rebuilt each night

        ## Team
        Ask Ana.
        - Ana knows the shop

        ## Gotchas
        - [2026-01-04] (performance) The join with shipments is slow

        """

    @Test("is read in each of its forms")
    func reads() async throws {
        for (source, generation, contents) in [
            (Self.first, 1, ["Use composite indexes for multi-column queries", "Orders are loaded at six"]),
            (Self.second, 2, ["Use composite indexes for multi-column queries", "Orders are loaded at six"]),
            (
                Self.third, 3,
                [
                    "Never write to production", "The mart is rebuilt each night", "Ana knows the shop",
                    "The join with shipments is slow",
                ]
            ),
        ] {
            for text in [source, source.replacing("\n", with: "\r\n")] {
                try await withFolder { folder in
                    let path = "\(folder)/m.md"
                    try text.write(toFile: path, atomically: true, encoding: .utf8)
                    let report = try await book(folder).importFile(path)
                    #expect(report.generation == generation)
                    #expect(report.added.map(\.content) == contents)
                    #expect(report.junk == (generation == 1 ? 1 : 0) && report.refused.isEmpty)
                    #expect(report.added.allSatisfy { $0.origin == .file })
                    #expect(try self.text(path) == text)
                    // Reading it again takes nothing in.
                    let again = try await book(folder).importFile(path)
                    #expect(again.added.isEmpty && again.known == contents.count)
                }
            }
        }
        try await withFolder { folder in
            let path = "\(folder)/m.md"
            try Self.third.write(toFile: path, atomically: true, encoding: .utf8)
            let added = try await book(folder).importFile(path).added
            #expect(added.map(\.type) == [.guideline, .architecture, .context, .performance])
            #expect(added.map(\.isCritical) == [true, false, false, false])
            #expect(added[1].createdAt == UTC.date("2026-01-03T00:00:00Z"))
        }
    }

    @Test("round trip through each form loses nothing: text, type, day, session, uses, standing", arguments: [1, 2, 3])
    func roundTrip(generation: Int) async throws {
        try await withFolder { folder in
            let book = try await book(folder)
            for (index, type) in MemoryType.allCases.enumerated() {
                _ = try await book.add(
                    "memory of type \(type.rawValue) – 中文 #\(index) (x)", type: type, session: "s\(index)")
            }
            let long = String(repeating: "word ", count: 19) + "12345"
            _ = try await book.add(long, type: .performance, isCritical: true)
            _ = try await book.review(for: "memory of type pattern", bytes: 300)
            let path = "\(folder)/m.md"
            let report = try await book.exportFile(path, agent: "data_engineer_agent", generation: generation)
            #expect(report.written == 9 && report.removed == 0 && report.foreign == 0 && report.leftOut.isEmpty)
            let other = try await self.book(folder, "b")
            #expect(try await other.importFile(path).added.count == 9)
            func facts(_ book: MemoryBook) async throws -> Set<[String]> {
                Set(
                    try await book.list().map {
                        [
                            $0.content, $0.type.rawValue, UTC.text($0.createdAt), $0.session ?? "", "\($0.uses)",
                            "\($0.isCritical)", $0.lastUsedAt.map(UTC.text) ?? "",
                        ]
                    })
            }
            #expect(try await facts(book) == facts(other))
            // Without the index the texts, and all types whose line has room for it, are there.
            try FileManager.default.removeItem(atPath: MemoryIndex.path(beside: path))
            let third = try await self.book(folder, "c")
            let types = try await third.importFile(path).added.filter { $0.content != long }.map(\.type)
            #expect(types.count == 8 && Set(types) == Set(MemoryType.allCases))
            // Writing it again changes nothing.
            let before = try text(path)
            let again = try await book.exportFile(path, agent: "data-engineer")
            #expect(again.generation == generation && again.written == 9)
            #expect(try text(path) == before)
            #expect(before.split(separator: "\n").allSatisfy { $0.count <= 120 || generation == 3 })
        }
    }

    @Test("what others wrote stays where it is, what is put away goes, and what is new comes to its section")
    func merges() async throws {
        try await withFolder { folder in
            let path = "\(folder)/m.md"
            try Self.third.write(toFile: path, atomically: true, encoding: .utf8)
            let book = try await book(folder)
            let added = try await book.importFile(path).added
            _ = try await book.retire([added[1].id])
            _ = try await book.add("Use views for staging", type: .pattern)
            _ = try await book.add("Cast dates before the join", type: .mistake)
            let theirs = try text(path).replacing(
                "- Ana knows the shop", with: "- Ana knows the shop\n- [2026-02-01] Bo left")
            try theirs.write(toFile: path, atomically: true, encoding: .utf8)
            let report = try await book.exportFile(path, agent: "data-engineer")
            #expect(report.written == 5 && report.removed == 1 && report.foreign == 1)
            #expect(
                try text(path) == """
                    # Data Engineer memory of the shop

                    ## CRITICAL
                    - [2026-01-02] Never write to production

                    ## Decisions

                    ## Team
                    Ask Ana.
                    - Ana knows the shop
                    - [2026-02-01] Bo left

                    ## Patterns
                    - [2025-11-28] (pattern) Use views for staging

                    ## Gotchas
                    - [2026-01-04] (performance) The join with shipments is slow
                    - [2025-11-28] (mistake) Cast dates before the join

                    """)
            #expect(try await book.importFile(path).added.map(\.content) == ["Bo left"])
        }
    }

    @Test("an edited memory replaces its line, and a store that knows nothing takes nothing out")
    func edits() async throws {
        try await withFolder { folder in
            let path = "\(folder)/m.md"
            let book = try await book(folder)
            let kept = try #require(try await book.add("Orders come at six", type: .context).memory)
            _ = try await book.exportFile(path, agent: "data-engineer")
            _ = try await book.edit(kept.id, content: "Orders come at seven")
            _ = try await book.exportFile(path, agent: "data-engineer")
            let lines = try text(path).split(separator: "\n").filter { $0.hasPrefix("- ") }
            #expect(lines == ["- [2025-11-28] (context) Orders come at seven"])
            let fresh = try await self.book(folder, "b")
            let report = try await fresh.exportFile(path, agent: "data-engineer")
            #expect(report.written == 0 && report.removed == 0 && report.foreign == 1)
            #expect(try await fresh.importFile(path).added.map(\.id).count == 1)
            #expect(MemoryIndex.read(beside: path).memories.map(\.id) == [kept.id])
        }
    }

    @Test("from one form to another nothing is left behind")
    func converts() async throws {
        try await withFolder { folder in
            let path = "\(folder)/m.md"
            try Self.first.write(toFile: path, atomically: true, encoding: .utf8)
            let book = try await book(folder)
            _ = try await book.add("Use views for staging", type: .pattern)
            for generation in [2, 3, 1] {
                _ = try await book.exportFile(path, agent: "data_engineer", generation: generation)
                let file = MemoryFile(try text(path))
                #expect(file.generation.rawValue == generation)
                #expect(
                    Set(file.lines.compactMap { $0.item?.content }) == [
                        "Use composite indexes for multi-column queries", "Orders are loaded at six",
                        "Use views for staging",
                    ])
                #expect(!(try text(path)).contains("2025-08-19"))
            }
        }
    }

    @Test("lines with secrets and without end are not taken in, and stay")
    func refuses() async throws {
        try await withFolder { folder in
            let path = "\(folder)/m.md"
            let text =
                "- the key is AKIAIOSFODNN7EXAMPLE\n- \(String(repeating: "x", count: 1001))\n- ok\n- <!-- x -->\n-\nfree text"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let book = try await book(folder)
            let report = try await book.importFile(path)
            #expect(report.added.map(\.content) == ["ok"])
            #expect(report.refused.map(\.line) == [1, 2] && !report.refused[0].text.contains("AKIA"))
            _ = try await book.exportFile(path, agent: "x")
            #expect(try self.text(path).contains("AKIAIOSFODNN7EXAMPLE") && self.text(path).contains("free text"))
            await #expect(throws: WeirError.self) { try await book.importFile("\(folder)/nowhere.md") }
            try Data([0xFF, 0xFE, 0x00]).write(to: URL(fileURLWithPath: path))
            await #expect(throws: WeirError.self) { try await book.importFile(path) }
        }
    }

    @Test("of more than 80 KB is not written: those of least use are left out, and told")
    func large() async throws {
        try await withFolder { folder in
            let book = MemoryBook(store: try await StateStore.open("\(folder)/state.db"), limit: 5_000)
            let drafts = (0..<900).map { number in
                MemoryDraft(
                    type: .context, content: "memory \(number) " + String(repeating: "x", count: 85), origin: .file,
                    createdAt: Date(timeIntervalSince1970: 1_700_000_000 + Double(number) * 86_400))
            }
            _ = try await book.keep(drafts)
            let report = try await book.exportFile("\(folder)/m.md", agent: "x", generation: 2)
            #expect(try text("\(folder)/m.md").utf8.count <= 80_000)
            #expect(report.written + report.leftOut.count == 900 && report.leftOut.count > 50)
            #expect(report.leftOut.contains { $0.content.hasPrefix("memory 0 ") })
        }
    }

    @Test("is found by its older names too")
    func places() throws {
        #expect(MemoryFilePlace.normalized("agents/data_engineer_agent.md") == "data-engineer")
        #expect(MemoryFilePlace.normalized("Data  Engineer") == "data-engineer")
        #expect(
            MemoryFilePlace.path(of: "data-engineer", root: "/nowhere").hasSuffix("/memories/data-engineer_memories.md")
        )
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: root) }
        try FileManager.default.createDirectory(
            atPath: "\(root)/.claude-mpm/memories", withIntermediateDirectories: true)
        let old = "\(root)/.claude-mpm/memories/data_engineer_agent_memories.md"
        try "- x".write(toFile: old, atomically: true, encoding: .utf8)
        #expect(MemoryFilePlace.path(of: "Data Engineer", root: root) == old)
        let new = "\(root)/.claude-mpm/memories/data-engineer_memories.md"
        try "- y".write(toFile: new, atomically: true, encoding: .utf8)
        #expect(MemoryFilePlace.path(of: "Data Engineer", root: root) == new)
        #expect(MemoryFilePlace.paths(of: "Data Engineer", root: root) == [new, old])
    }
}
