import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How the terminal of standard input treats what is typed. Whatever it was set to, it is given back as it was found.
enum TerminalMode {
    /// As the person has it.
    case usual
    /// Keys come one by one, and none is shown.
    case keys
    /// Lines, with Ctrl-C as a signal, that are not shown: work is under way, and what is typed is for the next prompt.
    case silent

    private struct State {
        var found: termios?
        var now = TerminalMode.usual
        /// Pastes come in brackets, so that what is in them is no key.
        var bracketsPastes = false
    }

    private static let state = Mutex(State())

    /// - Returns: the mode until now; nil where standard input is no terminal.
    @discardableResult
    static func set(_ mode: TerminalMode) -> TerminalMode? {
        state.withLock { state in
            if state.found == nil {
                var found = termios()
                guard isatty(0) == 1, tcgetattr(0, &found) == 0 else { return nil }
                state.found = found
            }
            guard let found = state.found else { return nil }
            var wanted = found
            switch mode {
            case .usual: break
            case .keys:
                wanted.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
                wanted.c_iflag &= ~tcflag_t(ICRNL | IXON)
            case .silent: wanted.c_lflag &= ~tcflag_t(ECHO)
            }
            let before = state.now
            guard tcsetattr(0, TCSADRAIN, &wanted) == 0 else { return nil }
            state.now = mode
            return before
        }
    }

    /// Gives the terminal back, before the process ends by whatever way.
    static func giveBack() {
        bracketPastes(false)
        let isChanged = state.withLock { $0.found != nil && $0.now != .usual }
        if isChanged { set(.usual) }
    }

    /// Asks the terminal on standard output to mark where pastes begin and end (xterm's mode 2004), or no longer to.
    static func bracketPastes(_ wanted: Bool) {
        state.withLock { state in
            if state.bracketsPastes == wanted { return }
            state.bracketsPastes = wanted
            try? FileHandle.standardOutput.write(contentsOf: Data("\u{1B}[?2004\(wanted ? "h" : "l")".utf8))
        }
    }

    /// Drops what was typed and not read: it was meant for something else.
    static func forgetTyped() { if isatty(0) == 1 { tcflush(0, TCIFLUSH) } }
}
