import WeirCore
import WeirPipeline

/// Projects that were read, kept until one of their files changes.
public actor ProjectCache {
    private struct Known {
        var stamp: FolderStamp
        var project: Project
        var version: Int
    }

    private struct Listed {
        var stamp: FolderStamp
        var catalogue: Catalogue
        var version: Int
        /// The ``Known/version`` that it was made from.
        var projectVersion: Int
    }

    private var projects: [String: Known] = [:]
    private var catalogues: [String: Listed] = [:]
    private var versions = 0

    public init() {}

    /// The project of a call.
    ///
    /// - Throws: the mistakes in its files.
    func project(_ context: ToolContext) throws -> Project {
        if let known = projects[context.root], known.stamp.holds { return known.project }
        // Taken before the files are read: what changes meanwhile is seen by the next call.
        let before = Self.stamp(context.root, contracts: projects[context.root]?.project)
        let project = try ProjectLoader.load(root: context.root)
        let missing = Self.files(of: project).contains { !before.paths.contains("\(context.root)/\($0)") }
        versions += 1
        projects[context.root] = Known(
            stamp: missing ? Self.stamp(context.root, contracts: project) : before, project: project,
            version: versions)
        return project
    }

    /// The tables of the project, and a number that changes when they do.
    func catalogue(_ context: ToolContext, environment: String?) async throws -> (value: Catalogue, version: Int) {
        let project = try project(context)
        let projectVersion = projects[context.root]?.version ?? 0
        let key = "\(context.root)\n\(environment ?? "")"
        if let listed = catalogues[key], listed.stamp.holds { return (listed.catalogue, listed.version) }
        // While a run is at work here the file changes all the time, and what was there before is the answer.
        if let listed = catalogues[key], listed.projectVersion == projectVersion, await WarehouseGate.of(context).isBusy
        {
            var catalogue = listed.catalogue
            catalogue.note = "a run is at work; this is how the tables were before it"
            return (catalogue, -1)
        }
        let warehouse = project.warehouse(in: environment).path
        let files = (projects[context.root]?.stamp.paths ?? []) + [warehouse, warehouse + ".wal"]
        let stamp = FolderStamp(files)
        let reader = try CatalogueReader(project: project, environment: environment)
        let catalogue = try await WarehouseGate.of(context).reading { try await reader.read() }
        versions += 1
        // A process that serves for months must not keep every environment that was ever asked for.
        if catalogues.count >= 32 { catalogues.removeAll() }
        catalogues[key] = Listed(stamp: stamp, catalogue: catalogue, version: versions, projectVersion: projectVersion)
        return (catalogue, versions)
    }

    private static func stamp(_ root: String, contracts project: Project?) -> FolderStamp {
        FolderStamp.of(
            project: root, folders: ["sources", "models", "contracts", "prompts"],
            files: ["weir.yaml", ".env"] + (project.map(files) ?? []))
    }

    /// Contracts that lie elsewhere than in `contracts/`.
    private static func files(of project: Project) -> [String] {
        project.contracts.keys.filter { !$0.hasPrefix("contracts/") }.sorted()
    }
}
