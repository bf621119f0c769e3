import Foundation
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lets one process at a time change a project.
///
/// The lock is the kernel's (`flock`), so it ends with the process however that ends; the file only tells who
/// holds it.
public struct ProjectLock: Sendable {
    let path: String

    public init(project: Project) { path = "\(project.stateFolder)/lock" }

    /// Runs `body` while holding the lock.
    ///
    /// - Parameter wait: how long to wait for another process; nil gives up at once.
    /// - Throws: `project.locked`, naming the holder.
    public func hold<R>(wait: Duration? = nil, _ body: () async throws -> R) async throws -> R {
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw WeirError("system.cannot-write", "\(path) cannot be opened", outcome: .systemFailed)
        }
        defer { close(descriptor) }
        let deadline = ContinuousClock.now + (wait ?? .zero)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if ContinuousClock.now >= deadline { throw refusal() }
            try await Task.sleep(for: .milliseconds(100))
        }
        ftruncate(descriptor, 0)
        let text = "\(getpid())\n"
        _ = text.withCString { write(descriptor, $0, strlen($0)) }
        defer {
            ftruncate(descriptor, 0)
            // Closing alone would not do: a process that is being started meanwhile has the file open too, until it runs.
            _ = flock(descriptor, LOCK_UN)
        }
        return try await body()
    }

    private func refusal() -> WeirError {
        let holder = (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(
            in: .whitespacesAndNewlines)
        let who = holder.flatMap { $0.isEmpty ? nil : "process \($0)" } ?? "another process"
        return WeirError(
            "project.locked", "\(who) is working on this project",
            hint: "wait for it to end, or let this command wait with --wait", isTransient: true, outcome: .systemFailed)
    }
}
