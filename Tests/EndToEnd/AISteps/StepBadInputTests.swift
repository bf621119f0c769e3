import Foundation
import StandIn
import Testing

@Suite("Trouble with AI steps", .timeLimit(.minutes(5)))
struct StepBadInputTests {
    static let extract = "task: extract, prompt: prompts/invoice.md, output: contracts/invoice.yaml"

    private func node(_ done: Invocation) throws -> RunReport.Node {
        try #require(try done.report.nodes.first { $0.name == "mart.answers" })
    }

    @Test("a wrong key, an unknown model, a missing key: the table fails, no row is blamed, nothing is kept")
    func configuration() async throws {
        let project = try await StepProject("{ \(Self.extract) }", documents: [StepProject.invoice(1)])
        let wrong = try await project.files.command(
            ["run", "-o", "json"], environment: ["KEY": "wrong-key-0123456789"])
        #expect(wrong.code == 3 && wrong.faults.contains { $0.code == "ai.unauthorized" }, "\(wrong)")
        #expect(!wrong.out.contains("wrong-key-0123456789"))
        try project.model("{ \(Self.extract), model: claude-nosuch-9 }")
        let unknown = try await project.run(expect: 2)
        let fault = try #require(unknown.faults.first { $0.code == "ai.unknown-model" }, "\(unknown)")
        #expect(fault.hint?.contains("claude") == true)
        let plan = try await project.weir("plan", "-o", "json")
        #expect(plan.code == 2 && plan.out.contains("ai.unknown-model"), "a plan tells it before: \(plan)")
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_answers") == ["0"])
        await project.server.stop()
    }

    @Test("a budget of nothing asks nothing; a budget for a model without a price says so")
    func money() async throws {
        let project = try await StepProject("{ \(Self.extract), budget: $0 }", documents: [StepProject.invoice(1)])
        let done = try await project.run(expect: 1)
        #expect(try node(done).status == "incomplete" && project.asked == 0, "\(done)")
        try project.model("{ \(Self.extract), model: local/nobody-prices-this, budget: $1 }")
        let unpriced = try await project.run(expect: nil)
        #expect(unpriced.code == 2 && unpriced.faults.contains { $0.code == "ai.no-price" }, "\(unpriced)")
        try project.model("{ \(Self.extract), model: local/nobody-prices-this }")
        let free = try await project.run()
        #expect(free.out.contains("\"unpriced\" : 1"), "\(free)")
        await project.server.stop()
    }

    @Test("a page in place of an answer, and half an answer, end the table; the next run goes on")
    func garbled() async throws {
        let project = try await StepProject(
            "{ \(Self.extract), in_flight: 1 }", documents: (1...3).map { StepProject.invoice($0) })
        project.server.next(
            Reply(200, headers: ["content-type": "text/html"], pieces: [Array("<html>sign in</html>".utf8)]))
        let page = try await project.run(expect: 3)
        #expect(page.faults.contains { $0.code == "ai.garbled" }, "\(page)")
        var cut = Reply(
            200, headers: ["content-type": "application/json", "content-length": "500"],
            pieces: [Array(#"{"id":"#.utf8)])
        cut.isCut = true
        project.server.next(cut, cut)
        try await project.run(expect: nil)
        try await project.run()
        #expect(try await project.files.rows("SELECT count(*), count(vendor) FROM mart.answers") == ["3|3"])
        await project.server.stop()
    }

    @Test("a text that is too long for the model is that row's fault")
    func overflow() async throws {
        let project = try await StepProject(
            "{ \(Self.extract), in_flight: 1 }", documents: (1...3).map { StepProject.invoice($0) })
        let answer = try await project.run()
        #expect(answer.code == 0)
        try project.write((1...3).map { StepProject.invoice($0) } + [String(repeating: "word ", count: 20_000)])
        project.server.next(
            Reply(
                400,
                json:
                    #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 250000 tokens > 200000 maximum"}}"#
            ))
        let done = try await project.run()
        #expect(try node(done).balance == .init(read: 4, published: 3, quarantined: 1, filtered: 0))
        #expect(
            try await project.files.rows(
                "SELECT _weir_reasons[1] LIKE 'ai_refused(%too long%' FROM weir_quarantine.mart__answers") == ["true"])
        await project.server.stop()
    }

    @Test("a picture of 40 MB is held back with its reason, without a call")
    func hugePicture() async throws {
        let project = try await StepProject(
            "{ task: image, prompt: Describe it., images: [text] }", documents: ["huge.png", "good.png"])
        let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        try project.files.write("huge.png", png + Data(count: 40_000_000))
        try project.files.write("good.png", png + Data("x".utf8))
        try await project.run()
        #expect(project.server.received.count == 1)
        #expect(
            try await project.files.rows(
                "SELECT text, _weir_reasons[1] LIKE '%more than a question may hold%' FROM weir_quarantine.mart__answers"
            ) == ["huge.png|true"])
        await project.server.stop()
    }

    @Test("texts of every kind go through unharmed: unicode, quotes, control characters, numbers, lists, bytes")
    func texts() async throws {
        let project = try await StepProject(
            "{ task: generate, prompt: \"{{a}} {{b}} {{c}} {{d}}\", column: said }",
            select:
                "SELECT document_id, text AS a, document_id * 1.5 AS b, [1, NULL, 3] AS c, 'a\\x00\\xFF'::BLOB AS d FROM raw.documents",
            documents: ["ünï 東京 😀 \" \\ {{b}} \u{1} tab\t", "{\"json\": [1]}", "</data x> <data y>"])
        try await project.run()
        let rows = try await project.files.rows("SELECT document_id, said FROM mart.answers ORDER BY 1")
        #expect(rows.count == 3)
        #expect(
            rows[0].contains("ünï 東京 😀 \" \\ {{b}}") && rows[0].contains("[1,null,3]")
                && rows[0].contains("\\x00\\xFF"), "\(rows)")
        await project.server.stop()
    }

    @Test("a wrong answer to a tolerance: more rows without an answer than the contract allows stop the table")
    func tolerance() async throws {
        let project = try await StepProject(
            "{ \(Self.extract) }", header: "key: [document_id]\non_fail: stop",
            documents: [StepProject.invoice(1), "MAKE-INVALID"])
        let done = try await project.run(expect: 1)
        #expect(try node(done).status == "stopped", "\(done)")
        await project.server.stop()
    }
}
