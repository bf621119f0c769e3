import ArgumentParser
import Foundation
import Synchronization
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs the command that was typed, and turns whatever happens into output and an exit code.
enum CommandLineRun {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let wantsJSON = asksForJSON(arguments)
        do {
            try await Interruption.cancelling {
                var command = try WeirCommand.parseAsRoot(arguments)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            }
        } catch let exit as ExitCode {
            Foundation.exit(exit.rawValue)
        } catch let error as WeirError {
            fail(error, json: wantsJSON)
        } catch is CancellationError {
            fail(
                WeirError(
                    "run.cancelled", "stopped on request",
                    hint: "nothing half-done was published; the same command goes on from here",
                    outcome: .systemFailed), json: wantsJSON)
        } catch {
            let code = WeirCommand.exitCode(for: error)
            if code == .success || !wantsJSON {
                let text = WeirCommand.fullMessage(for: error)
                if code == .success { print(text) } else { FileHandle.standardError.write(Data((text + "\n").utf8)) }
                Foundation.exit(code == .success ? 0 : Outcome.wrongUsage.rawValue)
            }
            fail(WeirError("usage", WeirCommand.message(for: error), hint: "weir --help"), json: true)
        }
    }

    /// Whether the arguments ask for JSON, in any spelling: also where they are wrong, so that they cannot be parsed.
    static func asksForJSON(_ arguments: [String]) -> Bool {
        let options = arguments.prefix { $0 != "--" }
        let spellings: Set = ["--output=json", "-o=json", "-ojson"]
        return options.contains(where: spellings.contains)
            || zip(options, options.dropFirst()).contains { ["--output", "-o"].contains($0) && $1 == "json" }
    }

    /// On failure a program still gets one JSON object, and a person the whole story.
    private static func fail(_ error: WeirError, json: Bool) -> Never {
        Console(format: json ? .json : .text).fail(error)
        Foundation.exit(error.outcome.rawValue)
    }
}

/// Ctrl-C, Ctrl-\, SIGTERM and the end of the terminal cancel the work, so that it ends cleanly and the terminal is left
/// as it was found. A second signal ends the process at once.
enum Interruption {
    /// Where something smaller than the command can be stopped, this stops it and says that it did.
    private static let taken = Mutex<(@Sendable () -> Bool)?>(nil)
    /// Stops the command; says whether it was told before.
    private static let whole = Mutex<(@Sendable () -> Bool)?>(nil)

    static func cancelling(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let work = Task { try await body() }
        whole.withLock {
            $0 = {
                defer { work.cancel() }
                return work.isCancelled
            }
        }
        let sources = [SIGINT, SIGTERM, SIGQUIT, SIGHUP].compactMap { number -> (any DispatchSourceSignal)? in
            let before: (@convention(c) (Int32) -> Void)? = signal(number, SIG_IGN)
            // `nohup`, and shells for what they start in the background, take these from a command on purpose.
            let isIgnored = unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
            if isIgnored, number == SIGHUP || number == SIGQUIT { return nil }
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { arrived(number) }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            TerminalMode.giveBack()
        }
        try await work.value
    }

    /// Does what Ctrl-C does, where a key was read that is no signal.
    static func interrupt() { arrived(SIGINT) }

    private static func arrived(_ number: Int32) {
        if number == SIGINT, let take = taken.withLock({ $0 }), take() { return }
        guard let stop = whole.withLock({ $0 }), stop() else { return }
        TerminalMode.giveBack()
        _exit(128 + number)
    }

    /// While the body runs, an interrupt goes to `take` where there is one.
    static func taking<Value: Sendable>(
        _ take: (@Sendable () -> Bool)?, _ body: @Sendable () async throws -> Value
    ) async rethrows -> Value {
        guard let take else { return try await body() }
        let before = taken.withLock { held in
            defer { held = take }
            return held
        }
        defer { taken.withLock { $0 = before } }
        return try await body()
    }
}
