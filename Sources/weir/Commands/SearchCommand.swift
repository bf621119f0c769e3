import ArgumentParser
import Foundation
import WeirAI
import WeirCore
import WeirPipeline

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find rows by the meaning of a text, and by its words.",
        discussion: """
            weir search "parcel never came" --in raw.reviews.text
            weir search "refund" --in raw.reviews.text --where "stars <= 2" --hybrid
            weir search index --in raw.reviews.text            make or refresh the vectors
            weir search status                                 the indexes, and how far they are behind
            weir search "refund" --in shop#public.reviews.body a column of the PostgreSQL that is the connection shop

            Works without a network: the embedder that comes with Weir makes the vectors, unless `ai: embeddings:` in
            weir.yaml names a model.
            """,
        subcommands: [Ask.self, Index.self, Status.self, Drop.self], defaultSubcommand: Ask.self)

    /// The column, and what it takes to reach it.
    struct Place: ParsableArguments {
        @Option(
            name: .customLong("in"),
            help: ArgumentHelp(
                "The column of texts, like raw.reviews.text, or shop#public.reviews.body in the PostgreSQL of a connection.",
                valueName: "schema.table.column"))
        var target: String

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Columns that tell rows apart, with commas between; those of the project or the database where not given.",
                valueName: "names"))
        var key: String?

        @OptionGroup var environment: Environment
    }

    struct Environment: ParsableArguments {
        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?

        @Option(
            name: .long,
            help: ArgumentHelp("Wait up to this long for another Weir process, like 10m.", valueName: "time"))
        var wait: String?

        func validate() throws {
            if let wait, Span(wait) == nil {
                throw ValidationError("--wait takes a length of time, like 10m, and not \"\(wait)\"")
            }
        }

        var patience: Duration? { wait.flatMap(Span.init).map { .seconds($0.seconds) } }
    }

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ask", abstract: "Find rows. This is what `weir search \"…\"` alone does.")

        @Argument(help: "What to look for, in words.")
        var question: String

        @OptionGroup var place: Place

        @Option(
            name: .customLong("where"),
            help: ArgumentHelp("Only rows for which this SQL condition holds.", valueName: "sql"))
        var condition: String?

        @Flag(name: .long, help: "Let the words themselves count beside their meaning.")
        var hybrid = false

        @Option(name: .long, help: "Most rows that are shown.")
        var limit: Int = 10

        @OptionGroup var options: ProjectOptions

        func validate() throws {
            if !(1...1000).contains(limit) { throw ValidationError("--limit is 1 to 1000") }
        }

        func run() async throws {
            let progress = Progress(on: Terminal.of(descriptor: 2))
            var search = SearchRun(project: try await options.load(), target: place.target, question: question)
            search.environment = place.environment.env
            search.wait = place.environment.patience
            search.key = NameList.read(place.key)
            search.condition = condition
            search.isHybrid = hybrid
            search.limit = limit
            search.progress = SearchText.progress(progress)
            let report = try await search.run()
            await progress.clear()
            try options.output.print(report) { SearchText.hits(report, on: $0) }
        }
    }

    struct Index: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "index", abstract: "Make the vectors of a column, or those of its new and changed texts.",
            discussion: "Goes on from where it was stopped. A search does this by itself where it costs nothing.")

        @OptionGroup var place: Place

        @Option(
            name: .long,
            help: ArgumentHelp("Most tokens of a chunk of a long text (256).", valueName: "n"))
        var chunkTokens: Int?

        @Option(
            name: .long,
            help: ArgumentHelp("Tokens that a chunk repeats from the one before it (32).", valueName: "n"))
        var overlapTokens: Int?

        @Flag(name: .long, help: "Make all vectors again: after a change of the embedder, the key or the chunks.")
        var rebuild = false

        @OptionGroup var options: ProjectOptions

        func validate() throws {
            if let chunkTokens, chunkTokens < Chunking.leastLimit {
                throw ValidationError("--chunk-tokens is \(Chunking.leastLimit) or more")
            }
            if let overlapTokens, !(0...((chunkTokens ?? Chunking.usual.limit) / 2)).contains(overlapTokens) {
                throw ValidationError("--overlap-tokens is 0 to half of a chunk")
            }
        }

        func run() async throws {
            let progress = Progress(on: Terminal.of(descriptor: 2))
            var indexer = SearchIndexer(project: try await options.load(), target: place.target)
            indexer.environment = place.environment.env
            indexer.wait = place.environment.patience
            indexer.key = NameList.read(place.key)
            if chunkTokens != nil || overlapTokens != nil {
                let limit = chunkTokens ?? Chunking.usual.limit
                indexer.chunking = Chunking(
                    limit: limit, overlap: overlapTokens ?? min(Chunking.usual.overlap, limit / 8))
            }
            indexer.rebuilds = rebuild
            indexer.progress = SearchText.progress(progress)
            let report = try await indexer.run()
            await progress.clear()
            try options.output.print(report) { SearchText.indexed(report, on: $0) }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "The indexes, and how far they are behind their tables.")

        @Option(
            name: .customLong("in"),
            help: ArgumentHelp(
                "A connection, or a column of one, whose database keeps indexes; those of the warehouse where not given.",
                valueName: "connection"))
        var place: String?

        @OptionGroup var environment: Environment
        @OptionGroup var options: ProjectOptions

        private struct Report: Encodable { var indexes: [SearchStatus] }

        func run() async throws {
            let indexes = SearchIndexes(project: try await options.load(), environment: environment.env)
            let found = try await indexes.status(of: place)
            try options.output.print(Report(indexes: found)) { SearchText.status(found, on: $0) }
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop", abstract: "Forget the vectors of a column. The column itself stays.")

        @Option(
            name: .customLong("in"),
            help: ArgumentHelp(
                "The column of texts, like raw.reviews.text, or shop#public.reviews.body in the PostgreSQL of a connection.",
                valueName: "schema.table.column"))
        var target: String

        @OptionGroup var environment: Environment
        @OptionGroup var options: ProjectOptions

        private struct Report: Encodable { var dropped: String }

        func run() async throws {
            var indexes = SearchIndexes(project: try await options.load(), environment: environment.env)
            indexes.wait = environment.patience
            try await indexes.drop(target)
            try options.output.print(Report(dropped: target)) { _ in "The vectors of \(target) are gone." }
        }
    }
}
