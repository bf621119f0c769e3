import Foundation
import Synchronization
import WeirAgent
import WeirCore

/// Shows a person what an agent does while it does it.
final class AgentDisplay: Sendable {
    private let console: Console
    private let isChat: Bool
    private let state = Mutex(State())

    private struct State {
        var line: ProgressLine
        /// The model's text stands in the middle of a line.
        var isOpen = false
        init() { line = ProgressLine(on: .of(descriptor: 2)) }
    }

    init(console: Console, isChat: Bool) {
        self.console = console
        self.isChat = isChat
    }

    func show(_ event: AgentEvent) {
        if console.format == .json { return }
        state.withLock { state in
            switch event {
            case .text(let text):
                tell(state.line.clear())
                // What comes from outside must not move the cursor or colour the screen.
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                    Cell.visible(String($0))
                }
                say(lines.joined(separator: "\n"))
                state.isOpen = text.last != "\n"
            case .textEnded:
                if state.isOpen { say("\n") }
                state.isOpen = false
            case .thinking: tell(state.line.update("thinking", elapsed: .zero))
            case .call(let tool, let arguments):
                tell(state.line.clear())
                tell(style("→ \(Cell.visible(tool)) \(Self.brief(arguments))\n", .faint))
            case .progress(let tool, let share, let text):
                let percent = share.map { " \(Int($0 * 100)) %" } ?? ""
                tell(state.line.update("\(Cell.visible(tool))\(percent) \(Cell.visible(text))", elapsed: .zero))
            case .result(let result): show(result, &state)
            case .note(let text):
                tell(state.line.clear())
                tell(style("‹ \(Cell.cut(Cell.visible(text), to: 300))\n", .warning))
            case .memory(let lines):
                tell(style("remembers \(Figures.count(Int64(lines.count), "thing"))\n", .faint))
            case .remembered(let lines):
                for line in lines { tell(style("+ remembered: \(Cell.visible(line))\n", .faint)) }
            case .summed: tell(style("(older turns were summed up)\n", .faint))
            case .warning(let warning): console.warn(WeirError(warning.code, warning.message))
            }
        }
    }

    private func show(_ result: RecordedResult, _ state: inout State) {
        tell(state.line.clear())
        if result.tool == "TodoWrite", !result.isError {
            tell(AgentText.todos(result, on: console.errors))
            return
        }
        if result.isError {
            let message = result.content?["error"]?["message"]?.text ?? result.text
            tell(style("  ✗ \(Cell.cut(Cell.visible(message), to: 160))\n", .bad))
        }
    }

    /// Ends whatever line is open.
    func close() {
        if console.format == .json { return }
        state.withLock { state in
            tell(state.line.clear())
            if state.isOpen { say("\n") }
            state.isOpen = false
        }
    }

    /// What the task came to.
    func end(_ outcome: AgentOutcome, dryRun: Bool) {
        if !outcome.patch.isEmpty {
            if dryRun { say(outcome.patch) } else { tell("\n" + AgentText.patch(outcome.patch, on: console.errors)) }
        }
        tell(AgentText.end(outcome, on: console.errors) + "\n")
    }

    // MARK: Questions

    func ask(_ question: PermissionQuestion) async throws -> PermissionReply {
        close()
        let subject = question.subject.split(whereSeparator: \.isNewline).map { Cell.visible(String($0)) }
        tell(
            "\n" + style("\(Cell.visible(question.tool))", .strong)
                + "  \(subject.prefix(20).joined(separator: "\n  "))\n")
        let answer = await LineEditor(historyPath: nil).line(
            prompt: "Do it? It is asked because \(question.reason). [y]es, [a]lways, [n]o: ")
        try Task.checkCancellation()
        switch answer?.trimmingCharacters(in: .whitespaces).lowercased() {
        case "y", "yes": return .yes
        case "a", "always": return .always
        case nil, "", "n", "no": return .no("the person said no")
        case let words?: return .no("the person said: \(words)")
        }
    }

    // MARK: Writing

    private func style(_ text: String, _ tone: Tone) -> String { console.errors.style(text, tone) }

    private func say(_ text: String) { try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) }

    private func tell(_ text: String?) {
        if let text { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
    }

    /// Arguments as a person reads them: the one that matters most, cut.
    private static func brief(_ arguments: JSONValue) -> String {
        for key in ["path", "command", "sql", "query", "pattern", "target", "subject", "tables", "paths"] {
            if let value = arguments[key] { return Cell.cut(Cell.visible(value.text ?? value.line), to: 100) }
        }
        let line = arguments.line
        return line == "{}" ? "" : Cell.cut(Cell.visible(line), to: 100)
    }
}
