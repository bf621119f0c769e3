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
        try await ProjectLoader.loadLookingAtSQL(root: try ProjectLoader.findRoot(from: start))
    }

    /// The folder that `--project` names, in full.
    var start: String {
        URL(fileURLWithPath: project, relativeTo: URL(fileURLWithPath: FileManager.default.currentDirectoryPath)).path
    }

    /// The project, or nil where there is none.
    func loadIfAny() async throws -> Project? {
        do { return try await load() } catch let error as WeirError where error.code == "project.not-found" {
            return nil
        }
    }

    /// The project, or nil where there is none. Where it is not needed, also nil for one that is broken: it must not
    /// keep anybody from looking at a file.
    func load(isNeeded: Bool) async throws -> Project? {
        isNeeded ? try await loadIfAny() : try? await load()
    }
}

/// Options that take several names.
enum NameList {
    /// Names with commas between; none where nothing was said.
    static func read(_ text: String?) -> [String] {
        text?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty } ?? []
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
