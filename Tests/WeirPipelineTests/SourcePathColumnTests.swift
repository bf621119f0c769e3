import Foundation
import Testing

@testable import WeirPipeline

@Suite("Columns from folders", .timeLimit(.minutes(10)))
struct SourcePathColumnTests {
    static let formats = ["csv", "ndjson", "parquet"]

    private func write(_ project: SourceProject, _ path: String, _ select: String = "SELECT 1 AS id") async throws {
        let format = path.split(separator: ".").last.map { $0 == "csv" ? "csv, HEADER" : $0 == "ndjson" ? "json" : $0 }
        try await project.make(
            path, "COPY (\(select)) TO FILE (FORMAT \(format ?? ""))", extensions: ["parquet", "json"])
    }

    private func project(_ format: String, _ columns: String = "") throws -> SourceProject {
        let project = try SourceProject()
        try project.source("from: { files: \"d/**/*.\(format)\", partitions: true }\n\(columns)")
        return project
    }

    @Test("have the types that are declared", arguments: formats)
    func declared(format: String) async throws {
        let project = try project(format, "columns: { y: VARCHAR, p: INTEGER, day: DATE, id: INTEGER }")
        try await write(project, "d/y=2024/p=01/day=2024-02-29/a.\(format)")
        let result = try await project.run()
        #expect(result.status == .published, "\(result.reason ?? "")")
        #expect(try await project.rows("SELECT id, y, p, day FROM raw.t") == ["1|2024|1|2024-02-29"])
        #expect(try await project.types().sorted() == ["day DATE", "id INTEGER", "p INTEGER", "y VARCHAR"])
    }

    @Test("that do not fit their type are told before anything is read", arguments: formats)
    func misfit(format: String) async throws {
        let project = try project(format, "columns: { p: INTEGER }")
        try await write(project, "d/p=1/a.\(format)")
        try await write(project, "d/p=two/b.\(format)")
        let plan = try await Runner(
            try ProjectLoader.load(root: project.root, environment: [:]), options: RunOptions()
        ).plan()
        let problem = plan.nodes.first?.problem
        #expect(problem?.code == "source.partition-type")
        #expect(problem?.message.contains("p=two") == true, "\(problem?.message ?? "")")
        #expect(try await project.run().status == .stopped)
    }

    @Test("that the files have too are an error, whichever would be right", arguments: formats)
    func clash(format: String) async throws {
        let project = try project(format)
        try await write(project, "d/ID=7/a.\(format)")
        let result = try await project.run()
        #expect(result.error?.code == "source.column-clash", "\(result.reason ?? "")")
        #expect(result.error?.hint?.contains("partitions") == true)
        try project.source("from: { files: \"d/**/*.\(format)\" }")
        #expect(try await project.run().status == .published)
        #expect(try await project.rows() == ["1"])
    }

    @Test("must be in the path of every file", arguments: formats)
    func missing(format: String) async throws {
        let project = try project(format)
        try await write(project, "d/p=1/a.\(format)")
        try await write(project, "d/x/b.\(format)")
        let result = try await project.run()
        #expect(result.error?.code == "source.partition-missing", "\(result.reason ?? "")")
        #expect(result.error?.message.contains("d/x/b.\(format)") == true)
        let none = try self.project(format)
        try await write(none, "d/a.\(format)")
        #expect(try await none.run().error?.code == "source.no-partitions")
    }
}
