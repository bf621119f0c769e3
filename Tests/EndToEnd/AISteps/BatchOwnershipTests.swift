import Foundation
import StandIn
import Testing

@Suite("Whose a batch is, and what becomes of its answers", .timeLimit(.minutes(5)))
struct BatchOwnershipTests {
    static let extract = "task: extract, prompt: prompts/invoice.md, output: contracts/invoice.yaml, batch: always"

    private static let select = "SELECT document_id, text FROM raw.documents"

    private func handedOver(_ project: StepProject) -> Int {
        project.server.received.count { $0.method == "POST" && $0.path.hasSuffix("/v1/messages/batches") }
    }

    /// Questions that were asked alone.
    private func alone(_ project: StepProject) -> Int {
        project.server.received.count { $0.method == "POST" && $0.path.hasSuffix("/v1/messages") }
    }

    /// Ends a run hard once its batch has been looked at for the first time.
    private func killWhilePending(_ project: StepProject) async throws {
        let child = try project.start("run")
        while !project.server.received.contains(where: { $0.method == "GET" && $0.path.contains("/batches/") }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        child.signal(9)
        _ = await child.wait()
        #expect(try await pending(project) == ["mart.answers"])
    }

    private func pending(_ project: StepProject) async throws -> [String] {
        try await project.files.rows("SELECT name FROM weir_meta.ai_batches ORDER BY 1")
    }

    /// Calls of the ledger by step.
    private func calls(_ project: StepProject) async throws -> [String: Int] {
        let usage = try await project.weir("ai", "usage", "--by", "step", "-o", "json")
        let read = try #require(try JSONSerialization.jsonObject(with: Data(usage.out.utf8)) as? [String: Any])
        let lines = try #require(read["lines"] as? [[String: Any]], "\(usage)")
        return lines.reduce(into: [:]) { sums, line in
            if let name = line["name"] as? String, let calls = line["calls"] as? Int { sums[name] = calls }
        }
    }

    @Test("two tables that ask by the same recipe have their own batches, answers and costs")
    func sameRecipe() async throws {
        let project = try await StepProject(
            "{ \(Self.extract) }", select: "\(Self.select) WHERE document_id <= 5",
            documents: (1...8).map { StepProject.invoice($0) })
        try await killWhilePending(project)
        try project.files.write(
            "models/mart/others.sql",
            "/* weir\nai: { \(Self.extract) }\nkey: [document_id]\n*/\n\(Self.select) WHERE document_id > 5\n")
        try await project.run("mart.others")
        #expect(handedOver(project) == 2)
        #expect(try await pending(project) == ["mart.answers"])
        try await project.run()
        #expect(handedOver(project) == 2 && alone(project) == 0)
        #expect(try await pending(project).isEmpty)
        #expect(try await project.files.rows("SELECT count(vendor) FROM mart.answers") == ["5"])
        #expect(try await project.files.rows("SELECT count(vendor) FROM mart.others") == ["3"])
        #expect(try await calls(project) == ["mart.answers/extract": 5, "mart.others/extract": 3])
        await project.server.stop()
    }

    @Test("answers to rows that are gone when they come are kept, and are there when the rows are")
    func gone() async throws {
        let documents = (1...10).map { StepProject.invoice($0) }
        let project = try await StepProject("{ \(Self.extract) }", documents: documents)
        try await killWhilePending(project)
        try project.write(Array(documents.prefix(6)))
        try await project.run()
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_answers") == ["10"])
        try project.write(documents)
        try await project.run()
        #expect(handedOver(project) == 1 && alone(project) == 0)
        #expect(try await project.files.rows("SELECT count(vendor) FROM mart.answers") == ["10"])
        await project.server.stop()
    }

    @Test("parts of a backfill side by side leave each other's batches alone")
    func backfill() async throws {
        let project = try await StepProject(
            "{ \(Self.extract) }",
            header: "strategy: interval\ninterval: { column: at, grain: day, batch: 1 }",
            select:
                "SELECT document_id, text, TIMESTAMP '2026-01-01' + INTERVAL (document_id) DAY AS at FROM raw.documents",
            documents: (1...8).map { StepProject.invoice($0) })
        try await project.run("raw.documents")
        project.server.set(delay: .milliseconds(50))
        let done = try await project.weir(
            "backfill", "mart.answers", "--from", "2026-01-02", "--to", "2026-01-10", "--threads", "4", "-o", "json")
        #expect(done.code == 0, "\(done)")
        #expect(handedOver(project) == 8 && alone(project) == 0)
        #expect(
            try await project.files.rows("SELECT count(*), count(DISTINCT hash) FROM weir_meta.ai_answers") == ["8|8"])
        #expect(try await project.files.rows("SELECT count(vendor) FROM mart.answers") == ["8"])
        #expect(try await pending(project).isEmpty)
        #expect(try await calls(project) == ["mart.answers/extract": 8])
        await project.server.stop()
    }

    @Test("an answer that cannot be mended is its row's trouble: all others of the batch are stored")
    func mending() async throws {
        let documents =
            (1...5).map { StepProject.invoice($0) } + [
                "MAKE-INVALID MAKE-400", "MAKE-INVALID-ONCE\n\(StepProject.invoice(7))",
            ]
        let project = try await StepProject("{ \(Self.extract) }", documents: documents)
        try await project.run()
        #expect(try await project.files.rows("SELECT count(vendor), max(vendor) FROM mart.answers") == ["6|Vendor 7"])
        let held = try await project.files.rows("SELECT _weir_reasons FROM weir_quarantine.mart__answers")
        #expect(held.count == 1 && held.first?.contains("cannot be worked on") == true, "\(held)")
        #expect(handedOver(project) == 1 && alone(project) == 2)
        #expect(try await pending(project).isEmpty)
        await project.server.stop()
    }

    @Test("a budget that ends while answers are mended keeps the others, and the batch for the next run")
    func budget() async throws {
        func step(_ limit: String) -> String { "{ \(Self.extract), budget: { limit: \(limit), per: total } }" }
        let project = try await StepProject(
            step("$2"), documents: [StepProject.invoice(1), "MAKE-INVALID-ONCE\n\(StepProject.invoice(2))"])
        try await killWhilePending(project)
        try project.model(step("$0.001"))
        let done = try await project.run(expect: 1)
        let node = try #require(try done.report.nodes.first { $0.name == "mart.answers" })
        #expect(node.status == "incomplete" && node.reason?.contains("1 of 2 questions") == true, "\(done)")
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_answers") == ["1"])
        #expect(try await pending(project) == ["mart.answers"])
        try project.model(step("$2"))
        try await project.run()
        #expect(handedOver(project) == 1 && alone(project) == 1)
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_answers") == ["2"])
        #expect(try await project.files.rows("SELECT vendor FROM mart.answers ORDER BY 1") == ["Vendor 1", "Vendor 2"])
        #expect(try await calls(project) == ["mart.answers/extract": 3])
        await project.server.stop()
    }

    @Test("a prompt that is edited while its batch is under way: what it answered is accounted for and kept")
    func edited() async throws {
        let project = try await StepProject("{ \(Self.extract) }", documents: (1...5).map { StepProject.invoice($0) })
        try await killWhilePending(project)
        try project.files.write("prompts/invoice.md", "Anew: {{text}}")
        try await project.run()
        #expect(handedOver(project) == 2)
        #expect(try await pending(project).isEmpty)
        #expect(
            try await project.files.rows("SELECT count(*), count(DISTINCT recipe) FROM weir_meta.ai_answers") == [
                "10|2"
            ])
        #expect(try await calls(project) == ["mart.answers/extract": 10])
        try project.files.write("prompts/invoice.md", "Read the invoice and tell its fields.\n\n{{text}}\n")
        try await project.run()
        #expect(handedOver(project) == 2 && alone(project) == 0, "the first answers were kept")
        #expect(try await project.files.rows("SELECT count(vendor) FROM mart.answers") == ["5"])
        await project.server.stop()
    }

    @Test("an old batch that is not over yet is asked to stop, and fetched by a later run")
    func stopped() async throws {
        let documents = (1...5).map { StepProject.invoice($0) }
        let project = try await StepProject("{ \(Self.extract) }", documents: documents)
        project.server.set(delay: .milliseconds(300))
        let child = try project.start("run")
        while handedOver(project) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        child.signal(9)
        _ = await child.wait()
        while project.server.batches == 0 { try await Task.sleep(for: .milliseconds(5)) }
        project.server.set(delay: .zero)
        try project.files.write("prompts/invoice.md", "Anew: {{text}}")
        let done = try await project.run()
        #expect(done.err.contains("it was asked to stop"), "\(done)")
        #expect(project.server.received.contains { $0.path.hasSuffix("/cancel") })
        #expect(try await pending(project) == ["mart.answers"])
        #expect(try await calls(project) == ["mart.answers/extract": 5])
        try project.write(documents + [StepProject.invoice(6)])
        try await project.run()
        #expect(handedOver(project) == 3)
        #expect(try await pending(project).isEmpty)
        #expect(try await calls(project) == ["mart.answers/extract": 11])
        await project.server.stop()
    }

    @Test("a batch that the provider knows no more is told and given up, and its rows are asked anew")
    func lost() async throws {
        let project = try await StepProject(
            "{ \(Self.extract), budget: { limit: $2, per: total } }", documents: (1...3).map { StepProject.invoice($0) }
        )
        try await killWhilePending(project)
        project.server.next(
            Reply(404, json: #"{"type":"error","error":{"type":"not_found_error","message":"no such batch"}}"#))
        let done = try await project.run()
        #expect(done.err.contains("knows the batch") && done.err.contains("counts as spent"), "\(done)")
        #expect(handedOver(project) == 2)
        #expect(try await pending(project).isEmpty)
        #expect(try await project.files.rows("SELECT count(vendor) FROM mart.answers") == ["3"])
        // One lost and three answered.
        #expect(try await calls(project) == ["mart.answers/extract": 4])
        await project.server.stop()
    }
}
