import Foundation
import StandIn
import Testing

@Suite("Classifiers in OpenAI's style", .timeLimit(.minutes(5)))
struct ClassifyServerTests {
    private static func environment(_ server: StandIn) -> [String: String] {
        StepProject.environment.merging(["SERVER": "\(server.url)/classify"]) { $1 }
    }

    @Test("each text has its label, whatever the order of the answer; a text that is refused is held back alone")
    func labels() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", model: moods-1, input: [text], column: mood, rows_per_call: 3 }",
            documents: ["good!", "so so", "", String(repeating: "long ", count: 60), "great!"])
        let done = try await project.files.command(
            ["run", "-o", "json"], environment: Self.environment(project.server))
        #expect(done.code == 0, "\(done)")
        let moods = try await project.files.rows("SELECT document_id, mood FROM mart.answers ORDER BY 1")
        #expect(moods == ["1|glad", "2|other", "3|NULL", "5|glad"], "\(moods)")
        let held = try await project.files.rows(
            "SELECT document_id, _weir_reasons[1] FROM weir_quarantine.mart__answers")
        #expect(held.count == 1 && held[0].hasPrefix("4|") && held[0].contains("too long"), "\(held)")
        #expect(
            try await project.files.rows("SELECT DISTINCT served FROM weir_meta.ai_answers WHERE status = 'answered'")
                == ["moods-1"])
        #expect(project.server.received.allSatisfy { $0.text.contains("\"model\":\"moods-1\"") })
        await project.server.stop()
    }

    @Test("a column that is called probs takes how likely each label is")
    func probabilities() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [text], column: probs }", documents: ["good!", "so so"])
        let done = try await project.files.command(
            ["run", "-o", "json"], environment: Self.environment(project.server))
        #expect(done.code == 0, "\(done)")
        let rows = try await project.files.rows("SELECT typeof(probs), probs FROM mart.answers ORDER BY document_id")
        #expect(rows == ["DOUBLE[]|[0.25, 0.75]", "DOUBLE[]|[0.875, 0.125]"], "\(rows)")
        await project.server.stop()
    }

    @Test("two columns are not one text")
    func several() async throws {
        let project = try await StepProject(
            "{ task: predict, url: \"${SERVER}\", input: [document_id, text] }", documents: ["x"])
        let plan = try await project.files.command(
            ["plan", "-o", "json"], environment: Self.environment(project.server))
        #expect(plan.code == 2 && plan.faults.contains { $0.code == "ai.no-input" }, "\(plan)")
        #expect(project.server.count == 0)
        await project.server.stop()
    }
}
