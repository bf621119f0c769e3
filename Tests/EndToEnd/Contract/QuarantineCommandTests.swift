import Foundation
import Testing

@Suite("weir quarantine")
struct QuarantineCommandTests {
    private static let range = "{ minimum: 0 }"

    /// Rows 2 and 3 break a rule, line 12 cannot be read.
    private static func project(_ load: String = "replace") throws -> TempProject {
        let project = try ContractProject.make(
            "- { name: id, primaryKey: true }\n- { name: a, logicalType: integer, logicalTypeOptions: \(range) }",
            source: "load: { \(load) }")
        try project.write(
            "data/t.csv",
            ContractProject.data([2: ("-2", "1", "1"), 3: ("-3", "1", "1")]) + "x,\"Łódź, 2\",1,1,2026-01-01\n")
        return project
    }

    private struct Held: Decodable {
        let id: String
        let reasons: [String]
        let line: Int?
        let raw: String?
        let values: [String: String?]
    }

    private func show(_ project: TempProject, _ more: String...) async throws -> [Held] {
        let done = try await project.command(["quarantine", "show", "raw.t", "-o", "json"] + more)
        #expect(done.code == 0, "\(done)")
        return try JSONDecoder.snake.decode([Held].self, from: Data(done.out.utf8))
    }

    private func replay(_ project: TempProject, _ more: String..., expect code: Int32 = 0) async throws
        -> RunReport.Node
    {
        let done = try await project.command(["quarantine", "replay", "raw.t", "-o", "json"] + more)
        #expect(done.code == code, "\(done)")
        let node = try #require(try done.report["raw.t"], "\(done)")
        #expect(node.balance.holds, "\(done)")
        return node
    }

    @Test("list and show tell what is held back, why, and where it came from")
    func shows() async throws {
        let project = try Self.project("strategy: append")
        try await project.run(expect: 0)
        let list = try await project.weir("quarantine", "list")
        #expect(list.code == 0)
        #expect(list.out.contains("raw.t") && list.out.contains("range(a) × 2"), "\(list)")
        let text = try await project.weir("quarantine", "show", "raw.t")
        for part in ["range(a)", "data/t.csv:3", "data/t.csv:12", "a=-2", "Łódź"] {
            #expect(text.out.contains(part), "\(part) \(text)")
        }
        let all = try await show(project)
        #expect(all.map(\.line) == [3, 4, 12])
        #expect(all.map { $0.values["a"] ?? nil } == ["-2", "-3", nil])
        #expect(all.last?.raw == "x,\"Łódź, 2\",1,1,2026-01-01")
        #expect(try await show(project, "--reason", "range(a)").count == 2)
        #expect(try await show(project, "--limit", "1").count == 1)
        #expect(try await show(project, "--reason", "nothing").isEmpty)
    }

    @Test(
        "after a fix the rows pass through the same gate, are published and leave; the rest stays; the balance holds",
        arguments: ["strategy: append", "strategy: merge, key: [id]", "strategy: replace"])
    func replays(load: String) async throws {
        let project = try Self.project(load)
        try await project.run(expect: 0)
        // The text that cannot be read stays, and so does what breaks the rule still.
        let first = try await replay(project, "--set", "a=a+2")
        #expect(first.balance == .init(read: 3, published: 1, quarantined: 2, filtered: 0))
        #expect(try await show(project).map(\.line) == [4, 12])
        #expect(try await project.rows("SELECT a FROM raw.t WHERE id = 2") == ["0"])
        let id = try #require(try await show(project).first?.id)
        let second = try await replay(project, "--id", String(id.prefix(8)), "--set", "a=abs(a)")
        #expect(second.balance == .init(read: 1, published: 1, quarantined: 0, filtered: 0))
        let third = try await replay(project, "--set", "id=20", "--set", "a=5")
        #expect(third.balance == .init(read: 1, published: 1, quarantined: 0, filtered: 0))
        #expect(
            try await project.rows("SELECT id, a FROM raw.t WHERE id IN (2, 3, 20) ORDER BY id") == [
                "2|0", "3|3", "20|5",
            ])
        #expect(try await project.rows("SELECT count(*) FROM raw.t") == ["11"])
        let none = try await replay(project)
        #expect(none.status == "unchanged")
        #expect(try await project.weir("quarantine", "list").out.contains("Nothing is in quarantine."))
    }

    @Test("the gate of a replay is the gate of a load: no key comes twice, and a rule about the table stops it")
    func sameGate() async throws {
        let project = try Self.project("strategy: append")
        try await project.run(expect: 0)
        // Row 1 is published already.
        let twice = try await replay(project, "--set", "id=1", "--set", "a=1")
        #expect(twice.balance.published == 0)
        #expect(try await show(project).allSatisfy { $0.reasons.contains("unique(id)") })
        try project.write(
            "contracts/t.yaml",
            ContractProject.contract(
                "- { name: id, primaryKey: true }", table: "quality: [{ metric: rowCount, mustBeLessThan: 9 }]"))
        let full = try await replay(project, expect: 1)
        #expect(full.status == "stopped")
        #expect(full.balance == .init(read: 3, published: 0, quarantined: 3, filtered: 0))
        #expect(try await show(project).count == 3)
        #expect(try await project.rows("SELECT count(*) FROM raw.t") == ["8"])
    }

    @Test("after a milder contract a replay publishes what was held back, and the models that read it follow")
    func milder() async throws {
        let project = try Self.project("strategy: append")
        try project.write("models/mart/m.sql", "SELECT count(*) AS n, min(a) AS low FROM raw.t")
        try await project.run(expect: 0)
        #expect(try await project.rows("FROM mart.m") == ["8|1"])
        try project.write("contracts/t.yaml", ContractProject.contract("- { name: id, primaryKey: true }"))
        let node = try await replay(project)
        #expect(node.balance == .init(read: 3, published: 2, quarantined: 1, filtered: 0))
        try await project.run(expect: 0)
        #expect(try await project.rows("FROM mart.m") == ["10|-3"])
        let again = try await project.run(expect: 0)
        #expect(try again.report["mart.m"]?.status ?? "unchanged" == "unchanged", "\(again)")
    }

    @Test(
        "what cannot be replayed is told and changes nothing",
        arguments: [
            (["raw.nothing"], "table.unknown"), (["raw.t", "--set", "nothing=1"], "quarantine.unknown-column"),
            (["raw.t", "--set", "a"], "quarantine.bad-set"), (["raw.t", "--set", "a=('"], "quarantine.bad-set"),
            (["raw.t", "--set", "a='word'"], "quarantine.bad-set"),
            (["raw.t", "--id", "zzz"], "quarantine.unknown-row"),
        ])
    func refused(arguments: [String], code: String) async throws {
        let project = try Self.project("strategy: append")
        try await project.run(expect: 0)
        let done = try await project.command(["quarantine", "replay", "-o", "json"] + arguments)
        #expect(done.code == 2, "\(done)")
        #expect(done.failure?.code == code, "\(done)")
        #expect(try await show(project).count == 3)
    }
}
