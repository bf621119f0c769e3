import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline

/// Options that every command about a project has.
struct ProjectOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The project's folder, or one inside it.", valueName: "dir"))
    var project: String = "."

    @OptionGroup var output: OutputOptions

    func load() async throws -> Project {
        let start = URL(
            fileURLWithPath: project, relativeTo: URL(fileURLWithPath: FileManager.default.currentDirectoryPath))
        return try await ProjectLoader.loadLookingAtSQL(root: try ProjectLoader.findRoot(from: start.path))
    }
}

/// How a command prints its result.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o", allowingJoined: true), .long], help: "text for people, json for programs.")
    var output: Console.Format = .text

    /// Prints a result in the form asked for.
    func print(_ value: some Encodable, text: (Terminal) -> String) throws {
        try Console(format: output).show(value, text: text)
    }
}

extension Console.Format: ExpressibleByArgument {}
