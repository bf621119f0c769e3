import Foundation
import StandIn
import Testing

@Suite("Predictions that the column's type cannot hold", .timeLimit(.minutes(5)))
struct PredictionFitTests {
    private static func environment(_ address: String) -> [String: String] {
        StepProject.environment.merging(["SERVER": address]) { $1 }
    }

    @Test("they are held back with the reason and what the model said, and are neither NULL nor rounded")
    func heldBack() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [a], column: sum, type: int }",
            select: "SELECT document_id, text::DOUBLE AS a FROM raw.documents",
            documents: ["1", "0.75", "3000000000", "7.0"])
        let environment = Self.environment("\(project.server.url)/v2/models/adder/infer")
        let done = try await project.files.command(["run", "-o", "json"], environment: environment)
        #expect(done.code == 0, "\(done)")
        let step = try #require(try done.report.nodes.first { $0.name == "mart.answers" })
        #expect(step.balance.holds)
        #expect(
            try await project.files.rows("SELECT document_id, sum, typeof(sum) FROM mart.answers ORDER BY 1") == [
                "1|1|INTEGER", "4|7|INTEGER",
            ])
        let held = try await project.files.rows(
            "SELECT document_id, _weir_reasons[1] FROM weir_quarantine.mart__answers ORDER BY 1")
        #expect(
            held.count == 2 && held[0].hasPrefix("2|ai_invalid(sum: \"0.75\" is no int")
                && held[1].hasPrefix("3|ai_invalid(sum: \"3000000000"), "\(held)")
        let kept = try await project.files.rows(
            "SELECT raw, features, served FROM weir_meta.ai_answers WHERE status = 'invalid' ORDER BY features LIMIT 1")
        #expect(kept == ["{\"sum\":0.75}|{\"a\":0.75}|adder:3"], "\(kept)")
        await project.server.stop()
    }

    @Test("where each row has a reason of its own, a table shows the first of them, and JSON all")
    func reasons() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [a], type: INTEGER }",
            select: "SELECT document_id, text::DOUBLE AS a FROM raw.documents",
            documents: (1...8).map { "\($0).5" })
        let environment = Self.environment("\(project.server.url)/v2/models/adder/infer")
        #expect(try await project.files.command(["run"], environment: environment).code == 0)
        let list = try await project.files.command(["quarantine", "list"], environment: environment)
        #expect(list.out.contains("\"5.5\" is no INTEGER) × 1, and 3 more"), "\(list)")
        let whole = try await project.files.command(["quarantine", "list", "-o", "json"], environment: environment)
        #expect(whole.out.contains("8.5"), "\(whole)")
        await project.server.stop()
    }

    @Test("a list is held back when one of its values does not fit")
    func lists() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [text], column: probs, type: \"INTEGER[]\" }",
            documents: ["good!"])
        let done = try await project.files.command(
            ["run", "-o", "json"], environment: Self.environment("\(project.server.url)/classify"))
        #expect(done.code == 0, "\(done)")
        #expect(try await project.files.rows("SELECT count(*) FROM mart.answers") == ["0"])
        let held = try await project.files.rows("SELECT _weir_reasons[1] FROM weir_quarantine.mart__answers")
        #expect(held.count == 1 && held[0].contains("[0.25,0.75]"), "\(held)")
        await project.server.stop()
    }

    @Test("a text where a whole number is wanted is a mistake of the step")
    func texts() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [text], type: BIGINT }", documents: ["good!"])
        let done = try await project.files.command(
            ["run", "-o", "json"], environment: Self.environment("\(project.server.url)/classify"))
        let fault = try #require(done.faults.first { $0.code == "ai.prediction-type" }, "\(done)")
        #expect(fault.hint?.contains("VARCHAR") == true && fault.place?.line == 2)
        await project.server.stop()
    }

    @Test("a type that the engine does not know is told in its place before anybody is asked")
    func unknownType() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [text], type: DUOBLE }", documents: ["good!"])
        let done = try await project.files.command(
            ["run", "-o", "json"], environment: Self.environment("\(project.server.url)/classify"))
        let fault = try #require(done.faults.first { $0.message.contains("DUOBLE") }, "\(done)")
        #expect(fault.code == "yaml.wrong-value" && fault.place?.file == "models/mart/answers.sql")
        #expect(!project.server.received.contains { $0.path == "/classify" })
        await project.server.stop()
    }

    @Test("the key of a provider goes to its server, and to no other host")
    func keys() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [a] }",
            select: "SELECT document_id, text::DOUBLE AS a FROM raw.documents", documents: ["1"])
        // The provider `local` is at 127.0.0.1.
        for (host, header) in [("127.0.0.1", "Bearer \(StandIn.key)"), ("localhost", nil)] {
            let address = "http://\(host):\(project.server.port)/v1/models/adder:predict"
            let done = try await project.files.command(
                ["run", "--full-refresh", "-o", "json"], environment: Self.environment(address))
            #expect(done.code == 0, "\(done)")
            let asked = try #require(project.server.received.last { $0.path.hasSuffix(":predict") })
            #expect(asked.headers["host"]?.hasPrefix(host) == true && asked.headers["authorization"] == header)
        }
        await project.server.stop()
    }

    @Test(
        "what a file says is held back as a server's is",
        .enabled(if: TestOnnxRuntime.isExpected, "scripts/venv test installs ONNX Runtime"))
    func files() async throws {
        let project = try OnnxProject(
            "{ task: predict, model: models_onnx/echo.onnx, input: [months], column: size, type: TINYINT }",
            customers: ["1,5,0,true", "2,300,0,true", "3,-128,0,true"])
        try project.files.write("models_onnx/echo.onnx", OnnxModels.echo(.int64))
        #expect(try await project.weir("run").code == 0)
        #expect(
            try await project.files.rows("SELECT customer_id, size FROM mart.scores ORDER BY 1") == ["1|5", "3|-128"])
        let held = try await project.files.rows(
            "SELECT customer_id, _weir_reasons[1] FROM weir_quarantine.mart__scores")
        #expect(held.count == 1 && held[0].hasPrefix("2|ai_invalid(size: \"300\" is no TINYINT"), "\(held)")

        try project.files.write("models_onnx/echo.onnx", OnnxModels.echo(.double))
        try project.step(
            "{ task: predict, model: models_onnx/echo.onnx, input: [x], column: price, type: \"DECIMAL(10,2)\" }",
            columns: "customer_id, CASE WHEN months > 100 THEN 'nan'::DOUBLE ELSE months + 0.5 END AS x")
        #expect(try await project.weir("run").code == 0)
        #expect(
            try await project.files.rows("SELECT customer_id, price FROM mart.scores ORDER BY 1") == [
                "1|5.50", "3|-127.50",
            ])
        let none = try await project.files.rows(
            "SELECT _weir_reasons[1] FROM weir_quarantine.mart__scores WHERE _weir_reasons[1] LIKE '%price%'")
        #expect(none.count == 1 && none[0].contains("NaN"), "\(none)")
    }
}
