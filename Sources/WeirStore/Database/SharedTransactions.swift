import Dispatch
internal import GRDB
import Synchronization

/// Short jobs that share transactions: what is asked for while one is under way goes into the next one together.
///
/// A job that fails takes nothing of the others with it. The way is short, from the caller to one thread that may be
/// blocked and back, because some callers wait for it often.
final class SharedTransactions: Sendable {
    private struct Job: Sendable {
        /// May run twice, and does nothing outside of its transaction.
        let work: @Sendable (Database) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var isUnderWay = false
    }

    /// Runs a body in one transaction, on the thread that it is called on.
    typealias Transaction =
        @Sendable (_ body: (Database) throws -> [@Sendable () -> Void]) throws -> [@Sendable () -> Void]

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let transaction: Transaction

    init(label: String, _ transaction: @escaping Transaction) {
        queue = DispatchQueue(label: label, qos: .userInitiated)
        self.transaction = transaction
    }

    func perform<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<R, any Error>) in
            let job = Job(
                work: { database in
                    let result = try body(database)
                    return { continuation.resume(returning: result) }
                },
                fail: { continuation.resume(throwing: $0) })
            let isFirst = state.withLock { state in
                state.waiting.append(job)
                defer { state.isUnderWay = true }
                return !state.isUnderWay
            }
            if isFirst { queue.async { self.work() } }
        }
    }

    private func work() {
        while let jobs = takeAll() {
            guard let error = run(jobs) else { continue }
            guard error.isJobs, jobs.count > 1 else {
                for job in jobs { job.fail(error.reason) }
                continue
            }
            // One of them undid them all: now each stands by itself.
            for job in jobs { if let error = run([job]) { job.fail(error.reason) } }
        }
    }

    /// - Returns: why nothing was done, and whether that was a job's fault or the database's.
    private func run(_ jobs: [Job]) -> (reason: any Error, isJobs: Bool)? {
        var isJobs = false
        do {
            let done = try transaction { database in
                try jobs.map { job in
                    do { return try job.work(database) } catch {
                        isJobs = true
                        throw error
                    }
                }
            }
            for finish in done { finish() }
            return nil
        } catch { return (error, isJobs) }
    }

    private func takeAll() -> [Job]? {
        state.withLock { state in
            state.isUnderWay = !state.waiting.isEmpty
            defer { state.waiting = [] }
            return state.isUnderWay ? state.waiting : nil
        }
    }
}
