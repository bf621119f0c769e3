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
        try await FileLock(path).hold(wait: wait ?? .zero, otherwise: refusal) { descriptor in
            ftruncate(descriptor, 0)
            let text = "\(getpid())\n"
            _ = text.withCString { write(descriptor, $0, strlen($0)) }
            defer { ftruncate(descriptor, 0) }
            return try await body()
        }
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
