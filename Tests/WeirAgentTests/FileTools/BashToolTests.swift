import Foundation
import Testing
import WeirCore

@testable import WeirAgent

@Suite("Bash", .serialized)
struct BashToolTests {
    let folder: TempFolder

    init() throws { folder = try TempFolder() }

    private func run(_ command: String, limit: Duration = .seconds(30)) async throws -> ShellProcess.Ended {
        try await ShellProcess(root: folder.path, command: command, limit: limit).run()
    }

    @Test("runs in the project, with output and errors together and the exit code")
    func plain() async throws {
        let done = try await run("pwd; echo wrong >&2; exit 3")
        #expect(done.output == "\(folder.path)\nwrong\n" && done.code == 3 && !done.isCut)
        #expect(try await run("kill -9 $$").code == 137)
        #expect(try await run("cat").output.isEmpty)
    }

    @Test("gets nothing of the environment but what is named")
    func environment() async throws {
        setenv("WEIR_TEST_SECRET", "hunter2", 1)
        defer { unsetenv("WEIR_TEST_SECRET") }
        let done = try await run("env; ls /proc/self/fd | wc -l")
        #expect(!done.output.contains("hunter2"))
        let names = done.output.split(separator: "\n").filter { $0.contains("=") }.compactMap { line in
            line.split(separator: "=", omittingEmptySubsequences: false).first.map(String.init)
        }
        let allowed = Set(ShellProcess.environmentNames + ["TERM", "NO_COLOR", "PWD", "OLDPWD", "SHLVL", "_"])
        #expect(Set(names).isSubset(of: allowed), "\(names)")
    }

    @Test("ends at its limit with everything that it started")
    func limit() async throws {
        let done = try await run("(sleep 300 & echo $!; sleep 300) & sleep 300", limit: .milliseconds(500))
        #expect(done.isTimedOut)
        let child = try #require(Int32(done.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(await Self.isGone(child))
    }

    @Test("ends what it left in the background, and does not wait for it")
    func background() async throws {
        let done = try await run("sleep 300 & echo $!")
        let child = try #require(Int32(done.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(done.code == 0)
        #expect(await Self.isGone(child))
    }

    @Test("is stopped with everything that it started when the step is cancelled")
    func cancel() async throws {
        let path = folder.path
        let task = Task {
            try await ShellProcess(root: path, command: "echo $$ > pid; sleep 300 & sleep 300", limit: .seconds(300))
                .run()
        }
        while folder.text("pid")?.isEmpty != false { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let child = try #require(
            folder.text("pid").flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) })
        #expect(await Self.isGone(child))
    }

    @Test("keeps the start and the end of an output that never stops")
    func output() async throws {
        let done = try await run("echo first; head -c 3000000 /dev/zero | tr '\\0' x; echo; echo last")
        #expect(done.isCut && done.output.hasPrefix("first\n") && done.output.hasSuffix("last\n"))
        #expect(done.bytes == 3_000_012 && done.output.utf8.count < 210_000)
        #expect(done.output.contains("were cut here"))
        let endless = try await run("yes", limit: .milliseconds(300))
        #expect(endless.isTimedOut && endless.isCut)
    }

    private static func isGone(_ pid: Int32) async -> Bool {
        for _ in 0..<2_000 {
            if kill(pid, 0) != 0 { return true }
            // A process that nobody has waited for is dead too.
            let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            if state.contains(") Z ") || state.isEmpty { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}
