import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirStore

extension MemoryCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Remember something, or every memory block of a text.",
            discussion: """
                weir memory add --type mistake "Never join orders to shipments without order_line"
                weir memory add --from answer.md        the blocks of a model's answer; - for standard input

                Ends with 1 when a block of the text was refused; the others are kept.
                """)

        @Option(
            name: .long,
            help: "pattern, architecture, guideline, mistake, strategy, integration, performance or context.")
        var type: MemoryType?

        @Flag(name: .long, help: "Tell it first, and never put it away for being used little.")
        var critical = false

        @Option(name: .long, help: ArgumentHelp("A text with memory blocks; - for standard input.", valueName: "path"))
        var from: String?

        @Option(name: .long, help: ArgumentHelp("The session that it was learned in.", valueName: "id"))
        var session: String?

        @Argument(help: "5 to 100 characters.")
        var content: String?

        @OptionGroup var choice: Choice

        func validate() throws {
            if (content == nil) == (from == nil) {
                throw ValidationError("give a memory with --type, or a text with --from")
            }
            if content != nil, type == nil {
                throw ValidationError(
                    "--type is missing: \(MemoryType.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            if from != nil, type != nil || critical { throw ValidationError("the blocks of a text say their type") }
        }

        func run() async throws {
            let book = try await choice.book()
            var harvest = MemoryHarvest()
            if let from {
                harvest = try await book.take(from: try text(from), session: session)
            } else if let content, let type {
                harvest.results = [
                    try await book.add(content, type: type, isCritical: critical, session: session)
                ]
            }
            try choice.output.print(harvest) { MemoryText.harvest(harvest, on: $0) }
            if !harvest.refused.isEmpty { throw ExitCode(Outcome.gateFailed.rawValue) }
        }

        private func text(_ path: String) throws -> String {
            let data =
                path == "-" ? try FileHandle.standardInput.readToEnd() : FileManager.default.contents(atPath: path)
            guard let data = path == "-" ? data ?? Data() : data else {
                throw WeirError("memory.no-file", "there is no file \(path) that can be read")
            }
            return String(decoding: data, as: UTF8.self)
        }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "edit", abstract: "Change a memory, or bring one back that is no longer active.")

        @Argument(help: "The memory's id, or its beginning.")
        var id: String

        @Option(name: .long, help: ArgumentHelp("What it says from now on.", valueName: "text"))
        var content: String?

        @Option(name: .long, help: "Its type from now on.")
        var type: MemoryType?

        @Flag(inversion: .prefixedNo, help: "Tell it first, and never put it away for being used little.")
        var critical: Bool?

        @Flag(name: .long, help: "Make it active again.")
        var restore = false

        @OptionGroup var choice: Choice

        func validate() throws {
            if content == nil, type == nil, critical == nil, !restore {
                throw ValidationError("say what to change: --content, --type, --critical or --restore")
            }
        }

        func run() async throws {
            let memory = try await choice.book().edit(
                id, content: content, type: type, isCritical: critical, restores: restore)
            try choice.output.print(memory) { _ in "\(memory.id) is now: \(Cell.visible(memory.line))" }
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retire", abstract: "Put memories away. The agent does not take them up again by itself.")

        @Argument(help: "Ids, or their beginnings.")
        var ids: [String]

        @OptionGroup var choice: Choice

        private struct Report: Encodable { var retired: [Memory] }

        func run() async throws {
            let retired = try await choice.book().retire(ids)
            try choice.output.print(Report(retired: retired)) { _ in
                retired.map { "\($0.id) is put away: \(Cell.visible($0.content))" }.joined(separator: "\n")
            }
        }
    }
}
