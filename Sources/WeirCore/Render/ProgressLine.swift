/// Decides when a line of progress is worth showing. Pure: it is told the time and answers with bytes.
///
/// Nothing shows in the first second, so that quick work stays quiet; then at most ten times a second.
public struct ProgressLine: Sendable {
    private let terminal: Terminal
    private let quietFor: Duration
    private let interval: Duration
    private var lastShown: Duration?
    private var isOnScreen = false

    public init(on terminal: Terminal, quietFor: Duration = .seconds(1), interval: Duration = .milliseconds(100)) {
        self.terminal = terminal
        self.quietFor = quietFor
        self.interval = interval
    }

    /// What to write for the state at `elapsed` since the work began, or nil for nothing.
    public mutating func update(_ text: String, elapsed: Duration) -> String? {
        guard terminal.isTerminal, terminal.movesCursor, elapsed >= quietFor else { return nil }
        if let lastShown, elapsed - lastShown < interval { return nil }
        lastShown = elapsed
        isOnScreen = true
        // One column stays free: some terminals wrap when the last one is filled.
        let fitting = Cell.cut(Cell.visible(text), to: max(1, (terminal.width ?? 80) - 1))
        return "\r\u{1B}[2K" + terminal.style(fitting, .faint)
    }

    /// What wipes the line, needed before anything else is printed; nil when nothing is shown.
    public mutating func clear() -> String? {
        if !isOnScreen { return nil }
        isOnScreen = false
        lastShown = nil
        return "\r\u{1B}[2K"
    }
}
