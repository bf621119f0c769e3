import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality

struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Show what is in a file, a glob, a table or a query, and what stands out.",
        discussion: """
            weir profile data/orders.csv
            weir profile mart.delays --html delays.html
            weir profile data/orders.csv data/customers.csv     which columns refer to which tables
            weir profile "SELECT * FROM raw.orders WHERE country = 'DE'" --columns amount,status
            """)

    @Argument(
        help:
            "A file, a glob, schema.table or a SELECT. Several are looked at together; without any, all tables of the project are."
    )
    var targets: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only these columns, with commas between.", valueName: "names"))
    var columns: String?

    @Option(name: .customLong("where"), help: ArgumentHelp("Only the rows for which this is true.", valueName: "sql"))
    var filter: String?

    @Option(name: .long, help: ArgumentHelp("Look at so many rows, chosen at random.", valueName: "rows"))
    var sample: Int?

    @Option(name: .long, help: ArgumentHelp("Look at as many rows as fit in this time, like 10s.", valueName: "time"))
    var budget: String?

    @Option(
        name: .long, help: ArgumentHelp("A second file, table or query to stand beside the first.", valueName: "target")
    )
    var against: String?

    @Flag(
        name: .long, inversion: .prefixedNo,
        help: "Find which columns follow from which, however long it takes, or not at all. Without it: for a second.")
    var dependencies: Bool?

    @Option(name: .long, help: ArgumentHelp("Write a page of its own to this file.", valueName: "file"))
    var html: String?

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml whose warehouse is asked.", valueName: "name"))
    var env: String?

    @Option(
        name: .long, help: ArgumentHelp("Memory that the work may take, like 1GB; beyond it, disk.", valueName: "size"))
    var memoryLimit: String?

    @OptionGroup var options: ProjectOptions

    func validate() throws {
        if let sample, sample < 1 { throw ValidationError("--sample takes a number of rows") }
        if targets.count != 1, against != nil || html != nil || columns != nil || filter != nil {
            throw ValidationError("--against, --html, --columns and --where take one target")
        }
        if sample != nil, budget != nil { throw ValidationError("give --sample or --budget") }
    }

    func run() async throws {
        let progress = Progress(on: Terminal.of(descriptor: 2))
        var wanted = Profiler.Options()
        wanted.columns = columns?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        wanted.filter = filter
        wanted.sample = sample
        wanted.budget = try budget.map(Self.seconds)
        if let dependencies { wanted.dependencies = dependencies ? .always : .never }
        wanted.progress = { text in Task { await progress.update(text) } }
        let here = FileManager.default.currentDirectoryPath
        let needsProject = try (targets + [against].compactMap(\.self)).contains {
            try !ProfileTarget($0, in: here).isFiles
        }
        let project = targets.isEmpty ? try await options.load() : try await options.load(isNeeded: needsProject)
        let targets = if self.targets.isEmpty, let project { try await everyTable(project) } else { self.targets }
        if targets.count > 1 {
            let group = try await ProfileRun.all(runs(targets, wanted, project, in: here))
            await progress.clear()
            return try options.output.print(group) { ProfileText.render(group, on: $0) }
        }
        let profile = try await ProfileRun.all(runs(targets, wanted, project, in: here)).tables[0]
        let other =
            if let against {
                Optional(try await ProfileRun.all(runs([against], wanted, project, in: here)).tables[0])
            } else {
                DataProfile?.none
            }
        await progress.clear()
        try write(profile, other)
    }

    private func write(_ profile: DataProfile, _ other: DataProfile?) throws {
        if let html {
            try WholeFile.write(ProfilePage(profile: profile, other: other).html, to: html)
        }
        if let other {
            let pair = ProfilePair(first: profile, second: other)
            try options.output.print(pair) { ProfileText.render(pair, on: $0) }
        } else {
            try options.output.print(profile) { ProfileText.render(profile, on: $0) }
        }
        if let html, options.output.output == .text {
            FileHandle.standardError.write(Data("The page is in \(html)\n".utf8))
        }
    }

    private func runs(
        _ targets: [String], _ wanted: Profiler.Options, _ project: Project?, in folder: String
    ) -> [ProfileRun] {
        targets.map { target in
            var run = ProfileRun(target: target, options: wanted, project: project, folder: folder)
            run.environment = env
            run.memoryLimit = memoryLimit
            return run
        }
    }

    private func everyTable(_ project: Project) async throws -> [String] {
        var run = ProfileRun(target: "", project: project, folder: "")
        run.environment = env
        return try await run.warehouseTables().map(\.description)
    }

    private static func seconds(_ text: String) throws -> Double {
        let number = Double(text.prefix { $0.isNumber || $0 == "." })
        let unit = text.drop { $0.isNumber || $0 == "." }.trimmingCharacters(in: .whitespaces)
        let factor: [String: Double] = ["": 1, "s": 1, "ms": 0.001, "m": 60, "min": 60]
        guard let number, number > 0, let scale = factor[unit] else {
            throw ValidationError("--budget takes a time like 10s or 2min, not \"\(text)\"")
        }
        return number * scale
    }
}
