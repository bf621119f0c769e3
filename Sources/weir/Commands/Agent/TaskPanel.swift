import WeirAgent
import WeirCore

/// The task list under everything else on a terminal, taken away before something is written and drawn again below it.
struct TaskPanel {
    /// Rows that it may take, the one that tells of more included.
    static let most = 12

    private let terminal: Terminal
    private var result: RecordedResult?
    private var drawn = 0
    private(set) var isChanged = false

    init(on terminal: Terminal) { self.terminal = terminal }

    mutating func take(_ result: RecordedResult) {
        self.result = result
        isChanged = true
    }

    /// What takes it off the screen; nil where it is not there. The cursor stands in the line below it.
    mutating func erase() -> String? {
        if drawn == 0 { return nil }
        defer { drawn = 0 }
        return "\r\u{1B}[\(drawn)A\u{1B}[J"
    }

    /// What shows it, from the beginning of a line on; nil where there is nothing to show.
    mutating func draw(height: Int) -> String? {
        guard drawn == 0, isChanged, let result else { return nil }
        var lines = AgentText.todos(result, on: terminal, width: max(10, (terminal.width ?? 80) - 1))
        // The screen must hold it, and a line of what is going on: what is scrolled away cannot be taken back.
        let room = min(Self.most, height - 3)
        if room < 1 { return nil }
        if lines.count > room {
            let more = lines.count - room + 1
            lines = lines.prefix(room - 1) + [terminal.style("  … \(more) more: /tasks", .faint)]
        }
        drawn = lines.count
        return lines.map { $0 + "\n" }.joined()
    }

    /// The whole list, to stay on the screen; nil where it did not change.
    mutating func settle() -> String? {
        guard isChanged, let result else { return nil }
        isChanged = false
        return AgentText.todos(result, on: terminal).map { $0 + "\n" }.joined()
    }
}
