import WeirAI
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
        let used = used(
            turns: outcome.turns, calls: outcome.calls, input: outcome.inputTokens, output: outcome.outputTokens,
            outcome.cost, unpriced: outcome.unpriced)
        lines.append(
            terminal.style(
                "\(used) · \(Figures.duration(milliseconds: outcome.milliseconds)) · session \(outcome.session)", .faint
            ))
        return lines.joined(separator: "\n")
    }

    private static func used(
        turns: Int, calls: Int, input: Int64, output: Int64, _ cost: Money, unpriced: Int
    ) -> String {
        let money = unpriced == turns && turns > 0 ? "no price known" : cost.description
        return
            "\(Figures.count(Int64(turns), "turn")), \(Figures.count(Int64(calls), "call")) · "
            + "\(Figures.count(input)) tokens in, \(Figures.count(output)) out · \(money)"
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

    /// The task list as the tool told it, in lines.
    ///
    /// - Parameter width: columns that a line may take; any where nil.
    static func todos(_ result: RecordedResult, on terminal: Terminal, width: Int? = nil) -> [String] {
        let items = result.content?["todos"]?.items ?? []
        if items.isEmpty {
            return result.text.split(whereSeparator: \.isNewline).map { fit(Cell.visible(String($0)), width) }
        }
        return items.flatMap { todo($0, depth: 1, on: terminal, width) }
    }

    private static func todo(_ item: JSONValue, depth: Int, on terminal: Terminal, _ width: Int?) -> [String] {
        let mark =
            switch item["status"]?.text?.lowercased() {
            case "completed": terminal.style("✓", .good)
            case "in_progress": terminal.style("▸", .name)
            case "blocked": terminal.style("✗", .bad)
            default: "·"
            }
        let why = item["reason"]?.text.map { " (\(Cell.visible($0)))" } ?? ""
        let text = Cell.visible(item["content"]?.text ?? "") + why
        let line = "\(String(repeating: "  ", count: depth))\(mark) \(fit(text, width.map { $0 - 2 * depth - 2 }))"
        let below = depth > 8 ? [] : item["subtasks"]?.items ?? []
        return [line] + below.flatMap { todo($0, depth: depth + 1, on: terminal, width) }
    }

    private static func fit(_ text: String, _ width: Int?) -> String {
        width.map { Cell.cut(text, to: max(1, $0)) } ?? text
    }

    /// Where a session stands, for who goes on with it.
    static func recap(_ records: [SessionRecord], todos: [TodoItem], on terminal: Terminal) -> String {
        var (task, answer, status) = ("", "", "")
        for record in records {
            switch record.event {
            case .task(let text): (task, answer, status) = (text, "", "open: it was stopped before its end")
            case .answer(let said) where !said.text.isEmpty: answer = said.text
            case .ended(let end): status = end.status.rawValue + (end.reason.map { ": \($0)" } ?? "")
            default: break
            }
        }
        if task.isEmpty { return terminal.style("Nothing was asked of it yet.", .faint) }
        var lines = ["\(terminal.style("last task", .faint)) \(brief(task, lines: 3))"]
        if !answer.isEmpty { lines.append("\(terminal.style("it said", .faint)) \(brief(answer, lines: 6))") }
        lines.append("\(terminal.style("it ended", .faint)) \(Cell.visible(status))")
        if todos.contains(where: { $0.status != .completed }) { lines.append(TodoText.tree(todos)) }
        return lines.joined(separator: "\n")
    }

    private static func brief(_ text: String, lines most: Int) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { Cell.cut(Cell.visible(String($0)), to: 200) }
        return lines.prefix(most).joined(separator: "\n  ") + (lines.count > most ? "\n  …" : "")
    }

    /// What a session used until now.
    static func cost(_ records: [SessionRecord]) -> String {
        var (turns, calls, unpriced) = (0, 0, 0)
        var (input, output) = (Int64(0), Int64(0))
        var cost = Money.zero
        for record in records {
            switch record.event {
            case .answer(let answer):
                turns += 1
                input += answer.inputTokens
                output += answer.outputTokens
                cost += answer.cost ?? .zero
                if answer.cost == nil { unpriced += 1 }
            case .result: calls += 1
            default: break
            }
        }
        return used(turns: turns, calls: calls, input: input, output: output, cost, unpriced: unpriced)
            + (unpriced > 0 && unpriced < turns ? " (\(Figures.count(Int64(unpriced), "turn")) without a price)" : "")
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
