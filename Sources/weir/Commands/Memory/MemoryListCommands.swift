import ArgumentParser
import WeirAgent
import WeirCore
import WeirStore

extension MemoryCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Memories, the newest first. This is what `weir memory` alone does.")

        @Option(name: .long, help: "Only those of this type.")
        var type: MemoryType?

        @Option(name: .long, help: "Those of this state: active, superseded, merged or retired.")
        var status: Memory.Status = .active

        @Flag(name: .long, help: "Those of every state.")
        var all = false

        @Option(name: .long, help: ArgumentHelp("Most memories to list.", valueName: "n"))
        var limit: Int = 50

        @OptionGroup var choice: Choice

        func validate() throws {
            if limit < 1 { throw ValidationError("--limit is at least 1") }
        }

        private struct Report: Encodable {
            struct Counts: Encodable {
                var active: Int
                var superseded: Int
                var merged: Int
                var retired: Int
            }

            var scope: MemoryScope
            var counts: Counts
            var memories: [Memory]
        }

        func run() async throws {
            let book = try await choice.book()
            let found = try await book.list(
                status: all ? Set(Memory.Status.allCases) : [status], type: type, limit: limit)
            let counts = try await book.counts()
            let report = Report(
                scope: book.scope,
                counts: .init(
                    active: counts[.active] ?? 0, superseded: counts[.superseded] ?? 0, merged: counts[.merged] ?? 0,
                    retired: counts[.retired] ?? 0), memories: found)
            try choice.output.print(report) { MemoryText.list(found, counts: counts, on: $0) }
        }
    }

    struct Search: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "search", abstract: "Memories that have to do with a text.")

        @Argument(help: "What to look for, in words.")
        var text: String

        @Option(name: .long, help: ArgumentHelp("Most memories that are shown.", valueName: "n"))
        var limit: Int = 10

        @OptionGroup var choice: Choice

        func validate() throws {
            if !(1...1000).contains(limit) { throw ValidationError("--limit is 1 to 1000") }
        }

        private struct Report: Encodable { var hits: [MemoryHit] }

        func run() async throws {
            let hits = try await choice.book(finds: true).search(text, limit: limit)
            try choice.output.print(Report(hits: hits)) { MemoryText.hits(hits, on: $0) }
        }
    }
}
