import ArgumentParser
import WeirAgent
import WeirCore

extension TodoCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Put something on the list.",
            discussion: "The agent's name is put in front where it is missing: [Data Engineer] …")

        @Argument(help: "What is to be done; with --pattern what it is about.")
        var text: String

        @Option(name: .long, help: ArgumentHelp("Make it a part of this item.", valueName: "item"))
        var under: Int64?

        @Option(
            name: .long,
            help: ArgumentHelp("Add all steps of a kind of work; `weir todo patterns` lists them.", valueName: "name"))
        var pattern: String?

        @OptionGroup var choice: Choice

        func run() async throws {
            let draft =
                try pattern.map { try TodoPattern.named($0).draft(for: text, prefix: choice.agent) } ?? TodoDraft(text)
            try choice.show(try await choice.book().add(draft, under: under))
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "start", abstract: "Begin with an item; what was in progress is pending again.")

        @Argument(help: "The item's number.")
        var id: Int64
        @OptionGroup var choice: Choice

        func run() async throws {
            try choice.show(try await choice.book().start(id))
        }
    }

    struct Done: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "done",
            abstract: "Complete an item. The one that it is part of is completed with its last part.")

        @Argument(help: "The item's number.")
        var id: Int64
        @OptionGroup var choice: Choice

        func run() async throws {
            try choice.show(try await choice.book().complete(id))
        }
    }

    struct Block: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "block", abstract: "Say that an item cannot go on, why, and what that means for the data.")

        @Argument(help: "The item's number.")
        var id: Int64

        @Option(name: .long, help: ArgumentHelp("What holds it up.", valueName: "text"))
        var reason: String

        @Option(name: .long, help: ArgumentHelp("What that means for the data.", valueName: "text"))
        var impact: String

        @OptionGroup var choice: Choice

        func run() async throws {
            try choice.show(try await choice.book().block(id, reason: reason, impact: impact))
        }
    }
}
