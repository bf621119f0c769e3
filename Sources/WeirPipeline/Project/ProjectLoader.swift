import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirQuality

/// Reads a project's folder. Every mistake in every file is reported at once.
public enum ProjectLoader {
    /// The nearest folder at or above `path` that holds a `weir.yaml`.
    public static func findRoot(from path: String) throws -> String {
        var folder = URL(fileURLWithPath: path).standardizedFileURL
        while true {
            if FileManager.default.fileExists(atPath: folder.appending(path: "weir.yaml").path) { return folder.path }
            if folder.path == "/" || folder.pathComponents.count <= 1 { break }
            folder = folder.deletingLastPathComponent()
        }
        throw WeirError(
            "project.not-found", "there is no weir.yaml in \(path) or above",
            hint: "`weir init` starts a project here; `--project DIR` names another folder")
    }

    /// - Throws: `project.invalid` with all mistakes among its causes, or the only mistake itself.
    public static func load(
        root: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws -> Project {
        let problems = Problems()
        let project = try read(root: root, environment: environment, problems)
        try problems.throwIfAny("project.invalid", summary)
        return project
    }

    /// The same, and where there are mistakes the SQL of the models is looked at too, so that all are told at once.
    public static func loadLookingAtSQL(
        root: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws -> Project {
        let (project, found) = try {
            let problems = Problems()
            return (try read(root: root, environment: environment, problems), problems.all)
        }()
        if found.isEmpty { return project }
        var options = Database.Options()
        options.threads = 1
        options.extensions = ["json"]
        let database = try await Database.open(options)
        let inSQL = try await database.withConnection { connection in
            try await connection.perform { connection in
                // What a model reads cannot be judged while other files are not understood.
                let problems = Problems()
                for model in project.models where model.dependsOn.isEmpty {
                    _ = problems.catching { try ParsedQuery.parse(model.sql, source: model.text, on: connection) }
                }
                return problems.all
            }
        }
        throw WeirError.gathering("project.invalid", summary, found + inSQL)
    }

    private static func summary(_ count: Int) -> String { "the project has \(count) mistakes" }

    private static func read(
        root: String, environment: [String: String], _ problems: Problems
    ) throws -> Project {
        let dotEnv = try? String(contentsOfFile: "\(root)/.env", encoding: .utf8)
        let variables = Variables(environment: environment, dotEnv: dotEnv)
        // The line itself may be a secret that lost its name: it is not shown.
        for bad in Variables.badLines(ofDotEnv: dotEnv ?? "") {
            problems.add(
                WeirError(
                    "project.bad-variable", "this line gives no variable a value",
                    hint: "write NAME=value, or # before a comment",
                    at: Place(file: ".env", line: bad.number, column: 1)))
        }
        var draft = ProjectDraft(root: root, problems: problems, variables: variables)

        guard let configuration = readConfiguration(draft) else {
            try problems.throwIfAny("project.invalid") { "\($0) mistakes in weir.yaml" }
            throw WeirError("project.unreadable", "weir.yaml cannot be read", outcome: .wrongUsage)
        }
        draft.connections = configuration.connections
        draft.defaults = configuration.defaults
        var project = Project(
            root: root, name: configuration.name, warehouse: configuration.warehouse,
            connections: configuration.connections, environments: configuration.environments,
            defaults: configuration.defaults, lineage: configuration.lineage, sources: [], models: [],
            contracts: [:], variables: variables)
        project.ai = configuration.ai
        project.agent = configuration.agent
        project.mcp = configuration.mcp
        project.sources = readSources(draft)
        project.models = readModels(draft)
        project.contracts = readContracts(draft, wanted: wantedContracts(project))
        project.linkContracts(problems)
        ProjectChecks(project: project, problems: problems).run()
        return project
    }

    private static func readConfiguration(_ draft: ProjectDraft) -> ConfigurationFile? {
        guard let text = read("weir.yaml", draft) else { return nil }
        let file = YAMLFile(path: "weir.yaml", text: text, problems: draft.problems, variables: draft.variables)
        return file.root().map { ConfigurationFile($0, root: draft.root) }
    }

    private static func readSources(_ draft: ProjectDraft) -> [SourceDefinition] {
        var sources: [SourceDefinition] = []
        for path in ProjectFiles.list("sources", suffixes: [".yaml", ".yml"], root: draft.root) {
            guard let text = read(path, draft) else { continue }
            let file = YAMLFile(path: path, text: text, problems: draft.problems, variables: draft.variables)
            guard let map = file.root() else { continue }
            let reader = SourceFile(project: draft)
            if map.has("sources") {
                sources += map.maps("sources").compactMap(reader.read)
                map.finish("a list of sources")
            } else if let source = reader.read(map) {
                sources.append(source)
            }
        }
        return sources
    }

    private static func readModels(_ draft: ProjectDraft) -> [ModelDefinition] {
        ProjectFiles.list("models", suffixes: [".sql"], root: draft.root).compactMap { path in
            let parts = path.split(separator: "/").map(String.init)
            guard parts.count == 3 else {
                draft.problems.add(
                    WeirError(
                        "project.model-path", "\(path) does not tell the table's schema",
                        hint: "a model lies at models/<schema>/<table>.sql", at: Place(file: path)))
                return nil
            }
            guard let text = read(path, draft) else { return nil }
            let name = TableName(schema: parts[1], table: String(parts[2].dropLast(4)))
            return ModelFile(project: draft).read(path: path, text: text, name: name)
        }
    }

    /// Contract files that lie in `contracts/` and those named elsewhere.
    private static func wantedContracts(_ project: Project) -> [(path: String, place: Place?)] {
        var wanted: [(path: String, place: Place?)] =
            ProjectFiles.list("contracts", suffixes: [".yaml", ".yml"], root: project.root).map { ($0, nil) }
        let named =
            project.sources.map { ($0.contract, $0.place) } + project.models.map { ($0.contract, $0.place) }
            + project.models.map { ($0.ai?.output, $0.ai?.places["output"] ?? $0.place) }
        for case (let path?, let place) in named where !wanted.contains(where: { $0.path == path }) {
            wanted.append((path, place))
        }
        return wanted
    }

    private static func readContracts(
        _ draft: ProjectDraft, wanted: [(path: String, place: Place?)]
    ) -> [String: Contract] {
        var contracts: [String: Contract] = [:]
        let known = wanted.map(\.path)
        for (path, place) in wanted {
            guard FileManager.default.fileExists(atPath: "\(draft.root)/\(path)") else {
                draft.problems.add(
                    WeirError(
                        "project.missing-contract", "the contract \(path) does not exist",
                        hint: DidYouMean.closest(to: path, among: known.filter { $0 != path }).map {
                            "did you mean \"\($0)\"?"
                        },
                        at: place))
                continue
            }
            guard let text = read(path, draft) else { continue }
            contracts[path] = ContractLoader.load(
                path: path, text: text, problems: draft.problems, variables: draft.variables)
        }
        return contracts
    }

    private static func read(_ path: String, _ draft: ProjectDraft) -> String? {
        draft.problems.catching { try ProjectFiles.text(path, root: draft.root) }
    }
}

extension Project {
    /// Makes references between the project's contracts rules.
    fileprivate mutating func linkContracts(_ problems: Problems) {
        let contracts = contracts
        let used = sources.map { ($0.name, $0.contract) } + models.map { ($0.name, $0.contract) }
        for (path, contract) in contracts where contract.tables.contains(where: { !$0.links.isEmpty }) {
            self.contracts[path] = contract.linked(
                find: { path in
                    if let found = contracts[path] { return .contract(found) }
                    // A contract that cannot be read has told its own mistakes; what lies outside is not the project's.
                    let isOutside = path.contains("://") || path.hasPrefix("/") || path.hasPrefix("..")
                    if isOutside || FileManager.default.fileExists(atPath: "\(root)/\(path)") { return .elsewhere }
                    return .nowhere(hint: DidYouMean.hint(for: path, among: contracts.keys.sorted()))
                },
                table: { other, object in
                    let tables = used.filter { $0.1 == other.path && other.table(for: $0.0)?.name == object.name }
                    return tables.count == 1 ? tables[0].0.description : object.physicalName ?? object.name
                }, problems: problems)
        }
    }
}

/// Access to the files of a project's folder.
enum ProjectFiles {
    /// Files below a folder, as paths relative to the project, in a stable order. Hidden files are left out.
    static func list(_ folder: String, suffixes: [String], root: String) -> [String] {
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)") else { return [] }
        return names.filter { name in
            suffixes.contains { name.hasSuffix($0) } && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted().map { "\(folder)/\($0)" }
    }

    static func text(_ path: String, root: String) throws -> String {
        let full = path.hasPrefix("/") ? path : "\(root)/\(path)"
        guard let data = FileManager.default.contents(atPath: full) else {
            throw WeirError("project.unreadable", "\(path) cannot be read", at: Place(file: path))
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw WeirError(
                "project.encoding", "\(path) is not UTF-8 text", hint: "save the file as UTF-8", at: Place(file: path))
        }
        return text
    }
}
