import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality
import WeirStore

struct DriftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "Tell when tables are not as they used to be, and what is unusual.",
        discussion: """
            weir drift                                    every watched table: normal, learning or drifted
            weir drift mart.orders                        its series, bands and alerts
            weir drift --measure mart.orders              measure the published table now
            weir drift new.parquet --against old.parquet  compare two files, tables or queries
            weir drift --series visits.csv                anomalies of any time series
            weir drift ack 3f2a91c0 --normal              teach what is normal
            weir drift history mart.orders null_share email

            Ends with 1 when something is unusual that nobody has acknowledged.
            """,
        subcommands: [Show.self, Ack.self, History.self], defaultSubcommand: Show.self)

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Tables and their state. This is what `weir drift` alone does.")

        @Argument(help: "schema.table; with --against also a file, a glob or a SELECT. None means every table.")
        var target: String?

        @Option(
            name: .long,
            help: ArgumentHelp("Hold the target against this file, table or query.", valueName: "target"))
        var against: String?

        @Flag(name: .long, help: "Measure the published table now, and every watched one where none is named.")
        var measure = false

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Find the anomalies of the time series in this file, table or query (columns at, value, series).",
                valueName: "target"))
        var series: String?

        @Option(
            name: .long,
            help: "What --series measures: amount, count, share, duration, age or distinct.")
        var kind: SeriesKind = .amount

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Robust standard deviations from the middle of a band to its edge, for --series.",
                valueName: "number"))
        var sensitivity: Double?

        @Option(name: .long, help: ArgumentHelp("Only these columns, for --against.", valueName: "names"))
        var columns: String?

        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?

        @OptionGroup var now: NowOption

        @Option(
            name: .long,
            help: ArgumentHelp("Memory that files may take, like 1GB; beyond it, disk.", valueName: "size"))
        var memoryLimit: String?

        @OptionGroup var options: ProjectOptions

        func validate() throws {
            if against != nil, target == nil { throw ValidationError("--against needs a target to hold against it") }
            if [against != nil, measure, series != nil].count(where: { $0 }) > 1 {
                throw ValidationError("give one of --against, --measure and --series")
            }
            if series != nil, target != nil { throw ValidationError("--series takes its target itself") }
            if let sensitivity, sensitivity < 1 { throw ValidationError("--sensitivity is at least 1") }
        }

        func run() async throws {
            if let series { return try await showSeries(series) }
            if let target, let against { return try await compare(target, against) }
            let project = try await options.load()
            let name = try target.map(TableArgument.read)
            if measure {
                let run = DriftMeasureRun(project: project, environment: env, now: now.date)
                let measured = try await run.run(name.map { [$0] } ?? [])
                try options.output.print(measured) { DriftText.measured(measured, on: $0) }
                if measured.contains(where: { $0.drift.status == .drifted }) { throw ExitCode(1) }
                return
            }
            let book = try await DriftBook.open(project, environment: env)
            if let name {
                let detail = try await book.detail(name)
                try options.output.print(detail) { DriftText.detail(detail, on: $0) }
                return
            }
            let overview = try await book.overview()
            try options.output.print(overview) { DriftText.overview(overview, on: $0) }
            if overview.outcome != .done { throw ExitCode(overview.outcome.rawValue) }
        }

        private func compare(_ target: String, _ against: String) async throws {
            let folder = FileManager.default.currentDirectoryPath
            let needsProject = try [target, against].contains { try !ProfileTarget($0, in: folder).isFiles }
            var run = DriftComparisonRun(
                target: target, against: against, project: try await options.load(isNeeded: needsProject),
                folder: folder)
            run.columns = NameList.read(columns)
            run.environment = env
            run.memoryLimit = memoryLimit
            let found = try await run.run()
            try options.output.print(found) { DriftText.comparison(found, on: $0) }
            if found.outcome != .done { throw ExitCode(found.outcome.rawValue) }
        }

        private func showSeries(_ target: String) async throws {
            let folder = FileManager.default.currentDirectoryPath
            let needsProject = try !ProfileTarget(target, in: folder).isFiles
            var run = SeriesRun(
                target: target, project: try await options.load(isNeeded: needsProject), folder: folder)
            run.kind = kind
            run.environment = env
            if let sensitivity { run.settings.sensitivity = sensitivity }
            let report = try await run.run()
            try options.output.print(report) { DriftText.series(report, on: $0) }
        }
    }

    struct Ack: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack", abstract: "Say what alerts are: normal from now on, or anomalies to forget.")

        @Argument(help: "Ids of alerts, or their beginnings.")
        var ids: [String]

        @Flag(name: .long, help: "It is as it should be: bands reach at least as far from now on.")
        var normal = false

        @Flag(name: .long, help: "It was wrong: nothing is learnt from it.")
        var anomaly = false

        @Option(name: .long, help: ArgumentHelp("Why, for others.", valueName: "text"))
        var note: String?

        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?

        @OptionGroup var options: ProjectOptions

        func validate() throws {
            if normal == anomaly { throw ValidationError("say what it is: --normal or --anomaly") }
        }

        func run() async throws {
            let book = try await DriftBook.open(try await options.load(), environment: env)
            let alerts = try await book.decide(ids, normal ? .normal : .anomaly, note: note)
            try options.output.print(alerts) { DriftText.decided(alerts, on: $0) }
        }
    }

    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history", abstract: "Every point of one series, with the band that it was held against.")

        @Argument(help: "schema.table.")
        var table: String

        @Argument(help: "Like rows, duration, freshness, null_share, mean, median, distinct.")
        var metric: DriftMetric

        @Argument(help: "The column, for metrics of columns.")
        var column: String?

        @Option(
            name: .long,
            help:
                "batch: what each load brought; table: the whole table as it was measured. Else what the runs measure.")
        var scope: DriftSubject.Scope?

        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?

        @OptionGroup var options: ProjectOptions

        func run() async throws {
            let book = try await DriftBook.open(try await options.load(), environment: env)
            let history = try await book.history(
                try TableArgument.read(table), metric, column: column, scope: scope)
            try options.output.print(history) { DriftText.history(history, on: $0) }
        }
    }
}

extension SeriesKind: ExpressibleByArgument {}
extension DriftMetric: ExpressibleByArgument {}
extension DriftSubject.Scope: ExpressibleByArgument {}
