import Foundation
import StandIn
import Testing

@Suite("Tasks of AI steps", .timeLimit(.minutes(5)))
struct StepTaskTests {
    @Test("classify gives one of the labels, and nothing else")
    func classify() async throws {
        let project = try await StepProject(
            "{ task: classify, labels: { complaint: somebody is unhappy, praise: , question: }, column: kind }",
            documents: ["a complaint about delay", "praise!", "MAKE-INVALID"])
        try await project.run()
        #expect(
            try await project.files.rows("SELECT document_id, kind FROM mart.answers ORDER BY 1") == [
                "1|complaint", "2|praise",
            ])
        await project.server.stop()
    }

    @Test("generate gives a text; merge asks for new and changed rows only")
    func generate() async throws {
        let project = try await StepProject(
            "{ task: generate, prompt: \"Sum it up: {{text}}\", column: summary }",
            header: "strategy: merge\nkey: [document_id]", documents: ["one", "two"])
        try await project.run()
        try project.write(["one", "two, changed", "three"])
        try await project.run()
        #expect(project.asked == 4)
        #expect(
            try await project.files.rows("SELECT document_id, summary FROM mart.answers ORDER BY 1") == [
                "1|about: one", "2|about: two, changed", "3|about: three",
            ])
        await project.server.stop()
    }

    @Test("embed writes vectors, many texts a call, equal texts once")
    func embed() async throws {
        let texts = (1...100).map { "text \($0 % 40)" }
        let project = try await StepProject(
            "{ task: embed, model: local/vectors, input: [text], rows_per_call: 16 }", documents: texts)
        try await project.run()
        let calls = project.server.received.count { $0.path.hasSuffix("/embeddings") }
        #expect(calls == 3, "40 different texts, 16 a call")
        let counted = try await project.files.rows(
            "SELECT count(*), count(embedding), min(len(embedding)) > 1 FROM mart.answers")
        #expect(counted == ["100|100|true"])
        await project.server.stop()
    }

    @Test("long documents are cut with their headings, and their parts embedded without any server")
    func chunks() async throws {
        let long = "# Returns\n\n" + String(repeating: "You may send things back within a month. ", count: 60)
        let project = try await StepProject(
            "{ task: chunk, input: [text], chunk_tokens: 64, overlap_tokens: 8 }", documents: [long, "short", ""])
        try project.files.write(
            "models/mart/vectors.sql",
            """
            /* weir
            ai: { task: embed, input: [part] }
            key: [document_id, chunk]
            */
            SELECT document_id, c.chunk AS chunk, c.text AS part
            FROM (SELECT document_id, unnest(chunks) AS c FROM mart.answers)
            """)
        let plan = try await project.weir("plan")
        #expect(plan.code == 0, "\(plan)")
        try await project.run()
        #expect(project.server.count == 0, "nobody is asked")
        let parts = try await project.files.rows(
            "SELECT document_id, len(chunks) > 5, chunks[1].headings, list_max([c.tokens FOR c IN chunks]) <= 64 FROM mart.answers ORDER BY 1"
        )
        #expect(parts.count == 3 && parts[0] == "1|true|[Returns]|true" && parts[2] == "3|NULL|NULL|NULL", "\(parts)")
        let vectors = try await project.files.rows(
            "SELECT typeof(embedding), count(*) > 6, min(document_id), max(document_id) FROM mart.vectors GROUP BY 1")
        #expect(vectors == ["FLOAT[256]|true|1|2"])
        try await project.run("--full-refresh")
        #expect(
            try await project.files.rows("SELECT count(*) = count(DISTINCT hash) FROM weir_meta.ai_answers") == ["true"]
        )
        await project.server.stop()
    }

    @Test("pictures: a file, its bytes, several a row; what is none is held back")
    func images() async throws {
        let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3])
        let project = try await StepProject(
            "{ task: image, prompt: Describe it., images: [file, other] }", header: "key: [document_id]",
            select:
                "SELECT document_id, text AS file, CASE WHEN document_id = 1 THEN 'pics/b.png' END AS other FROM raw.documents",
            documents: ["pics/a.png", "pics/fake.png", "pics/missing.png"])
        for name in ["a", "b"] { try project.files.write("pics/\(name).png", png + Data(name.utf8)) }
        try project.files.write("pics/fake.png", "no picture")
        try await project.run()
        #expect(try await project.files.rows("SELECT document_id FROM mart.answers") == ["1"])
        let held = try await project.files.rows(
            "SELECT document_id, _weir_reasons[1] FROM weir_quarantine.mart__answers ORDER BY 1")
        #expect(held.count == 2 && held[0].contains("no image") && held[1].contains("cannot be read"), "\(held)")
        let asked = project.server.received.filter { $0.path == "/v1/messages" }
        #expect(asked.count == 1 && asked[0].text.components(separatedBy: "\"type\":\"image\"").count == 3)
        // Another picture under the same name is another question.
        try project.files.write("pics/a.png", png + Data("changed".utf8))
        try await project.run("--full-refresh", "mart.answers")
        #expect(project.server.received.count { $0.path == "/v1/messages" } == 2)
        await project.server.stop()
    }

    @Test(
        "predictions keep the model's version and what they were made from",
        arguments: ["v2/models/adder/infer", "v1/models/adder:predict"])
    func predict(path: String) async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [a, b], column: sum, rows_per_call: 4 }",
            select:
                "SELECT document_id, document_id AS a, CASE WHEN text = 'none' THEN NULL ELSE text::DOUBLE END AS b FROM raw.documents",
            documents: ["0.5", "1.5", "none", "-100", "2.25", "3"])
        let environment = StepProject.environment.merging(["SERVER": "\(project.server.url)/\(path)"]) { $1 }
        let done = try await project.files.command(["run", "-o", "json"], environment: environment)
        #expect(done.code == 0, "\(done)")
        let sums = try await project.files.rows("SELECT document_id, sum FROM mart.answers ORDER BY 1")
        #expect(sums == ["1|1.5", "2|3.5", "5|7.25", "6|9"])
        let held = try await project.files.rows(
            "SELECT document_id, _weir_reasons[1] FROM weir_quarantine.mart__answers ORDER BY 1")
        #expect(held.count == 2 && held[0].contains("b is NULL") && held[1].contains("out of its range"), "\(held)")
        let kept = try await project.files.rows(
            "SELECT served, features FROM weir_meta.ai_answers WHERE status = 'answered' ORDER BY features LIMIT 1")
        #expect(kept == [path.hasPrefix("v2") ? "adder:3|{\"a\":1,\"b\":0.5}" : "|{\"a\":1,\"b\":0.5}"])
        await project.server.stop()
    }

    @Test("a server's answer that the column's type cannot hold fails the table and says the type, and is no NULL")
    func predictionTypes() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [text], type: DOUBLE }", documents: ["good!", "so so"])
        let environment = StepProject.environment.merging(["SERVER": "\(project.server.url)/classify"]) { $1 }
        let text = try await project.files.command(["run", "-o", "json"], environment: environment)
        let fault = try #require(text.faults.first { $0.code == "ai.prediction-type" }, "\(text)")
        #expect(text.code == 2 && fault.hint?.contains("VARCHAR") == true && fault.place?.line == 2)
        try project.model("{ task: predict, url: \"${SERVER}\", input: [text], column: probs, type: DOUBLE }")
        let list = try await project.files.command(["run", "-o", "json"], environment: environment)
        #expect(
            list.faults.contains { $0.code == "ai.prediction-type" && $0.hint?.contains("DOUBLE[]") == true }, "\(list)"
        )
        await project.server.stop()
    }

    @Test("mistakes in the header and the prompt are told at plan time, all at once, each in its place")
    func mistakes() async throws {
        let project = try await StepProject(
            "{ task: extract, prompt: prompts/invoice.md, output: contracts/invoice.yaml }", documents: ["x"])
        try project.files.write("prompts/invoice.md", "Read\n{{txt}} and {{ document_id }}\n")
        let plan = try await project.weir("plan", "-o", "json")
        #expect(plan.code == 2, "\(plan)")
        let fault = try #require(plan.faults.first { $0.code == "ai.unknown-column" }, "\(plan)")
        #expect(
            fault.place?.file == "prompts/invoice.md" && fault.place?.line == 2 && fault.hint?.contains("text") == true)
        try project.model("{ task: extract, prmpt: x, labels: [a], batch: sometimes }")
        let bad = try await project.weir("plan", "-o", "json")
        let codes = bad.faults.map(\.code)
        #expect(bad.code == 2 && codes.contains("yaml.unknown-key") && codes.contains("project.missing-key"), "\(bad)")
        try project.model("{ task: generate, prompt: x, column: text }")
        let twice = try await project.weir("plan", "-o", "json")
        #expect(twice.faults.contains { $0.code == "sql.duplicate-column" }, "\(twice)")
        try project.model("{ task: generate, prompt: x }", header: "strategy: view")
        let view = try await project.weir("plan", "-o", "json")
        #expect(view.faults.contains { $0.code == "project.useless-key" }, "\(view)")
        #expect(project.asked == 0)
        await project.server.stop()
    }
}
