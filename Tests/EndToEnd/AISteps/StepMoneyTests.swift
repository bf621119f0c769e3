import Foundation
import StandIn
import Testing

@Suite("AI steps never pay twice and never overspend", .timeLimit(.minutes(10)))
struct StepMoneyTests {
    static let extract = "task: extract, prompt: prompts/invoice.md, output: contracts/invoice.yaml"

    @Test("a budget that is used up ends the table as incomplete; raised, the next run goes on from there")
    func budget() async throws {
        let documents = (1...30).map { StepProject.invoice($0) }
        let project = try await StepProject(
            "{ \(Self.extract), budget: { limit: $0.02, per: total } }", documents: documents)
        let done = try await project.run(expect: 1)
        let node = try #require(try done.report.nodes.first { $0.name == "mart.answers" })
        #expect(node.status == "incomplete", "\(done)")
        #expect(
            node.reason?.contains("incomplete: the budget") == true && node.reason?.contains("of 30 questions") == true)
        let first = project.asked
        #expect(first > 0 && first < 30)
        let spent = try await project.weir("ai", "budget", "-o", "json")
        #expect(spent.out.contains("mart.answers"), "a step's budget is one of the project's: \(spent)")
        try project.model("{ \(Self.extract), budget: { limit: $2, per: total } }")
        try await project.run()
        #expect(project.asked == 30, "what was answered was not asked again")
        #expect(try await project.files.rows("SELECT count(*), count(vendor) FROM mart.answers") == ["30|30"])
        await project.server.stop()
    }

    @Test("killed again and again, nothing is asked twice after its answer was stored, and the table is as it would be")
    func killed() async throws {
        let documents = (1...60).map { StepProject.invoice($0) }
        let step = "{ \(Self.extract), in_flight: 4 }"
        let undisturbed = try await StepProject(step, documents: documents)
        try await undisturbed.run()
        let expected = try await undisturbed.files.rows("SELECT * FROM mart.answers ORDER BY 1")
        await undisturbed.server.stop()

        let project = try await StepProject(step, documents: documents)
        project.server.set(delay: .milliseconds(40))
        var random = Seeded(4711)
        for _ in 0..<6 {
            try await kill(try project.start("run"), after: Int.random(in: 2..<14, using: &random), of: project)
        }
        let stored = try await project.files.rows("SELECT count(*), count(DISTINCT hash) FROM weir_meta.ai_answers")
        let before = project.asked
        project.server.set(delay: .zero)
        try await project.run()
        let kept = Int(stored[0].split(separator: "|")[0]) ?? 0
        #expect(kept > 0 && stored == ["\(kept)|\(kept)"])
        #expect(project.asked - before <= 60 - kept, "what was stored is not asked again")
        #expect(try await project.files.rows("SELECT * FROM mart.answers ORDER BY 1") == expected)
        await project.server.stop()
    }

    @Test(
        "10,000 vectors, killed 20 times: no text is sent again after its vector was stored, and the table is the same")
    func vectors() async throws {
        let texts = (1...10_000).map { "text number \($0) of many\(String(repeating: "!", count: $0 % 7))" }
        let step = "{ task: embed, model: local/vectors, input: [text], in_flight: 4 }"
        let undisturbed = try await StepProject(step, documents: texts)
        try await undisturbed.run()
        let checksum = "SELECT count(*), sum(hash(document_id, text, embedding::VARCHAR)) FROM mart.answers"
        let expected = try await undisturbed.files.rows(checksum)
        await undisturbed.server.stop()

        let project = try await StepProject(step, documents: texts)
        project.server.set(delay: .milliseconds(60))
        var random = Seeded(99)
        var stored = 0
        for turn in 0..<20 {
            // Some are killed before anything is sent, most while vectors come in.
            let calls = turn < 2 ? 0 : Int.random(in: 2..<12, using: &random)
            try await self.kill(try project.start("run"), after: calls, of: project)
            let kept = try? await project.files.rows("SELECT count(*), count(DISTINCT hash) FROM weir_meta.ai_answers")
            guard let counts = kept?.first?.split(separator: "|").compactMap({ Int($0) }) else { continue }
            #expect(counts[0] == counts[1] && counts[0] >= stored, "nothing that was stored is lost or there twice")
            stored = counts[0]
        }
        #expect(stored > 0)
        let before = Self.sent(project)
        project.server.set(delay: .zero)
        try await project.run()
        #expect(Self.sent(project) - before == 10_000 - stored, "what was stored is not sent again")
        // A kill loses what was under way: four calls of 64 texts at most.
        #expect(before - stored <= 20 * 4 * 64)
        #expect(try await project.files.rows(checksum) == expected)
        await project.server.stop()
    }

    /// Kills a run when the server has been asked so many times since now, however long that takes.
    private func kill(_ child: Child, after calls: Int, of project: StepProject) async throws {
        let target = project.server.count + calls
        let deadline = ContinuousClock.now + .seconds(60)
        while project.server.count < target, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(3))
        }
        child.signal(9)
        _ = await child.wait()
    }

    /// Texts that the server was sent.
    private static func sent(_ project: StepProject) -> Int {
        project.server.received.filter { $0.path.hasSuffix("/embeddings") }.reduce(0) {
            $0 + $1.text.components(separatedBy: "text number ").count - 1
        }
    }

    @Test("a batch is waited for by a later run when the first one dies")
    func batch() async throws {
        let documents = (1...12).map { StepProject.invoice($0) } + ["MAKE-INVALID"]
        let project = try await StepProject("{ \(Self.extract), batch: always }", documents: documents)
        // It looks at its batch twice before it is over: the second look is a second later.
        let child = try project.start("run")
        while !project.server.received.contains(where: { $0.path.contains("msgbatch_") }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        child.signal(9)
        _ = await child.wait()
        let submitted = project.server.received.count { $0.path == "/v1/messages/batches" && $0.method == "POST" }
        let done = try await project.run()
        #expect(submitted == 1)
        #expect(
            project.server.received.count { $0.path == "/v1/messages/batches" && $0.method == "POST" } == 1, "\(done)")
        #expect(try await project.files.rows("SELECT count(*), count(vendor) FROM mart.answers") == ["12|12"])
        #expect(try await project.files.rows("SELECT count(*) FROM weir_quarantine.mart__answers") == ["1"])
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_batches") == ["0"])
        let usage = try await project.weir("ai", "usage", "--by", "step", "-o", "csv")
        #expect(usage.out.contains("mart.answers/extract,"), "\(usage)")
        await project.server.stop()
    }

    @Test("auto takes the batch service only above its price")
    func auto() async throws {
        let cheap = try await StepProject(
            "{ \(Self.extract), batch: auto }", documents: (1...3).map { StepProject.invoice($0) })
        try await cheap.run()
        #expect(!cheap.server.received.contains { $0.path.contains("batches") })
        try cheap.model("{ \(Self.extract), batch: auto, batch_above: $0.0001, max_tokens: 300 }")
        try await cheap.run()
        #expect(cheap.server.received.contains { $0.path.contains("batches") })
        await cheap.server.stop()
    }

    @Test("a server that fails in the middle ends the table; its answers are kept and the rest is asked later")
    func outage() async throws {
        let project = try await StepProject(
            "{ \(Self.extract), in_flight: 1 }", documents: (1...8).map { StepProject.invoice($0) })
        try await project.run("raw.documents")
        let answer = try await project.run("mart.answers", "--threads", "1")
        #expect(answer.code == 0)
        try project.files.write("prompts/invoice.md", "Anew: {{text}}")
        project.server.next(Reply(500, json: "{}"), Reply(500, json: "{}"))
        let broken = try await project.run(expect: nil)
        #expect(broken.code == 0 || broken.faults.contains { $0.code == "ai.server" }, "\(broken)")
        try await project.run()
        #expect(try await project.files.rows("SELECT count(*), count(vendor) FROM mart.answers") == ["8|8"])
        await project.server.stop()
    }
}
