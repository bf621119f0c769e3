import Foundation

/// Interrupts a connection from the moment its task is cancelled until the task lets go of it.
///
/// Once is not enough: DuckDB forgets an interrupt that arrives between two statements.
final class CancellationWatch: Sendable {
    private let handle: ConnectionHandle

    init(_ handle: ConnectionHandle) { self.handle = handle }

    func cancel() {
        handle.cancelled = true
        handle.interrupt()
        let handle = handle
        Task.detached {
            while handle.interruptIfCancelled() {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func finish() { handle.cancelled = false }
}

/// Runs one blocking call on a thread of its own.
enum BlockingThread {
    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result(catching: body)) }
            thread.stackSize = 16 << 20
            thread.start()
        }
    }
}
