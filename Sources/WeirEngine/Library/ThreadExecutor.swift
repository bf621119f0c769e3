import Foundation

/// Runs an actor's jobs on one thread of its own, where C calls may block without starving Swift's
/// cooperative pool.
// Sendable without the compiler's proof: every access to `jobs` and `isStopped` is under `condition`'s lock.
public final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
    private let condition = NSCondition()
    private var jobs: [UnownedJob] = []
    private var isStopped = false

    public init(name: String) {
        let thread = Thread { [self] in runLoop() }
        thread.name = name
        // DuckDB's planner recurses on deep expressions; a secondary thread's default stack is too small for it.
        thread.stackSize = 16 << 20
        thread.start()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let unowned = UnownedJob(job)
        condition.withLock {
            jobs.append(unowned)
            condition.signal()
        }
    }

    /// Ends the thread after the jobs already given to it.
    public func stop() {
        condition.withLock {
            isStopped = true
            condition.signal()
        }
    }

    private func runLoop() {
        while let batch = next() {
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    private func next() -> [UnownedJob]? {
        condition.lock()
        defer { condition.unlock() }
        while jobs.isEmpty {
            if isStopped { return nil }
            condition.wait()
        }
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs
    }
}
