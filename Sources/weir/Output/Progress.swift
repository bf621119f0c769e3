import Foundation
import WeirCore

/// The line on standard error that tells what is going on, while a person waits.
actor Progress {
    private var line: ProgressLine
    private let began = ContinuousClock.now
    private let isWanted: Bool

    /// Shows nothing where standard error is no terminal.
    init(on terminal: Terminal) {
        line = ProgressLine(on: terminal)
        isWanted = terminal.isTerminal
    }

    func update(_ text: String) {
        if isWanted { write(line.update(text, elapsed: ContinuousClock.now - began)) }
    }

    /// Wipes the line; to be called before anything else is printed.
    func clear() {
        if isWanted { write(line.clear()) }
    }

    private func write(_ text: String?) {
        if let text { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
    }
}
