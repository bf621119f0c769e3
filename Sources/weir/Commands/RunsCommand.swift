import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality
import WeirStore

struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List earlier runs, or show what one of them did.",
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The newest runs first. This is what `weir runs` alone does.")

        @OptionGroup var options: ProjectOptions

        @Option(name: .long, help: ArgumentHelp("Most runs to list.", valueName: "n"))
        var limit: Int = 20

        func validate() throws {
            if limit < 1 { throw ValidationError("--limit is at least 1") }
        }

        func run() async throws {
            struct Answer: Encodable { let runs: [RunOverview] }
            let runs = try await RunBook.open(try await options.load()).runs(limit: limit)
            try options.output.print(Answer(runs: runs)) { RunsText.list(runs, on: $0) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "What became of each table in a run: balance, checks, errors.")

        @OptionGroup var options: ProjectOptions

        @Argument(help: "The run's id, its beginning, its last four digits, or latest.")
        var id: String = "latest"

        func run() async throws {
            let detail = try await RunBook.open(try await options.load()).run(id)
            try options.output.print(detail) { RunsText.show(detail, on: $0) }
        }
    }
}

/// Earlier runs for people.
enum RunsText {
    static func list(_ runs: [RunOverview], on terminal: Terminal) -> String {
        if runs.isEmpty { return "There are no runs yet; `weir run` makes the first." }
        var table = TextTable([
            "run", "command", "environment", "started", "took", "status", "tables", "rows", "quarantined",
        ])
        for entry in runs {
            let tables =
                entry.tablesNotPublished == 0
                ? "\(entry.tablesPublished)"
                : "\(entry.tablesPublished) of \(entry.tablesPublished + entry.tablesNotPublished)"
            table.add([
                .init(entry.run.id), .init(entry.run.command), .init(entry.run.environment ?? "–"),
                .init(time(entry.run.startedAt)),
                .init(took(entry.run)), .init(words(entry.run.status), tone(entry.run.status)), .init(tables),
                .init(Figures.count(entry.rowsPublished)),
                .init(Figures.count(entry.rowsQuarantined), entry.rowsQuarantined > 0 ? .warning : nil),
            ])
        }
        return table.render(on: terminal) + "\n\nTables and rows are those published. More: `weir runs show ID`."
    }

    static func show(_ detail: RunDetail, on terminal: Terminal) -> String {
        let run = detail.run
        let style = terminal.style
        var lines = ["\(style("Run \(run.id)", .strong)) \(style(words(run.status), tone(run.status) ?? .strong))"]
        let place = run.environment.map { " in environment \($0)" } ?? ""
        lines.append("weir \(run.command)\(place), by \(run.user) on \(run.host), Weir \(run.weirVersion)")
        lines.append("\(time(run.startedAt)), took \(took(run))")
        if let error = run.error { lines.append(style(error, .bad)) }
        if run.status == .interrupted {
            lines.append(
                "Its process ended without a word. What it had published stays; the next run goes on from there.")
        }
        lines.append("")
        if detail.nodes.isEmpty {
            lines.append(run.status == .succeeded ? "No table had changed." : "No table was recorded.")
            return lines.joined(separator: "\n")
        }
        var table = TextTable([
            "table", "strategy", "status", "rows in", "published", "quarantined", "filtered", "time",
        ])
        for node in detail.nodes {
            func figure(_ value: Int64?) -> String { value.map { Figures.count($0) } ?? "–" }
            table.add([
                .init(node.name), .init(node.strategy ?? ""), .init(node.status.rawValue, tone(node.status)),
                .init(figure(node.rowsIn)), .init(figure(node.rowsPublished)),
                .init(figure(node.rowsQuarantined), (node.rowsQuarantined ?? 0) > 0 ? .warning : nil),
                .init(figure(node.rowsFiltered)), .init(Figures.duration(milliseconds: node.durationMs)),
            ])
        }
        lines.append(table.render(on: terminal))
        for node in detail.nodes { lines += details(node, style) }
        let sum: (KeyPath<NodeRecord, Int64?>) -> String = { path in
            Figures.count(detail.nodes.reduce(0) { $0 + ($1[keyPath: path] ?? 0) })
        }
        lines.append(
            "\nRows in \(sum(\.rowsIn)) = published \(sum(\.rowsPublished)) + quarantined \(sum(\.rowsQuarantined)) + filtered \(sum(\.rowsFiltered)). Tables that were unchanged are not listed."
        )
        return lines.joined(separator: "\n")
    }

    private static func details(_ node: NodeRecord, _ style: Style) -> [String] {
        var lines: [String] = []
        let name = style(node.name, .strong)
        if let error = node.errorJSON.flatMap({ JSONValue(parsing: $0) }) {
            lines.append("\n\(name): \(error["message"]?.text ?? "") [\(error["code"]?.text ?? "")]")
            if let hint = error["hint"]?.text { lines.append("  hint: \(hint)") }
        } else if let reason = node.reason, node.status != .published {
            lines.append("\n\(name): \(reason)")
        }
        let checks =
            node.checksJSON.flatMap { try? JSONDecoder().decode([CheckOutcome].self, from: Data($0.utf8)) } ?? []
        if checks.isEmpty { return lines }
        let broken = checks.filter { [.quarantined, .failed, .warned].contains($0.status) }
        let kept = checks.count { $0.status == .passed || $0.status == .accepted }
        lines.append(
            (lines.isEmpty ? "\n\(name): " : "  ") + "\(kept) of \(Figures.count(Int64(checks.count), "rule")) kept")
        for check in broken {
            let count =
                check.violating.map { " \(Figures.count(Int64($0), "row"))" } ?? check.measured.map { " \($0)" } ?? ""
            lines.append("  \(check.status.rawValue) \(check.rule)\(count)\(check.detail.map { " – \($0)" } ?? "")")
        }
        return lines
    }

    private static func words(_ status: RunStatus) -> String { status == .gateFailed ? "gate failed" : status.rawValue }

    private static func time(_ date: Date) -> String { UTC.text(date).prefix(19).replacing("T", with: " ") + " UTC" }

    private static func took(_ run: RunRecord) -> String {
        guard let end = run.finishedAt, run.status != .interrupted else { return "–" }
        return Figures.duration(milliseconds: UTC.milliseconds(end) - UTC.milliseconds(run.startedAt))
    }

    private static func tone(_ status: RunStatus) -> Tone? {
        switch status {
        case .succeeded: .good
        case .running: nil
        case .failed, .gateFailed: .bad
        case .cancelled, .interrupted: .warning
        }
    }

    private static func tone(_ status: NodeRecord.Status) -> Tone? {
        switch status {
        case .published: .good
        case .unchanged: .faint
        case .failed, .stopped: .bad
        case .skipped, .blocked: .warning
        }
    }
}
