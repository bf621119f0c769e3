import Foundation
import Testing

/// The built binary with a real language model and a real embedding model, started by `make test-llm`.
@Suite(
    "AI steps with a real model",
    .enabled(
        if: ProcessInfo.processInfo.environment["WEIR_TEST_LLM"] != nil
            && ProcessInfo.processInfo.environment["WEIR_TEST_EMBEDDINGS"] != nil), .serialized,
    .timeLimit(.minutes(15)))
struct RealModelStepTests {
    private func project(_ models: [String: String]) throws -> TempProject {
        let environment = ProcessInfo.processInfo.environment
        var files = [
            "weir.yaml": """
            weir: 1
            name: real
            ai:
              model: chat/smollm2-135m
              providers:
                chat: { type: openai-compatible, base_url: "\(environment["WEIR_TEST_LLM"] ?? "")/v1", limits: { in_flight: 2 } }
                vectors: { type: openai-compatible, base_url: "\(environment["WEIR_TEST_EMBEDDINGS"] ?? "")/v1" }
            """,
            "sources/tickets.yaml": "name: raw.tickets\nfrom: { files: data/tickets.csv }\n",
            "data/tickets.csv": """
            id,text
            1,"My parcel never came and nobody answers me."
            2,"How do I change my password?"
            3,"Thank you, it works very well."
            4,"ünï 東京: wo ist meine Rechnung?"

            """,
            "contracts/ticket.yaml": """
            apiVersion: v3.1.0
            kind: DataContract
            id: ticket
            version: 1.0.0
            status: active
            schema:
              - name: ticket
                properties:
                  - { name: subject, logicalType: string, required: true }
                  - { name: urgent, logicalType: boolean, required: true }

            """,
        ]
        for (name, text) in models { files["models/mart/\(name).sql"] = text }
        return try TempProject(files)
    }

    @Test("extract and classify: every row gets an answer of the schema or is held back, and a second run asks nothing")
    func answers() async throws {
        let project = try project([
            "facts":
                "/* weir\nai: { task: extract, prompt: 'Say what the ticket is about.', output: contracts/ticket.yaml, temperature: 0, in_flight: 2, max_tokens: 200 }\nkey: [id]\n*/\nSELECT id, text FROM raw.tickets\n",
            "kinds":
                "/* weir\nai: { task: classify, labels: [complaint, question, praise], temperature: 0, in_flight: 2 }\nkey: [id]\n*/\nSELECT id, text FROM raw.tickets\n",
        ])
        let done = try await project.command(["run", "-o", "json"], limit: .seconds(600))
        #expect(done.code == 0, "\(done)")
        let kinds = try await project.rows("SELECT DISTINCT label FROM mart.kinds")
        #expect(!kinds.isEmpty && Set(kinds).isSubset(of: ["complaint", "question", "praise"]))
        for node in try done.report.nodes where node.name.hasPrefix("mart.") {
            #expect(
                node.balance.holds && node.balance.read == 4 && node.balance.published >= 3,
                "\(node.name) \(node.balance)")
        }
        let before = try await project.rows("SELECT count(*), sum(output_tokens) > 0 FROM weir_meta.ai_answers")
        #expect(before == ["8|true"])
        let again = try await project.command(["run", "-o", "json", "--full-refresh"], limit: .seconds(600))
        #expect(again.code == 0, "\(again)")
        #expect(try await project.rows("SELECT count(*) FROM weir_meta.ai_answers") == ["8"])
        let usage = try await project.weir("ai", "usage", "--by", "model", "-o", "csv")
        #expect(usage.out.contains("smollm2-135m,"), "\(usage)")
    }

    @Test("embed: vectors of the real model, near where texts mean the same")
    func vectors() async throws {
        let project = try project([
            "vectors":
                "/* weir\nai: { task: embed, model: vectors/all-minilm-l6-v2, input: [text], dimensions: 384 }\nkey: [id]\n*/\nSELECT id, text FROM raw.tickets UNION ALL SELECT 5, 'The package was not delivered.'\n"
        ])
        let done = try await project.command(["run", "-o", "json"], limit: .seconds(300))
        #expect(done.code == 0, "\(done)")
        let nearest = try await project.rows(
            """
            SELECT b.id FROM mart.vectors a, mart.vectors b WHERE a.id = 5 AND b.id <> 5
            ORDER BY array_cosine_similarity(a.embedding, b.embedding) DESC LIMIT 1
            """)
        #expect(nearest == ["1"])
    }
}
