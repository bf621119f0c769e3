import Foundation
import WeirCore
import WeirQuality

/// Which test files and which tables with contracts a command's paths select.
struct TestSelection: Sendable {
    struct File: Sendable, Hashable {
        /// Relative to the project.
        let shown: String
        let absolute: String
    }

    private let project: Project
    private let options: TestOptions
    /// Paths relative to the project; empty text is the project itself.
    private let wanted: [String]

    init(project: Project, options: TestOptions) throws {
        self.project = project
        self.options = options
        let problems = Problems()
        wanted = options.paths.compactMap { text in problems.catching { try Self.resolve(text, project, options) } }
        try problems.throwIfAny("test.unknown-path") { "\($0) paths cannot be tested" }
    }

    /// A path relative to the project. It is looked for from the working folder, then from the project's.
    private static func resolve(_ text: String, _ project: Project, _ options: TestOptions) throws -> String {
        let root = URL(fileURLWithPath: project.root).resolvingSymlinksInPath().path
        let places = text.hasPrefix("/") ? [text] : ["\(options.workingFolder)/\(text)", "\(root)/\(text)"]
        guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
            let known = ["tests", "contracts"].flatMap {
                ProjectFiles.list($0, suffixes: [".yaml", ".yml"], root: root)
            }
            let folders = known.flatMap { path in
                path.split(separator: "/").indices.dropLast().map {
                    path.split(separator: "/")[...$0].joined(separator: "/")
                }
            }
            let near = DidYouMean.closest(to: text, among: Array(Set(known + folders)).sorted())
            throw WeirError(
                "test.unknown-path", "there is no file or folder \(text)",
                hint: near.map { "did you mean \($0)?" } ?? "tests are in tests/, contracts in contracts/")
        }
        let path = URL(fileURLWithPath: found).resolvingSymlinksInPath().standardizedFileURL.path
        if path == root || root.hasPrefix(path + "/") { return "" }
        guard path.hasPrefix(root + "/") else {
            throw WeirError(
                "test.unknown-path", "\(text) is not in the project \(root)", hint: "--project names another project")
        }
        return String(path.dropFirst(root.count + 1))
    }

    private func selects(_ path: String) -> Bool {
        wanted.isEmpty || wanted.contains { $0.isEmpty || $0 == path || path.hasPrefix($0 + "/") }
    }

    /// Every YAML file of `tests/` at or below a path. Folders named `fixtures` hold data, no tests.
    func testFiles() -> [File] {
        ProjectFiles.list("tests", suffixes: [".yaml", ".yml"], root: project.root)
            .filter { selects($0) && !$0.split(separator: "/").dropLast().contains("fixtures") }
            .map { File(shown: $0, absolute: "\(project.root)/\($0)") }
    }

    struct ContractTable: Sendable {
        let name: TableName
        let contract: TableContract
        let strategy: Strategy
        /// What the gate does with its rows where a rule says nothing itself.
        let policy: OnFail
    }

    /// Every table with a contract whose file lies at or below a path, in the order of their names.
    func contractTables() -> [ContractTable] {
        let sources = project.sources.map { ($0.name, $0.contract, $0.load.strategy, $0.onFail) }
        let models = project.models.map { ($0.name, $0.contract, $0.load.strategy, $0.onFail) }
        return (sources + models).compactMap { name, path, strategy, onFail in
            guard let path, selects(path), let contract = project.tableContract(path, for: name) else { return nil }
            return ContractTable(
                name: name, contract: contract, strategy: strategy,
                policy: project.onFail(onFail, contract))
        }.sorted { $0.name < $1.name }
    }

    /// Why there is nothing to do.
    func nothing() -> WeirError {
        let place = options.paths.isEmpty ? "this project" : options.paths.joined(separator: ", ")
        let onlyContracts = !wanted.isEmpty && wanted.allSatisfy { $0 == "contracts" || $0.hasPrefix("contracts/") }
        if options.models, onlyContracts {
            return WeirError(
                "test.none", "\(place) has no model tests",
                hint: "--data checks the rows in the warehouse against contracts, --schema the columns")
        }
        if options.models {
            return WeirError(
                "test.none", "there are no tests in \(place)",
                hint: "a test is a file tests/**/*.yaml; `weir test --new MODEL` writes one from rows of the warehouse")
        }
        return WeirError(
            "test.none", "no table has a contract in \(place)",
            hint: "a source or model names its contract with `contract: contracts/NAME.yaml`")
    }
}
