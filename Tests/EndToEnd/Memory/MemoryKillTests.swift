import Foundation
import Testing

/// A memory that was acknowledged is kept, whatever happens to the processes that write.
@Suite("Memories through kills", .serialized)
struct MemoryKillTests {
    private struct Listed: Decodable {
        struct Memory: Decodable {
            let content: String
            let status: String
        }
        let memories: [Memory]
    }

    private struct Harvest: Decodable {
        struct Result: Decodable {
            struct Memory: Decodable { let content: String }
            let memory: Memory?
        }
        let results: [Result]
    }

    /// Texts without a word in common, so that none is taken for another.
    private static func content(_ writer: Int, _ number: Int) -> String {
        "note\(writer)x\(number) about topic\(writer)y\(number)"
    }

    private static func blocks(_ writer: Int, _ round: Int, _ count: Int) -> String {
        (0..<count).map {
            "Thinking.\n# Add To Memory:\nType: context\nContent: \(content(writer, round * count + $0))\n#\n"
        }.joined()
    }

    private func listed(_ project: TempProject) async throws -> [Listed.Memory] {
        let done = try await project.weir("memory", "list", "--all", "--limit", "100000", "-o", "json")
        #expect(done.code == 0, "\(done)")
        return try JSONDecoder.snake.decode(Listed.self, from: Data(done.out.utf8)).memories
    }

    @Test("six processes that write at once lose none")
    func writers() async throws {
        let project = try TempProject()
        for writer in 0..<6 { try project.write("blocks-\(writer).md", Self.blocks(writer, 0, 20)) }
        let children = try (0..<6).map {
            try project.start(["memory", "add", "--from", "blocks-\($0).md", "--session", "s\($0)", "-o", "json"])
        }
        for child in children {
            let done = await child.finish()
            #expect(done.code == 0, "\(done)")
            #expect(try JSONDecoder.snake.decode(Harvest.self, from: Data(done.out.utf8)).results.count == 20)
        }
        let found = try await listed(project)
        #expect(Set(found.map(\.content)).count == 120 && found.allSatisfy { $0.status == "active" })
    }

    @Test("what a killed process had acknowledged is there, and of each message all of it or nothing")
    func kills() async throws {
        let seed = ProcessInfo.processInfo.environment["WEIR_KILL_SEED"].flatMap { UInt64($0) } ?? 11
        var random = Seeded(seed)
        let project = try TempProject()
        // Pauses within the time that two undisturbed ones take here: some are killed early, some late, some are done.
        let began = ContinuousClock.now
        for child in try (0..<2).map({ try project.start(["memory", "add", "--type", "context", "before \($0)"]) }) {
            #expect(await child.finish().code == 0)
        }
        let whole = UInt64(max(20, (ContinuousClock.now - began) / .milliseconds(1)) * 1.6)
        var acknowledged: Set<String> = []
        var killed = 0
        for round in 0..<24 {
            try project.write("a.md", Self.blocks(0, round, 5))
            try project.write("b.md", Self.blocks(1, round, 5))
            let children = try ["a.md", "b.md"].map {
                try project.start(["memory", "add", "--from", $0, "-o", "json"])
            }
            // Every fourth round ends undisturbed, and the first one at once, however fast the machine is.
            if round % 4 != 3 {
                let pause = round == 0 ? 0 : Int(random.next() % whole)
                try await Task.sleep(for: .milliseconds(pause))
                for child in children { child.signal(9) }
            }
            for child in children {
                let done = await child.finish()
                if done.code == 137 { killed += 1 }
                // Killed while it printed: what was said to nobody is not asked for.
                guard let harvest = try? JSONDecoder.snake.decode(Harvest.self, from: Data(done.out.utf8)) else {
                    continue
                }
                acknowledged.formUnion(harvest.results.compactMap(\.memory?.content))
            }
        }
        let found = Set(try await listed(project).map(\.content))
        #expect(acknowledged.subtracting(found) == [], "seed \(seed): acknowledged and lost")
        for writer in 0..<2 {
            for round in 0..<24 {
                let message = Set((0..<5).map { Self.content(writer, round * 5 + $0) })
                let kept = message.intersection(found).count
                #expect(kept == 0 || kept == 5, "seed \(seed): \(kept) of 5 memories of one message")
            }
        }
        #expect(killed > 0 && !acknowledged.isEmpty, "\(killed) were killed, \(acknowledged.count) acknowledged")
        // The file is sound, and goes on being written.
        let more = try await project.weir("memory", "add", "--type", "context", "after all of that")
        #expect(more.code == 0, "\(more)")
    }

    @Test("processes that write the shared file at once, some of them killed, leave a whole file with every line")
    func exports() async throws {
        let project = try TempProject()
        try project.write("blocks.md", Self.blocks(0, 0, 60))
        #expect(try await project.weir("memory", "add", "--from", "blocks.md").code == 0)
        let path = project.path(".claude-mpm/memories/data-engineer_memories.md")
        try project.write(
            ".claude-mpm/memories/data-engineer_memories.md",
            "# Agent Memory: data-engineer\n\n- Ana wrote this herself\n")
        for round in 0..<8 {
            let children = try (0..<3).map { number in
                try project.start(["memory", "export", "--generation", "\((round + number) % 3 + 1)", "-o", "json"])
            }
            try await Task.sleep(for: .milliseconds(20 + round * 12))
            children[round % 3].signal(9)
            for child in children { _ = await child.finish() }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("Ana wrote this herself") && text.hasSuffix("\n"))
        }
        let last = try await project.weir("memory", "export", "-o", "json")
        #expect(last.code == 0, "\(last)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for number in 0..<60 { #expect(text.contains(Self.content(0, number))) }
        #expect(text.split(separator: "\n").count { $0.contains("Ana wrote this herself") } == 1)
    }
}
