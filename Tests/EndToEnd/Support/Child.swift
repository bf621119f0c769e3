import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process under way, whose output goes to files, so that a killed one leaves what it wrote.
struct Child: Sendable {
    let pid: pid_t
    let output: String
    let errors: String

    struct LaunchFailure: Error { let code: Int32 }

    init(_ path: String, _ arguments: [String], in folder: String, environment: [String: String], logs: String) throws {
        let id = UUID().uuidString
        output = "\(logs)/\(id).out"
        errors = "\(logs)/\(id).err"
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        // `exec` leaves the command in the shell's place, so that signals reach it and not the shell.
        let line = ["/bin/sh", "-c", #"cd "$0" && exec "$@""#, folder, path] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
        var settings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for word in words + settings { free(word) } }
        var number: pid_t = 0
        let code = posix_spawn(&number, "/bin/sh", &actions, nil, &words, &settings)
        guard code == 0 else { throw LaunchFailure(code: code) }
        pid = number
    }

    func signal(_ number: Int32) { _ = kill(pid, number) }

    /// Waits for the end. A process that outlives the limit is killed and told apart by its code.
    ///
    /// - Returns: the exit code, or 128 + the number of the signal that ended it.
    func wait(limit: Duration = .seconds(120)) async -> Int32 {
        let deadline = ContinuousClock.now + limit
        var status: Int32 = 0
        while true {
            let found = waitpid(pid, &status, WNOHANG)
            if found == pid { break }
            if found < 0, errno != EINTR { return -1 }
            if ContinuousClock.now > deadline { signal(SIGKILL) }
            try? await Task.sleep(for: .milliseconds(2))
        }
        let signalled = status & 0x7f
        return signalled == 0 ? (status >> 8) & 0xff : 128 + signalled
    }

    /// The end, with what was written until then.
    func finish(limit: Duration = .seconds(120)) async -> Invocation {
        let code = await wait(limit: limit)
        return Invocation(code: code, out: Self.text(output), err: Self.text(errors))
    }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}

/// What a command did.
struct Invocation: Sendable, CustomStringConvertible {
    let code: Int32
    let out: String
    let err: String

    var description: String { "exit \(code)\n\(out.prefix(4000))\n\(err.prefix(4000))" }

    /// The summary of `weir run -o json`.
    var report: RunReport {
        get throws { try JSONDecoder.snake.decode(RunReport.self, from: Data(out.utf8)) }
    }

    /// The error object of a command that could not begin.
    var failure: RunReport.Fault? {
        struct Failure: Decodable { let error: RunReport.Fault }
        return try? JSONDecoder.snake.decode(Failure.self, from: Data(out.utf8)).error
    }

    /// Every error there is, causes first.
    var faults: [RunReport.Fault] {
        if let failure { return (failure.errors ?? []) + [failure] }
        return ((try? report)?.nodes ?? []).compactMap(\.error).flatMap { ($0.errors ?? []) + [$0] }
    }
}

extension JSONDecoder {
    static var snake: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
