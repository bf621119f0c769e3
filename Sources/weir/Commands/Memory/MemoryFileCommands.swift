import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirStore

extension MemoryCommand {
    /// The file that is shared with claude-mpm.
    struct Place: ParsableArguments {
        @Argument(help: "The file; .claude-mpm/memories/AGENT_memories.md of the project where not given.")
        var file: String?

        @Option(name: .long, help: ArgumentHelp("The agent whose file it is.", valueName: "name"))
        var agent: String = "data-engineer"

        func path(_ choice: Choice) throws -> String {
            if let file { return file }
            if choice.user {
                throw WeirError(
                    "memory.no-file", "your own memories have no file of their own",
                    hint: "name one: `weir memory export --user my.md`")
            }
            return MemoryFilePlace.path(of: agent, root: try choice.state.root())
        }

        /// To be read: with every name that the agent's file has had.
        func paths(_ choice: Choice) throws -> [String] {
            if file != nil || choice.user { return [try path(choice)] }
            let found = MemoryFilePlace.paths(of: agent, root: try choice.state.root())
            return found.isEmpty ? [try path(choice)] : found
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Bring the memory file of claude-mpm up to date.",
            discussion: """
                Adds what the file lacks and takes out what is no longer active. Every other line stays as it is.
                What the file has no room for (sessions, uses) goes to a .weir.json beside it.
                """)

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Form of the file: 1, 2 or 3. Its own where not given, and 3 for a new one.", valueName: "n"))
        var generation: Int?

        @OptionGroup var place: Place
        @OptionGroup var choice: Choice

        func validate() throws {
            if let generation, !(1...3).contains(generation) { throw ValidationError("--generation is 1, 2 or 3") }
        }

        func run() async throws {
            let report = try await choice.book().exportFile(
                try place.path(choice), agent: place.agent, generation: generation)
            try choice.output.print(report) { MemoryText.exported(report, on: $0) }
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take in what a memory file of claude-mpm holds. The file stays as it is.")

        @OptionGroup var place: Place
        @OptionGroup var choice: Choice

        private struct Report: Encodable { var files: [MemoryImport] }

        func run() async throws {
            let book = try await choice.book()
            var reports: [MemoryImport] = []
            for path in try place.paths(choice) { reports.append(try await book.importFile(path)) }
            try choice.output.print(Report(files: reports)) { terminal in
                reports.map { MemoryText.imported($0, on: terminal) }.joined(separator: "\n")
            }
        }
    }
}
