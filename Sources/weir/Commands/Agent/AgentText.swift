import WeirAgent
import WeirCore

/// What the commands about agents print for people.
enum AgentText {
    static func end(_ outcome: AgentOutcome, on terminal: Terminal) -> String {
        let tone: Tone = outcome.end.status == .done ? .good : .bad
        var lines = [terminal.style(outcome.end.status.rawValue, tone)]
        if let reason = outcome.end.reason { lines[0] += ": \(Cell.visible(reason))" }
        lines += outcome.end.missing.map { "  not shown: \(Cell.visible($0))" }
        if !outcome.changedFiles.isEmpty {
            lines.append("changed: \(outcome.changedFiles.map(Cell.visible).joined(separator: ", "))")
        }
        let cost = outcome.unpriced == outcome.turns && outcome.turns > 0 ? "no price known" : outcome.cost.description
        lines.append(
            terminal.style(
                "\(Figures.count(Int64(outcome.turns), "turn")), \(Figures.count(Int64(outcome.calls), "call")) · "
                    + "\(Figures.count(outcome.inputTokens)) tokens in, \(Figures.count(outcome.outputTokens)) out · \(cost) · "
                    + "\(Figures.duration(milliseconds: outcome.milliseconds)) · session \(outcome.session)", .faint))
        return lines.joined(separator: "\n")
    }

    static func patch(_ patch: String, on terminal: Terminal) -> String {
        patch.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let text = Cell.visible(String(line))
            return line.hasPrefix("+")
                ? terminal.style(text, .good)
                : line.hasPrefix("-")
                    ? terminal.style(text, .bad) : line.hasPrefix("@@") ? terminal.style(text, .name) : text
        }.joined(separator: "\n")
    }

    /// The task list as the tool told it.
    static func todos(_ result: RecordedResult, on terminal: Terminal) -> String {
        let items = result.content?["todos"]?.items ?? []
        return items.isEmpty
            ? Cell.visible(result.text) + "\n" : items.map { todo($0, depth: 1, on: terminal) }.joined()
    }

    private static func todo(_ item: JSONValue, depth: Int, on terminal: Terminal) -> String {
        let mark =
            switch item["status"]?.text?.lowercased() {
            case "completed": terminal.style("✓", .good)
            case "in_progress": terminal.style("▸", .name)
            case "blocked": terminal.style("✗", .bad)
            default: "·"
            }
        let why = item["reason"]?.text.map { " (\(Cell.visible($0)))" } ?? ""
        let line =
            "\(String(repeating: "  ", count: depth))\(mark) \(Cell.visible(item["content"]?.text ?? ""))\(why)\n"
        return depth > 8
            ? line : line + (item["subtasks"]?.items ?? []).map { todo($0, depth: depth + 1, on: terminal) }.joined()
    }

    static func profiles(_ items: [AgentItemReport], on terminal: Terminal) -> String {
        var table = TextTable(["agent", "model", "from", "what for"])
        for item in items {
            let name = item.name ?? item.path
            table.add([
                .init(name, item.errors > 0 ? .bad : nil), .init(item.model ?? "–"), .init(item.origin),
                .init(
                    item.errors > 0 ? Figures.count(Int64(item.errors), "mistake") : item.description,
                    item.errors > 0 ? .bad : nil),
            ])
        }
        return table.render(on: terminal)
    }

    static func sessions(_ sessions: [SessionShelf.Summary], on terminal: Terminal) -> String {
        if sessions.isEmpty { return "There is no session yet." }
        var table = TextTable(["session", "agent", "status", "turns", "calls", "cost", "task"])
        for session in sessions {
            table.add([
                session.id, session.agent, session.status, Figures.count(session.turns), Figures.count(session.calls),
                session.cost.description,
                Cell.cut(session.task.split(whereSeparator: \.isNewline).first.map(String.init) ?? "", to: 60),
            ])
        }
        return table.render(on: terminal)
    }

    static func bench(_ report: AgentBenchReport, on terminal: Terminal) -> String {
        var table = TextTable(["scenario", "solved", "ended", "turns", "calls", "cost", "time"])
        for score in report.scenarios {
            table.add([
                .init(score.name), .init(score.solved ? "yes" : "no", score.solved ? .good : .bad), .init(score.status),
                .init(Figures.count(score.turns)), .init(Figures.count(score.calls)), .init(score.cost.description),
                .init(Figures.duration(milliseconds: score.milliseconds)),
            ])
        }
        var lines = [table.render(on: terminal), ""]
        for score in report.scenarios where !score.solved {
            lines += score.failed.map { "\(score.name): \(Cell.visible($0))" }
            if let error = score.error { lines.append("\(score.name): \(Cell.visible(error))") }
        }
        lines.append("\(report.solved) of \(report.scenarios.count) solved, \(report.cost) in all.")
        return lines.joined(separator: "\n")
    }
}
