import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lets one process at a time do something.
///
/// The lock is the kernel's (`flock`), so it ends with the process however that ends.
public struct FileLock: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    /// Runs `body` while holding the lock, with the lock's file open.
    ///
    /// - Parameters:
    ///   - wait: how long to wait for another process.
    ///   - otherwise: the error when it did not end in that time.
    public func hold<R>(
        wait: Duration, otherwise: () -> WeirError, _ body: (Int32) async throws -> R
    ) async throws -> R {
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw WeirError("system.cannot-write", "\(path) cannot be opened", outcome: .systemFailed)
        }
        defer { close(descriptor) }
        let deadline = ContinuousClock.now + wait
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if ContinuousClock.now >= deadline { throw otherwise() }
            try await Task.sleep(for: .milliseconds(wait > .seconds(60) ? 100 : 20))
        }
        // Closing alone would not do: a process that is being started meanwhile has the file open too, until it runs.
        defer { _ = flock(descriptor, LOCK_UN) }
        return try await body(descriptor)
    }
}
