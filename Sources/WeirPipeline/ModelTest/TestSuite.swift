import Foundation
import WeirCore
import WeirEngine

/// What `weir test` is asked to do.
public struct TestOptions: Sendable {
    /// Files and folders; none means everything.
    public var paths: [String] = []
    /// Folder that relative paths start in.
    public var workingFolder = FileManager.default.currentDirectoryPath
    /// Run the model tests.
    public var models = true
    /// Check the contracts of the tables in the warehouse.
    public var data = false
    /// Compare the columns of the tables in the warehouse with their contracts.
    public var schema = false
    public var environment: String?
    /// Model tests that run at once.
    public var workers = 2

    public init() {}
}

/// Runs the tests of a project.
///
/// ```swift
/// let report = try await TestSuite(project, options: TestOptions()).run()
/// if report.outcome != .done { … }
/// ```
public struct TestSuite: Sendable {
    let project: Project
    let options: TestOptions
    private let selection: TestSelection

    /// - Throws: `test.unknown-path` for a path that does not exist or lies outside the project's folders.
    public init(_ project: Project, options: TestOptions) throws {
        self.project = project
        self.options = options
        selection = try TestSelection(project: project, options: options)
    }

    /// A test file with mistakes is a test that ends as `invalid`; the other files are run. How each ended is kept in
    /// the project's state store.
    ///
    /// - Throws: `test.none` when there is nothing to run, and what keeps the warehouse from being read.
    public func run(_ progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }) async throws
        -> TestReport
    {
        let files = options.models ? selection.testFiles() : []
        let contracts = options.data || options.schema ? selection.contractTables() : []
        guard !files.isEmpty || !contracts.isEmpty else { throw selection.nothing() }
        var report = TestReport(project: project.name)
        if !files.isEmpty { report.tests = try await runModelTests(files, TestCatalog.graph(of: project), progress) }
        if !contracts.isEmpty {
            let checks = WarehouseChecks(project: project, options: options)
            report.tables = try await checks.run(contracts)
        }
        report.warnings = await TestMemory.keep(report, of: project, environment: options.environment)
        return report
    }

    private func runModelTests(
        _ paths: [TestSelection.File], _ graph: ProjectGraph, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> [ModelTestResult] {
        var files: [ModelTestFile] = []
        var unreadable: [ModelTestResult] = []
        for path in paths {
            let problems = Problems()
            let reader = TestFileReader(problems: problems, graph: graph)
            if let file = reader.read(path: path.shown, absolute: path.absolute) {
                files.append(file)
            } else {
                unreadable.append(ModelTestResult(unreadable: path.shown, problems.all))
            }
        }
        let catalog = try await TestCatalog.make(project, graph: graph, models: files.map(\.model))
        let runs = files.flatMap { file in
            file.tests.compactMap { test in
                project.model(file.model).map {
                    ModelTestRun(file: file, test: test, model: $0, catalog: catalog, project: project)
                }
            }
        }
        let results = unreadable + (try await Self.inParallel(runs, workers: options.workers, progress))
        // The order of the files, whatever became of them; within a file that of its tests.
        let turn = Dictionary(paths.enumerated().map { ($1.shown, $0) }, uniquingKeysWith: { first, _ in first })
        return results.enumerated().sorted {
            (turn[$0.element.file] ?? 0, $0.offset) < (turn[$1.element.file] ?? 0, $1.offset)
        }.map(\.element)
    }

    /// Results in the order of the tests, however they end.
    private static func inParallel(
        _ runs: [ModelTestRun], workers: Int, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> [ModelTestResult] {
        let queue = TestQueue(count: runs.count)
        return try await withThrowingTaskGroup(of: [(Int, ModelTestResult)].self) { group in
            for _ in 0..<min(max(1, workers), runs.count) {
                group.addTask {
                    let scratch = try await TestScratch.open()
                    var results: [(Int, ModelTestResult)] = []
                    while let number = await queue.next() {
                        results.append((number, try await runs[number].run(in: scratch)))
                        progress(await queue.finishOne(), runs.count)
                    }
                    return results
                }
            }
            var results: [(Int, ModelTestResult)] = []
            for try await some in group { results += some }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

/// Hands out tests to workers.
private actor TestQueue {
    private let count: Int
    private var started = 0
    private var finished = 0

    init(count: Int) { self.count = count }

    func next() -> Int? {
        guard started < count else { return nil }
        defer { started += 1 }
        return started
    }

    /// How many are done now.
    func finishOne() -> Int {
        finished += 1
        return finished
    }
}
