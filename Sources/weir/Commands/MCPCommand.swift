import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirPipeline
import WeirStore

struct MCPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp", abstract: "Offer the project to coding agents over the Model Context Protocol.",
        discussion: """
            weir mcp                                     serve on standard input and output
            weir mcp install --client claude-code        show what to write; --write writes it
            """,
        subcommands: [Serve.self, Install.self], defaultSubcommand: Serve.self)

    /// What a server may do.
    struct Choice: ParsableArguments {
        @Flag(
            name: .long,
            help:
                "Also offer what changes something: apply (of a plan) and run, and the notes of the toolsets. Without it the server only reads."
        )
        var allowWrite = false

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Sets of tools, with commas between: default, memory, todo, search, or all.", valueName: "names"))
        var toolsets: String?

        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml to work in.", valueName: "name"))
        var env: String?

        /// As words of a command line.
        var words: [String] {
            (allowWrite ? ["--allow-write"] : []) + (toolsets.map { ["--toolsets", $0] } ?? [])
                + (env.map { ["--env", $0] } ?? [])
        }
    }

    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve", abstract: "Serve on standard input and output. This is what `weir mcp` alone does.")

        @Option(name: .long, help: ArgumentHelp("The project's folder, or one inside it.", valueName: "dir"))
        var project: String = "."

        @OptionGroup var choice: Choice

        func run() async throws {
            let root = try ProjectFolder.find(project)
            let cache = ProjectCache()
            var settings = MCPServer.Settings(root: root)
            settings.environment = choice.env
            settings.allowsWrite = choice.allowWrite
            settings.session = "mcp-\(RunID.make())"
            let notes = NoteTools.all(cache: cache, session: settings.session)
            let toolset = try MCPToolset(
                DataTools.all(cache: cache) + notes, toolsets: NameList.read(choice.toolsets),
                allowsWrite: choice.allowWrite)
            let console = Console()
            // Standard output is for messages alone; what is to be told to people goes to standard error.
            let trail = AuditTrail(
                open: {
                    let secrets = (try? ProjectLoader.load(root: root))?.secrets ?? []
                    return try await StateStore.open("\(root)/.weir/state.db", secrets: secrets)
                }, warn: { console.warn($0) })
            let writer = StdioTransport.Writer(descriptor: 1)
            let server = MCPServer(
                settings, toolset: toolset, cache: cache, audit: { await trail.add($0) }, send: { writer.send($0) })
            await StdioTransport.serve(server)
            await trail.flush()
        }
    }

    struct Install: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "install",
            abstract: "Show, or write, what makes a client know this project's server.",
            discussion: """
                Without --write nothing is written. With it the client's configuration gets the server, and a text teaches
                it how to use Weir; what is there already stays.
                """)

        @Option(
            name: .long,
            help: ArgumentHelp(
                MCPClientKind.allCases.map(\.rawValue).joined(separator: ", ").appending("."), valueName: "name"))
        var client: MCPClientKind

        @Flag(name: .long, help: "Write the files.")
        var write = false

        @Option(name: .long, help: ArgumentHelp("The project's folder, or one inside it.", valueName: "dir"))
        var project: String = "."

        @OptionGroup var choice: Choice
        @OptionGroup var output: OutputOptions

        private struct Report: Encodable {
            var client: MCPClientKind
            var written: Bool
            var files: [MCPInstall.File]
        }

        func run() async throws {
            var install = MCPInstall(client, root: try ProjectFolder.find(project))
            install.options = choice.words
            let files = try install.plan()
            if write { try install.write(files) }
            try output.print(Report(client: client, written: write, files: files)) { terminal in
                text(files, terminal.style)
            }
        }

        private func text(_ files: [MCPInstall.File], _ style: Style) -> String {
            var parts: [String] = []
            for file in files {
                let state =
                    switch file.change {
                    case .none: "has it already"
                    case .create: write ? "is written" : "would be made"
                    case .change: write ? "is changed" : "would become"
                    }
                let shows = !write && file.change != .none
                parts.append("\(style(file.path, .strong)) \(state)\(shows ? ":\n\n\(file.content)" : ".")")
            }
            parts.append(
                write
                    ? "Start \(client.rawValue) again, or reload its servers."
                    : "Nothing was written. `weir mcp install --client \(client.rawValue) --write` does it.")
            return parts.joined(separator: "\n")
        }
    }
}

extension MCPClientKind: ExpressibleByArgument {}

/// The project that a command is about, without reading it.
enum ProjectFolder {
    static func find(_ path: String) throws -> String {
        let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        return try ProjectLoader.findRoot(from: URL(fileURLWithPath: path, relativeTo: here).path)
    }
}
