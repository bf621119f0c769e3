import Foundation
import StandIn
import Testing

@Suite("AI steps through the batch services of OpenAI, Gemini and Vertex AI", .timeLimit(.minutes(5)))
struct BatchServiceTests {
    static let extract =
        "task: extract, model: vertex/gemini-2.5-flash, prompt: prompts/invoice.md, output: contracts/invoice.yaml"

    static let texts = (1...20).map { "text \($0) of ünïcode 東京 🎉" } + ["MAKE-400", "text 1 of ünïcode 東京 🎉", ""]

    private static func clouds(_ server: StandIn) -> [String] {
        [
            #"openai: { type: openai, key: "${KEY}", base_url: "\#(server.url)/v1" }"#,
            #"google: { type: gemini, key: "${KEY}", base_url: "\#(server.url)/v1beta" }"#,
        ]
    }

    private static func vertex(_ server: StandIn, bucket: String?) -> String {
        let folder = bucket.map { #", batch_bucket: "\#($0)", storage_url: "\#(server.url)""# } ?? ""
        return
            #"vertex: { type: vertex, project: p, location: europe-west4, credentials: key.json, base_url: "\#(server.url)/v1"\#(folder) }"#
    }

    private func vertex(
        _ step: String, documents: [String], bucket: String? = "gs://weir-bucket/e2e"
    ) async throws -> StepProject {
        let project = try await StepProject(
            step, documents: documents, providers: { [Self.vertex($0, bucket: bucket)] })
        try project.files.write("key.json", try project.server.serviceAccount())
        project.server.makeBucket("weir-bucket")
        return project
    }

    private func handedOver(_ project: StepProject, _ end: String) -> Int {
        project.server.received.count { $0.method == "POST" && $0.path.hasSuffix(end) }
    }

    @Test(
        "vectors: killed while the batch is pending, the next run waits for it; a text that is refused is held back",
        arguments: [
            ("openai/text-embedding-3-small", "/v1/batches", "0.000000010000"),
            ("google/gemini-embedding-001", "asyncBatchEmbedContent", "0.000000075000"),
        ])
    func vectors(_ model: String, _ end: String, _ price: String) async throws {
        let project = try await StepProject(
            "{ task: embed, model: \(model), input: [text], batch: auto, batch_above: $0.000001 }",
            documents: Self.texts, providers: Self.clouds)
        let child = try project.start("run")
        while !project.server.received.contains(where: { $0.method == "GET" && $0.path.contains("/batches/") }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        child.signal(9)
        _ = await child.wait()
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_batches") == ["1"])
        let done = try await project.run()
        #expect(handedOver(project, end) == 1, "\(done)")
        #expect(
            !project.server.received.contains {
                $0.path.hasSuffix("/embeddings") || $0.path.hasSuffix("batchEmbedContents")
            })
        let rows = try await project.files.rows(
            "SELECT count(*), count(embedding), count(*) FILTER (embedding[1] = strlen(text)) FROM mart.answers")
        #expect(rows == ["22|21|21"])
        #expect(
            try await project.files.rows("SELECT _weir_reasons FROM weir_quarantine.mart__answers").first?.contains(
                "cannot be worked on")
                == true)
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_batches") == ["0"])
        // 20 texts were paid, each token at half the price.
        let usage = try await project.weir("ai", "usage", "--by", "step", "-o", "json")
        let line = try #require(try JSONSerialization.jsonObject(with: Data(usage.out.utf8)) as? [String: Any])
        let lines = try #require(line["lines"] as? [[String: Any]], "\(usage)")
        let tokens = try #require(lines.first?["input_tokens"] as? Int)
        let cost = Decimal(string: try #require(lines.first?["cost"] as? String))
        #expect(tokens > 0 && cost == Decimal(tokens) * (Decimal(string: price) ?? 0))
        await project.server.stop()
    }

    @Test("a batch that expired: what it answered is kept, the rest is asked now")
    func expired() async throws {
        let project = try await StepProject(
            "{ task: embed, model: openai/text-embedding-3-small, input: [text], batch: always }",
            documents: (1...10).map { "text \($0)" }, providers: Self.clouds)
        project.server.set(fate: .expired)
        try await project.run("raw.documents")
        let plan = try await forecast(project)
        #expect(plan["is_batch"] as? Bool == true && plan["calls"] as? Int == 10)
        let tokens = try #require(plan["input_tokens"] as? Int)
        let cost = Decimal(string: try #require(plan["cost"] as? String))
        #expect(cost == Decimal(tokens) * (Decimal(string: "0.00000001") ?? 0), "half the price")
        let text = try await project.weir("plan")
        #expect(text.out.contains("through the batch service"), "\(text)")
        try await project.run()
        let single = project.server.received.filter { $0.path.hasSuffix("/embeddings") }
        #expect(single.count == 1)
        #expect(single.first?.text.components(separatedBy: "text ").count == 6, "five texts were open")
        #expect(try await project.files.rows("SELECT count(*), count(embedding) FROM mart.answers") == ["10|10"])
        await project.server.stop()
    }

    @Test("Vertex AI: killed between the upload and the job, nothing is lost, paid twice or left in the bucket")
    func killed() async throws {
        let documents = (1...12).map { StepProject.invoice($0, vendor: "Größe \($0) 東京") } + ["MAKE-400"]
        let project = try await vertex("{ \(Self.extract), batch: always }", documents: documents)
        project.server.set(delay: .milliseconds(500))
        let child = try project.start("run")
        while !project.server.received.contains(where: { $0.path.hasPrefix("/upload/") }) {
            try await Task.sleep(for: .milliseconds(5))
        }
        child.signal(9)
        _ = await child.wait()
        project.server.set(delay: .zero)
        #expect(handedOver(project, "/batchPredictionJobs") == 0)
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_batches") == ["1"])
        while project.server.objects.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        let done = try await project.run()
        #expect(handedOver(project, "/batchPredictionJobs") == 1, "\(done)")
        #expect(!project.server.received.contains { $0.path.hasSuffix("generateContent") })
        #expect(
            try await project.files.rows("SELECT count(*), count(vendor), max(vendor) FROM mart.answers")
                == ["12|12|Größe 9 東京"])
        #expect(try await project.files.rows("SELECT count(*) FROM weir_quarantine.mart__answers") == ["1"])
        #expect(project.server.objects.isEmpty)
        await project.server.stop()
    }

    @Test(
        "a batch of which every row is refused: the question may be wrong, so the table fails and no row is held back")
    func allRefused() async throws {
        let project = try await vertex(
            "{ \(Self.extract), batch: always }", documents: (1...4).map { "MAKE-400 \($0)" })
        let done = try await project.run(expect: nil)
        #expect(done.code != 0 && done.out.contains("ai.bad-request"), "\(done)")
        #expect(project.server.received.contains { $0.path.hasSuffix(":generateContent") })
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_answers") == ["0"])
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_batches") == ["0"])
        #expect(project.server.objects.isEmpty)
        await project.server.stop()
    }

    @Test("Vertex AI without a bucket: auto asks now and says why, always is an error")
    func noBucket() async throws {
        let documents = (1...3).map { StepProject.invoice($0) }
        let project = try await vertex(
            "{ \(Self.extract), batch: auto, batch_above: $0.000001 }", documents: documents, bucket: nil)
        try await project.run("raw.documents")
        let plan = try await forecast(project)
        #expect(plan["is_batch"] as? Bool == false && plan["calls"] as? Int == 3)
        let done = try await project.weir("run")
        #expect(done.code == 0 && done.err.contains("batch_bucket: gs://"), "\(done)")
        #expect(project.server.received.count { $0.path.hasSuffix("generateContent") } == 3)
        try project.files.write("prompts/invoice.md", "Anew: {{text}}")
        try project.model("{ \(Self.extract), batch: always }")
        let refused = try await project.run(expect: nil)
        #expect(refused.code != 0 && refused.out.contains("ai.no-bucket"), "\(refused)")
        #expect(project.server.received.count { $0.path.hasSuffix("generateContent") } == 3)
        await project.server.stop()
    }

    @Test("a bucket that is not ours is named, with what to do")
    func closed() async throws {
        let project = try await vertex("{ \(Self.extract), batch: always }", documents: [StepProject.invoice(1)])
        project.server.makeBucket("weir-bucket", isOpen: false)
        let done = try await project.run(expect: nil)
        #expect(
            done.code != 0 && done.out.contains("ai.bucket") && done.out.contains("Storage Object Admin"), "\(done)")
        project.server.makeBucket("weir-bucket")
        try await project.run()
        #expect(try await project.files.rows("SELECT vendor FROM mart.answers") == ["Vendor 1"])
        await project.server.stop()
    }

    @Test("mistakes in the settings of a bucket, and `batch:` where it does nothing")
    func settings() async throws {
        let project = try await vertex(
            "{ task: embed, model: builtin, input: [text], batch: always }", documents: ["a"], bucket: "s3://wrong")
        let done = try await project.weir("plan", "-o", "json")
        #expect(done.code != 0)
        #expect(done.out.contains("gs://my-bucket/weir"), "\(done)")
        #expect(done.out.contains("`batch:` has no effect with the built-in embedder"), "\(done)")
        let other = try await StepProject(
            "{ task: embed, input: [text], batch: always }", documents: ["a"],
            providers: { _ in [#"openai: { type: openai, key: "${KEY}", batch_bucket: "gs://my-bucket" }"#] })
        let useless = try await other.weir("plan", "-o", "json")
        #expect(useless.out.contains("`batch_bucket:` has no effect with type openai"), "\(useless)")
        await project.server.stop()
        await other.server.stop()
    }

    @Test("a plan's estimate goes by what earlier calls took, and says so")
    func calibrated() async throws {
        let documents = (1...8).map { StepProject.invoice($0) }
        let project = try await StepProject(
            "{ task: extract, prompt: prompts/invoice.md, output: contracts/invoice.yaml }", documents: documents)
        try await project.run("raw.documents")
        let first = try await forecast(project)
        #expect(first["earlier_calls"] as? Int == 0 && first["calls"] as? Int == 8)
        project.server.set(usage: #"{"input_tokens":1000,"output_tokens":7}"#)
        try await project.run()
        try project.write(documents + (9...12).map { StepProject.invoice($0) })
        try await project.run("raw.documents")
        let next = try await forecast(project)
        #expect(next["earlier_calls"] as? Int == 8 && next["open"] as? Int == 4)
        #expect(next["output_tokens"] as? Int == 28, "the mean answer")
        let input = try #require(next["input_tokens"] as? Int)
        #expect((3_900...4_100).contains(input), "\(input)")
        // 4,000 tokens in at $1 and 28 out at $5 a million.
        let cost = Double(try #require(next["cost"] as? String)) ?? 0
        #expect((0.0039...0.0044).contains(cost), "\(cost)")
        let text = try await project.weir("plan")
        #expect(text.out.contains("(from 8 earlier calls)"), "\(text)")
        await project.server.stop()
    }

    private func forecast(_ project: StepProject) async throws -> [String: Any] {
        let plan = try await project.weir("plan", "-o", "json")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(plan.out.utf8)) as? [String: Any])
        let nodes = try #require(report["nodes"] as? [[String: Any]])
        return try #require(nodes.compactMap { $0["ai"] as? [String: Any] }.first, "\(plan)")
    }
}
