import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Writes a starting test for a model: a few real rows of each input, and what the model makes of them.
///
/// Columns that a contract classifies as personal are masked before the model sees them, so that no real value
/// of theirs comes into the file, not even through the model.
public struct NewTest: Sendable {
    let project: Project
    let environment: EnvironmentScope

    /// What was written.
    public struct Written: Sendable, Encodable {
        /// Relative to the project.
        public var path: String
        public var model: TableName
        public var expectedRows: Int
        /// `table.column` of what was masked.
        public var masked: [String]
    }

    /// - Throws: `environment.unknown`.
    public init(_ project: Project, environment: String? = nil) throws {
        self.project = project
        self.environment = try EnvironmentScope(environment, in: project)
    }

    /// - Throws: `test.unknown-model`, `test.exists` when there is a test file already, `warehouse.missing` and
    ///   `test.missing-table` when there are no rows to take.
    public func write(for text: String) async throws -> Written {
        guard let model = project.models.first(where: { $0.name.key == text.lowercased() }) else {
            throw WeirError(
                "test.unknown-model", "there is no model \"\(text)\"",
                hint: DidYouMean.hint(for: text, among: project.models.map(\.name.description)))
        }
        let path = "tests/\(model.name.schema)/\(model.name.table).yaml"
        let target = URL(fileURLWithPath: "\(project.root)/\(path)")
        guard !FileManager.default.fileExists(atPath: target.path) else { throw exists(path) }
        let graph = try await TestCatalog.graph(of: project)
        let inputs = graph[model.name]?.inputs ?? []
        let example = try await example(of: model, driver: graph[model.name]?.query?.tables.first?.name, inputs)
        let yaml = TestFileText.yaml(example)
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(yaml.utf8).write(to: target, options: .withoutOverwriting)
        } catch let error as CocoaError where error.code == .fileWriteFileExists {
            throw exists(path)
        } catch {
            throw WeirError(
                "system.cannot-write", "\(path) cannot be written: \(error.localizedDescription)",
                outcome: .systemFailed)
        }
        return Written(path: path, model: model.name, expectedRows: example.expected.rows.count, masked: example.masked)
    }

    private func exists(_ path: String) -> WeirError {
        WeirError(
            "test.exists", "\(path) exists already", hint: "add a test to it by hand, or move it away first",
            at: Place(file: path))
    }

    private func example(of model: ModelDefinition, driver: TableName?, _ inputs: [TableName]) async throws
        -> TestExample
    {
        let settings = project.warehouse(in: environment.name)
        try settings.requireFile()
        let first = driver.flatMap { name in inputs.first { $0.key == name.key } } ?? inputs.first
        return try await TestScratch.open().use { connection in
            try connection.execute("SET threads = 2")
            try connection.execute("ATTACH \(SQL.literal(settings.path)) AS _weir_warehouse (READ_ONLY)")
            try check(inputs, model, on: connection)
            let sampler = RowSampler(model: model, driver: first, inputs: inputs, physical: environment.physical)
            try sampler.sample(on: connection)
            let masking = RowMasking(project: project, model: model, inputs: inputs)
            let masked = try masking.apply(on: connection)
            return try TestExample.read(model, inputs, masked: masked, hidden: masking.hiddenOutputs, on: connection)
        }
    }

    private func check(_ inputs: [TableName], _ model: ModelDefinition, on connection: isolated Connection) throws {
        for name in inputs {
            let physical = environment.physical(name)
            do { _ = try connection.columns(of: "SELECT * FROM _weir_warehouse.\(physical.sql)") } catch let error
                as WeirError
            {
                guard error.code.hasPrefix("sql.") else { throw error }
                throw WeirError(
                    "test.missing-table", "\(physical), which \(model.name) reads, is not in the warehouse",
                    hint: "`weir run \(name)` builds it", at: model.place)
            }
        }
    }
}
