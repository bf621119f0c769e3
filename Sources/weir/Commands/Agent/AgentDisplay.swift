import Foundation
import Synchronization
import WeirAgent
import WeirCore

/// Shows a person what an agent does while it does it.
final class AgentDisplay: Sendable {
    private let console: Console
    private let state: Mutex<State>
    private let ticker = Mutex<Task<Void, Never>?>(nil)

    private static let listTool = "TodoWrite"

    private struct State {
        var line: ProgressLine
        /// Where lines can be written over; the task list is printed anew at each change where they cannot.
        var panel: TaskPanel?
        /// The model's text stands in the middle of a line.
        var isOpen = false
        /// What the person waits for, and since when.
        var doing = ""
        var since = ContinuousClock.now
    }

    init(console: Console) {
        self.console = console
        let redraws = console.errors.movesCursor && console.output.movesCursor && console.format == .text
        state = Mutex(
            State(line: ProgressLine(on: console.errors), panel: redraws ? TaskPanel(on: console.errors) : nil))
    }

    /// Work begins: what it waits for is shown from now on.
    func begin() {
        if console.format == .json || !console.errors.movesCursor { return }
        state.withLock { wait("thinking", &$0) }
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                self?.tick()
            }
        }
        ticker.withLock { $0 = task }
    }

    private func tick() {
        state.withLock { state in
            if !state.isOpen, !state.doing.isEmpty { tellDoing(&state) }
        }
    }

    func show(_ event: AgentEvent) {
        if console.format == .json { return }
        state.withLock { state in
            switch event {
            case .text(let text):
                wipe(&state)
                // What comes from outside must not move the cursor or colour the screen.
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                    Cell.visible(String($0))
                }
                say(lines.joined(separator: "\n"))
                state.isOpen = text.last != "\n"
            case .textEnded:
                endLine(&state)
                wait("thinking", &state)
                lay(&state)
            case .thinking: if state.doing != "thinking" { wait("thinking", &state) }
            case .call(let tool, let arguments):
                // The task list shows itself what becomes of it.
                if tool != Self.listTool {
                    write(style("→ \(Cell.visible(tool)) \(Self.brief(arguments))\n", .faint), &state)
                }
                wait(tool, &state)
            case .progress(let tool, let share, let text):
                let percent = share.map { " \(Int($0 * 100)) %" } ?? ""
                state.doing = "\(tool)\(percent) \(text)"
                tellDoing(&state)
            case .result(let result):
                show(result, &state)
                wait("thinking", &state)
            case .note(let text):
                write(style("‹ \(Cell.cut(Cell.visible(text), to: 300))\n", .warning), &state)
            case .memory(let lines):
                write(style("remembers \(Figures.count(Int64(lines.count), "thing"))\n", .faint), &state)
            case .remembered(let lines):
                for line in lines { write(style("+ remembered: \(Cell.visible(line))\n", .faint), &state) }
            case .summed: write(style("(older turns were summed up)\n", .faint), &state)
            case .warning(let warning):
                wipe(&state)
                endLine(&state)
                console.warn(WeirError(warning.code, warning.message))
                lay(&state)
            }
        }
    }

    private func show(_ result: RecordedResult, _ state: inout State) {
        if result.tool == Self.listTool, !result.isError {
            if state.panel == nil {
                return tell(AgentText.todos(result, on: console.errors).map { $0 + "\n" }.joined())
            }
            wipe(&state)
            state.panel?.take(result)
            lay(&state)
        } else if result.isError {
            let message = result.content?["error"]?["message"]?.text ?? result.text
            let name = result.tool == Self.listTool ? "\(result.tool): " : ""
            write(style("  ✗ \(Cell.cut(Cell.visible(name + message), to: 160))\n", .bad), &state)
        }
    }

    /// Ends what is under way on the screen; the task list stays as it is now.
    func close() {
        if console.format == .json { return }
        ticker.withLock { ticker in
            ticker?.cancel()
            ticker = nil
        }
        state.withLock { state in
            wipe(&state)
            endLine(&state)
            state.doing = ""
            tell(state.panel?.settle())
        }
    }

    /// What the task came to.
    func end(_ outcome: AgentOutcome, dryRun: Bool) {
        if !outcome.patch.isEmpty {
            if !dryRun {
                tell("\n" + AgentText.patch(outcome.patch, on: console.errors))
            } else if console.output.isTerminal {
                say(AgentText.patch(outcome.patch, on: console.output) + "\n")
            } else {
                // For `git apply`, byte for byte.
                say(outcome.patch)
            }
        }
        tell(AgentText.end(outcome, on: console.errors) + "\n")
    }

    // MARK: Questions

    func ask(_ question: PermissionQuestion) async throws -> PermissionReply {
        state.withLock { state in
            wipe(&state)
            endLine(&state)
            // Nothing moves while the person thinks.
            state.doing = ""
        }
        let asked = AskedText(question.subject, width: console.errors.width ?? 80)
        tell(
            "\n" + style("\(Cell.visible(question.tool))", .strong)
                + "  \(asked.isLong ? asked.ends(on: console.errors) : asked.whole)\n"
                + "It is asked because \(Cell.visible(question.reason)).\n")
        let reply = try await answer(to: asked)
        state.withLock { state in
            wait(question.tool, &state)
            lay(&state)
        }
        return reply
    }

    /// Nobody agrees to what they have not seen: all of it is shown first.
    private func answer(to asked: AskedText) async throws -> PermissionReply {
        var isShown = !asked.isLong
        while true {
            // What was typed before this was shown is no answer to it.
            TerminalMode.forgetTyped()
            let prompt = isShown ? "Do it? [y]es, [a]lways, [n]o: " : "Do it? [s]how all of it first, [n]o: "
            let typed = try await LineEditor(historyPath: nil).line(prompt: prompt)
            if typed == .interrupted { Interruption.interrupt() }
            try Task.checkCancellation()
            guard case .text(let text) = typed else { return .no("the person said no") }
            let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
            switch words.lowercased() {
            case "s", "show":
                tell("  \(asked.whole)\n")
                isShown = true
            case "y", "yes", "a", "always":
                if isShown { return words.lowercased().hasPrefix("y") ? .yes : .always }
                tell("Not all of it was shown yet. This is all of it:\n  \(asked.whole)\n")
                isShown = true
            case "", "n", "no": return .no("the person said no")
            default: return .no("the person said: \(words)")
            }
        }
    }

    // MARK: Writing

    private func style(_ text: String, _ tone: Tone) -> String { console.errors.style(text, tone) }

    /// Takes away what is drawn under the text.
    private func wipe(_ state: inout State) {
        tell(state.line.clear())
        tell(state.panel?.erase())
    }

    /// Draws again what is to be under the text.
    private func lay(_ state: inout State) {
        if !state.isOpen { tell(state.panel?.draw(height: Terminal.rows(descriptor: 2) ?? 24)) }
    }

    private func write(_ line: String, _ state: inout State) {
        wipe(&state)
        endLine(&state)
        tell(line)
        lay(&state)
    }

    private func endLine(_ state: inout State) {
        if state.isOpen { say("\n") }
        state.isOpen = false
    }

    private func wait(_ doing: String, _ state: inout State) {
        state.doing = doing
        state.since = .now
    }

    private func tellDoing(_ state: inout State) {
        let waited = ContinuousClock.now - state.since
        let text = "\(Cell.visible(state.doing)) · \(waited.components.seconds) s · Ctrl-C stops"
        tell(state.line.update(text, elapsed: waited))
    }

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
