import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Hold tables, files and queries against their contracts, in one scan each.",
        discussion: """
            weir check                                        every table of the project that has a contract
            weir check mart.* --by country --failed 10
            weir check data/orders.csv --contract orders.odcs.yaml
            Reads only. Ends with 0 when every rule holds or only warns, 1 when one does not.
            """)

    @Argument(help: "Tables (mart.delays, mart.*, tag:x), files, globs or a SELECT. None means every table.")
    var targets: [String] = []

    @Option(name: .long, help: ArgumentHelp("The contract, in place of the table's own.", valueName: "file"))
    var contract: String?

    @Option(name: .long, help: ArgumentHelp("Which table of a contract that describes several.", valueName: "name"))
    var table: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Only these rules, with commas between; * stands for anything.", valueName: "ids"))
    var rules: String?

    @Option(name: .long, help: ArgumentHelp("Only rules of these dimensions, like uniqueness.", valueName: "names"))
    var dimensions: String?

    @Option(name: .long, help: ArgumentHelp("Only rules about these columns.", valueName: "names"))
    var columns: String?

    @Option(
        name: .customLong("by"), help: ArgumentHelp("Count for each value of these columns too.", valueName: "columns"))
    var segments: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Show so many rows that break a rule, with every rule they break.", valueName: "n"))
    var failed: Int = 0

    @Flag(
        name: .long,
        help: "Read only the parts of tables that are new or changed; the contract's partition columns tell the parts."
    )
    var incremental = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The columns that divide tables into parts, like a day; implies --incremental.", valueName: "columns"))
    var partition: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What tells that a part changed: content (every value under test), or rows (their number alone).",
            valueName: "what"))
    var changes: PartitionChoice.Changes = .content

    @Flag(name: .customLong("sql"), help: "Show the query behind each rule that does not hold.")
    var showsSQL = false

    @Option(name: .long, help: ArgumentHelp("Also write the results as JUnit XML.", valueName: "path"))
    var junit: String?

    @Option(name: .long, help: ArgumentHelp("Also write the results as SARIF, for code hosts.", valueName: "path"))
    var sarif: String?

    @Option(
        name: .long, help: ArgumentHelp("Also write the results as Markdown, for a pull request.", valueName: "path"))
    var markdown: String?

    @Option(
        name: .long, help: ArgumentHelp("Environment of weir.yaml whose warehouse is looked at.", valueName: "name"))
    var env: String?

    @Option(
        name: .long, help: ArgumentHelp("Memory that files may take, like 1GB; beyond it, disk.", valueName: "size"))
    var memoryLimit: String?

    @OptionGroup var now: NowOption

    @OptionGroup var options: ProjectOptions

    func validate() throws {
        if failed < 0 { throw ValidationError("--failed takes a number of rows") }
    }

    func run() async throws {
        let progress = Progress(on: Terminal.of(descriptor: 2))
        // With a contract at hand, files and queries need no project; without, there must be one.
        let project = contract == nil ? try await options.load() : try await options.loadIfAny()
        var check = CheckRun(
            targets: targets, project: project, folder: FileManager.default.currentDirectoryPath)
        check.contract = contract
        check.table = table
        check.choice.rules = NameList.read(rules)
        check.choice.dimensions = NameList.read(dimensions)
        check.choice.columns = NameList.read(columns)
        check.detail = AuditDetail(segments: NameList.read(segments), failingRows: failed)
        if incremental || partition != nil {
            check.incremental = IncrementalChoice(columns: NameList.read(partition), changes: changes)
        }
        check.environment = env
        check.now = now.date
        check.memoryLimit = memoryLimit
        check.progress = { text in Task { await progress.update(text) } }
        let console = Console(format: options.output.output)
        check.warn = { console.warn($0) }
        let report = try await check.run()
        await progress.clear()
        if let junit { try WholeFile.write(JUnitReport.xml(report), to: junit, makesFolder: true) }
        if let sarif { try WholeFile.write(try JSONOutput.foreign(CheckSARIF(report)), to: sarif, makesFolder: true) }
        if let markdown { try WholeFile.write(CheckMarkdown.render(report), to: markdown, makesFolder: true) }
        try options.output.print(report) { CheckText.render(report, showsSQL: showsSQL, on: $0) }
        if report.outcome != .done { throw ExitCode(report.outcome.rawValue) }
    }
}

extension PartitionChoice.Changes: ExpressibleByArgument {}
