import Foundation
import Testing

@Suite("The meaning of columns")
struct LabelledColumnsTests {
    private struct Profile: Decodable {
        struct Column: Decodable {
            struct Meaning: Decodable { let kind: String }
            struct Times: Decodable { let granularity: String }
            let name: String
            let type: String
            let meaning: Meaning?
            let times: Times?

            /// What the profile takes the column for.
            var found: String {
                if let meaning { return meaning.kind }
                if let times { return ["year", "month", "day"].contains(times.granularity) ? "date" : "timestamp" }
                let types = [
                    "BIGINT": "integer", "HUGEINT": "integer", "DOUBLE": "decimal", "BOOLEAN": "boolean",
                    "TIME": "time",
                    "UUID": "uuid", "JSON": "json",
                ]
                return types[type] ?? "none"
            }
        }
        let columns: [Column]
    }

    /// `Benchmarks/run meanings` prints these a class.
    @Test("is found in 200 columns of ten locales, with precision and recall above 0.95")
    func labelled() async throws {
        let project = try TempProject()
        let maker = try Child(
            "/usr/bin/env", ["python3", "\(Repository.root)/Benchmarks/tools/labelled_columns.py", project.root],
            in: project.root, environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"],
            logs: URL(fileURLWithPath: project.root).deletingLastPathComponent().appending(path: "logs").path)
        let made = await maker.finish()
        #expect(made.code == 0, "\(made)")
        let labels = try JSONDecoder().decode(
            [String: String].self, from: Data(contentsOf: URL(fileURLWithPath: project.path("labels.json"))))
        #expect(labels.count == 200)
        let done = try await project.weir("profile", "columns.csv", "--no-dependencies", "-o", "json")
        #expect(done.code == 0, "\(done)")
        let columns = try JSONDecoder.snake.decode(Profile.self, from: Data(done.out.utf8)).columns
        #expect(columns.count == 200)
        let wrong = columns.filter { $0.found != labels[$0.name] }
        let words = wrong.map { "\($0.name): \($0.found) for \(labels[$0.name] ?? "?")" }
        // Of what was said to be something, and of what is something.
        let said = columns.filter { $0.found != "none" }
        let precision = Double(said.count { $0.found == labels[$0.name] }) / Double(said.count)
        let meant = columns.filter { labels[$0.name] != "none" }
        let recall = Double(meant.count { $0.found == labels[$0.name] }) / Double(meant.count)
        #expect(precision >= 0.95, "\(words)")
        #expect(recall >= 0.95, "\(words)")
        #expect(!wrong.contains { $0.found == "card_number" }, "\(words)")
    }
}
