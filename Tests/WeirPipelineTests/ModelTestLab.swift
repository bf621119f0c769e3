import Foundation
import Testing
import WeirCore

@testable import WeirPipeline

/// A project in a folder of its own, for tests of model tests.
struct ModelTestLab {
    let root: String

    static let settings = "weir: 1\nname: lab\nwarehouse: { type: duckdb, path: warehouse.duckdb }\n"
    static let source = """
        name: raw.orders
        from: { files: "data/orders.csv" }
        columns: { id: INTEGER, customer: VARCHAR, amount: "DECIMAL(10,2)", seen: TIMESTAMP, tags: "VARCHAR[]", share: DOUBLE }
        """
    static let header = "id,customer,amount,seen,tags,share\n"

    /// Makes the folder, runs `body`, removes the folder.
    static func with<R>(
        sql: String, files: [String: String] = [:], _ body: (ModelTestLab) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "weir-test-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let lab = ModelTestLab(root: folder)
        try lab.write("weir.yaml", settings)
        try lab.write("sources/orders.yaml", source)
        try lab.write("data/orders.csv", header)
        try lab.write("models/mart/m.sql", sql)
        for (path, text) in files { try lab.write(path, text) }
        return try await body(lab)
    }

    func write(_ path: String, _ text: String) throws {
        let url = URL(fileURLWithPath: "\(root)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func read(_ path: String) throws -> String { try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8) }

    func project() throws -> Project { try ProjectLoader.load(root: root, environment: [:]) }

    func report(_ change: (inout TestOptions) -> Void = { _ in }) async throws -> TestReport {
        var options = TestOptions()
        options.workingFolder = root
        change(&options)
        return try await TestSuite(try project(), options: options).run()
    }

    func run() async throws {
        let summary = try await Runner(try project(), options: RunOptions()).run()
        try #require(summary.outcome == .done, "\(summary.nodes.compactMap(\.error))")
    }

    /// Runs one test of `mart.m` whose body (`given:` and `expect:`) is given.
    static func result(
        sql: String, _ body: String, files: [String: String] = [:]
    ) async throws -> ModelTestResult {
        let text =
            "model: mart.m\ntests:\n  - name: one\n"
            + body.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
        return try await with(sql: sql, files: files.merging(["tests/mart/m.yaml": text]) { $1 }) { lab in
            try #require(try await lab.report().tests.first)
        }
    }

    /// The mistakes of a test file.
    static func mistakes(_ text: String, sql: String = "SELECT id, customer FROM raw.orders") async throws
        -> [WeirError]
    {
        try await with(sql: sql, files: ["tests/t.yaml": text]) { lab in
            do {
                return try await lab.report().tests.flatMap(\.errors)
            } catch let error as WeirError {
                return error.causes.isEmpty ? [error] : error.causes
            }
        }
    }
}
