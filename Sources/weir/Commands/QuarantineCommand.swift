import ArgumentParser
import WeirCore
import WeirPipeline

struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine", abstract: "See and replay the rows that a gate held back.",
        subcommands: [List.self, Show.self, Replay.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Tables with rows in quarantine, and why.")

        @OptionGroup var options: ProjectOptions
        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?

        func run() async throws {
            let found = try await QuarantineReader(project: try await options.load(), environment: env).list()
            try options.output.print(found) { terminal in
                if found.isEmpty { return "Nothing is in quarantine." }
                var table = TextTable(["table", "rows", "reasons", "newest"])
                for entry in found {
                    // Reasons of AI steps name the row's own value: there may be as many as rows.
                    var reasons = entry.reasons.prefix(5).map { "\($0.reason) × \(Figures.count($0.rows))" }
                    if entry.reasons.count > 5 { reasons.append("and \(Figures.count(entry.reasons.count - 5)) more") }
                    table.add([
                        entry.table.description, Figures.count(entry.rows), reasons.joined(separator: ", "),
                        entry.newest,
                    ])
                }
                return table.render(on: terminal)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Rows of one table's quarantine.")

        @OptionGroup var options: ProjectOptions
        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?
        @Option(name: .long, help: "Most rows shown.")
        var limit: Int = 20
        @Option(name: .long, help: ArgumentHelp("Only rows that broke this rule.", valueName: "rule"))
        var reason: String?
        @Argument(help: "The table.")
        var table: String

        func run() async throws {
            let rows = try await QuarantineReader(project: try await options.load(), environment: env)
                .show(try TableArgument.read(table), limit: limit, reason: reason)
            try options.output.print(rows) { terminal in
                rows.isEmpty
                    ? "Nothing of \(table) is in quarantine."
                    : rows.map { Self.text($0, terminal.style) }.joined(separator: "\n\n")
            }
        }

        private static func text(_ row: QuarantineReader.HeldRow, _ style: Style) -> String {
            let place = [row.source, row.line.map(String.init)].compactMap(\.self).joined(separator: ":")
            var lines = [
                "\(style(String(row.id.prefix(8)), .faint))  \(style(row.reasons.joined(separator: ", "), .warning))  \(place)"
            ]
            if let raw = row.raw { lines.append("  \(Cell.cut(Cell.visible(raw), to: 400))") }
            // A line that could not be read has no values; an answer that was no good stands beside the row's.
            if row.values.contains(where: { $0.value != nil }) || row.raw == nil {
                let values = row.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ?? "NULL")" }
                lines.append("  \(values.joined(separator: "  "))")
            }
            return lines.joined(separator: "\n")
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay",
            abstract: "Send rows through the gate again; those that pass are published and leave quarantine.")

        @OptionGroup var options: ProjectOptions
        @OptionGroup var running: RunningOptions
        @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml.", valueName: "name"))
        var env: String?
        @Option(name: .long, help: ArgumentHelp("Only the row whose id begins so; may be repeated.", valueName: "id"))
        var id: [String] = []
        @Option(
            name: .long,
            help: ArgumentHelp(
                "Mend a column first, by a SQL expression on the row; may be repeated.", valueName: "column=expression")
        )
        var set: [String] = []
        @Argument(help: "The table.")
        var table: String

        func run() async throws {
            var request = ReplayRequest(table: try TableArgument.read(table))
            request.ids = id
            request.set = set
            var settings = RunOptions()
            settings.environment = env
            settings.command = "quarantine replay \(table)"
            running.apply(to: &settings)
            let summary = try await Runner(try await options.load(), options: settings).replay(request)
            try options.output.print(summary) { terminal in
                guard let node = summary.nodes.first, node.status != .unchanged else {
                    return summary.nodes.first?.reason ?? ""
                }
                let balance = node.balance
                let filtered =
                    balance.filtered > 0 ? ", \(Figures.count(balance.filtered)) older than what is there" : ""
                let lines = [
                    "\(node.name): \(Figures.count(balance.read)) replayed, \(Figures.count(balance.published)) published\(filtered), \(Figures.count(balance.quarantined)) stay in quarantine."
                ]
                return (lines + [node.status == .stopped ? node.reason : nil].compactMap(\.self) + node.notices)
                    .joined(separator: "\n")
            }
            if summary.outcome != .done { throw ExitCode(summary.outcome.rawValue) }
        }
    }
}

/// A table as an argument.
enum TableArgument {
    static func read(_ text: String) throws -> TableName {
        if let name = TableName(text) { return name }
        throw WeirError(
            "usage.table", "\"\(text)\" is not a table's name", hint: "write schema.table, like mart.delays")
    }
}
