import Foundation
import StandIn
import Testing

@Suite(
    "Scoring with an ONNX file", .timeLimit(.minutes(5)),
    .enabled(if: TestOnnxRuntime.isExpected, "scripts/venv test installs ONNX Runtime"))
struct OnnxStepTests {
    @Test("rows are scored, kept with model and features, held back where NULL, and scored once")
    func scores() async throws {
        let project = try OnnxProject(customers: ["1,12,0.5,true", "2,3,-1,false", "3,,1,true", "4,7,2.25,"])
        try project.step(
            OnnxProject.ai,
            columns: "customer_id, months, CASE WHEN usage < 0 THEN 'nan'::DOUBLE ELSE usage END AS usage, is_active")
        #expect(try await project.weir("run", "raw.customers").code == 0)
        let plan = try await project.weir("plan")
        #expect(plan.code == 0 && plan.out.contains("which costs nothing"), "\(plan)")
        let done = try await project.weir("run", "-o", "json")
        #expect(done.code == 0, "\(done)")
        let step = try #require(try done.report.nodes.first { $0.name == "mart.scores" })
        #expect(step.balance.holds)
        let scores = try await project.files.rows("SELECT customer_id, score FROM mart.scores ORDER BY 1")
        #expect(scores == ["1|129", "2|nan"], "\(scores)")
        let held = try await project.files.rows(
            "SELECT customer_id, _weir_reasons[1] FROM weir_quarantine.mart__scores ORDER BY 1")
        #expect(
            held.count == 2 && held[0].contains("months is NULL") && held[1].contains("is_active is NULL"), "\(held)")
        let kept = try await project.files.rows(
            "SELECT regexp_replace(served, '@[0-9a-f]{12}$', '@mark'), features, cost FROM weir_meta.ai_answers WHERE answer LIKE '%129%'"
        )
        #expect(kept == ["churn:3@mark|{\"is_active\":true,\"months\":12,\"usage\":0.5}|0"], "\(kept)")
        let again = try await project.weir("run", "--full-refresh", "-o", "json")
        #expect(again.code == 0, "\(again)")
        #expect(try await project.files.rows("SELECT count(*) FROM weir_meta.ai_answers") == ["4"])
        let idle = try await project.weir("plan")
        #expect(idle.code == 0 && !idle.out.contains("asks"), "\(idle)")
    }

    @Test("a changed file scores all rows again, and both versions are told apart")
    func changed() async throws {
        let project = try OnnxProject(
            header: "strategy: merge\nkey: [customer_id]", customers: OnnxProject.customers(40))
        #expect(try await project.weir("run").code == 0)
        try project.files.write("models_onnx/churn.onnx", OnnxProject.model(months: 3, version: 4))
        let plan = try await project.weir("plan")
        #expect(plan.out.contains("40 questions"), "\(plan)")
        #expect(try await project.weir("run").code == 0)
        let wrong = try await project.files.rows(
            "SELECT count(*), count(*) FILTER (score <> months + \(OnnxProject.rightScore)) FROM mart.scores")
        #expect(wrong == ["40|0"])
        let served = try await project.files.rows(
            "SELECT split_part(served, '@', 1), count(*), count(DISTINCT served) FROM weir_meta.ai_answers GROUP BY 1 ORDER BY 1"
        )
        #expect(served == ["churn:3|40|1", "churn:4|40|1"])
    }

    @Test("without a runtime the table fails, tells what to install, and the next run has it")
    func noRuntime() async throws {
        let project = try OnnxProject(customers: OnnxProject.customers(3))
        let nowhere = ["WEIR_ONNXRUNTIME": "/nowhere/libonnxruntime.so"]
        let failed = try await project.weir("run", "-o", "json", environment: nowhere)
        #expect(failed.code == 3, "\(failed)")
        let fault = try #require(failed.faults.first { $0.code == "ai.onnx-runtime" }, "\(failed)")
        #expect(
            fault.hint?.contains("pip install onnxruntime") == true && fault.hint?.contains("WEIR_ONNXRUNTIME") == true)
        #expect(fault.place?.file == "models/mart/scores.sql" && fault.place?.line == 2)
        let doctor = try await project.weir("doctor", "-o", "json", environment: nowhere)
        #expect(doctor.code == 3 && doctor.out.contains("onnx runtime"), "\(doctor)")
        #expect(try await project.weir("plan", environment: nowhere).code == 0, "a plan needs no runtime")
        #expect(try await project.weir("run").code == 0)
        let healthy = try await project.weir("doctor")
        #expect(healthy.code == 0 && healthy.out.contains("ONNX Runtime 1."), "\(healthy)")
        #expect(try await project.files.rows("SELECT count(*) FROM mart.scores") == ["3"])
        let kept = try await project.weir("run", "--full-refresh", environment: nowhere)
        #expect(kept.code == 0, "where all answers are kept, nothing needs a runtime: \(kept)")
    }

    @Test("a runtime that is too old, and a library that is another one, say so")
    func oldRuntime() async throws {
        let project = try OnnxProject(customers: OnnxProject.customers(3))
        try project.files.write(
            "old.c",
            """
            struct base { const void *(*table)(unsigned); const char *(*version)(void); };
            static const void *table(unsigned version) { return 0; }
            static const char *version(void) { return "1.8.2"; }
            static const struct base it = { table, version };
            const struct base *OrtGetApiBase(void) { return &it; }
            """)
        try project.files.write("other.c", "int other(void) { return 1; }")
        for (name, code) in [("old", "ai.onnx-old"), ("other", "ai.onnx-runtime")] {
            let library = project.files.path("\(name).so")
            let compiler = Process()
            compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            compiler.arguments = ["clang", "-shared", "-fPIC", "-o", library, project.files.path("\(name).c")]
            try compiler.run()
            compiler.waitUntilExit()
            try #require(compiler.terminationStatus == 0, "the compiler comes with Swift")
            let done = try await project.weir("run", "-o", "json", environment: ["WEIR_ONNXRUNTIME": library])
            #expect(done.code == 3 && done.faults.contains { $0.code == code }, "\(done)")
        }
    }

    @Test("10,000 rows, killed in the middle: what was stored is not scored again, and the table is the same")
    func killed() async throws {
        let project = try OnnxProject(
            "{ task: predict, model: models_onnx/churn.onnx, input: [months, usage, is_active], column: score, rows_per_call: 5 }",
            customers: OnnxProject.customers(10_000))
        var stored = 0
        // Longer each time, until a kill meets the scoring: that takes many times as long as what comes before it.
        var patience = Duration.milliseconds(400)
        while stored == 0, patience < .seconds(60) {
            let child = try project.files.start(["run"], environment: TestOnnxRuntime.environment)
            try await Task.sleep(for: patience)
            child.signal(9)
            _ = await child.wait()
            stored = try await Self.stored(project)
            patience = patience * 3 / 2
        }
        #expect(stored > 0 && stored < 10_000, "no kill met the scoring: \(stored)")
        for _ in 0..<3 {
            let child = try project.files.start(["run"], environment: TestOnnxRuntime.environment)
            try await Task.sleep(for: patience * 2 / 3)
            child.signal(9)
            _ = await child.wait()
            let kept = try await Self.stored(project)
            #expect(kept >= stored, "nothing that was stored is lost")
            stored = kept
        }
        let done = try await project.weir("run", "-o", "json")
        #expect(done.code == 0, "\(done)")
        let asked = try #require(try done.report.nodes.first { $0.name == "mart.scores" })
        #expect(asked.balance.holds)
        #expect(
            try await project.files.rows("SELECT count(*), count(DISTINCT hash) FROM weir_meta.ai_answers") == [
                "10000|10000"
            ])
        let wrong = try await project.files.rows(
            "SELECT count(*), count(*) FILTER (score IS DISTINCT FROM \(OnnxProject.rightScore)) FROM mart.scores")
        #expect(wrong == ["10000|0"])
    }

    /// Answers that are kept; none of them twice.
    private static func stored(_ project: OnnxProject) async throws -> Int {
        let counts = try? await project.files.rows("SELECT count(*), count(DISTINCT hash) FROM weir_meta.ai_answers")
        let numbers = counts?.first?.split(separator: "|").compactMap { Int($0) } ?? [0, 0]
        #expect(numbers[0] == numbers[1], "no row is scored twice")
        return numbers[0]
    }

    @Test("a value that the model cannot take holds back its row alone; where it is every row, the table fails")
    func misfits() async throws {
        let project = try OnnxProject(
            "{ task: predict, model: models_onnx/pick.onnx, input: [place], column: picked }",
            customers: OnnxProject.customers(20))
        try project.files.write("models_onnx/pick.onnx", OnnxModels.pick())
        let header = "{ task: predict, model: models_onnx/pick.onnx, input: [place], column: picked }"
        try project.step(
            header, columns: "customer_id, CASE WHEN customer_id = 7 THEN 99 ELSE customer_id % 3 END AS place")
        #expect(try await project.weir("run").code == 0)
        let held = try await project.files.rows(
            "SELECT customer_id, _weir_reasons[1] FROM weir_quarantine.mart__scores")
        #expect(held.count == 1 && held[0].hasPrefix("7|") && held[0].contains("pick.onnx fails"), "\(held)")
        let wrong = try await project.files.rows(
            "SELECT count(*), count(*) FILTER (picked <> 10 * (place + 1)) FROM mart.scores")
        #expect(wrong == ["19|0"])
        try project.step(
            header.replacingOccurrences(of: "picked", with: "chosen"),
            columns: "customer_id, customer_id + 50 AS place")
        let failed = try await project.weir("run", "-o", "json")
        #expect(failed.code != 0 && failed.faults.contains { $0.code == "ai.onnx-run" }, "\(failed)")
        #expect(try await project.files.rows("SELECT count(*) FROM mart.scores") == ["19"], "the table stays as it was")
    }

    @Test("what does not fit the file is told in its place before a row is scored")
    func mistakes() async throws {
        let project = try OnnxProject(customers: OnnxProject.customers(3))
        func faults(_ ai: String, _ command: String) async throws -> [RunReport.Fault] {
            try project.step(ai)
            return try await project.weir(command, "-o", "json").faults
        }
        let missing = try await faults(
            "{ task: predict, model: models_onnx/chrun.onnx, input: [months] }", "plan")
        #expect(
            missing.contains { $0.code == "ai.onnx-missing" && $0.hint?.contains("models_onnx/churn.onnx") == true },
            "\(missing)")
        let both = try await faults(
            "{ task: predict, model: models_onnx/churn.onnx, url: \"http://127.0.0.1/v2/models/x/infer\", input: [months] }",
            "plan")
        #expect(both.contains { $0.code == "project.useless-key" }, "\(both)")
        let address = try await faults("{ task: predict, url: models_onnx/churn.onnx, input: [months] }", "plan")
        #expect(address.contains { $0.hint?.contains("`model: models_onnx/churn.onnx`") == true }, "\(address)")
        let neither = try await faults("{ task: predict, input: [months] }", "plan")
        #expect(neither.contains { $0.code == "project.missing-key" && $0.message.contains(".onnx") }, "\(neither)")
        let names = try await faults("{ task: predict, model: models_onnx/churn.onnx, input: [months, usage] }", "run")
        let fault = try #require(names.first { $0.code == "ai.onnx-input" }, "\(names)")
        #expect(fault.message.contains("is_active") && fault.place?.file == "models/mart/scores.sql")
        try project.files.write("models_onnx/churn.onnx", "no model")
        let broken = try await faults(
            "{ task: predict, model: models_onnx/churn.onnx, input: [months, usage, is_active] }", "run")
        #expect(broken.contains { $0.code == "ai.onnx-model" }, "\(broken)")
    }

    @Test("labels and lists become columns of their types")
    func kinds() async throws {
        let project = try OnnxProject(customers: ["1,0,0,true", "2,9,0,true"])
        try project.files.write("models_onnx/mood.onnx", OnnxModels.logistic(weights: [1, 1], bias: 0))
        let model = "task: predict, model: models_onnx/mood.onnx, input: [months, usage]"
        try project.step("{ \(model), column: label, type: VARCHAR }")
        #expect(try await project.weir("run").code == 0)
        #expect(
            try await project.files.rows("SELECT customer_id, label FROM mart.scores ORDER BY 1") == ["1|no", "2|yes"])
        try project.step("{ \(model), column: both, type: \"DOUBLE[]\" }")
        #expect(try await project.weir("run").code == 0)
        #expect(
            try await project.files.rows(
                "SELECT typeof(\"both\"), \"both\"[1] + \"both\"[2] FROM mart.scores WHERE customer_id = 1")
                == ["DOUBLE[]|1"])
        // One value is a list of one.
        try project.step("{ \(model), column: probability, type: \"FLOAT[]\" }")
        #expect(try await project.weir("run").code == 0)
        #expect(try await project.files.rows("SELECT probability FROM mart.scores WHERE customer_id = 1") == ["[0.5]"])
        try project.step("{ \(model), column: label }")
        let text = try await project.weir("run", "-o", "json")
        let fault = try #require(text.faults.first { $0.code == "ai.onnx-output" }, "\(text)")
        #expect(fault.hint?.contains("`type: VARCHAR`") == true)
    }
}
