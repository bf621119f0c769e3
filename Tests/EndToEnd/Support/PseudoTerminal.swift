import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A command at a real terminal device: what a person types goes in, and what they would see is looked at.
final class PseudoTerminal: Sendable {
    struct Failure: Error { let what: String }

    private struct State {
        var screen: Screen
        var bytes: [UInt8] = []
        var undecoded: [UInt8] = []
        var code: Int32?
    }

    private let master: Int32
    /// Kept open, so that the settings can be read after the command is gone.
    private let slave: Int32
    let pid: pid_t
    private let state: Mutex<State>

    init(
        _ path: String, _ arguments: [String], in folder: String, environment: [String: String], columns: Int, rows: Int
    ) throws {
        let (master, name) = try Self.device()
        let slave = open(name, O_RDWR | O_NOCTTY)
        guard slave >= 0 else { throw Failure(what: "\(name) cannot be opened") }
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
        for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // The first terminal that the leader of a session opens is the one that sends it Ctrl-C.
        posix_spawnattr_setflags(&attributes, Self.ownSession)
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        let line = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder, path] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + settings { free(word) } }
        var number: pid_t = 0
        let code = posix_spawn(&number, "/bin/sh", &actions, &attributes, &words, &settings)
        guard code == 0 else { throw Failure(what: "it did not start: \(code)") }
        (pid, self.master, self.slave) = (number, master, slave)
        state = Mutex(State(screen: Screen(columns: columns, rows: rows)))
        // Read away without end: a full terminal would hold the command up.
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
                _ = poll(&wait, 1, 50)
                guard let self else { break }
                if wait.revents & Int16(POLLIN) == 0 { continue }
                let count = read(master, &buffer, buffer.count)
                if count > 0 { self.take(buffer[..<count]) } else if errno != EINTR && errno != EAGAIN { break }
            }
            close(master)
            close(slave)
        }
    }

    #if os(Linux)
        /// `POSIX_SPAWN_SETSID` of <spawn.h>, `TIOCSPTLCK` and `TIOCGPTN` of <asm/ioctls.h>: Swift does not see them.
        private static let ownSession: Int16 = 0x80
        private static let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

        private static func device() throws -> (master: Int32, slave: String) {
            let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            var (no, index): (Int32, Int32) = (0, 0)
            guard master >= 0, ioctl(master, unlock, &no) == 0, ioctl(master, number, &index) == 0 else {
                throw Failure(what: "no terminal device")
            }
            return (master, "/dev/pts/\(index)")
        }
    #else
        private static let ownSession = Int16(POSIX_SPAWN_SETSID)

        private static func device() throws -> (master: Int32, slave: String) {
            let master = posix_openpt(O_RDWR | O_NOCTTY)
            guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master) else {
                throw Failure(what: "no terminal device")
            }
            return (master, String(cString: name))
        }
    #endif

    deinit { if state.withLock({ $0.code == nil }) { _ = kill(pid, SIGKILL) } }

    private func take(_ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            state.bytes += bytes
            state.undecoded += bytes
            // A character that is not whole yet waits for its end.
            var whole = state.undecoded.count
            while whole > 0, state.undecoded.count - whole < 4,
                String(validating: state.undecoded[..<whole], as: UTF8.self) == nil
            { whole -= 1 }
            let text = String(decoding: state.undecoded[..<whole], as: UTF8.self)
            state.undecoded.removeFirst(whole)
            for scalar in text.unicodeScalars { state.screen.take(scalar) }
        }
    }

    // MARK: The person

    func type(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR && errno != EAGAIN { return }
        }
    }

    var screen: Screen { state.withLock { $0.screen } }
    var bytes: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Waits until the screen is as wanted; that it never is fails the test.
    @discardableResult
    func wait(
        _ what: String, limit: Duration = .seconds(60), at location: SourceLocation = #_sourceLocation,
        _ isTrue: (Screen) -> Bool
    ) async throws -> Screen {
        let deadline = ContinuousClock.now + limit
        while true {
            let screen = screen
            if isTrue(screen) { return screen }
            if ContinuousClock.now > deadline || (hasEnded && !isTrue(self.screen)) {
                Issue.record("\(what) did not come:\n\(screen.text)", sourceLocation: location)
                throw Failure(what: what)
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @discardableResult
    func wait(for text: String, at location: SourceLocation = #_sourceLocation) async throws -> Screen {
        try await wait("\"\(text)\"", at: location) { $0.text.contains(text) }
    }

    /// Waits for the prompt, with nothing behind it.
    @discardableResult
    func prompt(at location: SourceLocation = #_sourceLocation) async throws -> Screen {
        try await wait("the prompt", at: location) { $0.line == "›" && $0.column == 2 }
    }

    // MARK: The device

    func settings() -> termios {
        var found = termios()
        tcgetattr(slave, &found)
        return found
    }

    /// Lines, echo and signals are as a shell wants them.
    var isUsual: Bool {
        let wanted = tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        return settings().c_lflag & wanted == wanted && settings().c_iflag & tcflag_t(ICRNL) != 0
    }

    func signal(_ number: Int32) { _ = kill(pid, number) }

    private var hasEnded: Bool {
        state.withLock { state in
            if state.code != nil { return true }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return false }
            state.code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
            return true
        }
    }

    /// Waits for the end of the command, and of what it wrote.
    func end(limit: Duration = .seconds(60)) async throws -> Int32 {
        let deadline = ContinuousClock.now + limit
        while !hasEnded {
            if ContinuousClock.now > deadline { signal(SIGKILL) }
            try await Task.sleep(for: .milliseconds(5))
        }
        // What was written before the end is read until nothing is left.
        var left: Int32 = 1
        while left > 0 {
            try await Task.sleep(for: .milliseconds(20))
            _ = ioctl(master, UInt(FIONREAD), &left)
        }
        return state.withLock { $0.code ?? -1 }
    }
}
