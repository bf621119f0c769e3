import ArgumentParser
import Foundation
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

/// Where a command finds what is remembered of a project. A project with mistakes in it has a memory too.
struct StateOptions: ParsableArguments {
    @OptionGroup var options: ProjectOptions

    var output: OutputOptions { options.output }

    /// - Throws: `project.not-found`.
    func root() throws -> String {
        let start = URL(
            fileURLWithPath: options.project,
            relativeTo: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
        return try ProjectLoader.findRoot(from: start.path)
    }

    /// The project's files, where they can be read: its secrets are kept out of what is written.
    func project() throws -> Project? { try? ProjectLoader.load(root: try root()) }

    func store(_ project: Project?) async throws -> StateStore {
        try await StateStore.open("\(try root())/.weir/state.db", secrets: project?.secrets ?? [])
    }
}
