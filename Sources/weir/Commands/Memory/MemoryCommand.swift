import ArgumentParser
import Foundation
import WeirAgent
import WeirCore
import WeirPipeline
import WeirStore

extension MemoryType: ExpressibleByArgument {}
extension Memory.Status: ExpressibleByArgument {}

struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "See and change what the agent remembers.",
        discussion: """
            weir memory add --type pattern "Use composite indexes for multi-column queries"
            weir memory search "slow query"          by words, and by meaning
            weir memory retire m3f2a91c0d            put one away; edit --restore brings it back
            weir memory export                       the Markdown file that claude-mpm reads and writes
            weir memory list --user                  your own, for every project
            """,
        subcommands: [List.self, Search.self, Add.self, Edit.self, Retire.self, Export.self, Import.self],
        defaultSubcommand: List.self)

    /// Whose memories.
    struct Choice: ParsableArguments {
        @Flag(name: .long, help: "Your own memories, which hold in every project.")
        var user = false

        @OptionGroup var state: StateOptions

        var output: OutputOptions { state.output }

        /// - Parameter finds: memories are looked for by meaning too. It takes a moment to get ready for that, so other
        ///   commands leave the vectors to the next search, but for those that a provider makes.
        func book(finds: Bool = false) async throws -> MemoryBook {
            let project = user ? try? state.project() : try state.project()
            let store =
                user
                ? try await StateStore.open(MemoryScope.userPath(), secrets: project?.secrets ?? [])
                : try await state.store(project)
            return await ProjectMemory.book(project, store: store, scope: user ? .user : .project, finds: finds)
        }
    }
}
