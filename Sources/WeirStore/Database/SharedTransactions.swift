import Dispatch
internal import GRDB
import Synchronization

/// Short jobs that share transactions: what is asked for while one is under way goes into the next one together.
///
/// A job that fails takes nothing of the others with it. The way is short, from the caller to one thread that may be blocked and back, because some callers wait for it often.
final class SharedTransactions: Sendable {
    private struct Job: Sendable {
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
            do {
                for finish in try transaction({ database in try Self.run(jobs, in: database) }) { finish() }
            } catch {
                for job in jobs { job.fail(error) }
            }
        }
    }

    private static func run(_ jobs: [Job], in database: Database) throws -> [@Sendable () -> Void] {
        if jobs.count == 1 { return [try jobs[0].work(database)] }
        return try jobs.map { job in
            var finish: (@Sendable () -> Void)?
            do {
                try database.inSavepoint {
                    finish = try job.work(database)
                    return .commit
                }
            } catch {
                // Where the whole transaction is gone, nobody's work is done.
                guard database.isInsideTransaction else { throw error }
                finish = { job.fail(error) }
            }
            return finish ?? {}
        }
    }

    private func takeAll() -> [Job]? {
        state.withLock { state in
            state.isUnderWay = !state.waiting.isEmpty
            defer { state.waiting = [] }
            return state.isUnderWay ? state.waiting : nil
        }
    }
}
