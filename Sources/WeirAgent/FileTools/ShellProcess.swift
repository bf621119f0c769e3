import Foundation
import Synchronization
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One command line in a process group of its own, that ends with everything it started.
struct ShellProcess: Sendable {
    let root: String
    let command: String
    let limit: Duration
    /// Bytes of output that are kept: the first two thirds of it from the start, the rest from the end.
    var mostOutput = 200_000

    struct Ended: Sendable, Hashable {
        var output: String
        var bytes: Int
        var isCut: Bool
        /// The exit code, or 128 + the number of the signal.
        var code: Int32
        var isTimedOut: Bool
    }

    /// Nothing of the environment but this reaches a command: keys and passwords stay outside.
    static let environmentNames = ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "USER", "LOGNAME"]

    static func environment(_ all: [String: String] = ProcessInfo.processInfo.environment) -> [String: String] {
        all.filter { environmentNames.contains($0.key) }.merging(["TERM": "dumb", "NO_COLOR": "1"]) { $1 }
    }

    /// - Throws: `bash.failed`, `CancellationError` after all of the command's processes were ended.
    func run() async throws -> Ended {
        let box = StopFlag()
        let ended = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // It waits for a process: a thread of its own, so that it takes none from the others.
                Thread.detachNewThread { continuation.resume(with: Result { try self.work(box) }) }
            }
        } onCancel: {
            box.stop()
        }
        try Task.checkCancellation()
        return ended
    }

    private final class StopFlag: Sendable {
        private let flag = Mutex(false)
        func stop() { flag.withLock { $0 = true } }
        var isStopped: Bool { flag.withLock { $0 } }
    }

    private func work(_ flag: StopFlag) throws -> Ended {
        let (pid, output) = try start()
        defer { close(output) }
        var kept = Kept(most: mostOutput)
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        var isDead = false
        var isTimedOut = false
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            // Before anything is read: output that never ends must not keep anybody from looking at the clock.
            if !isDead {
                isTimedOut = isTimedOut || ContinuousClock.now > deadline
                if isTimedOut || flag.isStopped { _ = kill(-pid, SIGKILL) }
            }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, isDead ? 0 : 20)
            if ready > 0 {
                let count = read(output, &buffer, buffer.count)
                if count > 0 {
                    kept.take(buffer[..<count])
                    if !isTimedOut, !flag.isStopped { continue }
                } else if !isDead {
                    // It closed its output and works on.
                    usleep(5_000)
                }
            }
            if isDead { break }
            if waitpid(pid, &status, WNOHANG) == pid {
                isDead = true
                // What it left behind would write on and on.
                _ = kill(-pid, SIGKILL)
                continue
            }
        }
        let signal = status & 0x7f
        return Ended(
            output: kept.text, bytes: kept.total, isCut: kept.isCut,
            code: signal == 0 ? (status >> 8) & 0xff : 128 + signal,
            isTimedOut: isTimedOut)
    }

    private func start() throws -> (pid_t, Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Self.failure(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
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
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        #if os(Linux)
            // No open file of this process is the command's business.
            _ = Self.closeFrom?(&actions, 3)
        #endif
        // Signals that Weir handles itself are the command's own again.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = [
            "/bin/sh", "-c", #"cd "$0" && if [ -x /bin/bash ]; then exec /bin/bash -c "$1"; else eval "$1"; fi"#, root,
            command,
        ]
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = Self.environment().map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in pointers + settings { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, "/bin/sh", &actions, &attributes, &pointers, &settings)
        guard code == 0 else {
            close(ends[0])
            throw Self.failure(code)
        }
        return (pid, ends[0])
    }

    #if os(Linux)
        private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

        /// glibc 2.34 has it, and its header shows it to programs in C alone.
        private static let closeFrom: CloseFrom? = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
            unsafeBitCast($0, to: CloseFrom.self)
        }
    #endif

    private static func failure(_ code: Int32) -> WeirError {
        WeirError(
            "bash.failed", "no process can be started: \(String(cString: strerror(code)))", outcome: .systemFailed)
    }

    /// Output as it is kept: its start and its end.
    struct Kept {
        let most: Int
        private var head: [UInt8] = []
        private var tail: [UInt8] = []
        private(set) var total = 0

        init(most: Int) { self.most = most }

        private var headSize: Int { most * 2 / 3 }

        mutating func take(_ bytes: some Collection<UInt8>) {
            total += bytes.count
            let room = max(0, headSize - head.count)
            head += bytes.prefix(room)
            tail += bytes.dropFirst(room)
            // Cut seldom, so that it costs little.
            if tail.count > 4 * most { tail.removeFirst(tail.count - (most - headSize)) }
        }

        var isCut: Bool { total > most }

        var text: String {
            let end = tail.suffix(most - headSize)
            let middle =
                isCut ? "\n… (\(Figures.bytes(Int64(total - head.count - end.count))) were cut here) …\n" : ""
            return String(decoding: head, as: UTF8.self) + middle + String(decoding: end, as: UTF8.self)
        }
    }
}
