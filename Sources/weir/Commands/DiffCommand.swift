import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show which rows and columns differ between two tables, files, queries or databases.",
        discussion: """
            weir diff old.csv new.csv
            weir diff mart.delays backup.duckdb#mart.delays --key flight_id
            weir diff shop#public.orders "postgres://host/copy#public.orders" --where "id > 1000"

            Ends with 0 when nothing differs and with 1 when something does.
            """)

    @Argument(
        help:
            "A file, a glob, schema.table, a SELECT, or DATABASE#schema.table, where DATABASE is a connection of weir.yaml, an address (postgres://, mysql://) or a DuckDB or SQLite file."
    )
    var a: String

    @Argument(help: "The other one.")
    var b: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Columns that tell rows apart, with commas between. Without it they are found.", valueName: "names"))
    var key: String?

    @Option(name: .long, help: ArgumentHelp("Compare only these columns, with commas between.", valueName: "names"))
    var columns: String?

    @Option(name: .long, help: ArgumentHelp("Compare all columns but these.", valueName: "names"))
    var exclude: String?

    @Option(
        name: .customLong("where"), help: ArgumentHelp("Only the rows for which this is true.", valueName: "sql"))
    var filter: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Numbers with a fraction may differ by this much.", valueName: "number"))
    var tolerance: Double?

    @Option(
        name: .long,
        help: ArgumentHelp("Numbers with a fraction may differ by this share, like 1e-9.", valueName: "share"))
    var relativeTolerance: Double?

    @Flag(name: .long, help: "A and a are the same.")
    var ignoreCase = false

    @Flag(name: .long, help: "Spaces before and behind a text count for nothing, several in a row as one.")
    var ignoreBlanks = false

    @Option(name: .long, help: "Most rows of each kind that are shown.")
    var limit: Int = 10

    @Flag(name: .long, help: "Compare columns, types and keys only.")
    var schema = false

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml whose warehouse is asked.", valueName: "name"))
    var env: String?

    @Option(
        name: .long, help: ArgumentHelp("Memory that the work may take, like 1GB; beyond it, disk.", valueName: "size"))
    var memoryLimit: String?

    @OptionGroup var options: ProjectOptions

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit is 0 or more") }
        for (name, value) in [("--tolerance", tolerance), ("--relative-tolerance", relativeTolerance)] {
            if let value, !(value >= 0 && value.isFinite) { throw ValidationError("\(name) is a number from 0 on") }
        }
        if columns != nil, exclude != nil { throw ValidationError("give --columns or --exclude") }
    }

    func run() async throws {
        let progress = Progress(on: Terminal.of(descriptor: 2))
        var wanted = DiffOptions()
        wanted.key = NameList.read(key)
        wanted.columns = NameList.read(columns)
        wanted.exclude = NameList.read(exclude)
        wanted.filter = filter
        wanted.tolerance = tolerance
        wanted.relativeTolerance = relativeTolerance
        wanted.ignoresCase = ignoreCase
        wanted.ignoresBlanks = ignoreBlanks
        wanted.samples = limit
        wanted.progress = { text in Task { await progress.update(text) } }
        let here = FileManager.default.currentDirectoryPath
        let needsProject = try env != nil || [a, b].contains { try DiffTarget($0, in: here).needsProject }
        var run = DiffRun(
            a: a, b: b, options: wanted, project: try await options.load(isNeeded: needsProject), environment: env,
            folder: here)
        run.memoryLimit = memoryLimit
        let isSame: Bool
        if schema {
            let diff = try await run.schema()
            await progress.clear()
            try options.output.print(diff) { DiffText.render(diff, on: $0) }
            isSame = diff.isSame
        } else {
            let diff = try await run.run()
            await progress.clear()
            try options.output.print(diff) { DiffText.render(diff, on: $0) }
            isSame = diff.isSame
        }
        if !isSame { throw ExitCode(Outcome.gateFailed.rawValue) }
    }
}
